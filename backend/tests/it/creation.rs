//! «Crea utenti da anagrafiche» (A11, A13–A18): checks, creation in one go, undo.

use crate::{
    alignment::{OFFICE, office, person},
    support::{actor, actor_in, group_id, unit, user},
};
use backend::{Backend, ServiceError, jobs, service::Wish};
use domain::{
    GroupId, JobId, Locale, OrganisationId, PersonId,
    access::{Actor, Denied, Right},
    alignment::{CandidateCheck, CandidateFilter, CandidatePick, SkipReason},
    audit::{AuditFilter, AuditQuery},
    job::{JobState, MailState},
    letter::LetterTarget,
    page::PageRequest,
    person::PersonKind,
    problem::Conflict,
    user::{EmailDraft, Selection},
};
use jiff::SignedDuration;
use sqlx::PgPool;
use std::collections::BTreeSet;
use uuid::Uuid;

async fn mail(backend: &Backend, id: PersonId, email: &str) {
    sqlx::query("update persons set email = $2 where id = $1")
        .bind(id.0)
        .bind(email)
        .execute(&backend.core.pool)
        .await
        .unwrap();
}

async fn pupils(backend: &Backend, school: OrganisationId, n: usize) -> BTreeSet<PersonId> {
    let mut ids = BTreeSet::new();
    for i in 0..n {
        let name = format!("ALFANO{i}");
        let id = person(backend, school, PersonKind::Pupil, (&name, "MARIA"), None).await;
        mail(backend, id, &format!("alfano{i}@example.org")).await;
        ids.insert(id);
    }
    ids
}

fn wish(ids: &BTreeSet<PersonId>, group: GroupId) -> Wish {
    Wish {
        pick: CandidatePick::Only(ids.clone()),
        group,
        expected: ids.len() as u64,
        typed: None,
        confirmed: false,
    }
}

fn filter(kind: PersonKind) -> CandidateFilter {
    CandidateFilter {
        kind,
        unit: None,
        year: None,
        class: None,
        text: String::new(),
    }
}

