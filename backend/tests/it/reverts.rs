//! «Ripristina» of what is no change of one user's data; what a record's «Cronologia» tells
//! of its users; what of the trail can be opened.

use crate::{
    alignment::{office, person},
    support::{actor, actor_in, backend, now, school, unit, user},
};
use backend::{Backend, ServiceError};
use domain::{
    Locale, OrganisationId, PersonId, UnitId, UserId,
    access::{Actor, Denied, Right},
    audit::{AuditFilter, AuditQuery, AuditRow},
    person::{EnrolmentDraft, PersonCreation, PersonDraft, PersonKind},
    problem::Conflict,
    user::{HistoryEntry, UserState},
};
use jiff::SignedDuration;
use sqlx::PgPool;

const KEEPER: [Right; 5] = [
    Right::ReadUsers,
    Right::ManageUsers,
    Right::ManageRegistry,
    Right::ManageUnits,
    Right::ReadAudit,
];
const REASON: &str = "Riallineamento di inizio anno";

async fn rows(backend: &Backend, actor: &Actor, filter: AuditFilter) -> Vec<AuditRow> {
    let query = AuditQuery {
        filter,
        before: None,
    };
    let page = backend.audit.list(actor, &query, Locale::It).await.unwrap();
    page.rows
}

async fn of_act(backend: &Backend, actor: &Actor, action: &str) -> Vec<AuditRow> {
    let filter = AuditFilter {
        action: Some(action.into()),
        ..AuditFilter::default()
    };
    rows(backend, actor, filter).await
}

async fn revert(backend: &Backend, actor: &Actor, row: &AuditRow) -> Result<(), ServiceError> {
    backend
        .audit
        .revert(backend, actor, row.id, "", Locale::It)
        .await
}

fn too_late(answer: Result<(), ServiceError>) -> bool {
    matches!(answer, Err(ServiceError::Conflict(Conflict::TooLate)))
}

async fn linked(backend: &Backend, organisation: OrganisationId, n: usize) -> Vec<UserId> {
    let system = Actor::system(organisation, "prova");
    let mut users = Vec::new();
    for n in 0..n {
        let id = user(backend, organisation).create().await;
        let name = format!("ALUNNO{n}");
        let kind = PersonKind::Pupil;
        let record = person(backend, organisation, kind, (&name, "A"), None).await;
        backend.alignment.link(&system, id, record).await.unwrap();
        users.push(id);
    }
    users
}

async fn links(backend: &Backend) -> i64 {
    sqlx::query_scalar("select count(*) from user_person_links")
        .fetch_one(&backend.core.pool)
        .await
        .unwrap()
}

async fn add(backend: &Backend, organisation: OrganisationId, surname: &str) -> PersonId {
    let draft = PersonDraft {
        kind: Some(PersonKind::Pupil),
        surname: surname.into(),
        given_name: "LEA".into(),
        ..PersonDraft::default()
    };
    let system = Actor::system(organisation, "prova");
    match backend.registry.create(&system, &draft, true).await {
        Ok(PersonCreation::Created(saved)) => saved.row.id,
        other => panic!("{other:?}"),
    }
}

