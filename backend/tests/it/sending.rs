//! Sending credentials: over the wire to a mail server that does what a script says.

mod outage;

use crate::{
    smtp::{Act, Encrypted, PASSWORD, Server},
    support::*,
};
use backend::{
    Backend, Core, ServiceError, Settings, db,
    jobs::worker,
    mail::{Transport, transport::Timeouts},
    service::SignIn,
    settings::MailRoute,
};
use domain::{
    JobId, Locale, OrganisationId, UserId,
    access::{Actor, Denied, Right},
    job::{Exclusion, JobState, MailKind, MailReason, MailState, Recipient},
    page::{PageRequest, PageSize},
    problem::{Conflict, SignInRefusal},
    sending::{Key, OutboxQuery, RecipientFilter, Retry},
    user::{FieldError, Selection, UserFilter},
};
use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::PgPool;
use std::{collections::BTreeSet, io::Write as _, sync::Arc, time::Duration};

const OLD: &str = "lampada tregua ottavo biscotto";
const SENDER: [Right; 3] = [Right::ReadUsers, Right::ManageUsers, Right::SendCredentials];

/// A school with a sender, a server, and the services that speak to it.
struct Scene {
    backend: Backend,
    server: Server,
    transport: Transport,
    school: OrganisationId,
    sender: Actor,
}

impl Scene {
    async fn new(pool: PgPool) -> Self {
        Self::holding(pool, Duration::ZERO).await
    }

    async fn holding(pool: PgPool, hold: Duration) -> Self {
        let server = Server::start().await;
        let url = server.url();
        Self::with_server(pool, hold, server, url).await
    }

    async fn with_server(pool: PgPool, hold: Duration, server: Server, url: String) -> Self {
        let route = MailRoute::Smtp(url);
        let core = backend_with(pool, now(), route.clone()).core;
        let settings = Settings {
            send_hold: hold,
            ..(*core.settings).clone()
        };
        let backend = Backend::new(Core {
            settings: Arc::new(settings),
            ..core
        });
        let patience = Duration::from_millis(400);
        let timeouts = Timeouts {
            connect: Duration::from_secs(5),
            command: Duration::from_secs(5),
            content: patience,
        };
        let transport = Transport::with_timeouts(&route, timeouts).unwrap();
        let school = school(&backend).await;
        let sender = actor(&backend, school, &SENDER).await;
        Self {
            backend,
            server,
            transport,
            school,
            sender,
        }
    }

    async fn user(&self, name: &str) -> UserId {
        user(&self.backend, self.school)
            .username(name)
            .surname(&name.to_uppercase())
            .email(&format!("{name}@example.it"))
            .password(OLD)
            .group("docenti")
            .create()
            .await
    }

    async fn send(&self, users: &[UserId]) -> JobId {
        let selection = Selection::Only(users.iter().copied().collect());
        self.backend
            .sending
            .start(&self.sender, &selection, users.len() as u64, None, key())
            .await
            .expect("started")
    }

    async fn drain(&self) {
        worker::drain_through(&self.backend, &self.transport)
            .await
            .expect("drained");
    }

    async fn recipients(&self, job: JobId) -> Vec<Recipient> {
        let page = PageRequest {
            number: 1,
            size: PageSize::Hundred,
        };
        self.backend
            .operations
            .recipients(&self.sender, job, RecipientFilter::All, page)
            .await
            .unwrap()
            .items
    }

    /// States of mail 1 and mail 2 of somebody.
    async fn states(&self, job: JobId, user: UserId) -> Vec<MailState> {
        let recipients = self.recipients(job).await;
        recipients
            .iter()
            .find(|r| r.user == user)
            .unwrap()
            .mails
            .iter()
            .map(|m| m.state)
            .collect()
    }

