//! «Modifica gruppi degli utenti selezionati»: any number of users, one transaction.

use crate::support::{actor, actor_in, backend, group_id, now, school, unit, user};
use backend::{Backend, ServiceError};
use domain::{
    GroupId, Locale, OrganisationId, UserId,
    access::{Actor, Denied, Right},
    audit::AuditQuery,
    problem::Conflict,
    user::{BulkChange, BulkCheck, BulkSkip, Selection, UserFilter},
};
use sqlx::PgPool;
use std::collections::BTreeSet;

const OFFICE: [Right; 3] = [Right::ReadUsers, Right::ManageUsers, Right::ReadAudit];

async fn house(pool: PgPool) -> (Backend, OrganisationId, Actor) {
    let backend = backend(pool, now());
    let organisation = school(&backend).await;
    let actor = actor(&backend, organisation, &OFFICE).await;
    (backend, organisation, actor)
}

fn only(ids: &[UserId]) -> Selection {
    Selection::Only(ids.iter().copied().collect())
}

async fn wanted(
    backend: &Backend,
    organisation: OrganisationId,
    add: &[&str],
    remove: &[&str],
) -> BulkChange {
    let mut change = BulkChange::default();
    for code in add {
        change.set(group_id(backend, organisation, code).await, Some(true));
    }
    for code in remove {
        change.set(group_id(backend, organisation, code).await, Some(false));
    }
    change
}

async fn check(
    backend: &Backend,
    actor: &Actor,
    selection: &Selection,
    change: &BulkChange,
) -> BulkCheck {
    backend
        .users
        .check_bulk_groups(actor, selection, change, Locale::It)
        .await
        .unwrap()
}

async fn groups_of(backend: &Backend, actor: &Actor, id: UserId) -> Vec<String> {
    let detail = backend.users.detail(actor, id, Locale::It).await.unwrap();
    detail.row.groups.into_iter().map(|g| g.code).collect()
}