async fn enrol(b: &Backend, organisation: OrganisationId, id: PersonId, site: UnitId) {
    let draft = EnrolmentDraft {
        school_year: 2026,
        site: Some(site),
        class: "3A".into(),
    };
    let system = Actor::system(organisation, "prova");
    b.registry.enrol(&system, id, &draft).await.unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn all_dissolved_links_come_back_together_from_the_trail_once(pool: PgPool) {
    let (b, o, _) = office(pool).await;
    let chief = actor(&b, o, &KEEPER).await;
    linked(&b, o, 3).await;
    let kind = PersonKind::Pupil;
    b.alignment
        .unlink_all(&chief, kind, 3, REASON)
        .await
        .unwrap();
    let entry = of_act(&b, &chief, "links.dissolved").await.remove(0);
    assert!(!entry.revert.expect("it can be put back").reason_required);
    let together = AuditFilter {
        batch: Some(entry.batch.expect("the act has a number")),
        ..AuditFilter::default()
    };
    assert_eq!(rows(&b, &chief, together).await.len(), 4);

    revert(&b, &chief, &entry).await.unwrap();
    assert_eq!(links(&b).await, 3);
    let told = of_act(&b, &chief, "links.restored").await.remove(0);
    assert_eq!(told.reverts, Some(entry.id));
    assert!(told.batch.is_some() && told.batch != entry.batch);
    let each = of_act(&b, &chief, "user.person_relinked").await;
    assert_eq!(each.len(), 3);
    assert!(each.iter().all(|r| r.reverts == Some(entry.id)));
    let entry = of_act(&b, &chief, "links.dissolved").await.remove(0);
    assert!(entry.revert.is_none(), "it stands no longer");
    assert!(too_late(revert(&b, &chief, &entry).await));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn what_was_linked_anew_since_is_not_offered_and_the_toast_is_told_like_the_trail(
    pool: PgPool,
) {
    let (b, o, _) = office(pool).await;
    let chief = actor(&b, o, &KEEPER).await;
    let users = linked(&b, o, 1).await;
    let kind = PersonKind::Pupil;
    let done = b
        .alignment
        .unlink_all(&chief, kind, 1, REASON)
        .await
        .unwrap();
    let other = person(&b, o, kind, ("ALTRO", "A"), None).await;
    b.alignment.link(&chief, users[0], other).await.unwrap();
    let entry = of_act(&b, &chief, "links.dissolved").await.remove(0);
    assert!(entry.revert.is_none(), "the user has another link");
    assert!(too_late(revert(&b, &chief, &entry).await));
    b.alignment
        .unlink(&chief, users[0], kind, "")
        .await
        .unwrap();
    b.alignment.restore(&chief, done.batch).await.unwrap();
    let told = of_act(&b, &chief, "links.restored").await.remove(0);
    assert_eq!(told.reverts, Some(entry.id));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn links_and_records_are_put_back_by_whoever_keeps_the_registry_and_nobody_else(
    pool: PgPool,
) {
    let (b, o, _) = office(pool).await;
    let chief = actor(&b, o, &KEEPER).await;
    let registrar = actor(&b, o, &[Right::ManageRegistry, Right::ReadAudit]).await;
    let clerk = actor(
        &b,
        o,
        &[Right::ReadUsers, Right::ManageUsers, Right::ReadAudit],
    )
    .await;
    let reader = actor(&b, o, &[Right::ReadUsers, Right::ReadAudit]).await;
    linked(&b, o, 1).await;
    b.alignment
        .unlink_all(&chief, PersonKind::Pupil, 1, REASON)
        .await
        .unwrap();
    let gone = add(&b, o, "TOLTA").await;
    b.registry.delete(&chief, gone).await.unwrap();
    for action in ["links.dissolved", "person.deleted"] {
        let entry = of_act(&b, &clerk, action).await.remove(0);
        assert!(entry.revert.is_none(), "{action}");
        assert!(too_late(revert(&b, &clerk, &entry).await), "{action}");
        let denied = revert(&b, &reader, &entry).await;
        assert!(matches!(denied, Err(ServiceError::Denied(_))), "{action}");
        let entry = of_act(&b, &registrar, action).await.remove(0);
        assert!(entry.revert.is_some(), "{action}");
        revert(&b, &registrar, &entry).await.unwrap();
    }
    // Who keeps the registry alone changes no user's state.
    let id = user(&b, o).group("docenti").create().await;
    b.users
        .set_state(&chief, id, false, REASON, Locale::It)
        .await
        .unwrap();
    let entry = of_act(&b, &registrar, "user.deactivated").await.remove(0);
    assert!(entry.revert.is_none());
    assert!(too_late(revert(&b, &registrar, &entry).await));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_deleted_record_comes_back_from_its_last_deletion_only(pool: PgPool) {
    let (b, o, _) = office(pool).await;
    let chief = actor(&b, o, &KEEPER).await;
    let id = add(&b, o, "ROSSI").await;
    b.registry.delete(&chief, id).await.unwrap();
    let entry = of_act(&b, &chief, "person.deleted").await.remove(0);
    assert!(entry.revert.is_some());
    assert!(!entry.object.open, "its page is gone");
    revert(&b, &chief, &entry).await.unwrap();
    let told = of_act(&b, &chief, "person.restored").await.remove(0);
    assert_eq!(told.reverts, Some(entry.id));
    assert!(told.object.open);
    assert!(too_late(revert(&b, &chief, &entry).await));

    b.registry.delete(&chief, id).await.unwrap();
    let offered: Vec<bool> = of_act(&b, &chief, "person.deleted")
        .await
        .iter()
        .map(|r| r.revert.is_some())
        .collect();
    assert_eq!(offered, [true, false]);
    assert!(too_late(revert(&b, &chief, &entry).await));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_deletion_is_taken_back_by_a_delegate_only_where_the_record_belongs_to_them(
    pool: PgPool,
) {
    let (b, o, _) = office(pool).await;
    let (here, there) = (
        unit(&b, o, None, "qui").await,
        unit(&b, o, None, "la").await,
    );
    let delegate = actor_in(&b, o, &KEEPER, Some(here)).await;
    let id = add(&b, o, "QUI").await;
    enrol(&b, o, id, here).await;
    b.registry.delete(&delegate, id).await.unwrap();
    let entry = of_act(&b, &delegate, "person.deleted").await.remove(0);
    assert!(entry.revert.is_some());
    // The same act, seen by somebody who works elsewhere now.
    let elsewhere = Actor {
        held: delegate
            .held
            .iter()
            .map(|h| domain::access::Held {
                unit: Some(there),
                ..*h
            })
            .collect(),
        ..delegate.clone()
    };
    let seen = of_act(&b, &elsewhere, "person.deleted").await.remove(0);
    assert!(seen.revert.is_none());
    assert!(too_late(revert(&b, &elsewhere, &entry).await));
    revert(&b, &delegate, &entry).await.unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_state_that_was_put_back_says_which_entry_it_puts_back(pool: PgPool) {
    let (b, o, _) = office(pool).await;
    let chief = actor(&b, o, &KEEPER).await;
    let id = user(&b, o).group("docenti").create().await;
    b.users
        .set_state(&chief, id, false, REASON, Locale::It)
        .await
        .unwrap();
    let entry = of_act(&b, &chief, "user.deactivated").await.remove(0);
    revert(&b, &chief, &entry).await.unwrap();
    let told = of_act(&b, &chief, "user.activated").await.remove(0);
    assert_eq!(told.reverts, Some(entry.id));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_archived_user_comes_back_inactive_within_thirty_days_by_an_administrator(pool: PgPool) {
    let (b, o, _) = office(pool.clone()).await;
    let chief = actor(&b, o, &KEEPER).await;
    let admin = actor(&b, o, &[Right::Administer]).await;
    let id = user(&b, o).group("docenti").create().await;
    b.users
        .archive(&chief, id, REASON, Locale::It)
        .await
        .unwrap();
    let entry = of_act(&b, &chief, "user.archived").await.remove(0);
    assert!(entry.revert.is_none(), "only an administrator brings back");
    assert!(too_late(revert(&b, &chief, &entry).await));
    let entry = of_act(&b, &admin, "user.archived").await.remove(0);
    assert!(entry.revert.unwrap().comes_back_inactive);
    let days = |n: i64| backend(pool.clone(), now() + SignedDuration::from_hours(24 * n));
    let late = of_act(&days(31), &admin, "user.archived").await.remove(0);
    assert!(late.revert.is_none(), "for good after thirty days");

    revert(&b, &admin, &entry).await.unwrap();
    let row = b.users.detail(&admin, id, Locale::It).await.unwrap().row;
    assert_eq!(row.state, UserState::Inactive);
    let told = of_act(&b, &admin, "user.restored").await.remove(0);
    assert_eq!(told.reverts, Some(entry.id));
    // Archived anew it is the later entry that stands.
    let next = days(1);
    next.users
        .archive(&chief, id, REASON, Locale::It)
        .await
        .unwrap();
    let offered: Vec<bool> = of_act(&next, &admin, "user.archived")
        .await
        .iter()
        .map(|r| r.revert.is_some())
        .collect();
    assert_eq!(offered, [true, false]);
}

async fn history(b: &Backend, actor: &Actor, id: PersonId) -> Vec<HistoryEntry> {
    let page = b.registry.page(actor, id).await.unwrap();
    page.history.expect("it may be read")
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_history_of_a_record_tells_its_links_and_names_no_user_out_of_reach(pool: PgPool) {
    let (b, o, _) = office(pool).await;
    let chief = actor(&b, o, &KEEPER).await;
    let (here, there) = (
        unit(&b, o, None, "qui").await,
        unit(&b, o, None, "la").await,
    );
    let id = user(&b, o)
        .surname("SEGRETI")
        .given_name("UGO")
        .group("tutori")
        .unit(there)
        .create()
        .await;
    let record = add(&b, o, "ALFANO").await;
    enrol(&b, o, record, here).await;
    let other = add(&b, o, "ALTRA").await;
    let kind = PersonKind::Pupil;
    let why = Some("UGO SEGRETI è il fratello");
    b.alignment.refuse(&chief, id, record, why).await.unwrap();
    b.alignment.refuse(&chief, id, record, None).await.unwrap();
    b.alignment.link(&chief, id, record).await.unwrap();
    let done = b.alignment.unlink(&chief, id, kind, "").await.unwrap();
    b.alignment.restore(&chief, done.batch).await.unwrap();
    // As releases wrote it that kept numbers alone.
    sqlx::query(
        "insert into audit (organisation_id, at, actor_name, action, object_kind, object_id, object_name, after)
         values ($1, now(), 'x', 'user.created', 'user', $2, 'UGO SEGRETI', jsonb_build_object('person', $3::bigint))",
    )
    .bind(o.0)
    .bind(id.0)
    .bind(record.0)
    .execute(&b.core.pool)
    .await
    .unwrap();

    let told = history(&b, &chief, record).await;
    let acts: Vec<_> = told.iter().map(|e| e.action.as_str()).collect();
    assert_eq!(
        acts,
        [
            "user.created",
            "user.person_relinked",
            "user.person_unlinked",
            "user.person_linked",
            "user.person_refusal_revoked",
            "user.person_refused",
            "person.enrolled",
            "person.created",
        ]
    );
    let (linked, unlinked) = (&told[3].changes[0], &told[2].changes[0]);
    assert_eq!((&*linked.field, &*linked.after), ("user", "SEGRETI UGO"));
    assert_eq!(
        (&*unlinked.field, &*unlinked.before),
        ("user", "SEGRETI UGO")
    );
    assert_eq!(told[5].reason.as_deref(), why);
    assert_eq!(history(&b, &chief, other).await.len(), 1);

    let far = actor_in(&b, o, &KEEPER, Some(here)).await;
    let blind = actor(&b, o, &[Right::ManageRegistry]).await;
    for reader in [&far, &blind] {
        let told = history(&b, reader, record).await;
        let same: Vec<_> = told.iter().map(|e| e.action.as_str()).collect();
        assert_eq!(same, acts);
        let told = format!("{told:?}");
        assert!(!told.contains("SEGRETI") && !told.contains("UGO"), "{told}");
    }
    // Older ones follow without gap, as the first block ends.
    let older = b
        .registry
        .history(&chief, record, told[3].id)
        .await
        .unwrap();
    assert_eq!(older, told[4..]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn what_the_trail_names_can_be_opened_by_whoever_may_read_it(pool: PgPool) {
    let b = backend(pool, now());
    let o = school(&b).await;
    let chief = actor(&b, o, &KEEPER).await;
    let auditor = actor(&b, o, &[Right::ReadAudit]).await;
    let site = unit(&b, o, None, "qui").await;
    let account = user(&b, o).create().await;
    let record = add(&b, o, "ALFANO").await;
    let things = [
        ("user", account.0),
        ("person", record.0),
        ("unit", site.0),
        ("user", 987_654),
        ("unit", 987_654),
        ("job", 987_654),
    ];
    for (kind, id) in things {
        sqlx::query(
            "insert into audit (organisation_id, at, actor_name, action, object_kind, object_id, object_name)
             values ($1, now(), 'x', 'prova.fatta', $2, $3, 'nome')",
        )
        .bind(o.0)
        .bind(kind)
        .bind(id)
        .execute(&b.core.pool)
        .await
        .unwrap();
    }
    let open = |rows: Vec<AuditRow>| {
        let mut kinds: Vec<String> = rows
            .into_iter()
            .filter(|r| r.object.open)
            .map(|r| r.object.kind)
            .collect();
        kinds.sort();
        kinds
    };
    let seen = of_act(&b, &chief, "prova.fatta").await;
    assert_eq!(open(seen), ["person", "unit", "user"]);
    let seen = of_act(&b, &auditor, "prova.fatta").await;
    assert_eq!(seen.len(), things.len());
    assert!(open(seen).is_empty());
    let denied = revert(&b, &auditor, &of_act(&b, &chief, "person.created").await[0]).await;
    assert!(matches!(
        denied,
        Err(ServiceError::Denied(Denied::Missing(_)))
    ));
}
