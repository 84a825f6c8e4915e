//! Links seen from the page of a user and from the trail: how each came about, putting it
//! back, and who may.

use crate::{
    alignment::{OFFICE, office, person},
    support::{actor, actor_in, group, unit, user},
};
use backend::{Backend, ServiceError};
use domain::{
    Locale, OrganisationId, PersonId, UserId,
    access::{Actor, Right},
    alignment::LinkMethod,
    audit::{AuditFilter, AuditQuery, AuditRow},
    person::PersonKind,
    problem::Conflict,
};
use sqlx::PgPool;

const ALL: [Right; 5] = [
    Right::ReadUsers,
    Right::ManageUsers,
    Right::ManageRegistry,
    Right::SendCredentials,
    Right::ReadAudit,
];

async fn newest(backend: &Backend, actor: &Actor) -> AuditRow {
    let query = AuditQuery {
        filter: AuditFilter::default(),
        before: None,
    };
    let page = backend.audit.list(actor, &query, Locale::It).await.unwrap();
    page.rows.into_iter().next().unwrap()
}

async fn linked(backend: &Backend, actor: &Actor, id: UserId) -> Vec<(PersonId, LinkMethod)> {
    let page = backend.users.page(actor, id, Locale::It).await.unwrap();
    let persons = page.detail.persons.into_iter();
    persons.map(|p| (p.id, p.method)).collect()
}

async fn pair(backend: &Backend, school: OrganisationId) -> (UserId, PersonId) {
    let id = user(backend, school)
        .surname("SUPER")
        .given_name("USER")
        .fiscal_code("RSSMRA80A41H501Y")
        .group("docenti")
        .create()
        .await;
    let other = person(
        backend,
        school,
        PersonKind::Employee,
        ("AXIOS", "ITALIA"),
        Some("06331261005"),
    )
    .await;
    (id, other)
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_page_of_a_user_says_how_a_link_came_about_and_dissolving_can_be_undone(pool: PgPool) {
    let (backend, school, _) = office(pool).await;
    let chief = actor(&backend, school, &ALL).await;
    let (id, other) = pair(&backend, school).await;
    let done = backend.alignment.link(&chief, id, other).await.unwrap();
    assert_eq!((done.saved, done.forced), (1, 1));
    assert_eq!(
        linked(&backend, &chief, id).await,
        [(other, LinkMethod::Forced)]
    );
    let entry = newest(&backend, &chief).await;
    assert_eq!(entry.action, "user.person_linked");
    let said: Vec<_> = entry.changes.iter().map(|c| c.after.as_str()).collect();
    assert!(said.contains(&"AXIOS ITALIA"), "{said:?}");

    let gone = backend
        .alignment
        .unlink(&chief, id, PersonKind::Employee, "")
        .await
        .unwrap();
    assert!(linked(&backend, &chief, id).await.is_empty());
    let back = backend.alignment.restore(&chief, gone.batch).await.unwrap();
    assert_eq!(back.links, 1);
    assert_eq!(
        linked(&backend, &chief, id).await,
        [(other, LinkMethod::Forced)]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_link_and_its_end_are_put_back_from_the_trail_while_they_stand(pool: PgPool) {
    let (backend, school, _) = office(pool).await;
    let chief = actor(&backend, school, &ALL).await;
    let (id, other) = pair(&backend, school).await;
    backend.alignment.link(&chief, id, other).await.unwrap();
    let link = newest(&backend, &chief).await;
    assert!(link.revert.is_some());

    let revert = async |entry: &AuditRow| {
        backend
            .audit
            .revert(
                &backend,
                &chief,
                entry.id,
                "riportato per prova",
                Locale::It,
            )
            .await
    };
    revert(&link).await.unwrap();
    assert!(linked(&backend, &chief, id).await.is_empty());
    let end = newest(&backend, &chief).await;
    assert_eq!(end.action, "user.person_unlinked");
    assert_eq!(end.reverts, Some(link.id));
    assert_eq!(end.reason.as_deref(), Some("riportato per prova"));

    revert(&end).await.unwrap();
    assert_eq!(
        linked(&backend, &chief, id).await,
        [(other, LinkMethod::Forced)]
    );
    assert_eq!(newest(&backend, &chief).await.reverts, Some(end.id));
    assert!(matches!(
        revert(&end).await,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_ended_link_is_not_offered_back_once_the_record_is_somebody_elses(pool: PgPool) {
    let (backend, school, _) = office(pool).await;
    let chief = actor(&backend, school, &ALL).await;
    let (id, other) = pair(&backend, school).await;
    backend.alignment.link(&chief, id, other).await.unwrap();
    backend
        .alignment
        .unlink(&chief, id, PersonKind::Employee, "")
        .await
        .unwrap();
    let end = newest(&backend, &chief).await;
    assert!(end.revert.is_some());
    let somebody = user(&backend, school).group("docenti").create().await;
    backend
        .alignment
        .link(&chief, somebody, other)
        .await
        .unwrap();
    let answer = backend
        .audit
        .revert(&backend, &chief, end.id, "", Locale::It)
        .await;
    assert!(matches!(
        answer,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_links_or_parts_an_account_above_their_own(pool: PgPool) {
    let (backend, school, chief) = office(pool).await;
    let strong = group(&backend, school, "forti", &[Right::ManageUnits]).await;
    let id = user(&backend, school).in_group_id(strong).create().await;
    let record = person(
        &backend,
        school,
        PersonKind::Employee,
        ("NERI", "ADA"),
        None,
    )
    .await;
    let answer = backend.alignment.link(&chief, id, record).await.unwrap();
    assert_eq!((answer.saved, answer.failed_total), (0, 1));
    assert!(matches!(
        backend
            .alignment
            .unlink(&chief, id, PersonKind::Employee, "")
            .await,
        Err(ServiceError::NotFound)
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn somebody_whose_home_is_the_unit_is_aligned_there_before_any_role(pool: PgPool) {
    let (backend, school, _) = office(pool).await;
    let here = unit(&backend, school, None, "qui").await;
    let there = unit(&backend, school, None, "la").await;
    let delegate = actor_in(&backend, school, &OFFICE, Some(here)).await;
    let mut found = Vec::new();
    for (surname, home) in [("ALFA", here), ("BETA", there)] {
        let id = user(&backend, school).surname(surname).create().await;
        sqlx::query("update users set unit_id = $2 where id = $1")
            .bind(id.0)
            .bind(home.0)
            .execute(&backend.core.pool)
            .await
            .unwrap();
        found.push(id);
    }
    let query = domain::alignment::AlignmentQuery {
        kind: Some(PersonKind::Employee),
        text: String::new(),
        staged: None,
        page: domain::page::PageRequest {
            number: 1,
            size: domain::page::PageSize::Hundred,
        },
    };
    let page = backend.alignment.rows(&delegate, &query).await.unwrap();
    let seen: Vec<UserId> = page.items.iter().map(|r| r.user.id).collect();
    assert!(seen.contains(&found[0]) && !seen.contains(&found[1]));
}