async fn create(backend: &Backend, actor: &Actor, wish: &Wish, key: u128) -> JobId {
    backend
        .alignment
        .create_users(actor, wish, Uuid::from_u128(key))
        .await
        .unwrap()
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn users_are_created_with_link_group_and_two_mails_and_a_double_click_creates_once(
    pool: PgPool,
) {
    let (backend, school, actor) = office(pool).await;
    let ids = pupils(&backend, school, 3).await;
    // A number that stands in the way.
    user(&backend, school).username("0000002").create().await;
    let group = group_id(&backend, school, "alunni").await;
    let job = create(&backend, &actor, &wish(&ids, group), 7).await;
    assert_eq!(create(&backend, &actor, &wish(&ids, group), 7).await, job);
    let names: Vec<String> = sqlx::query_scalar(
        "select u.username from users u join user_person_links l on l.user_id = u.id
         join grants g on g.user_id = u.id and g.group_id = $2
         where u.organisation_id = $1 order by u.sort_name",
    )
    .bind(school.0)
    .bind(group.0)
    .fetch_all(&backend.core.pool)
    .await
    .unwrap();
    assert_eq!(names, ["0000001", "0000003", "0000004"]);
    jobs::worker::drain(&backend).await.unwrap();
    let view = backend.operations.view(&actor, job).await.unwrap();
    assert_eq!((view.total, view.done, view.failed), (3, 3, 0));
    assert_eq!(view.state, JobState::Done);
    assert_eq!(view.mails, [(MailState::Accepted, 6)]);
    assert_eq!(view.result.get("created"), Some(&3));
    let chief = crate::support::actor(&backend, school, &[Right::ReadAudit]).await;
    let filter = AuditFilter {
        action: Some("user.created".into()),
        ..AuditFilter::default()
    };
    let query = AuditQuery {
        filter,
        before: None,
    };
    let page = backend.audit.list(&chief, &query, Locale::It).await;
    let told = &page.unwrap().rows[0].changes;
    let said = |field: &str| {
        told.iter()
            .find(|c| c.field == field)
            .map(|c| c.after.clone())
    };
    assert_eq!(said("groups").as_deref(), Some("Alunni"));
    assert!(said("person").unwrap().starts_with("ALFANO"), "{told:?}");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn every_row_says_what_stands_in_its_way(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let kind = PersonKind::Guardian;
    let code = "RSSMRA80A41H501Y";
    let teacher = user(&backend, school)
        .surname("ROSSI")
        .given_name("MARIA")
        .fiscal_code(code)
        .email("maria@example.org")
        .create()
        .await;
    let own = person(
        &backend,
        school,
        PersonKind::Employee,
        ("ROSSI", "MARIA"),
        Some(code),
    )
    .await;
    backend.alignment.link(&actor, teacher, own).await.unwrap();
    let parent = person(&backend, school, kind, ("ROSSI", "MARIA"), Some(code)).await;
    let without = person(&backend, school, kind, ("BIANCHI", "LEA"), None).await;
    let sharing = person(&backend, school, kind, ("VERDI", "UGO"), None).await;
    mail(&backend, sharing, "Maria@example.org").await;
    let ready = person(&backend, school, kind, ("NERI", "IVO"), None).await;
    mail(&backend, ready, "ivo@example.org").await;
    let (page, creatable) = backend
        .alignment
        .candidates(&actor, &filter(kind), PageRequest::default())
        .await
        .unwrap();
    assert_eq!((page.total, creatable), (4, 3));
    let check = |id| {
        page.items
            .iter()
            .find(|c| c.id == id)
            .unwrap()
            .check
            .clone()
    };
    assert_eq!(check(ready), CandidateCheck::Ready);
    assert_eq!(check(without), CandidateCheck::NoMail);
    assert_eq!(
        check(sharing),
        CandidateCheck::MailUsed("ROSSI MARIA".into())
    );
    let CandidateCheck::HasUser(there) = check(parent) else {
        panic!("a second account was offered");
    };
    assert_eq!((there.user, there.taken), (teacher, false));
    assert_eq!(there.kinds, [PersonKind::Employee]);
    // «Collega» gives the teacher the second record.
    let linked = backend
        .alignment
        .link(&actor, teacher, parent)
        .await
        .unwrap();
    assert_eq!(linked.saved, 1);
    let version = page.items.iter().find(|c| c.id == without).unwrap().version;
    let draft = EmailDraft("lea@example.org".into());
    backend
        .alignment
        .add_mail(&actor, without, version, &draft)
        .await
        .unwrap();
    assert!(matches!(
        backend
            .alignment
            .add_mail(&actor, without, version, &draft)
            .await,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
    let (page, _) = backend
        .alignment
        .candidates(&actor, &filter(kind), PageRequest::default())
        .await
        .unwrap();
    assert!(page.items.iter().all(|c| c.check.can_create()));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_got_a_user_meanwhile_is_skipped_and_listed(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let mut ids = pupils(&backend, school, 2).await;
    let code = Some("RSSMRA80A41H501Y");
    for name in ["GIALLI", "GIALLI BIS"] {
        ids.insert(person(&backend, school, PersonKind::Pupil, (name, "A"), code).await);
    }
    let group = group_id(&backend, school, "alunni").await;
    let check = backend
        .alignment
        .check_creation(&actor, &CandidatePick::Only(ids.clone()), group, Locale::It)
        .await
        .unwrap();
    assert_eq!((check.picked, check.create, check.letters), (4, 3, 1));
    assert_eq!(check.skipped, [(SkipReason::Twice, 1)]);
    let first = *ids.iter().next().unwrap();
    let rival = user(&backend, school).create().await;
    backend.alignment.link(&actor, rival, first).await.unwrap();
    let job = create(&backend, &actor, &wish(&ids, group), 1).await;
    let result = backend
        .alignment
        .creation_result(&actor, job)
        .await
        .unwrap();
    assert_eq!((result.standing, result.skipped_total), (2, 2));
    let reasons: Vec<_> = result.skipped.iter().map(|s| s.reason).collect();
    assert!(reasons.contains(&SkipReason::Linked) && reasons.contains(&SkipReason::Twice));
    // The one without mailbox waits for a letter; it receives no mail.
    let view = backend.operations.view(&actor, job).await.unwrap();
    assert_eq!(view.total, 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn pupils_become_teachers_only_after_a_confirmation(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let ids = pupils(&backend, school, 1).await;
    let group = group_id(&backend, school, "docenti").await;
    let mut wish = wish(&ids, group);
    let key = Uuid::from_u128(1);
    let refused = backend.alignment.create_users(&actor, &wish, key).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(f)) if f.of("confirmed").is_some()));
    wish.confirmed = true;
    backend
        .alignment
        .create_users(&actor, &wish, key)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn created_users_are_removed_again_unless_they_have_entered_and_numbers_stay_used(
    pool: PgPool,
) {
    let (backend, school, actor) = office(pool).await;
    let ids = pupils(&backend, school, 3).await;
    let group = group_id(&backend, school, "alunni").await;
    let job = create(&backend, &actor, &wish(&ids, group), 1).await;
    sqlx::query("update users set last_sign_in_at = now() where username = '0000001'")
        .execute(&backend.core.pool)
        .await
        .unwrap();
    let undone = backend.alignment.undo_creation(&actor, job).await.unwrap();
    assert_eq!((undone.removed, undone.kept), (2, 1));
    assert!(matches!(
        backend.alignment.undo_creation(&actor, job).await,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
    let again: BTreeSet<_> = ids.into_iter().skip(1).collect();
    create(&backend, &actor, &wish(&again, group), 2).await;
    let last: String = sqlx::query_scalar(
        "select max(username) from users where organisation_id = $1 and username ~ '^[0-9]{7}$'",
    )
    .bind(school.0)
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    assert_eq!(last, "0000005");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_class_that_no_longer_exists_finds_nobody_and_creates_nothing(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    pupils(&backend, school, 2).await;
    let gone = CandidateFilter {
        class: Some("9Z".into()),
        year: Some(2026),
        ..filter(PersonKind::Pupil)
    };
    let (page, creatable) = backend
        .alignment
        .candidates(&actor, &gone, PageRequest::default())
        .await
        .unwrap();
    assert_eq!((page.total, creatable), (0, 0));
    let group = group_id(&backend, school, "alunni").await;
    let wish = Wish {
        pick: CandidatePick::AllFound {
            filter: gone,
            except: BTreeSet::new(),
            found: 2,
        },
        expected: 2,
        ..wish(&BTreeSet::new(), group)
    };
    let refused = backend
        .alignment
        .create_users(&actor, &wish, Uuid::from_u128(1))
        .await;
    assert!(matches!(refused, Err(ServiceError::Invalid(f)) if f.of("selection").is_some()));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_gives_a_group_that_is_stronger_than_themselves(pool: PgPool) {
    let (backend, school, office) = office(pool).await;
    let ids = pupils(&backend, school, 1).await;
    let strong = group_id(&backend, school, "amministratori").await;
    let refused = backend
        .alignment
        .create_users(&office, &wish(&ids, strong), Uuid::from_u128(1))
        .await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::Stronger))
    ));
    let without = actor(&backend, school, &OFFICE[..3]).await;
    let group = group_id(&backend, school, "alunni").await;
    let refused = backend
        .alignment
        .create_users(&without, &wish(&ids, group), Uuid::from_u128(2))
        .await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::Missing(
            Right::SendCredentials
        )))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_is_limited_to_a_site_neither_sees_nor_undoes_what_others_created(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let group = group_id(&backend, school, "alunni").await;
    let job = create(
        &backend,
        &actor,
        &wish(&pupils(&backend, school, 2).await, group),
        1,
    )
    .await;
    let site = unit(&backend, school, None, "dante").await;
    let limited = actor_in(&backend, school, &OFFICE, Some(site)).await;
    let seen = backend.alignment.creation_result(&limited, job).await;
    assert!(matches!(seen, Err(ServiceError::NotFound)), "{seen:?}");
    let undone = backend.alignment.undo_creation(&limited, job).await;
    assert!(matches!(undone, Err(ServiceError::NotFound)), "{undone:?}");
    let undone = backend.alignment.undo_creation(&actor, job).await.unwrap();
    assert_eq!((undone.removed, undone.kept), (2, 0));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn many_are_created_or_get_letters_only_after_the_password_was_given_again(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let group = group_id(&backend, school, "alunni").await;
    let ids = pupils(&backend, school, 101).await;
    let many = Wish {
        typed: Some(101),
        ..wish(&ids, group)
    };
    let long_ago = Actor {
        authenticated_at: Some(backend.core.clock.now() - SignedDuration::from_mins(16)),
        ..actor.clone()
    };
    let key = Uuid::from_u128(5);
    let refused = backend.alignment.create_users(&long_ago, &many, key).await;
    assert!(
        matches!(refused, Err(ServiceError::Denied(Denied::MustConfirm))),
        "{refused:?}"
    );
    let job = backend
        .alignment
        .create_users(&actor, &many, key)
        .await
        .unwrap();
    let created = backend.alignment.creation_result(&actor, job).await;
    assert_eq!(created.unwrap().standing, 101);

    let users: Vec<i64> = sqlx::query_scalar("select user_id from user_person_links")
        .fetch_all(&backend.core.pool)
        .await
        .unwrap();
    let all = Selection::Only(users.into_iter().map(domain::UserId).collect());
    let target = LetterTarget::Selected(all);
    let start = async |who: &Actor| {
        backend
            .letters
            .start(who, &target, 101, Some(101), Uuid::from_u128(6))
            .await
    };
    let refused = start(&long_ago).await;
    assert!(
        matches!(refused, Err(ServiceError::Denied(Denied::MustConfirm))),
        "{refused:?}"
    );
    start(&actor).await.unwrap();
}