fn of(check: &BulkCheck, group: GroupId) -> (u64, u64) {
    let g = check.groups.iter().find(|g| g.group.id == group).unwrap();
    (g.members, g.unlikely)
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn many_are_moved_at_once_each_with_an_entry_and_moved_back_together(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let mut ids = Vec::new();
    for n in 0..5 {
        let mut user = user(&backend, organisation).group("alunni");
        if n < 2 {
            user = user.group("tutori");
        }
        ids.push(user.create().await);
    }
    let change = wanted(&backend, organisation, &["tutori"], &["alunni"]).await;
    let seen = check(&backend, &actor, &only(&ids), &change).await;
    assert_eq!((seen.selected, seen.eligible, seen.changed), (5, 5, 5));
    assert_eq!(
        of(&seen, group_id(&backend, organisation, "tutori").await).0,
        2
    );
    let done = backend
        .users
        .change_bulk_groups(&actor, &only(&ids), &change, 5)
        .await
        .unwrap();
    for id in &ids {
        assert_eq!(groups_of(&backend, &actor, *id).await, ["tutori"]);
    }
    let mut query = AuditQuery::default();
    query.filter.batch = Some(done.batch);
    let entries = backend
        .audit
        .list(&actor, &query, Locale::It)
        .await
        .unwrap()
        .rows;
    assert_eq!(entries.len(), 5);
    assert_eq!(entries[0].changes[0].after, "Tutori");
    assert!(entries.iter().all(|e| e.revert.is_some()));

    // One is changed by hand meanwhile: that one stays.
    let docenti = group_id(&backend, organisation, "docenti").await;
    backend
        .users
        .change_groups(&actor, ids[4], 0, &[docenti], true, Locale::It)
        .await
        .unwrap();
    let undone = backend
        .users
        .undo_bulk_groups(&actor, done.batch)
        .await
        .unwrap();
    assert_eq!((undone.changed, undone.skipped), (4, 1));
    assert_eq!(
        groups_of(&backend, &actor, ids[0]).await,
        ["tutori", "alunni"]
    );
    assert_eq!(groups_of(&backend, &actor, ids[3]).await, ["alunni"]);
    assert_eq!(groups_of(&backend, &actor, ids[4]).await, ["docenti"]);
    let twice = backend.users.undo_bulk_groups(&actor, done.batch).await;
    assert!(matches!(
        twice,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_is_left_without_a_group_and_stronger_accounts_stay_and_are_listed(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let plain = user(&backend, organisation)
        .group("docenti")
        .group("tutori")
        .create()
        .await;
    let lonely = user(&backend, organisation)
        .surname("SOLO")
        .group("docenti")
        .create()
        .await;
    let chief = user(&backend, organisation)
        .surname("CAPO")
        .group("docenti")
        .group("amministratori")
        .create()
        .await;
    let gone = user(&backend, organisation)
        .archived()
        .group("docenti")
        .create()
        .await;
    let all = only(&[plain, lonely, chief, gone]);
    let change = wanted(&backend, organisation, &[], &["docenti"]).await;
    let seen = check(&backend, &actor, &all, &change).await;
    assert_eq!(seen.changed, 1);
    let why = |reason| {
        let s = seen.skipped.iter().find(|s| s.reason == reason).unwrap();
        (s.count, s.names.join(", "))
    };
    assert_eq!(why(BulkSkip::NoGroup), (1, "SOLO UTENTE".into()));
    assert_eq!(why(BulkSkip::Stronger), (1, "CAPO UTENTE".into()));
    assert_eq!(why(BulkSkip::Archived).0, 1);
    backend
        .users
        .change_bulk_groups(&actor, &all, &change, 1)
        .await
        .unwrap();
    assert_eq!(groups_of(&backend, &actor, lonely).await, ["docenti"]);
    assert_eq!(groups_of(&backend, &actor, plain).await, ["tutori"]);

    let strong = wanted(&backend, organisation, &["amministratori"], &[]).await;
    let refused = backend
        .users
        .change_bulk_groups(&actor, &only(&[plain]), &strong, 1)
        .await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::Stronger))
    ));
    assert_eq!(groups_of(&backend, &actor, plain).await, ["tutori"]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_filter_with_exclusions_is_counted_again_when_it_is_confirmed(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(user(&backend, organisation).group("alunni").create().await);
    }
    let selection = Selection::AllFound {
        filter: UserFilter {
            groups: vec!["alunni".into()],
            ..UserFilter::default()
        },
        except: BTreeSet::from([ids[0]]),
        found: 4,
    };
    let change = wanted(&backend, organisation, &["esterni"], &[]).await;
    assert_eq!(
        check(&backend, &actor, &selection, &change).await.changed,
        3
    );
    user(&backend, organisation).group("alunni").create().await;
    let drifted = backend
        .users
        .change_bulk_groups(&actor, &selection, &change, 3)
        .await;
    assert!(matches!(
        drifted,
        Err(ServiceError::Conflict(Conflict::SelectionChanged {
            expected: 3,
            now: 4
        }))
    ));
    backend
        .users
        .change_bulk_groups(&actor, &selection, &change, 4)
        .await
        .unwrap();
    assert_eq!(groups_of(&backend, &actor, ids[0]).await, ["alunni"]);
    assert_eq!(
        groups_of(&backend, &actor, ids[1]).await,
        ["esterni", "alunni"]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_group_that_does_not_fit_the_linked_records_is_counted_as_unlikely(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let (guardian, both, free) = (
        user(&backend, organisation).group("tutori").create().await,
        user(&backend, organisation).group("tutori").create().await,
        user(&backend, organisation).group("tutori").create().await,
    );
    for (n, (id, kind)) in [(guardian, "guardian"), (both, "guardian"), (both, "pupil")]
        .into_iter()
        .enumerate()
    {
        link(&backend, organisation, id, kind, n as i64 + 1).await;
    }
    let seen = check(
        &backend,
        &actor,
        &only(&[guardian, both, free]),
        &BulkChange::default(),
    )
    .await;
    assert_eq!(
        of(&seen, group_id(&backend, organisation, "alunni").await).1,
        1
    );
    assert_eq!(
        of(&seen, group_id(&backend, organisation, "tutori").await).1,
        0
    );
}

/// Links a user to a new record of the registry.
async fn link(
    backend: &Backend,
    organisation: OrganisationId,
    user: UserId,
    kind: &str,
    code: i64,
) {
    sqlx::query(
        "with p as (insert into persons (organisation_id, code, kind, surname, created_at)
           values ($1, $4, $3, 'PROVA', now()) returning id)
         insert into user_person_links (organisation_id, user_id, person_id, kind, method, linked_at)
         select $1, $2, p.id, $3, 'manual', now() from p",
    )
    .bind(organisation.0)
    .bind(user.0)
    .bind(kind)
    .bind(code)
    .execute(&backend.core.pool)
    .await
    .unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_delegate_gives_groups_in_own_units_and_leaves_what_is_held_elsewhere(pool: PgPool) {
    let (backend, organisation, chief) = house(pool).await;
    let here = unit(&backend, organisation, None, "qui").await;
    let there = unit(&backend, organisation, None, "la").await;
    let delegate = actor_in(&backend, organisation, &OFFICE, Some(here)).await;
    let mine = user(&backend, organisation)
        .group("tutori")
        .unit(here)
        .create()
        .await;
    let theirs = user(&backend, organisation)
        .group("tutori")
        .unit(there)
        .create()
        .await;
    let change = wanted(&backend, organisation, &["esterni"], &["tutori"]).await;
    backend
        .users
        .change_bulk_groups(&delegate, &only(&[mine, theirs]), &change, 1)
        .await
        .unwrap();
    assert_eq!(groups_of(&backend, &chief, theirs).await, ["tutori"]);
    let detail = backend
        .users
        .detail(&chief, mine, Locale::It)
        .await
        .unwrap();
    assert_eq!(detail.grants.len(), 1);
    assert_eq!(detail.grants[0].unit.as_ref().unwrap().0, here);
}

/// `cargo nextest run --run-ignored only bulk_groups_of_ten_thousand`: prints what it took.
#[sqlx::test(migrator = "backend::db::MIGRATOR")]
#[ignore = "a measure, not a check"]
async fn bulk_groups_of_ten_thousand_users(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    sqlx::query(
        "with u as (insert into users (organisation_id, username, surname, given_name, email, created_at)
             select $1, 'm' || n, 'COGNOME' || n, 'NOME', 'm' || n || '@scuola.example', now() from generate_series(1, 10000) n
             returning id),
           p as (insert into profiles (organisation_id, user_id) select $1, id from u returning id, user_id)
         insert into grants (organisation_id, profile_id, user_id, group_id)
         select $1, p.id, p.user_id, g.id from p, groups g where g.organisation_id = $1 and g.code = 'alunni'",
    )
    .bind(organisation.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    sqlx::query("analyze")
        .execute(&backend.core.pool)
        .await
        .unwrap();
    let selection = Selection::AllFound {
        filter: UserFilter {
            groups: vec!["alunni".into()],
            ..UserFilter::default()
        },
        except: BTreeSet::new(),
        found: 10_000,
    };
    let change = wanted(&backend, organisation, &["tutori"], &["alunni"]).await;
    let begun = std::time::Instant::now();
    let seen = check(&backend, &actor, &selection, &change).await;
    eprintln!("check of {}: {:?}", seen.changed, begun.elapsed());
    let begun = std::time::Instant::now();
    let done = backend
        .users
        .change_bulk_groups(&actor, &selection, &change, seen.changed)
        .await
        .unwrap();
    eprintln!("change of {}: {:?}", done.changed, begun.elapsed());
    let begun = std::time::Instant::now();
    let undone = backend
        .users
        .undo_bulk_groups(&actor, done.batch)
        .await
        .unwrap();
    eprintln!("undo of {}: {:?}", undone.changed, begun.elapsed());
}
