//! «Dati di contatto» of a canton's user.

use crate::support::*;
use backend::ServiceError;
use domain::{
    Locale,
    access::Right,
    problem::Conflict,
    user::{ContactDraft, FieldError},
};
use sqlx::PgPool;

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn contact_data_are_checked_kept_whole_and_told_in_the_trail(pool: PgPool) {
    let b = backend(pool, now());
    let o = canton(&b).await;
    let here = unit(&b, o, None, "100").await;
    let actor = actor_in(&b, o, &[Right::ReadUsers, Right::ManageUsers], Some(here)).await;
    let lea = user(&b, o).unit(here).group("kt-user").create().await;
    let empty = b.users.contact(&actor, lea).await.unwrap();
    assert_eq!(empty.data, ContactDraft::default());

    let wrong = ContactDraft {
        mobile: "interno 12".into(),
        birth_date: "2026-11-23".into(),
        ..ContactDraft::default()
    };
    let refused = b
        .users
        .change_contact(&actor, lea, empty.version, &wrong, Locale::It);
    let Err(ServiceError::Invalid(errors)) = refused.await else {
        panic!("it was taken")
    };
    assert_eq!(errors.of("mobile"), Some(&FieldError::NotAPhone));
    assert_eq!(errors.of("birth_date"), Some(&FieldError::NotADate));
    assert_eq!(b.users.contact(&actor, lea).await.unwrap(), empty);

    let data = ContactDraft {
        mobile: "079 123 45 67".into(),
        city: " Bellinzona ".into(),
        birth_date: "1990-02-28".into(),
        ..ContactDraft::default()
    };
    let saved = b
        .users
        .change_contact(&actor, lea, empty.version, &data, Locale::It);
    let row = saved.await.unwrap().row;
    assert_eq!(row.invited.phone.as_deref(), Some("+41791234567"));
    let stored = b.users.contact(&actor, lea).await.unwrap();
    assert_eq!(stored.version, row.version);
    assert_eq!(
        (
            stored.data.mobile.as_str(),
            stored.data.city.as_str(),
            stored.data.birth_date.as_str()
        ),
        ("+41791234567", "Bellinzona", "1990-02-28")
    );
    // Somebody saved meanwhile: nothing is written over.
    let elsewhere = ContactDraft {
        city: "Lugano".into(),
        ..ContactDraft::default()
    };
    let late = b
        .users
        .change_contact(&actor, lea, empty.version, &elsewhere, Locale::It);
    assert!(matches!(
        late.await,
        Err(ServiceError::Conflict(Conflict::Changed(_)))
    ));
    // The same again is no change.
    let same = b
        .users
        .change_contact(&actor, lea, stored.version, &stored.data, Locale::It);
    assert_eq!(same.await.unwrap().row.version, stored.version);
    let told = audit_actions(&b, o).await;
    let told = told.iter().filter(|a| *a == "user.contact_changed");
    assert_eq!(told.count(), 1);
    let after: serde_json::Value =
        sqlx::query_scalar("select after from audit where action = 'user.contact_changed'")
            .fetch_one(&b.core.pool)
            .await
            .unwrap();
    assert_eq!(
        after,
        serde_json::json!({ "birth_date": "1990-02-28", "city": "Bellinzona", "mobile": "+41791234567" })
    );

    // Another unit's delegate finds nobody.
    let there = unit(&b, o, None, "200").await;
    let other = actor_in(&b, o, &[Right::ReadUsers, Right::ManageUsers], Some(there)).await;
    let read = b.users.contact(&other, lea).await;
    assert!(matches!(read, Err(ServiceError::NotFound)));
    let write = b
        .users
        .change_contact(&other, lea, stored.version, &data, Locale::It);
    assert!(matches!(write.await, Err(ServiceError::NotFound)));
}
