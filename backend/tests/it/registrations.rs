//! Registrations: codes on their way, in force and after their end; what happens by itself.

use crate::support::*;
use backend::{Backend, ServiceError, db::registrations as rows, jobs, settings::MailRoute};
use domain::{
    OrganisationId, UserId,
    access::{Actor, Denied, Right},
    job::MailKind,
    problem::Conflict,
    registration::{CodeRefusal, Command, Hindrance, RegistrationState, Stage, WorklistQuery},
    user::EmailDraft,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::PgPool;
use uuid::Uuid;

const DELEGATE: [Right; 4] = [
    Right::ReadUsers,
    Right::ManageUsers,
    Right::ManageAuthorisations,
    Right::SendCredentials,
];

struct Scene {
    backend: Backend,
    canton: OrganisationId,
    delegate: Actor,
    lea: UserId,
}

impl Scene {
    async fn new(pool: PgPool) -> Self {
        Self::at(pool, now()).await
    }

    async fn at(pool: PgPool, at: Timestamp) -> Self {
        let backend = backend(pool, at);
        let canton = canton(&backend).await;
        let delegate = actor(&backend, canton, &DELEGATE).await;
        sqlx::query("update users set email = 'delegata@ti.example' where id = $1")
            .bind(delegate.user.unwrap().0)
            .execute(&backend.core.pool)
            .await
            .unwrap();
        let scene = Self {
            lea: UserId(0),
            backend,
            canton,
            delegate,
        };
        let lea = scene.invite("lea").await;
        Self { lea, ..scene }
    }

    /// A user with a prepared registration.
    async fn invite(&self, name: &str) -> UserId {
        let id = user(&self.backend, self.canton)
            .username(name)
            .surname(&name.to_uppercase())
            .email(&format!("{name}@ospedale.example"))
            .group("kt-user")
            .create()
            .await;
        let profile = self.profile(id).await;
        let mut tx = self.backend.core.pool.begin().await.unwrap();
        rows::prepare(
            &mut tx,
            &self.delegate,
            id,
            profile,
            key(),
            self.backend.core.clock.now(),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn profile(&self, user: UserId) -> domain::ProfileId {
        let id = sqlx::query_scalar("select id from profiles where user_id = $1")
            .bind(user.0)
            .fetch_one(&self.backend.core.pool)
            .await
            .unwrap();
        domain::ProfileId(id)
    }

    async fn send(&self) {
        self.backend
            .registrations
            .send_code(&self.delegate, self.lea, None, key())
            .await
            .expect("ordered");
    }

    async fn drain(&self) {
        jobs::worker::drain(&self.backend).await.expect("drained");
    }

    async fn state(&self) -> domain::registration::Registration {
        let all = self
            .backend
            .registrations
            .of_user(&self.delegate, self.lea)
            .await;
        all.unwrap().remove(0)
    }

    /// Codes in the mails of the folder, oldest first, and how many mails there are.
    fn codes(&self) -> Vec<String> {
        let codes = self.mails().into_iter().filter_map(|mail| {
            mail.split(|c: char| c.is_whitespace() || c == '<' || c == '>')
                .find(|w| w.starts_with("TI-") && w.len() > 30)
                .map(str::to_owned)
        });
        codes.collect()
    }

    fn mails(&self) -> Vec<String> {
        let MailRoute::Folder(path) = &self.backend.core.settings.mail else {
            return Vec::new();
        };
        let mut files: Vec<_> = std::fs::read_dir(path)
            .into_iter()
            .flatten()
            .filter_map(|f| f.ok().map(|f| f.path()))
            .filter(|p| p.is_file())
            .collect();
        files.sort_by_key(|p| std::fs::metadata(p).and_then(|m| m.modified()).unwrap());
        files
            .into_iter()
            .map(|p| std::fs::read_to_string(p).unwrap().replace("=\r\n", ""))
            .collect()
    }

    async fn verify(&self, code: &str) -> Result<backend::service::Verified, CodeRefusal> {
        let verified = self
            .backend
            .registrations
            .verify("lea@ospedale.example", code);
        verified.await.unwrap()
    }

    fn advance(&self, hours: i64) {
        self.backend
            .core
            .clock
            .advance(SignedDuration::from_hours(hours));
    }
}

fn key() -> Uuid {
    Uuid::new_v4()
}

fn hindrance<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> Hindrance {
    match result {
        Err(ServiceError::Conflict(Conflict::Registration(h))) => h,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_mailed_code_is_in_force_once_accepted_and_stands_nowhere_in_clear(pool: PgPool) {
    let scene = Scene::new(pool.clone()).await;
    scene.send().await;
    assert_eq!(scene.state().await.state, RegistrationState::ToStart);
    assert!(scene.state().await.on_its_way);
    scene.drain().await;
    let state = scene.state().await;
    assert_eq!(state.state, RegistrationState::Running);
    assert_eq!(state.expires_at, "2026-12-22T10:00:00Z".parse().ok());
    let code = scene.codes().remove(0);
    assert!(
        scene
            .verify(&format!(" {} ", code.to_lowercase().replace('-', " ")))
            .await
            .is_ok()
    );
    let dump: String = sqlx::query_scalar(
        "select coalesce((select string_agg(r::text, '') from registrations r), '')
           || coalesce((select string_agg(o::text, '') from outbox o), '')
           || coalesce((select string_agg(a::text, '') from audit a), '')",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    let secret = code.rsplitn(6, '-').take(5).collect::<Vec<_>>();
    assert!(secret.iter().all(|group| !dump.contains(group)), "{dump}");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_new_code_voids_the_old_one_only_when_its_mail_is_accepted(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.send().await;
    scene.drain().await;
    let first = scene.codes().remove(0);
    scene.send().await;
    assert!(
        scene.verify(&first).await.is_ok(),
        "the new mail has not left"
    );
    scene.drain().await;
    let codes = scene.codes();
    let second = codes.iter().find(|c| **c != first).unwrap();
    assert_eq!(
        scene.verify(&first).await.unwrap_err(),
        CodeRefusal::NotRecognised
    );
    assert!(scene.verify(second).await.is_ok());
    let live: i64 =
        sqlx::query_scalar("select count(*) from registrations where state = 'running'")
            .fetch_one(&scene.backend.core.pool)
            .await
            .unwrap();
    assert_eq!(live, 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_same_key_twice_is_one_mail(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let key = key();
    let send = || {
        scene
            .backend
            .registrations
            .send_code(&scene.delegate, scene.lea, None, key)
    };
    let (one, two) = tokio::join!(send(), send());
    one.unwrap();
    two.unwrap();
    scene.drain().await;
    assert_eq!(scene.mails().len(), 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_code_handed_over_is_in_force_at_once_audited_and_never_told_again(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let shown = scene
        .backend
        .registrations
        .show_code(&scene.delegate, scene.lea, None, key())
        .await
        .unwrap();
    assert!(scene.verify(&shown.code).await.is_ok());
    assert_eq!(shown.link, "http://127.0.0.1:3000/registrazione");
    let audit = audit_actions(&scene.backend, scene.canton).await;
    assert!(
        audit.contains(&"registration.code_shown".to_owned()),
        "{audit:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_changed_address_or_a_deactivation_voids_the_code(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let show = || {
        scene
            .backend
            .registrations
            .show_code(&scene.delegate, scene.lea, None, key())
    };
    let first = show().await.unwrap().code;
    let draft = EmailDraft("lea.nuova@ospedale.example".into());
    let edit =
        scene
            .backend
            .users
            .edit_email(&scene.delegate, scene.lea, 1, &draft, domain::Locale::It);
    edit.await.unwrap();
    for address in ["lea@ospedale.example", "lea.nuova@ospedale.example"] {
        let verified = scene
            .backend
            .registrations
            .verify(address, &first)
            .await
            .unwrap();
        assert_eq!(verified.unwrap_err(), CodeRefusal::NotRecognised);
    }
    let second = show().await.unwrap().code;
    let off = scene.backend.users.set_state(
        &scene.delegate,
        scene.lea,
        false,
        "Ha cambiato lavoro",
        domain::Locale::It,
    );
    off.await.unwrap();
    let verified = scene
        .backend
        .registrations
        .verify("lea.nuova@ospedale.example", &second)
        .await
        .unwrap();
    assert_eq!(verified.unwrap_err(), CodeRefusal::NotRecognised);
    assert_eq!(hindrance(show().await), Hindrance::Inactive);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_address_changed_between_order_and_sending_gets_no_code(pool: PgPool) {
    let scene = Scene::new(pool).await;
    scene.send().await;
    let draft = EmailDraft("lea.nuova@ospedale.example".into());
    let edit =
        scene
            .backend
            .users
            .edit_email(&scene.delegate, scene.lea, 1, &draft, domain::Locale::It);
    assert_eq!(edit.await.unwrap().cancelled_mails, 1);
    scene.drain().await;
    assert!(scene.mails().is_empty());
    assert_eq!(scene.state().await.state, RegistrationState::ToStart);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_reminder_carries_no_secret_and_goes_once_a_day(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let remind = || {
        scene
            .backend
            .registrations
            .remind(&scene.delegate, scene.lea, None, key())
    };
    assert_eq!(hindrance(remind().await), Hindrance::NoCodeYet);
    scene.send().await;
    scene.drain().await;
    let code = scene.codes().remove(0);
    remind().await.unwrap();
    assert!(matches!(hindrance(remind().await), Hindrance::TooSoon(_)));
    scene.drain().await;
    let mails = scene.mails();
    assert_eq!((mails.len(), scene.codes().len()), (2, 1));
    assert!(
        mails
            .iter()
            .any(|m| m.contains("21 dicembre") || m.contains("22 dicembre"))
    );
    assert_eq!(scene.state().await.reminded, 1);
    scene.advance(24);
    remind().await.unwrap();
    assert_eq!(
        scene.state().await.expires_at,
        "2026-12-22T10:00:00Z".parse().ok()
    );
    // Redeemed meanwhile: the reminder that waits no longer leaves.
    let verified = scene.verify(&code).await.unwrap();
    let mut tx = scene.backend.core.pool.begin().await.unwrap();
    let at = scene.backend.core.clock.now();
    assert!(
        rows::redeem(
            &mut tx,
            scene.canton,
            verified.registration,
            &verified.hash,
            at
        )
        .await
        .unwrap()
    );
    tx.commit().await.unwrap();
    scene.drain().await;
    assert_eq!(scene.mails().len(), 2);
    assert_eq!(hindrance(remind().await), Hindrance::Completed);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn reminders_go_by_themselves_seven_and_two_days_before_the_end_once(pool: PgPool) {
    let scene = Scene::at(pool, "2027-01-31T08:00:00Z".parse().unwrap()).await;
    scene.send().await;
    scene.drain().await;
    assert_eq!(
        scene.state().await.expires_at,
        "2027-02-28T08:00:00Z".parse().ok()
    );
    let count = async || {
        let (one, two) = tokio::join!(
            jobs::tend::registrations(&scene.backend.core),
            jobs::tend::registrations(&scene.backend.core)
        );
        one.unwrap();
        two.unwrap();
        scene.drain().await;
        scene.mails().len()
    };
    assert_eq!(count().await, 1);
    scene.advance(21 * 24);
    assert_eq!(count().await, 2, "seven days before");
    assert_eq!(count().await, 2);
    scene.advance(5 * 24);
    assert_eq!(count().await, 3, "two days before");
    scene.advance(2 * 24);
    assert_eq!(count().await, 4, "the delegate is told");
    assert_eq!(count().await, 4);
    assert_eq!(scene.state().await.state, RegistrationState::Expired);
    assert!(
        scene
            .mails()
            .iter()
            .any(|m| m.contains("delegata@ti.example"))
    );
    let code = scene.codes().remove(0);
    assert_eq!(scene.verify(&code).await.unwrap_err(), CodeRefusal::Expired);
    let other = scene
        .backend
        .registrations
        .verify("ugo@ospedale.example", &code)
        .await
        .unwrap();
    assert_eq!(other.unwrap_err(), CodeRefusal::NotRecognised);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn reminders_by_themselves_stop_where_the_organisation_wants_none(pool: PgPool) {
    let scene = Scene::new(pool.clone()).await;
    sqlx::query("update organisations set registration_reminder_days = '{}'")
        .execute(&pool)
        .await
        .unwrap();
    scene.send().await;
    scene.drain().await;
    scene.advance(29 * 24);
    scene.drain().await;
    assert_eq!(scene.mails().len(), 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn of_fifty_redemptions_at_once_one_succeeds(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let show = scene
        .backend
        .registrations
        .show_code(&scene.delegate, scene.lea, None, key());
    let verified = scene.verify(&show.await.unwrap().code).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (core, verified) = (scene.backend.core.clone(), verified.clone());
        tasks.spawn(async move {
            let mut tx = core.pool.begin().await.unwrap();
            let at = core.clock.now();
            let done = rows::redeem(
                &mut tx,
                verified.organisation,
                verified.registration,
                &verified.hash,
                at,
            );
            let done = done.await.unwrap();
            tx.commit().await.unwrap();
            done
        });
    }
    let won = tasks
        .join_all()
        .await
        .into_iter()
        .filter(|won| *won)
        .count();
    assert_eq!(won, 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn wrong_tries_lock_the_code_for_growing_times_and_never_for_good(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let show = scene
        .backend
        .registrations
        .show_code(&scene.delegate, scene.lea, None, key());
    let right = show.await.unwrap().code;
    let wrong = "TI-1-22222-22222-22222-22222-22222";
    for _ in 0..5 {
        assert_eq!(
            scene.verify(wrong).await.unwrap_err(),
            CodeRefusal::NotRecognised
        );
    }
    assert_eq!(
        scene.verify(&right).await.unwrap_err(),
        CodeRefusal::Locked { seconds: 15 }
    );
    scene
        .backend
        .core
        .clock
        .advance(SignedDuration::from_secs(15));
    assert_eq!(
        scene.verify("not a code").await.unwrap_err(),
        CodeRefusal::NotRecognised
    );
    assert_eq!(
        scene.verify(&right).await.unwrap_err(),
        CodeRefusal::Locked { seconds: 30 }
    );
    scene
        .backend
        .core
        .clock
        .advance(SignedDuration::from_secs(30));
    assert!(scene.verify(&right).await.is_ok());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_lacks_a_right_or_works_in_another_unit_starts_nothing(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let b = &scene.backend;
    let (here, there) = (
        unit(b, scene.canton, None, "100").await,
        unit(b, scene.canton, None, "200").await,
    );
    let sibling = actor_in(b, scene.canton, &DELEGATE, Some(there)).await;
    let own = actor_in(b, scene.canton, &DELEGATE, Some(here)).await;
    let ugo = user(b, scene.canton)
        .email("ugo@ospedale.example")
        .group("kt-user")
        .unit(here)
        .create()
        .await;
    let profile = scene.profile(ugo).await;
    let mut tx = b.core.pool.begin().await.unwrap();
    rows::prepare(&mut tx, &own, ugo, profile, key(), now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let refused = b.registrations.send_code(&sibling, ugo, None, key()).await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));
    let reader = actor(b, scene.canton, &[Right::ReadUsers, Right::ManageUsers]).await;
    let refused = b.registrations.show_code(&reader, ugo, None, key()).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::Missing(
            Right::ManageAuthorisations
        )))
    ));
    b.registrations
        .send_code(&own, ugo, None, key())
        .await
        .unwrap();
    let (page, counts) = b
        .registrations
        .worklist(&own, &WorklistQuery::default())
        .await
        .unwrap();
    assert_eq!((page.items.len(), counts), (1, [1, 0, 0, 0, 0, 0]));
    let query = WorklistQuery {
        stage: Stage::ToSend,
        ..Default::default()
    };
    let (page, _) = b
        .registrations
        .worklist(&scene.delegate, &query)
        .await
        .unwrap();
    assert_eq!(page.total, 2, "the whole canton");
    let mails: Vec<String> = sqlx::query_scalar("select kind from outbox")
        .fetch_all(&b.core.pool)
        .await
        .unwrap();
    assert_eq!(mails, [MailKind::RegistrationCode.code()]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_command_is_about_the_profile_whose_state_it_told(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let (b, lea) = (&scene.backend, scene.lea);
    let pool = &b.core.pool;
    let show = async |profile| {
        b.registrations
            .show_code(&scene.delegate, lea, profile, key())
            .await
    };
    // The first profile's code is in force; the second one's registration is newer.
    let first = scene.profile(lea).await;
    show(None).await.unwrap();
    let second = domain::ProfileId(
        sqlx::query_scalar(
            "insert into profiles (organisation_id, user_id, name, category, is_default)
             select organisation_id, user_id, 'Altro', category, false from profiles where user_id = $1 returning id",
        )
        .bind(lea.0)
        .fetch_one(pool)
        .await
        .unwrap(),
    );
    let mut tx = pool.begin().await.unwrap();
    let at = b.core.clock.now();
    rows::prepare(&mut tx, &scene.delegate, lea, second, key(), at)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let of = async |asked| {
        let all = b.users.commands(&scene.delegate, &[(lea, asked)]).await;
        let one = all.unwrap().remove(0);
        (one.registration.clone().unwrap().profile, one)
    };
    let (meant, commands) = of(None).await;
    assert_eq!(meant, first, "the one whose code is in force");
    assert_eq!(commands.of(Command::Remind), Some(None));
    let reminded = b.registrations.remind(&scene.delegate, lea, None, key());
    assert_eq!(reminded.await.unwrap().profile, first);
    let (meant, commands) = of(Some(second)).await;
    assert_eq!(meant, second);
    assert_eq!(
        commands.of(Command::Remind),
        Some(Some(Hindrance::NoCodeYet))
    );
    // A profile that is switched off gets no code that nobody could redeem.
    sqlx::query("update profiles set state = 'inactive' where id = $1")
        .bind(second.0)
        .execute(pool)
        .await
        .unwrap();
    let (_, commands) = of(Some(second)).await;
    assert_eq!(
        commands.of(Command::NewCode),
        Some(Some(Hindrance::ProfileInactive))
    );
    assert_eq!(
        hindrance(show(Some(second)).await),
        Hindrance::ProfileInactive
    );
    let sent = b
        .registrations
        .send_code(&scene.delegate, lea, Some(second), key());
    assert_eq!(hindrance(sent.await), Hindrance::ProfileInactive);
    // Redeeming asks for the address: without one a code is not even shown.
    sqlx::query("update users set email = null where id = $1")
        .bind(lea.0)
        .execute(pool)
        .await
        .unwrap();
    assert_eq!(hindrance(show(Some(first)).await), Hindrance::NoMail);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_code_ends_a_calendar_month_later_by_the_clock_on_the_wall(pool: PgPool) {
    let first: Timestamp = "2027-01-31T08:00:00Z".parse().unwrap();
    let scene = Scene::at(pool, first).await;
    let clock = &scene.backend.core.clock;
    // The last day of February; over both changes of summer time; the leap day.
    for (at, ends) in [
        ("2027-01-31T08:00:00Z", "2027-02-28T08:00:00Z"),
        ("2027-03-10T09:00:00Z", "2027-04-10T08:00:00Z"),
        ("2027-10-10T08:00:00Z", "2027-11-10T09:00:00Z"),
        ("2028-01-31T08:00:00Z", "2028-02-29T08:00:00Z"),
    ] {
        let (at, ends): (Timestamp, Timestamp) = (at.parse().unwrap(), ends.parse().unwrap());
        clock.advance(at.duration_since(clock.now()));
        let shown = scene
            .backend
            .registrations
            .show_code(&scene.delegate, scene.lea, None, key())
            .await
            .unwrap();
        assert_eq!(shown.expires_at, ends, "begun at {at}");
        // A second before the end it opens, at the end it does not.
        clock.advance(ends.duration_since(at) - SignedDuration::from_secs(1));
        let verified = scene.verify(&shown.code).await;
        assert!(verified.is_ok(), "before {ends}");
        clock.advance(SignedDuration::from_secs(1));
        let verified = scene.verify(&shown.code).await;
        assert!(
            matches!(&verified, Err(e) if *e != CodeRefusal::NotRecognised),
            "the right code, too late, at {ends}: {verified:?}"
        );
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_code_with_groups_of_another_length_or_of_another_canton_opens_nothing(pool: PgPool) {
    let scene = Scene::new(pool).await;
    let shown = scene
        .backend
        .registrations
        .show_code(&scene.delegate, scene.lea, None, key())
        .await
        .unwrap();
    let code = shown.code;
    let (head, last) = code.split_at(code.len() - 1);
    for wrong in [
        head.to_owned(),
        format!("{code}{last}"),
        code.replacen("TI-", "ZH-", 1),
        code.split('-').take(5).collect::<Vec<_>>().join("-"),
    ] {
        assert_ne!(wrong, code);
        let refused = scene.verify(&wrong).await;
        assert_eq!(refused.unwrap_err(), CodeRefusal::NotRecognised, "{wrong}");
    }
    // Hyphens elsewhere, spaces and small letters are forgiven: the characters are the same.
    let loose = code.to_lowercase().replace('-', " ");
    assert!(scene.verify(&loose).await.is_ok());
}
