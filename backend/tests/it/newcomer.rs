//! «+ Nuovo utente» beside the registry (A11): no user without a record, where there is one.

use crate::{
    alignment::{OFFICE, office, person},
    support::{actor, actor_in, audit_actions, canton, group_id, unit},
};
use backend::{Backend, ServiceError};
use domain::{
    Locale, OrganisationId, PersonId, UnitId, UserId,
    access::{Actor, Denied, Right},
    alignment::PairProblem,
    person::PersonKind,
    problem::Conflict,
    user::{Creation, NewcomerRecord, UserDraft},
};
use sqlx::PgPool;

const CODE: &str = "RSSMRA80A01H501U";

async fn draft(backend: &Backend, school: OrganisationId, code: &str) -> UserDraft {
    UserDraft {
        surname: "ROSSI".into(),
        given_name: "MARIA".into(),
        fiscal_code: code.into(),
        groups: vec![group_id(backend, school, "docenti").await],
        ..UserDraft::default()
    }
}

async fn create(
    backend: &Backend,
    actor: &Actor,
    draft: &UserDraft,
    record: NewcomerRecord,
) -> Result<Creation, ServiceError> {
    backend
        .users
        .create(actor, draft, false, record, Locale::It)
        .await
}

/// The records that are offered before anything is created.
async fn offered(backend: &Backend, actor: &Actor, draft: &UserDraft) -> Vec<PersonId> {
    match create(backend, actor, draft, NewcomerRecord::Ask).await {
        Ok(Creation::HasRecord(records)) => records.iter().map(|r| r.id).collect(),
        other => panic!("{other:?}"),
    }
}

