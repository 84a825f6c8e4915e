//! The «Gruppi» dialog (A29, A30).

use crate::support::{actor, actor_in, backend, group_id, now, school, unit, user};
use backend::{Backend, ServiceError};
use domain::{
    GroupId, Locale, OrganisationId, UserId,
    access::{Actor, Denied, Right},
    problem::Conflict,
    user::{FieldError, GroupLock, Saved},
};
use sqlx::PgPool;

const OFFICE: [Right; 2] = [Right::ReadUsers, Right::ManageUsers];

async fn house(pool: PgPool) -> (Backend, OrganisationId, Actor) {
    let backend = backend(pool, now());
    let organisation = school(&backend).await;
    let actor = actor(&backend, organisation, &OFFICE).await;
    (backend, organisation, actor)
}

async fn ids(backend: &Backend, organisation: OrganisationId, codes: &[&str]) -> Vec<GroupId> {
    let mut ids = Vec::new();
    for code in codes {
        ids.push(group_id(backend, organisation, code).await);
    }
    ids
}

fn codes(saved: &Saved) -> Vec<&str> {
    saved.row.groups.iter().map(|g| g.code.as_str()).collect()
}

async fn change(
    backend: &Backend,
    actor: &Actor,
    id: UserId,
    version: i32,
    groups: &[GroupId],
) -> backend::Result<Saved> {
    backend
        .users
        .change_groups(actor, id, version, groups, false, Locale::It)
        .await
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_pupil_put_among_the_guardians_by_mistake_is_moved_and_moved_back(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation).group("tutori").create().await;
    let view = backend.users.groups(&actor, id, Locale::It).await.unwrap();
    let ticked: Vec<_> = view
        .groups
        .iter()
        .filter(|c| c.member)
        .map(|c| c.group.name.as_str())
        .collect();
    assert_eq!(ticked, ["Tutori"]);

    let wanted = ids(&backend, organisation, &["alunni", "docenti"]).await;
    let saved = change(&backend, &actor, id, view.version, &wanted)
        .await
        .unwrap();
    assert_eq!(
        codes(&saved),
        ["docenti", "alunni"],
        "in the organisation's order"
    );

    let history = backend
        .users
        .page(&actor, id, Locale::De)
        .await
        .unwrap()
        .history
        .unwrap();
    assert_eq!(history[0].action, "user.groups_changed");
    assert_eq!(history[0].changes.len(), 1);
    assert!(
        history[0].changes[0].after.contains(", "),
        "{:?}",
        history[0].changes
    );

    let undone = backend
        .users
        .undo_groups(&actor, id, saved.row.version, Locale::It)
        .await
        .unwrap();
    assert_eq!(codes(&undone), ["tutori"]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_user_without_any_group_is_refused(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation).group("tutori").create().await;
    let refused = change(&backend, &actor, id, 1, &[]).await.unwrap_err();
    assert!(
        matches!(&refused, ServiceError::Invalid(e) if e.of("groups") == Some(&FieldError::ChooseOne)),
        "{refused:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn of_two_secretaries_the_second_sees_the_others_groups_and_may_insist(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation).group("tutori").create().await;
    let (alunni, docenti) = (
        ids(&backend, organisation, &["alunni"]).await,
        ids(&backend, organisation, &["docenti"]).await,
    );
    change(&backend, &actor, id, 1, &alunni).await.unwrap();
    let refused = change(&backend, &actor, id, 1, &docenti).await.unwrap_err();
    let ServiceError::Conflict(Conflict::Changed(row)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(row.groups[0].code, "alunni");
    let saved = backend
        .users
        .change_groups(&actor, id, 1, &docenti, true, Locale::It)
        .await
        .unwrap();
    assert_eq!(codes(&saved), ["docenti"]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_undo_that_comes_after_another_change_is_refused(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation).group("tutori").create().await;
    let saved = change(
        &backend,
        &actor,
        id,
        1,
        &ids(&backend, organisation, &["alunni"]).await,
    )
    .await
    .unwrap();
    let later = change(
        &backend,
        &actor,
        id,
        saved.row.version,
        &ids(&backend, organisation, &["docenti"]).await,
    )
    .await
    .unwrap();
    let refused = backend
        .users
        .undo_groups(&actor, id, saved.row.version, Locale::It)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ServiceError::Conflict(Conflict::Changed(_))),
        "{refused:?}"
    );
    // Nor does a later edit of the name make it undoable again.
    let email = domain::user::EmailDraft("a@scuola.example".into());
    let edited = backend
        .users
        .edit_email(&actor, id, later.row.version, &email, Locale::It)
        .await
        .unwrap();
    let refused = backend
        .users
        .undo_groups(&actor, id, edited.row.version, Locale::It)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ServiceError::Conflict(Conflict::TooLate)),
        "{refused:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_gives_rights_they_do_not_hold_nor_touches_a_stronger_account(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let weak = user(&backend, organisation).group("docenti").create().await;
    let strong = user(&backend, organisation)
        .group("amministratori")
        .create()
        .await;
    let view = backend
        .users
        .groups(&actor, weak, Locale::It)
        .await
        .unwrap();
    let admins = view
        .groups
        .iter()
        .find(|c| c.group.code == "amministratori")
        .unwrap();
    assert_eq!(admins.locked, Some(GroupLock::Stronger));

    let both = ids(&backend, organisation, &["docenti", "amministratori"]).await;
    let refused = [
        change(&backend, &actor, weak, 1, &both).await.unwrap_err(),
        change(
            &backend,
            &actor,
            strong,
            1,
            &ids(&backend, organisation, &["docenti"]).await,
        )
        .await
        .unwrap_err(),
        backend
            .users
            .groups(&actor, strong, Locale::It)
            .await
            .unwrap_err(),
    ];
    for e in refused {
        assert!(matches!(e, ServiceError::Denied(Denied::Stronger)), "{e:?}");
    }
    assert_eq!(
        backend
            .users
            .detail(&actor, weak, Locale::It)
            .await
            .unwrap()
            .grants
            .len(),
        1,
        "nothing half done"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_takes_their_own_rights_away(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let docenti = ids(&backend, organisation, &["docenti"]).await;
    let refused = change(&backend, &actor, actor.user.unwrap(), 1, &docenti)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ServiceError::Denied(Denied::OwnAccount)),
        "{refused:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn units_and_dates_of_grants_that_stay_are_kept_and_an_undo_brings_them_back(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let site = unit(&backend, organisation, None, "SEDE").await;
    let id = user(&backend, organisation)
        .group("docenti")
        .group("tutori")
        .unit(site)
        .valid(Some("2026-09-01"), Some("2027-08-31"))
        .create()
        .await;
    let before = backend
        .users
        .detail(&actor, id, Locale::It)
        .await
        .unwrap()
        .grants;

    let saved = change(
        &backend,
        &actor,
        id,
        1,
        &ids(&backend, organisation, &["docenti", "alunni"]).await,
    )
    .await
    .unwrap();
    let now = backend
        .users
        .detail(&actor, id, Locale::It)
        .await
        .unwrap()
        .grants;
    assert_eq!(now[0], before[0], "the grant that stays is as it was");
    assert_eq!(
        now[1].unit, None,
        "a new one holds where the actor's right holds"
    );

    backend
        .users
        .undo_groups(&actor, id, saved.row.version, Locale::It)
        .await
        .unwrap();
    assert_eq!(
        backend
            .users
            .detail(&actor, id, Locale::It)
            .await
            .unwrap()
            .grants,
        before
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_delegate_of_a_unit_grants_there_and_leaves_grants_elsewhere_alone(pool: PgPool) {
    let (backend, organisation, _) = house(pool).await;
    let canton = unit(&backend, organisation, None, "TI").await;
    let site = unit(&backend, organisation, Some(canton), "SEDE").await;
    let delegate = actor_in(&backend, organisation, &OFFICE, Some(canton)).await;
    let id = user(&backend, organisation)
        .group("docenti")
        .unit(site)
        .create()
        .await;

    let both = ids(&backend, organisation, &["docenti", "tutori"]).await;
    let saved = change(&backend, &delegate, id, 1, &both).await.unwrap();
    let grants = backend
        .users
        .detail(&delegate, id, Locale::It)
        .await
        .unwrap()
        .grants;
    assert!(
        grants
            .iter()
            .all(|g| g.unit.as_ref().is_some_and(|(u, _)| *u == site)),
        "{grants:?}"
    );

    // A grant everywhere was given by somebody else: it is shown locked and not removed.
    sqlx::query(
        "insert into grants (organisation_id, profile_id, user_id, group_id)
         select organisation_id, id, user_id, $3 from profiles where organisation_id = $1 and user_id = $2",
    )
    .bind(organisation.0)
    .bind(id.0)
    .bind(group_id(&backend, organisation, "esterni").await.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    let view = backend
        .users
        .groups(&delegate, id, Locale::It)
        .await
        .unwrap();
    let elsewhere = view
        .groups
        .iter()
        .find(|c| c.group.code == "esterni")
        .unwrap();
    assert_eq!(elsewhere.locked, Some(GroupLock::Elsewhere));
    let refused = change(&backend, &delegate, id, saved.row.version, &both)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ServiceError::Denied(Denied::Stronger)),
        "{refused:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_dialog_knows_the_kind_of_the_linked_person(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation).group("alunni").create().await;
    sqlx::query(
        "with p as (insert into persons (organisation_id, code, kind, surname, created_at)
           values ($1, 1518, 'guardian', 'ROSSI', now()) returning id)
         insert into user_person_links (organisation_id, user_id, person_id, kind, method, linked_at)
         select $1, $2, id, 'guardian', 'manual', now() from p",
    )
    .bind(organisation.0)
    .bind(id.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    let view = backend.users.groups(&actor, id, Locale::It).await.unwrap();
    let unlikely: Vec<_> = view
        .groups
        .iter()
        .filter(|c| c.member && domain::user::is_unlikely(&view.kinds, &c.group.code))
        .collect();
    assert_eq!(unlikely.len(), 1);
}
