//! Redeeming a code, and the discrepancies that follow.

mod again;
mod decisions;
mod told;

use crate::support::*;
use backend::{Backend, ServiceError, db::registrations as rows, service::SignIn};
use domain::{
    DiscrepancyId, OrganisationId, UserId,
    access::{Actor, Denied, Right},
    desk::TileKind,
    discrepancy::{DiscrepancyClass, Identity},
    page::PageRequest,
    problem::Conflict,
    registration::{CodeRefusal, Stage, WorklistQuery},
    user::FieldError,
};
use jiff::SignedDuration;
use sqlx::PgPool;
use uuid::Uuid;

const PASSWORD: &str = "lampada tregua ottavo biscotto";
const EMAIL: &str = "lea.bianchi@ospedale.example";
const WHY: &str = "verificato per telefono";

/// How often a race is run: five times with the tests, `RACE_ROUNDS` times when asked.
fn rounds() -> i64 {
    std::env::var("RACE_ROUNDS").map_or(5, |n| n.parse().expect("RACE_ROUNDS is a number"))
}

struct Scene {
    backend: Backend,
    canton: OrganisationId,
    delegate: Actor,
    lea: UserId,
    code: String,
}

impl Scene {
    /// A delegate, and Lea with a code in her hands.
    async fn new(pool: PgPool) -> Self {
        let backend = backend(pool, now());
        let canton = canton(&backend).await;
        let rights = [
            Right::ReadUsers,
            Right::ManageUsers,
            Right::ManageAuthorisations,
            Right::SendCredentials,
        ];
        let delegate = actor(&backend, canton, &rights).await;
        sqlx::query("update users set email = 'delegata@ti.example' where id = $1")
            .bind(delegate.user.unwrap().0)
            .execute(&backend.core.pool)
            .await
            .unwrap();
        let lea = user(&backend, canton)
            .username("0000042")
            .surname("Bianchi")
            .given_name("Lea")
            .email(EMAIL)
            .group("kt-user")
            .create()
            .await;
        let mut scene = Self {
            backend,
            canton,
            delegate,
            lea,
            code: String::new(),
        };
        scene.new_code().await;
        scene
    }