    async fn signs_in(&self, username: &str, password: &str) -> Option<bool> {
        let typed = SignIn {
            organisation: "esempio".to_owned(),
            username: username.to_owned(),
            password: password.to_owned(),
            address: "192.0.2.9".to_owned(),
            user_agent: String::new(),
        };
        match self.backend.sessions.sign_in(typed).await {
            Ok(signed_in) => Some(signed_in.must_change_password),
            Err(ServiceError::SignIn(SignInRefusal::NotRecognised)) => None,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The newest password mailed to somebody.
    fn mailed_password(&self, name: &str) -> String {
        let mails = self.server.to(&format!("{name}@example.it"));
        mails
            .iter()
            .rev()
            .find_map(|m| m.password())
            .expect("a mailed password")
    }

    fn advance(&self, seconds: i64) {
        self.backend
            .core
            .clock
            .advance(SignedDuration::from_secs(seconds));
    }
}

fn key() -> Key {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Key::from_u64_pair(7, NEXT.fetch_add(1, Ordering::Relaxed))
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_mailed_password_opens_the_account_once_and_must_be_changed(pool: PgPool) {
    let s = Scene::new(pool).await;
    let rossi = s.user("rossi").await;
    assert_eq!(s.signs_in("rossi", OLD).await, Some(false));
    let job = s.send(&[rossi]).await;
    s.drain().await;

    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Accepted, MailState::Accepted]
    );
    let mails = s.server.to("rossi@example.it");
    assert_eq!(mails.len(), 2);
    let (first, second) = (
        mails.iter().find(|m| m.pin().is_some()).unwrap(),
        mails.iter().find(|m| m.password().is_some()).unwrap(),
    );
    assert_eq!(first.value("Codice utente:").as_deref(), Some("rossi"));
    assert!(
        !first.data.contains(&second.password().unwrap())
            && !second.data.contains(&first.pin().unwrap())
    );
    assert!(
        !second.data.contains("http"),
        "the password mail has no link"
    );

    assert_eq!(
        s.signs_in("rossi", OLD).await,
        None,
        "the old password is void"
    );
    assert_eq!(
        s.signs_in(
            "rossi",
            &s.mailed_password("rossi").to_lowercase().replace('-', " ")
        )
        .await,
        Some(true)
    );
    let view = s.backend.operations.view(&s.sender, job).await.unwrap();
    assert_eq!(
        (view.state, view.total, view.done, view.failed),
        (JobState::Done, 1, 1, 0)
    );
    assert_eq!(view.number, "2026-0001");
    // Seven days from the hand-over.
    let ends: jiff_sqlx::Timestamp =
        sqlx::query_scalar("select password_expires_at from users where id = $1")
            .bind(rossi.0)
            .fetch_one(&s.backend.core.pool)
            .await
            .unwrap();
    assert_eq!(ends.to_jiff(), now() + SignedDuration::from_hours(7 * 24));
    s.advance(7 * 24 * 3600);
    assert_eq!(
        s.signs_in("rossi", &s.mailed_password("rossi")).await,
        None,
        "it ends on the second"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn whoever_is_signed_in_is_signed_out_when_the_new_password_takes_effect(pool: PgPool) {
    let s = Scene::new(pool).await;
    let rossi = s.user("rossi").await;
    s.signs_in("rossi", OLD).await;
    s.send(&[rossi]).await;
    let sessions = "select count(*) from sessions";
    let count = |q: &'static str| sqlx::query_scalar::<_, i64>(q).fetch_one(&s.backend.core.pool);
    assert_eq!(count(sessions).await.unwrap(), 1, "not at the click");
    s.drain().await;
    assert_eq!(count(sessions).await.unwrap(), 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_cancelled_send_leaves_the_old_password_working(pool: PgPool) {
    let s = Scene::holding(pool, Duration::from_secs(60)).await;
    let rossi = s.user("rossi").await;
    let job = s.send(&[rossi]).await;
    s.drain().await;
    assert!(
        s.server.received().is_empty(),
        "nothing leaves during the hold"
    );
    assert_eq!(
        s.backend
            .operations
            .view(&s.sender, job)
            .await
            .unwrap()
            .state,
        JobState::Held
    );

    assert_eq!(
        s.backend
            .operations
            .cancel(&s.sender, job)
            .await
            .unwrap()
            .mails,
        2
    );
    s.advance(3600);
    s.drain().await;
    assert!(s.server.received().is_empty());
    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Cancelled, MailState::Cancelled]
    );
    assert_eq!(
        s.backend
            .operations
            .view(&s.sender, job)
            .await
            .unwrap()
            .state,
        JobState::Cancelled
    );
    assert_eq!(s.signs_in("rossi", OLD).await, Some(false));
    let late = s.backend.operations.cancel(&s.sender, job).await;
    assert!(matches!(
        late,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
    let actions = audit_actions(&s.backend, s.school).await;
    assert!(
        actions.contains(&"credentials.send_started".to_owned())
            && actions.contains(&"credentials.send_cancelled".to_owned())
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_held_send_leaves_when_the_hold_is_over(pool: PgPool) {
    let s = Scene::holding(pool, Duration::from_secs(60)).await;
    let rossi = s.user("rossi").await;
    let job = s.send(&[rossi]).await;
    s.advance(60);
    s.drain().await;
    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Accepted, MailState::Accepted]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_mailed_secret_stands_in_no_column_of_any_table(pool: PgPool) {
    let s = Scene::new(pool).await;
    let users = [
        s.user("rossi").await,
        s.user("verdi").await,
        s.user("neri").await,
    ];
    s.server.script("verdi@example.it", &[Act::Echo, Act::Echo]);
    s.server.script(
        "neri@example.it",
        &[Act::DropAfterContent, Act::AfterContent("451 4.3.0 later")],
    );
    s.send(&users).await;
    s.drain().await;
    let mut secrets = Vec::new();
    for mail in s.server.received() {
        for secret in [mail.password(), mail.pin()].into_iter().flatten() {
            secrets.push(secret.replace(['-', ' '], ""));
            secrets.push(secret);
        }
    }
    assert!(secrets.len() >= 12, "{}", secrets.len());
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text from information_schema.columns
         where table_schema = 'public' and data_type in ('text', 'jsonb', 'bytea', 'character varying', 'ARRAY')
           and table_name not like '\\_sqlx%'",
    )
    .fetch_all(&s.backend.core.pool)
    .await
    .unwrap();
    assert!(columns.len() > 40);
    for (table, column) in columns {
        let q = format!(
            "select count(*) from {table} where exists (select from unnest($1::text[]) s where position(s in {column}::text) > 0)"
        );
        let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(q))
            .bind(&secrets)
            .fetch_one(&s.backend.core.pool)
            .await
            .unwrap();
        assert_eq!(found, 0, "a secret stands in {table}.{column}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_mail_put_off_by_the_server_is_made_anew_later_and_accepted(pool: PgPool) {
    let s = Scene::new(pool).await;
    let rossi = s.user("rossi").await;
    s.server.script(
        "rossi@example.it",
        &[
            Act::AfterContent("451 4.7.1 Greylisted"),
            Act::AfterContent("451 4.7.1 Greylisted"),
        ],
    );
    let job = s.send(&[rossi]).await;
    s.drain().await;
    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Deferred, MailState::Deferred]
    );
    let refused = s.mailed_password("rossi");
    assert_eq!(
        s.signs_in("rossi", OLD).await,
        Some(false),
        "a refused mail changes nothing"
    );
    assert_eq!(s.signs_in("rossi", &refused).await, None);
    let mail = &s.recipients(job).await[0].mails[0];
    assert_eq!(mail.reply.as_deref(), Some("4.7.1 Greylisted"));
    assert!(mail.at.unwrap() > now());

    s.advance(120);
    s.drain().await;
    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Accepted, MailState::Accepted]
    );
    assert_ne!(s.mailed_password("rossi"), refused);
    assert_eq!(
        s.signs_in("rossi", &s.mailed_password("rossi")).await,
        Some(true)
    );
    let ids: BTreeSet<_> = s
        .server
        .to("rossi@example.it")
        .iter()
        .map(|m| m.header("Message-ID").unwrap())
        .collect();
    assert_eq!(ids.len(), 2, "each of the two mails keeps its Message-ID");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_mail_put_off_for_two_days_is_given_up(pool: PgPool) {
    let s = Scene::new(pool).await;
    let rossi = s.user("rossi").await;
    s.server.script(
        "rossi@example.it",
        &vec![Act::AtRecipient("450 4.2.1 Try later"); 200],
    );
    let job = s.send(&[rossi]).await;
    for _ in 0..60 {
        s.drain().await;
        s.advance(3600);
    }
    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Rejected, MailState::Rejected]
    );
    let mail = &s.recipients(job).await[0].mails[0];
    assert_eq!(mail.reason, Some(MailReason::GaveUp));
    assert_eq!(mail.reply.as_deref(), Some("4.2.1 Try later"));
    assert!(
        mail.attempts > 8 && mail.attempts < 40,
        "backoff grows: {}",
        mail.attempts
    );
    assert_eq!(s.signs_in("rossi", OLD).await, Some(false));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_refused_mail_ends_with_the_servers_words_and_marks_the_address(pool: PgPool) {
    let s = Scene::new(pool).await;
    let (rossi, verdi) = (s.user("rossi").await, s.user("verdi").await);
    s.server.script(
        "rossi@example.it",
        &vec![Act::AtRecipient("550 5.1.1 <rossi@example.it>: user unknown"); 2],
    );
    s.server.script(
        "verdi@example.it",
        &[Act::AfterContent("552 5.2.2 Mailbox full")],
    );
    let job = s.send(&[rossi, verdi]).await;
    s.drain().await;
    let recipients = s.recipients(job).await;
    let of = |id| recipients.iter().find(|r| r.user == id).unwrap();
    assert!(
        of(rossi)
            .mails
            .iter()
            .all(|m| m.state == MailState::Rejected)
    );
    assert_eq!(
        of(rossi).mails[0].reply.as_deref(),
        Some("5.1.1 <rossi@example.it>: user unknown")
    );
    assert!(
        of(verdi)
            .mails
            .iter()
            .any(|m| m.reply.as_deref() == Some("5.2.2 Mailbox full"))
    );
    assert_eq!(s.signs_in("rossi", OLD).await, Some(false));
    let view = s.backend.operations.view(&s.sender, job).await.unwrap();
    assert_eq!((view.state, view.done, view.failed), (JobState::Done, 2, 2));

    // The mailbox that does not exist is left out, a full one is not.
    let check = s
        .backend
        .sending
        .check(&s.sender, &Selection::Only([rossi, verdi].into()))
        .await
        .unwrap();
    assert_eq!(
        (check.recipients, check.excluded[0].reason),
        (1, Exclusion::Bounced)
    );

    // Only what failed is tried again; the unknown mailbox waits for a new address.
    let retried = s
        .backend
        .operations
        .retry(&s.sender, Retry::Rejected(job))
        .await
        .unwrap();
    assert_eq!((retried.started, retried.held_back), (1, 2));
    s.drain().await;
    assert_eq!(
        s.states(job, verdi).await,
        [MailState::Accepted, MailState::Accepted]
    );
    sqlx::query("update users set email = 'rossi.nuovo@example.it' where id = $1")
        .bind(rossi.0)
        .execute(&s.backend.core.pool)
        .await
        .unwrap();
    let retried = s
        .backend
        .operations
        .retry(&s.sender, Retry::Rejected(job))
        .await
        .unwrap();
    assert_eq!((retried.started, retried.held_back), (2, 0));
    s.drain().await;
    assert_eq!(s.server.to("rossi.nuovo@example.it").len(), 2);
    let view = s.backend.operations.view(&s.sender, job).await.unwrap();
    assert_eq!((view.state, view.done, view.failed), (JobState::Done, 2, 0));
    let none = s
        .backend
        .operations
        .retry(&s.sender, Retry::Rejected(job))
        .await;
    assert!(matches!(
        none,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_connection_lost_after_the_content_is_uncertain_and_either_password_may_open(
    pool: PgPool,
) {
    let s = Scene::new(pool).await;
    let (rossi, verdi) = (s.user("rossi").await, s.user("verdi").await);
    s.server
        .script("rossi@example.it", &vec![Act::DropAfterContent; 2]);
    s.server.script("verdi@example.it", &vec![Act::Stall; 2]);
    let job = s.send(&[rossi, verdi]).await;
    s.drain().await;
    s.advance(3 * 24 * 3600);
    s.drain().await;
    for user in [rossi, verdi] {
        assert_eq!(
            s.states(job, user).await,
            [MailState::Uncertain, MailState::Uncertain]
        );
    }
    assert_eq!(
        s.server.to("rossi@example.it").len(),
        2,
        "never silently resent"
    );
    assert_eq!(
        s.signs_in("rossi", OLD).await,
        Some(false),
        "the mail may not have arrived"
    );
    assert_eq!(
        s.signs_in("rossi", &s.mailed_password("rossi")).await,
        Some(true),
        "it has arrived"
    );
    assert_eq!(
        s.signs_in("rossi", OLD).await,
        None,
        "first use put the new one in force"
    );

    // A retry is a person's decision, one mail at a time.
    let none = s
        .backend
        .operations
        .retry(&s.sender, Retry::Rejected(job))
        .await;
    assert!(matches!(
        none,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
    let mail = s
        .recipients(job)
        .await
        .iter()
        .find(|r| r.user == verdi)
        .unwrap()
        .mails[1]
        .id;
    assert_eq!(
        s.backend
            .operations
            .retry(&s.sender, Retry::One(mail))
            .await
            .unwrap()
            .started,
        1
    );
    s.drain().await;
    assert_eq!(s.server.to("verdi@example.it").len(), 3);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_connection_lost_before_the_content_is_tried_again(pool: PgPool) {
    let s = Scene::new(pool).await;
    let rossi = s.user("rossi").await;
    s.server
        .script("rossi@example.it", &vec![Act::DropAtRecipient; 2]);
    let job = s.send(&[rossi]).await;
    s.drain().await;
    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Deferred, MailState::Deferred]
    );
    s.advance(120);
    s.drain().await;
    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Accepted, MailState::Accepted]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_server_that_is_away_makes_no_secret_and_loses_nothing(pool: PgPool) {
    let s = Scene::new(pool).await;
    let rossi = s.user("rossi").await;
    s.server.refuse(u32::MAX);
    let job = s.send(&[rossi]).await;
    for _ in 0..20 {
        s.drain().await;
        s.advance(180);
    }
    let recipients = s.recipients(job).await;
    assert!(
        recipients[0]
            .mails
            .iter()
            .all(|m| m.state == MailState::Deferred && m.reason == Some(MailReason::Unreachable))
    );
    let pending: i64 = sqlx::query_scalar("select count(*) from credentials where pending_password_hash is not null or pending_pin_hash is not null")
        .fetch_one(&s.backend.core.pool)
        .await
        .unwrap();
    assert_eq!(pending, 0);
    s.server.refuse(0);
    s.advance(400);
    s.drain().await;
    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Accepted, MailState::Accepted]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn two_workers_share_the_queue_without_overlap(pool: PgPool) {
    let s = Scene::new(pool).await;
    let mut users = Vec::new();
    for i in 0..30 {
        users.push(s.user(&format!("u{i}")).await);
    }
    let job = s.send(&users).await;
    let (a, b, c) = tokio::join!(
        worker::drain_through(&s.backend, &s.transport),
        worker::drain_through(&s.backend, &s.transport),
        worker::drain_through(&s.backend, &s.transport)
    );
    a.and(b).and(c).unwrap();
    let mails = s.server.received();
    let ids: BTreeSet<_> = mails
        .iter()
        .map(|m| m.header("Message-ID").unwrap())
        .collect();
    assert_eq!((mails.len(), ids.len()), (60, 60));
    let view = s.backend.operations.view(&s.sender, job).await.unwrap();
    assert_eq!(
        (view.state, view.done, view.mails),
        (JobState::Done, 30, vec![(MailState::Accepted, 60)])
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_stalled_recipient_does_not_hold_the_others(pool: PgPool) {
    let s = Scene::new(pool).await;
    let stalled = s.user("aaa").await;
    let mut users = vec![stalled];
    for i in 0..12 {
        users.push(s.user(&format!("u{i}")).await);
    }
    s.server.script("aaa@example.it", &vec![Act::Stall; 2]);
    let job = s.send(&users).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    // The real patience of two minutes: the others are done long before.
    let running = tokio::spawn(worker::run(s.backend.clone(), stopped));
    for _ in 0..600 {
        let view = s.backend.operations.view(&s.sender, job).await.unwrap();
        if view.done == 12 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(
        s.states(job, stalled).await,
        [MailState::Sending, MailState::Sending]
    );
    assert_eq!(
        s.backend
            .operations
            .view(&s.sender, job)
            .await
            .unwrap()
            .done,
        12
    );
    stop.send(true).unwrap();
    running.abort();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn every_organisation_has_its_turn_while_one_sends_much(pool: PgPool) {
    let s = Scene::new(pool).await;
    let mut users = Vec::new();
    for i in 0..40 {
        users.push(s.user(&format!("u{i}")).await);
    }
    s.send(&users).await;
    let other = school_called(&s.backend, "altra", "Liceo Altro").await;
    let sender = actor(&s.backend, other, &SENDER).await;
    let one = user(&s.backend, other)
        .username("solo")
        .email("solo@example.it")
        .create()
        .await;
    s.backend
        .sending
        .start(&sender, &Selection::Only([one].into()), 1, None, key())
        .await
        .unwrap();
    s.drain().await;
    let place = s
        .server
        .received()
        .iter()
        .position(|m| m.to == "solo@example.it")
        .unwrap();
    assert!(
        place < 32,
        "served in the first two rounds, not after 80 mails: {place}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_was_deactivated_or_has_a_new_address_gets_nothing(pool: PgPool) {
    let s = Scene::holding(pool, Duration::from_secs(60)).await;
    let (off, moved, stays) = (
        s.user("off").await,
        s.user("moved").await,
        s.user("stays").await,
    );
    let job = s.send(&[off, moved, stays]).await;
    for q in [
        "update users set state = 'inactive' where username = 'off'",
        "update users set email = 'elsewhere@example.it' where username = 'moved'",
    ] {
        sqlx::query(q).execute(&s.backend.core.pool).await.unwrap();
    }
    s.advance(60);
    s.drain().await;
    assert_eq!(s.server.received().len(), 2);
    let recipients = s.recipients(job).await;
    let reason = |id| recipients.iter().find(|r| r.user == id).unwrap().mails[0].reason;
    assert_eq!(
        (reason(off), reason(moved), reason(stays)),
        (
            Some(MailReason::Inactive),
            Some(MailReason::AddressChanged),
            None
        )
    );
    let view = s.backend.operations.view(&s.sender, job).await.unwrap();
    assert_eq!(
        (view.state, view.failed),
        (JobState::Done, 2),
        "held back is told as an error"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_new_send_takes_the_place_of_mails_that_have_not_left(pool: PgPool) {
    let s = Scene::holding(pool, Duration::from_secs(60)).await;
    let rossi = s.user("rossi").await;
    let first = s.send(&[rossi]).await;
    s.advance(30);
    let second = s.send(&[rossi]).await;
    s.advance(3600);
    s.drain().await;
    assert_eq!(
        s.states(first, rossi).await,
        [MailState::Superseded, MailState::Superseded]
    );
    assert_eq!(
        s.states(second, rossi).await,
        [MailState::Accepted, MailState::Accepted]
    );
    assert_eq!(s.server.received().len(), 2);
    assert_eq!(
        s.backend
            .operations
            .view(&s.sender, first)
            .await
            .unwrap()
            .state,
        JobState::Done
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_worker_that_dies_with_a_mail_in_its_hands_loses_nothing(pool: PgPool) {
    let s = Scene::new(pool).await;
    let rossi = s.user("rossi").await;
    let job = s.send(&[rossi]).await;
    // It takes both mails, hands one over and dies before it books anything.
    let mut conn = s.backend.core.pool.acquire().await.unwrap();
    let at = s.backend.core.clock.now();
    let claims = db::outbox::claim(
        &mut conn,
        &[s.school.0],
        16,
        at,
        at + SignedDuration::from_secs(60),
    )
    .await
    .unwrap();
    assert_eq!(claims.len(), 2);
    s.drain().await;
    assert!(s.server.received().is_empty(), "the lease holds");
    s.advance(61);
    s.drain().await;
    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Accepted, MailState::Accepted]
    );
    assert_eq!(
        s.signs_in("rossi", &s.mailed_password("rossi")).await,
        Some(true)
    );
    // The dead worker comes back: what it holds is worth nothing any more.
    let ending = db::outbox::Ending {
        state: MailState::Rejected,
        reply: None,
        reply_code: None,
        reason: None,
    };
    for claim in &claims {
        assert!(
            !db::outbox::finish(&mut conn, claim, &ending, at)
                .await
                .unwrap()
        );
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_same_key_twice_is_one_operation(pool: PgPool) {
    let s = Scene::new(pool).await;
    let rossi = s.user("rossi").await;
    let (selection, key) = (Selection::Only([rossi].into()), key());
    let start = || s.backend.sending.start(&s.sender, &selection, 1, None, key);
    let (a, b) = tokio::join!(start(), start());
    assert_eq!(a.unwrap(), b.unwrap());
    s.drain().await;
    assert_eq!(
        start().await.unwrap(),
        s.backend
            .operations
            .list(&s.sender, PageRequest::default())
            .await
            .unwrap()
            .items[0]
            .id
    );
    s.drain().await;
    assert_eq!(s.server.received().len(), 2);
    assert_eq!(
        s.backend
            .operations
            .list(&s.sender, PageRequest::default())
            .await
            .unwrap()
            .total,
        1
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_selection_that_changed_or_a_number_not_typed_starts_nothing(pool: PgPool) {
    let s = Scene::new(pool).await;
    let mut users = Vec::new();
    for i in 0..101 {
        users.push(
            user(&s.backend, s.school)
                .username(&format!("u{i}"))
                .email("x@example.it")
                .group("tutori")
                .create()
                .await,
        );
    }
    let filter = UserFilter {
        groups: vec!["tutori".to_owned()],
        ..UserFilter::default()
    };
    let all = Selection::AllFound {
        filter,
        except: BTreeSet::new(),
        found: 99,
    };
    let check = s.backend.sending.check(&s.sender, &all).await.unwrap();
    assert_eq!(
        (check.selected, check.found_then, check.recipients),
        (101, Some(99), 101)
    );
    assert!(check.must_type());
    assert_eq!(
        (
            check.shared_total,
            check.shared[0].users,
            check.shared[0].names.len()
        ),
        (1, 101, 4)
    );

    let changed = s
        .backend
        .sending
        .start(&s.sender, &all, 99, Some(99), key())
        .await;
    assert!(matches!(
        changed,
        Err(ServiceError::Conflict(Conflict::SelectionChanged {
            expected: 99,
            now: 101
        }))
    ));
    let untyped = s
        .backend
        .sending
        .start(&s.sender, &all, 101, None, key())
        .await;
    assert!(
        matches!(untyped, Err(ServiceError::Invalid(e)) if e.of("typed") == Some(&FieldError::Required))
    );
    // Signed in a while ago: nobody writes to many from a desk that was left alone.
    let long_ago = Actor {
        authenticated_at: Some(s.backend.core.clock.now() - SignedDuration::from_mins(16)),
        ..s.sender.clone()
    };
    let unconfirmed = s
        .backend
        .sending
        .start(&long_ago, &all, 101, Some(101), key())
        .await;
    assert!(matches!(
        unconfirmed,
        Err(ServiceError::Denied(Denied::MustConfirm))
    ));
    let nobody = s
        .backend
        .sending
        .start(&s.sender, &Selection::default(), 0, None, key())
        .await;
    assert!(matches!(nobody, Err(ServiceError::Invalid(e)) if e.of("selection").is_some()));
    for table in ["jobs", "job_recipients", "outbox"] {
        let q = format!("select count(*) from {table}");
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(q))
            .fetch_one(&s.backend.core.pool)
            .await
            .unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    assert!(
        !audit_actions(&s.backend, s.school)
            .await
            .contains(&"credentials.send_started".to_owned())
    );
    assert!(
        s.backend
            .sending
            .start(&s.sender, &all, 101, Some(101), key())
            .await
            .is_ok()
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_is_left_out_is_told_with_the_reason(pool: PgPool) {
    let s = Scene::new(pool).await;
    let fine = s.user("fine").await;
    let build = |name: &str| {
        user(&s.backend, s.school)
            .username(name)
            .surname(&name.to_uppercase())
    };
    let no_mail = build("nomail").create().await;
    let inactive = build("spento")
        .email("spento@example.it")
        .inactive()
        .create()
        .await;
    let archived = build("archiviato")
        .email("archiviato@example.it")
        .archived()
        .create()
        .await;
    let chief = build("capo")
        .email("capo@example.it")
        .group("amministratori")
        .create()
        .await;
    let bounced = s.user("respinto").await;
    sqlx::query("update users set email_bounced_at = $1 where id = $2")
        .bind(now().to_sqlx())
        .bind(bounced.0)
        .execute(&s.backend.core.pool)
        .await
        .unwrap();
    let elsewhere = school_called(&s.backend, "altra", "Liceo Altro").await;
    let stranger = user(&s.backend, elsewhere)
        .email("x@example.it")
        .create()
        .await;

    let selection =
        Selection::Only([fine, no_mail, inactive, archived, chief, bounced, stranger].into());
    let check = s
        .backend
        .sending
        .check(&s.sender, &selection)
        .await
        .unwrap();
    assert_eq!(
        (check.selected, check.recipients),
        (6, 1),
        "a stranger does not even count"
    );
    let reasons: Vec<_> = check
        .excluded
        .iter()
        .map(|g| (g.reason, g.first[0].id))
        .collect();
    assert_eq!(
        reasons,
        [
            (Exclusion::NoMail, no_mail),
            (Exclusion::Bounced, bounced),
            (Exclusion::Inactive, inactive),
            (Exclusion::Archived, archived),
            (Exclusion::Stronger, chief)
        ]
    );
    assert_eq!(check.languages, [(Locale::It, 1)]);
    let page = s
        .backend
        .sending
        .excluded(
            &s.sender,
            &selection,
            Exclusion::NoMail,
            PageRequest::default(),
        )
        .await
        .unwrap();
    assert_eq!((page.total, page.items[0].id), (1, no_mail));
    let job = s
        .backend
        .sending
        .start(&s.sender, &selection, 1, None, key())
        .await
        .unwrap();
    let left_out = s
        .backend
        .operations
        .recipients(
            &s.sender,
            job,
            RecipientFilter::Excluded,
            PageRequest::default(),
        )
        .await
        .unwrap();
    assert_eq!(left_out.total, 5);
    assert!(
        left_out
            .items
            .iter()
            .all(|r| r.excluded.is_some() && r.mails.is_empty())
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn operations_and_mails_are_for_those_who_may_send_and_inside_their_units(pool: PgPool) {
    let s = Scene::new(pool).await;
    let north = unit(&s.backend, s.school, None, "nord").await;
    let south = unit(&s.backend, s.school, None, "sud").await;
    let delegate = actor_in(&s.backend, s.school, &SENDER, Some(north)).await;
    let in_unit = |name: &'static str, u| {
        user(&s.backend, s.school)
            .username(name)
            .email("x@example.it")
            .group("docenti")
            .unit(u)
    };
    let (mine, theirs) = (
        in_unit("nordista", north).create().await,
        in_unit("sudista", south).create().await,
    );
    let reads_all = Actor {
        held: vec![
            domain::access::Held {
                right: Right::ReadUsers,
                unit: None,
            },
            domain::access::Held {
                right: Right::SendCredentials,
                unit: Some(north),
            },
        ],
        ..delegate.clone()
    };
    let both = Selection::Only([mine, theirs].into());
    let check = s.backend.sending.check(&delegate, &both).await.unwrap();
    assert_eq!(
        (check.selected, check.recipients),
        (1, 1),
        "what is not visible does not count"
    );
    let check = s.backend.sending.check(&reads_all, &both).await.unwrap();
    assert_eq!(
        (check.selected, check.recipients, check.excluded[0].reason),
        (2, 1, Exclusion::OutOfScope)
    );

    let job = s.send(&[theirs]).await;
    s.drain().await;
    assert!(matches!(
        s.backend.operations.view(&delegate, job).await,
        Err(ServiceError::NotFound)
    ));
    assert_eq!(
        s.backend
            .operations
            .list(&delegate, PageRequest::default())
            .await
            .unwrap()
            .total,
        0
    );
    assert_eq!(
        s.backend
            .operations
            .outbox(&delegate, &OutboxQuery::default())
            .await
            .unwrap()
            .total,
        0
    );
    assert_eq!(
        s.backend
            .operations
            .outbox(&s.sender, &OutboxQuery::default())
            .await
            .unwrap()
            .total,
        2
    );
    let mail = s.recipients(job).await[0].mails[0].id;
    assert!(matches!(
        s.backend
            .operations
            .retry(&delegate, Retry::One(mail))
            .await,
        Err(ServiceError::NotFound)
    ));
    assert!(matches!(
        s.backend.operations.cancel(&delegate, job).await,
        Err(ServiceError::NotFound)
    ));

    let reader = actor(&s.backend, s.school, &[Right::ReadUsers]).await;
    let denied =
        |r: Result<(), ServiceError>| matches!(r, Err(ServiceError::Denied(Denied::Missing(_))));
    assert!(denied(
        s.backend.sending.check(&reader, &both).await.map(drop)
    ));
    assert!(denied(
        s.backend
            .sending
            .start(&reader, &both, 1, None, key())
            .await
            .map(drop)
    ));
    assert!(denied(
        s.backend.operations.view(&reader, job).await.map(drop)
    ));
    assert!(denied(
        s.backend
            .operations
            .outbox(&reader, &OutboxQuery::default())
            .await
            .map(drop)
    ));
    let elsewhere = school_called(&s.backend, "altra", "Liceo Altro").await;
    let stranger = actor(&s.backend, elsewhere, &SENDER).await;
    assert!(matches!(
        s.backend.operations.view(&stranger, job).await,
        Err(ServiceError::NotFound)
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_outbox_is_found_by_state_kind_and_recipient(pool: PgPool) {
    let s = Scene::new(pool).await;
    let (a, b) = (s.user("dangelo").await, s.user("bianchi").await);
    sqlx::query("update users set surname = 'D''ANGELÒ' where id = $1")
        .bind(a.0)
        .execute(&s.backend.core.pool)
        .await
        .unwrap();
    s.server.script(
        "bianchi@example.it",
        &[
            Act::AtRecipient("550 5.7.1 no"),
            Act::AtRecipient("550 5.7.1 no"),
        ],
    );
    s.send(&[a, b]).await;
    s.drain().await;
    let total = async |query: OutboxQuery| {
        s.backend
            .operations
            .outbox(&s.sender, &query)
            .await
            .unwrap()
            .total
    };
    assert_eq!(
        total(OutboxQuery {
            state: Some(MailState::Rejected),
            ..OutboxQuery::default()
        })
        .await,
        2
    );
    assert_eq!(
        total(OutboxQuery {
            kind: Some(MailKind::UserCode),
            ..OutboxQuery::default()
        })
        .await,
        2
    );
    assert_eq!(
        total(OutboxQuery {
            text: "d'angelo".to_owned(),
            ..OutboxQuery::default()
        })
        .await,
        2
    );
    assert_eq!(
        total(OutboxQuery {
            text: "BIANCHI@".to_owned(),
            ..OutboxQuery::default()
        })
        .await,
        2
    );
    assert_eq!(
        total(OutboxQuery {
            text: "%".to_owned(),
            ..OutboxQuery::default()
        })
        .await,
        0
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn no_name_adds_a_line_to_a_mail(pool: PgPool) {
    let s = Scene::new(pool).await;
    let tricks = [
        "x\r\nBcc: evil@evil.example",
        "x\n\nPassword temporanea: AAAA",
        "\"x\" <evil@evil.example>",
        "x\u{2028}Bcc: e@e.example",
        "{{ m.secret }}",
        "<script>alert(1)</script>",
    ];
    let mut users = Vec::new();
    for (i, trick) in tricks.iter().enumerate() {
        let id = s.user(&format!("u{i}")).await;
        sqlx::query("update users set surname = $1, given_name = $1 where id = $2")
            .bind(trick)
            .bind(id.0)
            .execute(&s.backend.core.pool)
            .await
            .unwrap();
        users.push(id);
    }
    sqlx::query("update organisations set name = E'IC\\r\\nBcc: evil@evil.example', contact = E'091\\r\\n\\r\\n= PIN: | 0'").execute(&s.backend.core.pool).await.unwrap();
    s.send(&users).await;
    s.drain().await;
    let mails = s.server.received();
    assert_eq!(mails.len(), tricks.len() * 2);
    for mail in mails {
        assert!(
            mail.to.starts_with('u') && mail.header("Bcc").is_none(),
            "{}",
            mail.data
        );
        assert!(
            mail.header("To")
                .unwrap()
                .ends_with(&format!("<{}>", mail.to)),
            "{:?}",
            mail.header("To")
        );
        assert!(
            !mail
                .data
                .split("text/html")
                .nth(1)
                .unwrap()
                .contains("<script>")
        );
        assert!(
            mail.data
                .lines()
                .filter(|l| l.starts_with("Password temporanea:") || l.starts_with("PIN:"))
                .count()
                == 1
        );
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn previews_are_in_the_language_asked_for_and_show_no_secret(pool: PgPool) {
    let s = Scene::new(pool).await;
    for locale in Locale::ALL {
        for kind in MailKind::ALL.iter().filter(|kind| kind.is_credentials()) {
            let preview = s
                .backend
                .sending
                .preview(&s.sender, *kind, locale)
                .await
                .unwrap();
            assert!(preview.text.contains("••••") && preview.subject.contains("IC Esempio"));
        }
    }
    let german = s
        .backend
        .sending
        .preview(&s.sender, MailKind::UserCode, Locale::De)
        .await
        .unwrap();
    assert!(german.subject.starts_with("Ihr Benutzercode"));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_folder_holds_whole_mails_only(pool: PgPool) {
    let folder = tempfile::tempdir().unwrap();
    let backend = backend_with(pool, now(), MailRoute::Folder(folder.path().join("mails")));
    let school = school(&backend).await;
    let sender = actor(&backend, school, &SENDER).await;
    let rossi = user(&backend, school)
        .username("rossi")
        .email("rossi@example.it")
        .create()
        .await;
    backend
        .sending
        .start(&sender, &Selection::Only([rossi].into()), 1, None, key())
        .await
        .unwrap();
    worker::drain(&backend).await.unwrap();
    let names: Vec<String> = std::fs::read_dir(folder.path().join("mails"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 2);
    assert!(
        names
            .iter()
            .all(|n| n.ends_with(".eml") && !n.starts_with('.')),
        "{names:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn credentials_travel_encrypted_where_the_house_asks_for_it(pool: PgPool) {
    let (server, authority) = Server::secured(Encrypted::AfterStartTls).await;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(authority.as_bytes()).unwrap();
    let url = format!(
        "smtp://cantone:{}@{}?tls=required&ca={}",
        utf8_percent_encode(PASSWORD, NON_ALPHANUMERIC),
        server.address,
        file.path().display()
    );
    let s = Scene::with_server(pool, Duration::ZERO, server, url).await;
    let rossi = s.user("rossi").await;
    let job = s.send(&[rossi]).await;
    s.drain().await;
    assert_eq!(
        s.states(job, rossi).await,
        [MailState::Accepted, MailState::Accepted]
    );
    assert_eq!((s.server.received().len(), s.server.encrypted()), (2, 2));
}
