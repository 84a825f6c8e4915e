//! Sign-in, sessions and own passwords.

use crate::support::*;
use backend::{
    Backend, ServiceError, credentials::secret::normalise_temporary_password, db, service::SignIn,
};
use domain::{
    OrganisationId, UserId,
    access::{Action, Held, Right, decide},
    page::PageSize,
    problem::SignInRefusal,
    session::{Density, Preference, Theme},
    user::FieldError,
};
use jiff::{SignedDuration, ToSpan as _};
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;

const OWN: &str = "lampada tregua ottavo biscotto";
const TEMPORARY: &str = "K7QM-4TXH-9RWD-2BCF";

fn typed(username: &str, password: &str) -> SignIn {
    SignIn {
        organisation: "esempio".to_owned(),
        username: username.to_owned(),
        password: password.to_owned(),
        address: "192.0.2.1".to_owned(),
        user_agent: "Prova/1.0".to_owned(),
    }
}

/// Signs in and gives the token.
async fn token(backend: &Backend, username: &str, password: &str) -> String {
    backend
        .sessions
        .sign_in(typed(username, password))
        .await
        .expect("signed in")
        .token
}

async fn refusal(backend: &Backend, attempt: SignIn) -> SignInRefusal {
    match backend.sessions.sign_in(attempt).await {
        Err(ServiceError::SignIn(refusal)) => refusal,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("signed in"),
    }
}

