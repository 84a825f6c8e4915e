//! Organisations and what they start with.

use crate::support::*;
use backend::ServiceError;
use domain::{Locale, access::Right, organisation::OrganisationKind, user::FieldError};
use sqlx::PgPool;

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_school_starts_with_its_ten_groups_named_in_the_readers_language(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let reader = actor(&backend, school, &[Right::ReadUsers]).await;
    let names = |l| {
        let (backend, reader) = (backend.clone(), reader.clone());
        async move {
            let groups = backend.organisations.groups(&reader, l).await.unwrap();
            groups
                .into_iter()
                .filter(|g| !g.code.starts_with("attore"))
                .map(|g| g.name)
                .collect::<Vec<_>>()
        }
    };
    let italian = names(Locale::It).await;
    assert_eq!(italian.len(), 10);
    assert_eq!(italian[..3], ["Docenti", "Personale ATA", "Tutori"]);
    assert_eq!(names(Locale::De).await[0], "Lehrpersonen");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn members_are_counted_inside_the_readers_units_and_archived_ones_left_out(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let (here, there) = (
        unit(&backend, school, None, "A").await,
        unit(&backend, school, None, "B").await,
    );
    let below = unit(&backend, school, Some(here), "A1").await;
    for place in [here, below, there] {
        user(&backend, school)
            .group("docenti")
            .unit(place)
            .create()
            .await;
    }
    user(&backend, school)
        .group("docenti")
        .unit(here)
        .archived()
        .create()
        .await;
    let count = |actor| {
        let backend = backend.clone();
        async move {
            let groups = backend
                .organisations
                .groups_with_members(&actor, Locale::It)
                .await
                .unwrap();
            groups
                .into_iter()
                .find(|(g, _)| g.code == "docenti")
                .map(|(_, n)| n)
                .unwrap()
        }
    };
    assert_eq!(
        count(actor(&backend, school, &[Right::ReadUsers]).await).await,
        3
    );
    assert_eq!(
        count(actor_in(&backend, school, &[Right::ReadUsers], Some(here)).await).await,
        2
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_code_is_taken_once_and_a_wrong_one_is_named(pool: PgPool) {
    let backend = backend(pool, now());
    school(&backend).await;
    let again = backend
        .organisations
        .create("esempio", OrganisationKind::Canton, "Altro", Locale::It)
        .await;
    let Err(ServiceError::Invalid(errors)) = again else {
        panic!("taken")
    };
    assert_eq!(errors.of("code"), Some(&FieldError::Taken));
    let bad = backend
        .organisations
        .create("IC Esempio", OrganisationKind::School, " ", Locale::It)
        .await;
    let Err(ServiceError::Invalid(errors)) = bad else {
        panic!("wrong")
    };
    assert!(errors.of("code").is_some() && errors.of("name") == Some(&FieldError::Required));
    assert!(
        backend
            .organisations
            .find(" ESEMPIO ")
            .await
            .unwrap()
            .is_some(),
        "case and blanks do not count"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_administrators_password_is_checked_and_their_name_is_taken_once(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let make = |name: &'static str, password: &'static str| {
        let backend = backend.clone();
        async move {
            backend
                .organisations
                .create_admin(school, name, password, false)
                .await
        }
    };
    let Err(ServiceError::Invalid(errors)) = make("capo", "corta").await else {
        panic!("short")
    };
    assert_eq!(errors.of("password"), Some(&FieldError::TooShort(15)));
    assert!(make("capo", "lampada tregua ottavo biscotto").await.is_ok());
    assert!(matches!(
        make("CAPO", "lampada tregua ottavo biscotto").await,
        Err(ServiceError::Conflict(_))
    ));
    assert_eq!(
        audit_actions(&backend, school).await,
        ["organisation.created", "user.created"]
    );
}