    /// A registration begins anew, and its code is handed over.
    async fn new_code(&mut self) {
        let profile: i64 = sqlx::query_scalar("select id from profiles where user_id = $1")
            .bind(self.lea.0)
            .fetch_one(&self.backend.core.pool)
            .await
            .unwrap();
        let mut tx = self.backend.core.pool.begin().await.unwrap();
        let profile = domain::ProfileId(profile);
        let (delegate, now) = (&self.delegate, self.backend.core.clock.now());
        rows::prepare(&mut tx, delegate, self.lea, profile, Uuid::new_v4(), now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let shown = self
            .backend
            .registrations
            .show_code(&self.delegate, self.lea, None, Uuid::new_v4())
            .await
            .unwrap();
        self.code = shown.code;
    }

    /// The number on the delegate's desk.
    async fn tile(&self, kind: TileKind) -> u64 {
        let tiles = self.backend.desk.tiles(&self.delegate).await.unwrap();
        tiles.iter().find(|t| t.kind == kind).unwrap().count
    }

    /// Who stands under «Nuovo codice chiesto», and since when.
    async fn asked(&self) -> Vec<(String, bool)> {
        let query = WorklistQuery {
            stage: Stage::Requested,
            ..WorklistQuery::default()
        };
        let worklist = self.backend.registrations.worklist(&self.delegate, &query);
        let (page, counts) = worklist.await.unwrap();
        assert_eq!(counts[4], page.total);
        let rows = page.items.into_iter();
        rows.map(|r| (r.name, r.requested_at.is_some())).collect()
    }

    async fn requests(&self) -> i64 {
        sqlx::query_scalar("select count(*) from code_requests where handled_at is null")
            .fetch_one(&self.backend.core.pool)
            .await
            .unwrap()
    }

    async fn ticket(&self) -> String {
        self.backend
            .redemptions
            .begin(EMAIL, &self.code)
            .await
            .expect("recognised")
            .token
    }

    /// The whole way, with these data.
    async fn redeem(&self, given_name: &str, surname: &str, email: &str) {
        let ticket = self.ticket().await;
        let stated = identity(given_name, surname, email);
        self.backend
            .redemptions
            .state(&ticket, &stated)
            .await
            .unwrap();
        self.backend
            .redemptions
            .finish(&ticket, PASSWORD)
            .await
            .unwrap();
    }

    async fn open_ones(&self) -> Vec<domain::discrepancy::DiscrepancyRow> {
        let list = self
            .backend
            .discrepancies
            .list(&self.delegate, true, PageRequest::default())
            .await;
        list.unwrap().0.items
    }

    async fn only(&self) -> DiscrepancyId {
        let open = self.open_ones().await;
        assert_eq!(open.len(), 1);
        open[0].id
    }

    async fn name(&self) -> (String, String, String, String) {
        sqlx::query_as("select given_name, surname, email, state from users where id = $1")
            .bind(self.lea.0)
            .fetch_one(&self.backend.core.pool)
            .await
            .unwrap()
    }

    async fn signs_in(&self) -> bool {
        let typed = SignIn {
            organisation: "ti".into(),
            username: "0000042".into(),
            password: PASSWORD.into(),
            ..SignIn::default()
        };
        self.backend.sessions.sign_in(typed).await.is_ok()
    }

    async fn mails(&self, kind: &str) -> i64 {
        sqlx::query_scalar("select count(*) from outbox where kind = $1 and organisation_id = $2")
            .bind(kind)
            .bind(self.canton.0)
            .fetch_one(&self.backend.core.pool)
            .await
            .unwrap()
    }
}

fn identity(given_name: &str, surname: &str, email: &str) -> Identity {
    Identity {
        surname: surname.into(),
        given_name: given_name.into(),
        email: email.into(),
    }
}

fn refusal<T>(result: Result<T, ServiceError>) -> CodeRefusal {
    match result {
        Err(ServiceError::Code(refusal)) => refusal,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was accepted"),
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn address_code_data_and_password_open_the_account_once(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let typed = format!(" {} ", scene.code.to_lowercase().replace('-', " "));
    let begun = scene
        .backend
        .redemptions
        .begin(&EMAIL.to_uppercase(), &typed)
        .await
        .unwrap();
    let (redemptions, ticket) = (&scene.backend.redemptions, begun.token);
    let view = redemptions.view(&ticket).await.unwrap().unwrap();
    assert_eq!(view.identity, identity("Lea", "Bianchi", EMAIL));
    // Looking uses nothing up, however often.
    assert!(redemptions.view(&ticket).await.unwrap().is_some());
    assert!(!scene.signs_in().await);
    // The data come before the password.
    assert_eq!(
        refusal(redemptions.finish(&ticket, PASSWORD).await),
        CodeRefusal::NotRecognised
    );
    redemptions.state(&ticket, &view.identity).await.unwrap();
    match redemptions.finish(&ticket, "corta").await {
        Err(ServiceError::Invalid(fields)) => {
            assert_eq!(fields.of("new"), Some(&FieldError::TooShort(15)));
        }
        other => panic!("{other:?}"),
    }
    let done = redemptions.finish(&ticket, PASSWORD).await.unwrap();
    assert_eq!(
        (&*done.organisation_code, &*done.username),
        ("ti", "0000042")
    );
    assert!(scene.signs_in().await);
    assert!(scene.open_ones().await.is_empty());
    // Used up: neither the ticket nor the code opens anything.
    assert!(redemptions.view(&ticket).await.unwrap().is_none());
    assert_eq!(
        refusal(redemptions.begin(EMAIL, &scene.code).await),
        CodeRefusal::NotRecognised
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn of_fifty_people_with_the_code_at_the_same_moment_one_gets_through(pool: PgPool) {
    let mut scene = Scene::new(pool).await;
    for round in 1..=rounds() {
        let mut tickets = Vec::new();
        for _ in 0..50 {
            let ticket = scene.ticket().await;
            let stated = identity("Lea", "Bianchi", EMAIL);
            let state = scene.backend.redemptions.state(&ticket, &stated);
            state.await.unwrap();
            tickets.push(ticket);
        }
        let attempts = tickets.into_iter().map(|ticket| {
            let redemptions = scene.backend.redemptions.clone();
            tokio::spawn(async move { redemptions.finish(&ticket, PASSWORD).await })
        });
        let mut through = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            match attempt.await.unwrap() {
                Ok(_) => through += 1,
                refused => assert_eq!(refusal(refused), CodeRefusal::NotRecognised),
            }
        }
        assert_eq!(through, 1, "round {round}");
        let noted: i64 =
            sqlx::query_scalar("select count(*) from audit where action = 'registration.redeemed'")
                .fetch_one(&scene.backend.core.pool)
                .await
                .unwrap();
        assert_eq!(noted, round, "one entry a round");
        // Whoever comes next has chosen no password yet.
        sqlx::query("update credentials set password_hash = null, password_kind = 'none'")
            .execute(&scene.backend.core.pool)
            .await
            .unwrap();
        scene.new_code().await;
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn whoever_redeems_holds_nothing_that_a_deactivation_under_way_will_want(pool: PgPool) {
    let scene = Scene::new(pool.clone()).await;
    let ticket = scene.ticket().await;
    let stated = identity("Lea", "Bianchi", EMAIL);
    let state = scene.backend.redemptions.state(&ticket, &stated);
    state.await.unwrap();

    // A deactivation begins with the user ...
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("select from users where id = $1 for update")
        .bind(scene.lea.0)
        .execute(&mut *tx)
        .await
        .unwrap();
    let redemptions = scene.backend.redemptions.clone();
    let redeeming = tokio::spawn(async move { redemptions.finish(&ticket, PASSWORD).await });
    let waits = "select exists (select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock')";
    while !sqlx::query_scalar::<_, bool>(waits)
        .fetch_one(&pool)
        .await
        .unwrap()
    {
        tokio::task::yield_now().await;
    }
    // ... and comes to the registrations: whoever waits for the user does not hold them.
    sqlx::query("select from registrations where user_id = $1 for update nowait")
        .bind(scene.lea.0)
        .execute(&mut *tx)
        .await
        .expect("nobody holds the registration");
    tx.commit().await.unwrap();
    redeeming.await.unwrap().expect("it goes through");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn unknown_address_and_wrong_code_are_one_answer_and_wait_alike(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let wrong = scene.code.replacen("TI-", "ZH-", 1);
    for email in [EMAIL, "nessuno@ospedale.example"] {
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(refusal(
                scene.backend.redemptions.begin(email, &wrong).await,
            ));
        }
        let mut expected = vec![CodeRefusal::NotRecognised; 5];
        expected.push(CodeRefusal::Locked { seconds: 15 });
        assert_eq!(answers, expected, "{email}");
    }
    // The wait ends, the person is never locked out.
    scene
        .backend
        .core
        .clock
        .advance(SignedDuration::from_secs(15));
    assert!(
        scene
            .backend
            .redemptions
            .begin(EMAIL, &scene.code)
            .await
            .is_ok()
    );
    // The right code with somebody else's address is a wrong one.
    let other = scene
        .backend
        .redemptions
        .begin("altra@ospedale.example", &scene.code)
        .await;
    assert_eq!(refusal(other), CodeRefusal::NotRecognised);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_ended_code_opens_nothing_but_one_request_for_a_new_one(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene
        .backend
        .core
        .clock
        .advance(SignedDuration::from_hours(24 * 31));
    let begun = scene
        .backend
        .redemptions
        .begin(EMAIL, &scene.code)
        .await
        .unwrap();
    assert!(begun.expired);
    let redemptions = &scene.backend.redemptions;
    let stated = identity("Lea", "Bianchi", EMAIL);
    assert_eq!(
        refusal(redemptions.state(&begun.token, &stated).await),
        CodeRefusal::Expired
    );
    assert_eq!(
        refusal(redemptions.finish(&begun.token, PASSWORD).await),
        CodeRefusal::Expired
    );
    redemptions.request_code(&begun.token).await.unwrap();
    redemptions.request_code(&begun.token).await.unwrap();
    assert_eq!(scene.requests().await, 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_request_waits_on_the_desk_until_a_new_code_is_in_force(pool: PgPool) {
    let mut scene = Scene::new(pool).await;
    assert_eq!(scene.tile(TileKind::CodeRequests).await, 0);
    let month = SignedDuration::from_hours(24 * 31);
    scene.backend.core.clock.advance(month);
    let begun = scene.backend.redemptions.begin(EMAIL, &scene.code);
    let ticket = begun.await.unwrap().token;
    scene
        .backend
        .redemptions
        .request_code(&ticket)
        .await
        .unwrap();
    assert_eq!(scene.tile(TileKind::CodeRequests).await, 1);
    assert_eq!(scene.asked().await, [("Bianchi Lea".to_owned(), true)]);
    // Ordered is not sent: the mail may still be refused.
    let order =
        scene
            .backend
            .registrations
            .send_code(&scene.delegate, scene.lea, None, Uuid::new_v4());
    order.await.unwrap();
    assert_eq!(scene.tile(TileKind::CodeRequests).await, 1);
    scene.new_code().await;
    assert_eq!(scene.tile(TileKind::CodeRequests).await, 0);
    assert_eq!(scene.asked().await, []);
    assert_eq!(scene.requests().await, 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_waits_for_a_code_who_may_not_register_any_more(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let month = SignedDuration::from_hours(24 * 31);
    scene.backend.core.clock.advance(month);
    let begun = scene.backend.redemptions.begin(EMAIL, &scene.code);
    let ticket = begun.await.unwrap().token;
    scene
        .backend
        .redemptions
        .request_code(&ticket)
        .await
        .unwrap();
    let users = &scene.backend.users;
    let locale = domain::Locale::It;
    let off = users.set_state(&scene.delegate, scene.lea, false, WHY, locale);
    off.await.unwrap();
    assert_eq!(scene.tile(TileKind::CodeRequests).await, 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn whoever_is_deactivated_between_the_pages_gets_no_further(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let ticket = scene.ticket().await;
    let stated = identity("Lea", "Bianchi", EMAIL);
    scene
        .backend
        .redemptions
        .state(&ticket, &stated)
        .await
        .unwrap();
    let locale = domain::Locale::It;
    scene
        .backend
        .users
        .set_state(&scene.delegate, scene.lea, false, WHY, locale)
        .await
        .unwrap();
    let finished = scene.backend.redemptions.finish(&ticket, PASSWORD).await;
    assert_eq!(refusal(finished), CodeRefusal::NotRecognised);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_second_name_updates_the_data_and_closes_by_itself(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.redeem("Lea Maria", "Bianchi", EMAIL).await;
    assert!(scene.open_ones().await.is_empty());
    assert_eq!(scene.name().await.0, "Lea Maria");
    let closed = scene
        .backend
        .discrepancies
        .list(&scene.delegate, false, PageRequest::default())
        .await
        .unwrap();
    assert_eq!(closed.1.closed, 1);
    assert_eq!(
        closed.0.items[0].decided,
        Some(DiscrepancyClass::Negligible)
    );
    assert_eq!(scene.mails("discrepancy_opened").await, 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_private_mailbox_is_led_through_its_steps_and_goes_on_where_it_stopped(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.redeem("Lea", "Bianchi", "lea88@gmail.com").await;
    assert_eq!(scene.mails("discrepancy_opened").await, 1);
    let (id, service, delegate) = (
        scene.only().await,
        &scene.backend.discrepancies,
        &scene.delegate,
    );
    let class = DiscrepancyClass::WrongEmail;
    let too_late = |r: Result<(), ServiceError>| {
        assert!(
            matches!(r, Err(ServiceError::Conflict(Conflict::TooLate))),
            "{r:?}"
        );
    };
    too_late(service.close(delegate, id, class).await);
    assert!(matches!(
        service.deactivate(delegate, id, class, "   ").await,
        Err(ServiceError::Invalid(_))
    ));
    service.deactivate(delegate, id, class, WHY).await.unwrap();
    service.deactivate(delegate, id, class, WHY).await.unwrap();
    // The person keeps the account, and the profile allows nothing.
    assert_eq!(scene.name().await.3, "active");
    let one = service.get(delegate, id).await.unwrap();
    assert!(one.steps.deactivated_at.is_some() && one.steps.contacted_at.is_none());
    too_late(service.negligible(delegate, id, WHY).await);
    service.contacted(delegate, id).await.unwrap();
    let profile = service.new_profile(delegate, id, EMAIL).await.unwrap();
    assert_eq!(
        service.new_profile(delegate, id, EMAIL).await.unwrap(),
        profile
    );
    assert_ne!(profile, one.profile);
    service.close(delegate, id, class).await.unwrap();
    assert!(scene.open_ones().await.is_empty());
    too_late(service.contacted(delegate, id).await);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn another_person_is_deactivated_at_once_and_reported_before_it_closes(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.redeem("Ugo", "Verdi", EMAIL).await;
    assert!(scene.signs_in().await);
    let (id, service, delegate) = (
        scene.only().await,
        &scene.backend.discrepancies,
        &scene.delegate,
    );
    let class = DiscrepancyClass::OtherPerson;
    service.deactivate(delegate, id, class, WHY).await.unwrap();
    assert_eq!(scene.name().await.3, "inactive");
    assert!(!scene.signs_in().await);
    let one = service.get(delegate, id).await.unwrap();
    assert_eq!(one.report_to, "spiges@bfs.admin.ch");
    assert!(service.close(delegate, id, class).await.is_err());
    service.reported(delegate, id).await.unwrap();
    service.close(delegate, id, class).await.unwrap();
    let mailed: i64 = sqlx::query_scalar("select count(*) from outbox where address like '%bfs%'")
        .fetch_one(&scene.backend.core.pool)
        .await
        .unwrap();
    assert_eq!(mailed, 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_says_not_me_voids_the_code_and_tells_the_delegate(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let ticket = scene.ticket().await;
    scene.backend.redemptions.not_me(&ticket).await.unwrap();
    let again = scene.backend.redemptions.begin(EMAIL, &scene.code).await;
    assert_eq!(refusal(again), CodeRefusal::NotRecognised);
    let one = scene
        .backend
        .discrepancies
        .get(&scene.delegate, scene.only().await)
        .await
        .unwrap();
    assert!(one.not_me);
    assert_eq!(one.row.suggested, DiscrepancyClass::OtherPerson);
    assert_eq!(scene.mails("discrepancy_opened").await, 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_may_not_authorise_sees_a_discrepancy_and_decides_nothing(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.redeem("Ugo", "Verdi", EMAIL).await;
    let id = scene.only().await;
    let clerk = actor(
        &scene.backend,
        scene.canton,
        &[Right::ReadUsers, Right::ManageUsers],
    )
    .await;
    let service = &scene.backend.discrepancies;
    assert!(!service.get(&clerk, id).await.unwrap().may_decide);
    let class = DiscrepancyClass::OtherPerson;
    assert!(matches!(
        service.deactivate(&clerk, id, class, WHY).await,
        Err(ServiceError::Denied(Denied::Missing(
            Right::ManageAuthorisations
        )))
    ));
    assert_eq!(scene.name().await.3, "active");
}