async fn outcomes(backend: &Backend) -> Vec<String> {
    sqlx::query_scalar("select outcome from sign_in_attempts order by id")
        .fetch_all(&backend.core.pool)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn every_wrong_sign_in_gets_the_same_answer_and_the_reason_stands_in_the_attempts(
    pool: PgPool,
) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    user(&backend, school)
        .username("spento")
        .password(OWN)
        .inactive()
        .create()
        .await;
    user(&backend, school).username("nuovo").create().await;
    user(&backend, school)
        .username("scaduto")
        .temporary_password(TEMPORARY, now())
        .create()
        .await;
    let elsewhere = SignIn {
        organisation: "altrove".to_owned(),
        ..typed("rossi", OWN)
    };
    for attempt in [
        typed("nessuno", OWN),
        typed("rossi", "un'altra frase qualsiasi"),
        typed("spento", OWN),
        typed("nuovo", ""),
        typed("scaduto", TEMPORARY),
        elsewhere,
        typed("", ""),
    ] {
        assert_eq!(
            refusal(&backend, attempt).await,
            SignInRefusal::NotRecognised
        );
    }
    assert_eq!(
        outcomes(&backend).await,
        [
            "unknown_user",
            "wrong_password",
            "inactive",
            "no_password",
            "expired",
            "unknown_user",
            "unknown_user"
        ]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_right_password_opens_a_session_with_the_persons_rights(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let id = user(&backend, school)
        .username("Rossi")
        .password(OWN)
        .group("ufficio-protocollo")
        .create()
        .await;
    let signed_in = backend
        .sessions
        .sign_in(typed(" rossi ", OWN))
        .await
        .unwrap();
    assert!(!signed_in.must_change_password);
    let actor = backend
        .sessions
        .resume(&signed_in.token)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (actor.user, actor.name.as_str()),
        (Some(id), "PROVA UTENTE")
    );
    assert_eq!(
        actor.held,
        [Held {
            right: Right::ReadUsers,
            unit: None
        }]
    );
    let view = backend.sessions.view(&signed_in.token).await.unwrap();
    assert_eq!(
        (view.organisation_name.as_str(), view.username.as_str()),
        ("IC Esempio", "Rossi")
    );
    assert_eq!(view.seconds_left, 30 * 60);
    assert_eq!(
        audit_actions(&backend, school).await.last().unwrap(),
        "session.signed_in"
    );
    assert!(backend.sessions.resume("1.AAAA").await.unwrap().is_none());
    let stored: Vec<u8> = sqlx::query_scalar("select token_hash from sessions")
        .fetch_one(&backend.core.pool)
        .await
        .unwrap();
    assert!(
        !signed_in.token.contains(&hex(&stored)),
        "only a hash is stored"
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_throttle_grows_and_ends_on_the_second_for_known_and_unknown_names_alike(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    for name in ["rossi", "nessuno"] {
        for _ in 0..5 {
            assert_eq!(
                refusal(&backend, typed(name, "sbagliata")).await,
                SignInRefusal::NotRecognised,
                "{name}"
            );
        }
        assert_eq!(
            refusal(&backend, typed(name, OWN)).await,
            SignInRefusal::Throttled { seconds: 15 },
            "{name}"
        );
    }
    backend
        .core
        .clock
        .advance(SignedDuration::from_millis(14_999));
    assert_eq!(
        refusal(&backend, typed("rossi", OWN)).await,
        SignInRefusal::Throttled { seconds: 1 }
    );
    backend.core.clock.advance(SignedDuration::from_millis(1));
    assert_eq!(
        refusal(&backend, typed("rossi", "sbagliata")).await,
        SignInRefusal::NotRecognised
    );
    assert_eq!(
        refusal(&backend, typed("rossi", OWN)).await,
        SignInRefusal::Throttled { seconds: 30 }
    );
    backend.core.clock.advance(SignedDuration::from_secs(30));
    token(&backend, "rossi", OWN).await;
    assert_eq!(
        refusal(&backend, typed("rossi", "sbagliata")).await,
        SignInRefusal::NotRecognised,
        "a success starts anew"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_stranger_cannot_lock_out_an_owner_who_comes_from_their_usual_place(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    token(&backend, "rossi", OWN).await;
    for _ in 0..40 {
        let stranger = SignIn {
            address: "203.0.113.9".to_owned(),
            ..typed("rossi", "sbagliata")
        };
        refusal(&backend, stranger).await;
        backend.core.clock.advance(SignedDuration::from_mins(15));
    }
    let stranger = SignIn {
        address: "203.0.113.9".to_owned(),
        ..typed("rossi", "sbagliata")
    };
    refusal(&backend, stranger.clone()).await;
    assert!(matches!(
        refusal(&backend, stranger).await,
        SignInRefusal::Throttled { .. }
    ));
    token(&backend, "rossi", OWN).await;
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn fifty_tries_at_once_count_as_fifty(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    let tries = (0..50).map(|_| backend.sessions.sign_in(typed("rossi", "sbagliata")));
    let answers = futures::future::join_all(tries).await;
    let looked_at = answers
        .iter()
        .filter(|a| matches!(a, Err(ServiceError::SignIn(SignInRefusal::NotRecognised))))
        .count();
    assert_eq!(looked_at, 5);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_temporary_password_opens_only_the_way_to_an_own_one(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let ends = now() + SignedDuration::from_hours(24);
    user(&backend, school)
        .username("rossi")
        .temporary_password(TEMPORARY, ends)
        .group("amministratori")
        .create()
        .await;
    let signed_in = backend
        .sessions
        .sign_in(typed("rossi", "k7qm 4txh 9rwd 2bcf"))
        .await
        .unwrap();
    assert!(signed_in.must_change_password);
    let actor = backend
        .sessions
        .resume(&signed_in.token)
        .await
        .unwrap()
        .unwrap();
    assert!(decide(&actor, Action::ReadUsers).is_err());

    let change = |new: &'static str| {
        backend
            .sessions
            .change_password(&actor, &signed_in.token, None, new, "Prova/1.0")
    };
    for (new, expected) in [
        ("", FieldError::Required),
        ("troppo corta", FieldError::TooShort(15)),
        ("esempioesempioesempio", FieldError::Guessable),
        (TEMPORARY, FieldError::Guessable),
    ] {
        let Err(ServiceError::Invalid(errors)) = change(new).await else {
            panic!("{new}")
        };
        assert_eq!(errors.of("new"), Some(&expected), "{new}");
    }
    let fresh = change(OWN).await.unwrap();
    assert!(
        backend
            .sessions
            .resume(&signed_in.token)
            .await
            .unwrap()
            .is_none(),
        "the token is a new one"
    );
    let actor = backend.sessions.resume(&fresh).await.unwrap().unwrap();
    assert!(decide(&actor, Action::ReadUsers).is_ok());
    assert_eq!(
        refusal(&backend, typed("rossi", TEMPORARY)).await,
        SignInRefusal::NotRecognised
    );
    assert!(
        !backend
            .sessions
            .sign_in(typed("rossi", OWN))
            .await
            .unwrap()
            .must_change_password
    );
    assert!(
        audit_actions(&backend, school)
            .await
            .contains(&"password.changed".to_owned())
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_temporary_password_ends_on_the_second(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let ends = now() + SignedDuration::from_hours(24 * 7);
    user(&backend, school)
        .username("rossi")
        .temporary_password(TEMPORARY, ends)
        .create()
        .await;
    backend
        .core
        .clock
        .advance(SignedDuration::from_hours(24 * 7) - SignedDuration::from_micros(1));
    token(&backend, "rossi", TEMPORARY).await;
    backend.core.clock.advance(SignedDuration::from_micros(1));
    assert_eq!(
        refusal(&backend, typed("rossi", TEMPORARY)).await,
        SignInRefusal::NotRecognised
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn of_many_first_passwords_chosen_at_once_one_counts(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let ends = now() + SignedDuration::from_hours(24);
    user(&backend, school)
        .username("rossi")
        .temporary_password(TEMPORARY, ends)
        .create()
        .await;
    let mut sessions = Vec::new();
    for _ in 0..8 {
        let token = token(&backend, "rossi", TEMPORARY).await;
        sessions.push((
            backend.sessions.resume(&token).await.unwrap().unwrap(),
            token,
        ));
    }
    let changes = sessions.iter().map(|(actor, token)| {
        backend
            .sessions
            .change_password(actor, token, None, OWN, "")
    });
    let done = futures::future::join_all(changes)
        .await
        .into_iter()
        .filter(Result::is_ok)
        .count();
    assert_eq!(done, 1);
}

/// Puts a mailed password beside the present one, with its mail in `state`.
async fn pending(
    backend: &Backend,
    organisation: OrganisationId,
    user: UserId,
    state: &str,
    lease_minutes: i64,
) {
    let hash = backend
        .core
        .hasher
        .hash(normalise_temporary_password(TEMPORARY))
        .await
        .unwrap();
    let at = backend.core.clock.now();
    let mail: i64 = sqlx::query_scalar(
        "insert into outbox (organisation_id, user_id, kind, address, locale, state, message_id, not_before,
           created_at, lease_until)
         values ($1, $2, 'temporary_password', 'a@b.example', 'it', $3, gen_random_uuid(), $4, $4, $5) returning id",
    )
    .bind(organisation.0)
    .bind(user.0)
    .bind(state)
    .bind(at.to_sqlx())
    .bind((at + lease_minutes.minutes()).to_sqlx())
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    sqlx::query(
        "update credentials set pending_password_hash = $3, pending_password_outbox_id = $4,
           pending_password_expires_at = $5 where organisation_id = $1 and user_id = $2",
    )
    .bind(organisation.0)
    .bind(user.0)
    .bind(hash)
    .bind(mail)
    .bind((at + SignedDuration::from_hours(24)).to_sqlx())
    .execute(&backend.core.pool)
    .await
    .unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_mailed_password_of_unknown_fate_takes_effect_at_its_first_use(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    for (name, state, lease, works) in [
        ("incerto", "uncertain", 5, true),
        ("accettato", "accepted", 5, true),
        ("interrotto", "sending", -1, true),
        ("in-corso", "sending", 5, false),
        ("respinto", "rejected", 5, false),
        ("annullato", "cancelled", 5, false),
        ("in-attesa", "waiting", 5, false),
    ] {
        let id = user(&backend, school)
            .username(name)
            .password(OWN)
            .create()
            .await;
        let before = token(&backend, name, OWN).await;
        pending(&backend, school, id, state, lease).await;
        let answer = backend.sessions.sign_in(typed(name, TEMPORARY)).await;
        assert_eq!(
            answer.as_ref().is_ok_and(|s| s.must_change_password),
            works,
            "{name}"
        );
        assert_eq!(
            backend.sessions.sign_in(typed(name, OWN)).await.is_ok(),
            !works,
            "{name}: the old password"
        );
        assert_eq!(
            backend.sessions.resume(&before).await.unwrap().is_none(),
            works,
            "{name}: older sessions"
        );
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_old_password_works_until_the_mailed_one_is_used_and_an_own_one_voids_it(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let id = user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    pending(&backend, school, id, "uncertain", 5).await;
    let session = token(&backend, "rossi", OWN).await;
    let actor = backend.sessions.resume(&session).await.unwrap().unwrap();
    let new = "cortile vapore anatra ginepro";
    backend
        .sessions
        .change_password(&actor, &session, Some(OWN), new, "")
        .await
        .unwrap();
    assert_eq!(
        refusal(&backend, typed("rossi", TEMPORARY)).await,
        SignInRefusal::NotRecognised
    );
    token(&backend, "rossi", new).await;
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn changing_a_password_asks_for_the_present_one_and_ends_every_other_session(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    let (here, there) = (
        token(&backend, "rossi", OWN).await,
        token(&backend, "rossi", OWN).await,
    );
    let actor = backend.sessions.resume(&here).await.unwrap().unwrap();
    let new = "cortile vapore anatra ginepro";
    for (current, expected) in [
        (None, FieldError::Required),
        (Some("sbagliata"), FieldError::WrongPassword),
    ] {
        let answer = backend
            .sessions
            .change_password(&actor, &here, current, new, "")
            .await;
        let Err(ServiceError::Invalid(errors)) = answer else {
            panic!("{current:?}")
        };
        assert_eq!(errors.of("current"), Some(&expected));
    }
    let fresh = backend
        .sessions
        .change_password(&actor, &here, Some(OWN), new, "")
        .await
        .unwrap();
    for ended in [&here, &there] {
        assert!(backend.sessions.resume(ended).await.unwrap().is_none());
    }
    assert!(backend.sessions.resume(&fresh).await.unwrap().is_some());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_session_ends_after_thirty_idle_minutes_and_after_twelve_hours(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    let idle = token(&backend, "rossi", OWN).await;
    backend.core.clock.advance(SignedDuration::from_mins(29));
    assert_eq!(
        backend.sessions.seconds_left(&idle).await.unwrap(),
        60,
        "asking does not count as use"
    );
    backend.core.clock.advance(SignedDuration::from_mins(1));
    assert!(backend.sessions.resume(&idle).await.unwrap().is_none());

    let busy = token(&backend, "rossi", OWN).await;
    for _ in 0..(12 * 60 / 20 - 1) {
        backend.core.clock.advance(SignedDuration::from_mins(20));
        assert!(backend.sessions.resume(&busy).await.unwrap().is_some());
    }
    assert_eq!(
        backend.sessions.seconds_left(&busy).await.unwrap(),
        20 * 60,
        "the absolute end comes first"
    );
    backend.core.clock.advance(SignedDuration::from_mins(20));
    assert!(backend.sessions.resume(&busy).await.unwrap().is_none());
    backend.sessions.tidy().await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from sessions")
        .fetch_one(&backend.core.pool)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_last_use_is_written_at_most_once_a_minute(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    let session = token(&backend, "rossi", OWN).await;
    let seen = || async {
        let version: String = sqlx::query_scalar("select xmin::text from sessions")
            .fetch_one(&backend.core.pool)
            .await
            .unwrap();
        version
    };
    let first = seen().await;
    backend.core.clock.advance(SignedDuration::from_secs(59));
    backend.sessions.resume(&session).await.unwrap().unwrap();
    assert_eq!(seen().await, first);
    backend.core.clock.advance(SignedDuration::from_secs(1));
    backend.sessions.resume(&session).await.unwrap().unwrap();
    assert_ne!(seen().await, first);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_deactivated_users_session_ends_at_once(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let id = user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    let session = token(&backend, "rossi", OWN).await;
    sqlx::query("update users set state = 'inactive' where id = $1")
        .bind(id.0)
        .execute(&backend.core.pool)
        .await
        .unwrap();
    assert!(backend.sessions.resume(&session).await.unwrap().is_none());
    let mut conn = backend.core.pool.acquire().await.unwrap();
    assert_eq!(
        db::sessions::end_all(&mut conn, school, id, None)
            .await
            .unwrap(),
        1
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn grants_give_rights_on_their_days_in_their_units_through_active_profiles(pool: PgPool) {
    // 23:30 UTC on the 22nd is already the 23rd in Italy.
    let backend = backend(pool, "2026-11-22T23:30:00Z".parse().unwrap());
    let school = school(&backend).await;
    let place = unit(&backend, school, None, "A").await;
    let held = |name: &'static str| {
        let backend = backend.clone();
        async move {
            let session = token(&backend, name, OWN).await;
            backend
                .sessions
                .resume(&session)
                .await
                .unwrap()
                .unwrap()
                .held
        }
    };
    let base = |name: &str| {
        user(&backend, school)
            .username(name)
            .password(OWN)
            .group("ufficio-protocollo")
    };
    base("ieri").valid(None, Some("2026-11-22")).create().await;
    base("oggi")
        .valid(Some("2026-11-23"), Some("2026-11-23"))
        .create()
        .await;
    base("domani")
        .valid(Some("2026-11-24"), None)
        .create()
        .await;
    base("sede").unit(place).create().await;
    let off = base("spento").create().await;
    sqlx::query("update profiles set state = 'inactive' where user_id = $1")
        .bind(off.0)
        .execute(&backend.core.pool)
        .await
        .unwrap();
    assert_eq!(held("ieri").await, []);
    assert_eq!(
        held("oggi").await,
        [Held {
            right: Right::ReadUsers,
            unit: None
        }]
    );
    assert_eq!(held("domani").await, []);
    assert_eq!(
        held("sede").await,
        [Held {
            right: Right::ReadUsers,
            unit: Some(place)
        }]
    );
    assert_eq!(held("spento").await, []);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_session_of_one_organisation_opens_nothing_in_another(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let other = school_called(&backend, "altra", "IC Altra").await;
    user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    let session = token(&backend, "rossi", OWN).await;
    let moved = session.replacen(&format!("{school}."), &format!("{other}."), 1);
    assert!(backend.sessions.resume(&moved).await.unwrap().is_none());
    assert_eq!(
        refusal(
            &backend,
            SignIn {
                organisation: "altra".to_owned(),
                ..typed("rossi", OWN)
            }
        )
        .await,
        SignInRefusal::NotRecognised
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn people_see_and_end_their_own_sessions_only(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    user(&backend, school)
        .username("verdi")
        .password(OWN)
        .create()
        .await;
    let (here, there, verdi) = (
        token(&backend, "rossi", OWN).await,
        token(&backend, "rossi", OWN).await,
        token(&backend, "verdi", OWN).await,
    );
    let actor = backend.sessions.resume(&here).await.unwrap().unwrap();
    let stranger = backend.sessions.resume(&verdi).await.unwrap().unwrap();
    let own = backend.sessions.own(&actor, &here).await.unwrap();
    assert_eq!(own.len(), 2);
    assert_eq!(own.iter().filter(|s| s.current).count(), 1);
    let other = own.iter().find(|s| !s.current).unwrap();
    assert!(matches!(
        backend.sessions.end_own(&stranger, &other.reference).await,
        Err(ServiceError::NotFound)
    ));
    backend
        .sessions
        .end_own(&actor, &other.reference)
        .await
        .unwrap();
    assert!(backend.sessions.resume(&there).await.unwrap().is_none());
    token(&backend, "rossi", OWN).await;
    assert_eq!(backend.sessions.end_others(&actor, &here).await.unwrap(), 1);
    backend.sessions.sign_out(&here).await.unwrap();
    backend.sessions.sign_out(&here).await.unwrap();
    assert!(backend.sessions.resume(&here).await.unwrap().is_none());
    assert!(backend.sessions.resume(&verdi).await.unwrap().is_some());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_preference_changes_alone(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .password(OWN)
        .create()
        .await;
    let session = token(&backend, "rossi", OWN).await;
    let actor = backend.sessions.resume(&session).await.unwrap().unwrap();
    for preference in [
        Preference::Theme(Theme::Dark),
        Preference::RowsPerPage(PageSize::All),
        Preference::Density(Density::Compact),
        Preference::Locale(domain::Locale::De),
    ] {
        backend.sessions.keep(&actor, preference).await.unwrap();
    }
    let kept = backend.sessions.view(&session).await.unwrap().preferences;
    assert_eq!((kept.theme, kept.density), (Theme::Dark, Density::Compact));
    assert_eq!(
        (kept.rows_per_page, kept.locale),
        (Some(PageSize::All), Some(domain::Locale::De))
    );
    assert_eq!(
        backend
            .sessions
            .resume(&session)
            .await
            .unwrap()
            .unwrap()
            .locale,
        domain::Locale::De
    );
}
