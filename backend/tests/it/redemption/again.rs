//! A further code for somebody who has a password already.

use super::*;
use domain::problem::SignInRefusal;

const STRANGE: &str = "sentiero barca limone martello";

/// Lea is registered, a second code is out, and its pages are filled in up to the last.
async fn a_second_time(pool: PgPool) -> (Scene, String) {
    let mut scene = Scene::new(pool).await;
    scene.redeem("Lea", "Bianchi", EMAIL).await;
    scene.new_code().await;
    let ticket = scene.stated().await;
    (scene, ticket)
}

impl Scene {
    async fn stated(&self) -> String {
        let ticket = self.ticket().await;
        let stated = identity("Lea", "Bianchi", EMAIL);
        let state = self.backend.redemptions.state(&ticket, &stated);
        state.await.unwrap();
        ticket
    }

    pub(super) async fn stored(&self) -> (Option<String>, String) {
        sqlx::query_as("select password_hash, password_kind from credentials where user_id = $1")
            .bind(self.lea.0)
            .fetch_one(&self.backend.core.pool)
            .await
            .unwrap()
    }

    async fn redeemed(&self) -> i64 {
        sqlx::query_scalar("select count(*) from registrations where state = 'completed'")
            .fetch_one(&self.backend.core.pool)
            .await
            .unwrap()
    }
}

fn field<T: std::fmt::Debug>(result: Result<T, ServiceError>, name: &str) -> FieldError {
    match result {
        Err(ServiceError::Invalid(fields)) => fields.of(name).expect("this field").clone(),
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_further_code_replaces_no_password_and_a_wrong_one_redeems_nothing(pool: PgPool) {
    let (scene, ticket) = a_second_time(pool).await;
    let redemptions = &scene.backend.redemptions;
    let before = scene.stored().await;
    let view = redemptions.view(&ticket).await.unwrap().unwrap();
    assert!(view.has_password);
    let new = redemptions.finish(&ticket, STRANGE).await;
    assert_eq!(field(new, "current"), FieldError::Required);
    for (typed, error) in [
        (STRANGE, FieldError::WrongPassword),
        ("", FieldError::Required),
    ] {
        let wrong = redemptions.confirm(&ticket, typed, "").await;
        assert_eq!(field(wrong, "current"), error);
    }
    assert_eq!(scene.stored().await, before);
    assert_eq!(scene.redeemed().await, 1, "the first one alone");
    assert!(redemptions.view(&ticket).await.unwrap().is_some());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_right_current_password_redeems_and_stays_as_it_is(pool: PgPool) {
    let (scene, ticket) = a_second_time(pool).await;
    let before = scene.stored().await;
    let redemptions = &scene.backend.redemptions;
    let done = redemptions.confirm(&ticket, PASSWORD, "").await.unwrap();
    assert_eq!(done.username, "0000042");
    assert_eq!(scene.stored().await, before);
    assert_eq!(scene.redeemed().await, 2);
    assert!(scene.signs_in().await);
    assert!(redemptions.view(&ticket).await.unwrap().is_none());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn wrong_tries_of_the_current_password_wait_as_at_the_door_and_count_there(pool: PgPool) {
    let (scene, ticket) = a_second_time(pool).await;
    let redemptions = &scene.backend.redemptions;
    for _ in 0..5 {
        let wrong = redemptions.confirm(&ticket, STRANGE, "").await;
        assert_eq!(field(wrong, "current"), FieldError::WrongPassword);
    }
    let throttled = redemptions.confirm(&ticket, PASSWORD, "").await;
    assert!(
        matches!(
            throttled,
            Err(ServiceError::SignIn(SignInRefusal::Throttled {
                seconds: 15
            }))
        ),
        "{throttled:?}"
    );
    assert!(!scene.signs_in().await, "the door waits too");
    let wait = SignedDuration::from_secs(15);
    scene.backend.core.clock.advance(wait);
    redemptions.confirm(&ticket, PASSWORD, "").await.unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn whoever_has_no_password_yet_confirms_none(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let ticket = scene.stated().await;
    let redemptions = &scene.backend.redemptions;
    let view = redemptions.view(&ticket).await.unwrap().unwrap();
    assert!(!view.has_password);
    let none = redemptions.confirm(&ticket, "", "").await;
    assert_eq!(field(none, "new"), FieldError::Required);
    assert_eq!(scene.redeemed().await, 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_password_chosen_while_another_was_typed_is_not_overwritten(pool: PgPool) {
    let scene = Scene::new(pool.clone()).await;
    let mut tx = pool.begin().await.unwrap();
    let now = scene.backend.core.clock.now();
    for (hash, written) in [("first", true), ("second", false)] {
        let done =
            backend::db::redemptions::set_password(&mut tx, scene.canton, scene.lea, hash, now);
        assert_eq!(done.await.unwrap(), written);
    }
    tx.commit().await.unwrap();
    assert_eq!(scene.stored().await.0.as_deref(), Some("first"));
}
