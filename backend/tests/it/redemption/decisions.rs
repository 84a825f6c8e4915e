//! What deciding a discrepancy leaves behind.

use super::*;
use serde_json::{Value, json};

const PRIVATE: &str = "lea88@gmail.com";

impl Scene {
    /// A second profile with a code in force; its registration.
    async fn another_code(&self) -> i64 {
        let pool = &self.backend.core.pool;
        let profile: i64 = sqlx::query_scalar(
            "insert into profiles (organisation_id, user_id, name, category, is_default)
             values ($1, $2, 'Altro', 'school', false) returning id",
        )
        .bind(self.canton.0)
        .bind(self.lea.0)
        .fetch_one(pool)
        .await
        .unwrap();
        let profile = domain::ProfileId(profile);
        let mut tx = pool.begin().await.unwrap();
        let now = self.backend.core.clock.now();
        let (id, _) = rows::prepare(
            &mut tx,
            &self.delegate,
            self.lea,
            profile,
            Uuid::new_v4(),
            now,
        )
        .await
        .unwrap();
        let until = now + SignedDuration::from_hours(24);
        rows::hand_over(&mut tx, self.canton, id, &[7; 32], until, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id.0
    }

    async fn fate(&self, registration: i64) -> (String, Option<String>) {
        sqlx::query_as("select state, revoked_reason from registrations where id = $1")
            .bind(registration)
            .fetch_one(&self.backend.core.pool)
            .await
            .unwrap()
    }

    /// What the trail says of changed data: by whom, before, after, why.
    async fn edits(&self) -> Vec<(String, Value, Value, Option<String>)> {
        sqlx::query_as(
            "select actor_name, before, after, reason from audit where action = 'user.edited' order by id",
        )
        .fetch_all(&self.backend.core.pool)
        .await
        .unwrap()
    }
}

fn revoked() -> (String, Option<String>) {
    ("revoked".to_owned(), Some("address_changed".to_owned()))
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn after_another_person_the_strangers_password_opens_nothing_ever_again(pool: PgPool) {
    let mut scene = Scene::new(pool).await;
    scene.redeem("Ugo", "Verdi", EMAIL).await;
    let other = scene.another_code().await;
    let id = scene.only().await;
    let class = DiscrepancyClass::OtherPerson;
    let service = &scene.backend.discrepancies;
    service
        .deactivate(&scene.delegate, id, class, WHY)
        .await
        .unwrap();
    let users = &scene.backend.users;
    let locale = domain::Locale::It;
    users
        .set_state(&scene.delegate, scene.lea, true, WHY, locale)
        .await
        .unwrap();
    assert_eq!(scene.name().await.3, "active");
    assert!(!scene.signs_in().await);
    assert_eq!(scene.stored().await, (None, "none".to_owned()));
    assert_eq!(scene.fate(other).await.0, "revoked");
    // The right person chooses one of their own.
    sqlx::query("update profiles set state = 'active' where user_id = $1 and is_default")
        .bind(scene.lea.0)
        .execute(&scene.backend.core.pool)
        .await
        .unwrap();
    sqlx::query("delete from profiles where user_id = $1 and not is_default")
        .bind(scene.lea.0)
        .execute(&scene.backend.core.pool)
        .await
        .unwrap();
    scene.new_code().await;
    scene.redeem("Lea", "Bianchi", EMAIL).await;
    assert!(scene.signs_in().await);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn after_a_private_mailbox_the_right_person_keeps_the_password(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.redeem("Lea", "Bianchi", PRIVATE).await;
    let before = scene.stored().await;
    let (id, class) = (scene.only().await, DiscrepancyClass::WrongEmail);
    let service = &scene.backend.discrepancies;
    service
        .deactivate(&scene.delegate, id, class, WHY)
        .await
        .unwrap();
    assert_eq!(scene.stored().await, before);
    assert_eq!(scene.name().await.2, EMAIL, "never the private one");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_cause_changed_half_way_switches_the_account_off_before_it_closes(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.redeem("Lea", "Bianchi", PRIVATE).await;
    let (id, service, delegate) = (
        scene.only().await,
        &scene.backend.discrepancies,
        &scene.delegate,
    );
    let (mailbox, person) = (DiscrepancyClass::WrongEmail, DiscrepancyClass::OtherPerson);
    service
        .deactivate(delegate, id, mailbox, WHY)
        .await
        .unwrap();
    let one = service.get(delegate, id).await.unwrap();
    assert!(!one.account_off);
    assert!(
        one.steps
            .deactivated_for(mailbox, one.account_off)
            .is_some()
    );
    assert!(one.steps.deactivated_for(person, one.account_off).is_none());
    service.reported(delegate, id).await.unwrap();
    let early = service.close(delegate, id, person).await;
    assert!(
        matches!(early, Err(ServiceError::Conflict(Conflict::TooLate))),
        "{early:?}"
    );
    service.deactivate(delegate, id, person, WHY).await.unwrap();
    assert_eq!(scene.name().await.3, "inactive");
    assert!(!scene.signs_in().await);
    assert!(service.get(delegate, id).await.unwrap().account_off);
    service.close(delegate, id, person).await.unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_guidance_goes_on_under_the_cause_that_was_chosen(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.redeem("Ugo", "Verdi", EMAIL).await;
    let (id, service, delegate) = (
        scene.only().await,
        &scene.backend.discrepancies,
        &scene.delegate,
    );
    let begun = async || service.get(delegate, id).await.unwrap();
    assert_eq!(begun().await.row.suggested, DiscrepancyClass::OtherPerson);
    assert_eq!(begun().await.begun_as, None);
    let class = DiscrepancyClass::WrongEmail;
    service.deactivate(delegate, id, class, WHY).await.unwrap();
    assert_eq!(begun().await.begun_as, Some(class));
    let class = DiscrepancyClass::OtherPerson;
    service.deactivate(delegate, id, class, WHY).await.unwrap();
    assert_eq!(begun().await.begun_as, Some(class));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn data_taken_over_by_hand_stay_in_the_trail_and_void_the_other_codes(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene
        .redeem("Léa", "Bianchi", "lea.nuova@clinica.example")
        .await;
    let other = scene.another_code().await;
    let (id, service) = (scene.only().await, &scene.backend.discrepancies);
    for reason in ["", "  ", "corta"] {
        match service.negligible(&scene.delegate, id, reason).await {
            Err(ServiceError::Invalid(fields)) => assert!(fields.of("reason").is_some()),
            other => panic!("{other:?}"),
        }
    }
    service.negligible(&scene.delegate, id, WHY).await.unwrap();
    let edits = scene.edits().await;
    assert_eq!(
        edits,
        [(
            scene.delegate.name.clone(),
            json!({ "given_name": "Lea", "email": EMAIL }),
            json!({ "given_name": "Léa", "email": "lea.nuova@clinica.example" }),
            Some(WHY.to_owned())
        )]
    );
    assert_eq!(scene.fate(other).await, revoked());
    let closed = service.get(&scene.delegate, id).await.unwrap();
    assert_eq!(closed.reason.as_deref(), Some(WHY));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_address_of_a_new_profile_stays_in_the_trail_and_voids_the_other_codes(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.redeem("Lea", "Bianchi", PRIVATE).await;
    let other = scene.another_code().await;
    let (id, service, delegate) = (
        scene.only().await,
        &scene.backend.discrepancies,
        &scene.delegate,
    );
    let class = DiscrepancyClass::WrongEmail;
    service.deactivate(delegate, id, class, WHY).await.unwrap();
    assert_eq!(scene.fate(other).await.0, "running", "another profile");
    let work = "l.bianchi@ospedale.example";
    service.new_profile(delegate, id, work).await.unwrap();
    let edits = scene.edits().await;
    assert_eq!(edits.len(), 1);
    assert_eq!(edits[0].1, json!({ "email": EMAIL }));
    assert_eq!(edits[0].2, json!({ "email": work }));
    assert_eq!(scene.fate(other).await, revoked());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn by_itself_a_name_is_taken_over_and_a_mistyped_address_never(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let slip = "lea.biancih@ospedale.example";
    scene.redeem("Lea Maria", "Bianchi", slip).await;
    assert!(scene.open_ones().await.is_empty(), "it closed by itself");
    let (given_name, _, email, _) = scene.name().await;
    assert_eq!((&*given_name, &*email), ("Lea Maria", EMAIL));
    let edits = scene.edits().await;
    assert_eq!(edits.len(), 1);
    assert_eq!(edits[0].0, "Delega");
    assert_eq!(edits[0].2, json!({ "given_name": "Lea Maria" }));
}