async fn enrol(backend: &Backend, school: OrganisationId, person: PersonId, unit: UnitId) {
    sqlx::query(
        "insert into enrolments (organisation_id, person_id, school_year, unit_id) values ($1, $2, 2026, $3)",
    )
    .bind(school.0)
    .bind(person.0)
    .bind(unit.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
}

async fn links(backend: &Backend) -> Vec<(UserId, PersonId, String)> {
    let rows: Vec<(i64, i64, String)> =
        sqlx::query_as("select user_id, person_id, method from user_person_links order by 1, 2")
            .fetch_all(&backend.core.pool)
            .await
            .unwrap();
    rows.into_iter()
        .map(|(u, p, method)| (UserId(u), PersonId(p), method))
        .collect()
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_record_without_a_user_is_offered_by_its_code_or_by_its_name_in_either_order(
    pool: PgPool,
) {
    let (backend, school, actor) = office(pool).await;
    let by_code = person(
        &backend,
        school,
        PersonKind::Employee,
        ("RUSSO", "M"),
        Some(CODE),
    )
    .await;
    let swapped = person(
        &backend,
        school,
        PersonKind::Guardian,
        ("Maria", "Rossi"),
        None,
    )
    .await;
    let other_code = ("ROSSI", "MARIA");
    let coded = person(
        &backend,
        school,
        PersonKind::Pupil,
        other_code,
        Some("RSSMRA12A41H501X"),
    )
    .await;
    let gone = person(
        &backend,
        school,
        PersonKind::Employee,
        ("ROSSI", "MARIA"),
        None,
    )
    .await;
    sqlx::query("update persons set state = 'inactive' where id = $1")
        .bind(gone.0)
        .execute(&backend.core.pool)
        .await
        .unwrap();

    // With a code: who has it, and who has the name and no code to tell.
    let found = offered(&backend, &actor, &draft(&backend, school, CODE).await).await;
    assert_eq!(found, [by_code, swapped]);
    let found = offered(&backend, &actor, &draft(&backend, school, "").await).await;
    assert_eq!(found, [swapped, coded]);
    let users = audit_actions(&backend, school).await;
    assert!(!users.iter().any(|a| a == "user.created"), "only offered");

    let nobody = UserDraft {
        surname: "VERDI".into(),
        ..draft(&backend, school, "").await
    };
    let made = create(&backend, &actor, &nobody, NewcomerRecord::Ask).await;
    assert!(
        matches!(
            made,
            Ok(Creation::Created {
                no_record: true,
                ..
            })
        ),
        "{made:?}"
    );
    let without = draft(&backend, school, "").await;
    let made = create(&backend, &actor, &without, NewcomerRecord::Without).await;
    assert!(
        matches!(
            made,
            Ok(Creation::Created {
                no_record: false,
                ..
            })
        ),
        "{made:?}"
    );
    assert!(links(&backend).await.is_empty());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_link_comes_with_the_user_and_its_method_tells_how_the_codes_stand(pool: PgPool) {
    let (backend, school, actor) = office(pool).await;
    let same = person(
        &backend,
        school,
        PersonKind::Employee,
        ("ROSSI", "MARIA"),
        Some(CODE),
    )
    .await;
    let other = Some("RSSMRA12A41H501X");
    let differs = person(
        &backend,
        school,
        PersonKind::Guardian,
        ("ROSSI", "MARIA"),
        other,
    )
    .await;
    let none = person(
        &backend,
        school,
        PersonKind::Pupil,
        ("ROSSI", "MARIA"),
        None,
    )
    .await;
    let mut made = Vec::new();
    for id in [same, differs, none] {
        let draft = draft(&backend, school, CODE).await;
        let answer = backend
            .users
            .create(&actor, &draft, true, NewcomerRecord::Link(id), Locale::It)
            .await;
        let Ok(Creation::Created {
            saved,
            no_record: false,
        }) = answer
        else {
            panic!("{answer:?}")
        };
        made.push(saved.row.id);
    }
    assert_eq!(
        links(&backend).await,
        [
            (made[0], same, "automatic".to_owned()),
            (made[1], differs, "forced".to_owned()),
            (made[2], none, "manual".to_owned()),
        ]
    );
    let told = audit_actions(&backend, school).await;
    assert_eq!(
        told.iter().filter(|a| *a == "user.person_linked").count(),
        3
    );

    // Taken meanwhile: nothing is created either.
    let before = told.len();
    let again = draft(&backend, school, "").await;
    let refused = create(&backend, &actor, &again, NewcomerRecord::Link(same)).await;
    assert!(
        matches!(
            refused,
            Err(ServiceError::Conflict(Conflict::Pair(
                PairProblem::PersonLinked(_)
            )))
        ),
        "{refused:?}"
    );
    assert_eq!(audit_actions(&backend, school).await.len(), before);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_record_out_of_reach_is_neither_offered_nor_linked(pool: PgPool) {
    let (backend, school, _) = office(pool).await;
    let (ours, theirs) = (
        unit(&backend, school, None, "nostra").await,
        unit(&backend, school, None, "altra").await,
    );
    let there = person(
        &backend,
        school,
        PersonKind::Pupil,
        ("ROSSI", "MARIA"),
        None,
    )
    .await;
    enrol(&backend, school, there, theirs).await;
    let draft = draft(&backend, school, "").await;
    let limited = actor_in(&backend, school, &OFFICE, Some(ours)).await;
    let refused = create(&backend, &limited, &draft, NewcomerRecord::Link(there)).await;
    assert!(
        matches!(refused, Err(ServiceError::NotFound)),
        "{refused:?}"
    );
    let made = create(&backend, &limited, &draft, NewcomerRecord::Ask).await;
    assert!(
        matches!(
            made,
            Ok(Creation::Created {
                no_record: true,
                ..
            })
        ),
        "{made:?}"
    );

    let here = person(
        &backend,
        school,
        PersonKind::Pupil,
        ("ROSSI", "MARIA"),
        None,
    )
    .await;
    enrol(&backend, school, here, ours).await;
    assert_eq!(offered(&backend, &limited, &draft).await, [here]);
    let made = create(&backend, &limited, &draft, NewcomerRecord::Link(here)).await;
    assert!(matches!(made, Ok(Creation::Created { .. })), "{made:?}");

    // Who does not keep the registry is offered the record, and does not link it.
    let without = [Right::ReadUsers, Right::ManageUsers];
    let reader = actor(&backend, school, &without).await;
    assert_eq!(offered(&backend, &reader, &draft).await, [there]);
    let refused = create(&backend, &reader, &draft, NewcomerRecord::Link(there)).await;
    assert!(
        matches!(
            refused,
            Err(ServiceError::Denied(Denied::Missing(Right::ManageRegistry)))
        ),
        "{refused:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_canton_has_no_registry_to_look_through(pool: PgPool) {
    let backend = crate::support::backend(pool, crate::support::now());
    let canton = canton(&backend).await;
    let rights = [
        Right::ReadUsers,
        Right::ManageUsers,
        Right::ManageAuthorisations,
        Right::ManageRegistry,
    ];
    let actor = actor(&backend, canton, &rights).await;
    person(
        &backend,
        canton,
        PersonKind::Employee,
        ("ROSSI", "MARIA"),
        None,
    )
    .await;
    let group = crate::support::group(&backend, canton, "lettura", &[Right::ReadUsers]).await;
    let draft = UserDraft {
        surname: "ROSSI".into(),
        given_name: "MARIA".into(),
        groups: vec![group],
        ..UserDraft::default()
    };
    let answer = create(&backend, &actor, &draft, NewcomerRecord::Ask).await;
    assert!(!matches!(answer, Ok(Creation::HasRecord(_))), "{answer:?}");
}
