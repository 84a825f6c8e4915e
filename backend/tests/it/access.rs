//! Why somebody does not get in, the own account, forgotten passwords, and letters.

use crate::support::*;
use backend::{
    Backend, ServiceError,
    jobs::worker,
    service::{Asked, Reset, SignIn},
    settings::MailRoute,
};
use domain::{
    Locale, OrganisationId, UserId,
    access::{Actor, Right},
    account::AccessNotice,
    diagnosis::{AttemptOutcome, EnrolmentFinding, Finding, MailFinding, PasswordFinding},
    letter::{LetterState, LetterTarget},
    problem::{Conflict, SignInRefusal},
    user::{FieldError, Selection},
};
use jiff::{SignedDuration, ToSpan as _};
use sqlx::PgPool;
use std::{collections::BTreeSet, path::Path};
use uuid::Uuid;

const OWN: &str = "lampada tregua ottavo biscotto";
const NEW: &str = "sentiero barca limone martello";

/// A backend whose mails can be read.
fn with_mails(pool: PgPool) -> (Backend, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let route = MailRoute::Folder(folder.path().to_owned());
    (backend_with(pool, now(), route), folder)
}

/// The plain text of the mails so far, the newest last, in one line each.
fn texts(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.is_file())
        .collect();
    files.sort_by_key(|p| std::fs::metadata(p).and_then(|m| m.modified()).ok());
    files
        .iter()
        .map(|p| {
            let mail = std::fs::read_to_string(p).unwrap();
            // Quoted-printable: soft breaks and the sign itself are all that matters here.
            mail.replace("=\r\n", "").replace("=3D", "=")
        })
        .collect()
}

/// The tokens of the links in a mail's text part.
fn tokens(mail: &str) -> Vec<String> {
    let text = mail.split("text/html").next().unwrap_or_default();
    text.split("/reimposta-password#")
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "._-".contains(*c))
                .collect()
        })
        .collect()
}

async fn ask(backend: &Backend, who: &str) {
    let asked = Asked {
        organisation: "esempio".into(),
        who: who.into(),
        address: "192.0.2.1".into(),
    };
    backend.forgotten.ask(asked).await.expect("always answered");
    worker::drain(backend).await.expect("mails");
}

async fn reset(backend: &Backend, token: &str, new: &str) -> Result<(), ServiceError> {
    let typed = Reset {
        token: token.into(),
        new: new.into(),
    };
    backend.forgotten.reset(typed).await
}

async fn enters(backend: &Backend, username: &str, password: &str) -> bool {
    let typed = SignIn {
        organisation: "esempio".into(),
        username: username.into(),
        password: password.into(),
        ..SignIn::default()
    };
    backend.sessions.sign_in(typed).await.is_ok()
}

async fn link(backend: &Backend, school: OrganisationId, user: UserId, kind: &str) -> i64 {
    let person: i64 = sqlx::query_scalar(
        "insert into persons (organisation_id, code, kind, surname, given_name, created_at)
         values ($1, $2, $3, 'PROVA', 'UTENTE', now()) returning id",
    )
    .bind(school.0)
    .bind(user.0)
    .bind(kind)
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    sqlx::query(
        "insert into user_person_links (organisation_id, user_id, person_id, kind, method, linked_at)
         values ($1, $2, $3, $4, 'manual', now())",
    )
    .bind(school.0)
    .bind(user.0)
    .bind(person)
    .bind(kind)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    person
}

async fn enrol(backend: &Backend, school: OrganisationId, person: i64, year: i16, class: &str) {
    sqlx::query("insert into enrolments (organisation_id, person_id, school_year, class) values ($1, $2, $3, $4)")
        .bind(school.0)
        .bind(person)
        .bind(year)
        .bind(class)
        .execute(&backend.core.pool)
        .await
        .unwrap();
}

/// The actor that a signed-in person is.
fn as_user(school: OrganisationId, user: UserId) -> Actor {
    Actor {
        user: Some(user),
        held: Vec::new(),
        ..Actor::system(school, "PROVA UTENTE")
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_checks_stand_in_order_and_each_obstacle_is_seen(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let admin = Actor::system(school, "delega");
    let user = user(&backend, school)
        .username("alunno")
        .temporary_password("K7QM-4TXH-9RWD-2BCF", now() - 1.hour())
        .group("tutori")
        .create()
        .await;
    assert!(!enters(&backend, "alunno", "K7QM-4TXH-9RWD-2BCF").await);
    let read = async || {
        let page = backend.users.page(&admin, user, Locale::It).await.unwrap();
        page.diagnosis.unwrap()
    };
    let me = as_user(school, user);
    let found = read().await;
    assert!(matches!(
        found.findings[1],
        Finding::Password(PasswordFinding::Expired { .. })
    ));
    assert_eq!(found.findings[2], Finding::Mail(MailFinding::NoMailbox));
    assert_eq!(found.findings[3], Finding::Linked(Vec::new()));
    assert_eq!(found.findings.len(), 5, "no class is looked for: {found:?}");
    assert_eq!(found.attempts[0].outcome, AttemptOutcome::Expired);

    // Linked to a pupil's record of last year: the group is odd and the class is missing.
    let person = link(&backend, school, user, "pupil").await;
    enrol(&backend, school, person, 2025, "2B").await;
    let found = read().await;
    assert!(matches!(&found.findings[3], Finding::Linked(records) if records.len() == 1));
    assert!(matches!(&found.findings[4], Finding::Groups(Some(odd)) if odd[0].code == "tutori"));
    assert!(matches!(
        &found.findings[5],
        Finding::Enrolment(EnrolmentFinding::Missing { year: 2026, .. })
    ));
    let own = backend.sessions.own_account(&me, Locale::It);
    assert_eq!(own.await.unwrap().notice, Some(AccessNotice::NoCurriculum));
    enrol(&backend, school, person, 2026, "3B").await;
    let found = read().await;
    assert!(found.findings[5].is_good());
    let own = backend.sessions.own_account(&me, Locale::It);
    let own = own.await.unwrap();
    assert_eq!(
        (own.notice, own.records[0].1.as_deref()),
        (None, Some("3B"))
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_may_not_manage_reads_no_diagnosis_and_who_is_not_linked_is_told_so(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let reader = actor(&backend, school, &[Right::ReadUsers]).await;
    let user = user(&backend, school)
        .group("docenti")
        .password(OWN)
        .create()
        .await;
    let page = backend.users.page(&reader, user, Locale::It).await.unwrap();
    assert_eq!(page.diagnosis, None);
    let me = as_user(school, user);
    let own = backend.sessions.own_account(&me, Locale::It);
    assert_eq!(own.await.unwrap().notice, Some(AccessNotice::NotAligned));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_own_pin_needs_the_password_and_is_none_that_everybody_tries(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let user = user(&backend, school).password(OWN).create().await;
    let me = as_user(school, user);
    let refused = |e: ServiceError, field: &str| match e {
        ServiceError::Invalid(fields) => fields.of(field).cloned(),
        other => panic!("{other:?}"),
    };
    let wrong = backend.sessions.change_pin(&me, "x", "482170").await;
    assert_eq!(
        refused(wrong.unwrap_err(), "current"),
        Some(FieldError::WrongPassword)
    );
    let easy = backend.sessions.change_pin(&me, OWN, "123456").await;
    assert_eq!(
        refused(easy.unwrap_err(), "pin"),
        Some(FieldError::Guessable)
    );
    backend
        .sessions
        .change_pin(&me, OWN, "4821 70")
        .await
        .unwrap();
    let hash: String = sqlx::query_scalar("select pin_hash from credentials where user_id = $1")
        .bind(user.0)
        .fetch_one(&backend.core.pool)
        .await
        .unwrap();
    assert!(
        backend
            .core
            .hasher
            .verify("482170".into(), Some(hash))
            .await
            .unwrap()
    );
    assert_eq!(
        audit_actions(&backend, school)
            .await
            .last()
            .map(String::as_str),
        Some("pin.changed")
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_forgotten_password_is_set_once_by_the_mailed_link(pool: PgPool) {
    let (backend, folder) = with_mails(pool);
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .email("r@scuola.example")
        .password(OWN)
        .create()
        .await;
    ask(&backend, "ROSSI").await;
    let mails = texts(folder.path());
    let token = tokens(&mails[0])[0].clone();
    assert!(
        enters(&backend, "rossi", OWN).await,
        "asking changes nothing"
    );
    // A password that is refused leaves the link as it was.
    assert!(matches!(
        reset(&backend, &token, "corta").await,
        Err(ServiceError::Invalid(_))
    ));
    reset(&backend, &token, NEW).await.expect("set");
    assert!(enters(&backend, "rossi", NEW).await && !enters(&backend, "rossi", OWN).await);
    assert!(matches!(
        reset(&backend, &token, OWN).await,
        Err(ServiceError::NotFound)
    ));
    let stored: String = sqlx::query_scalar(
        "select coalesce(string_agg(o::text, ''), '') || (select coalesce(string_agg(a::text, ''), '') from audit a)
           || (select coalesce(string_agg(l::text, ''), '') from password_links l)
           || (select coalesce(string_agg(r::text, ''), '') from password_requests r) from outbox o",
    )
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    assert!(
        !stored.contains(&token[2..]) && !stored.contains("ROSSI,"),
        "{stored}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn one_mailbox_of_several_users_gets_one_mail_with_all_of_them(pool: PgPool) {
    let (backend, folder) = with_mails(pool);
    let school = school(&backend).await;
    for name in ["madre", "padre"] {
        user(&backend, school)
            .username(name)
            .email("Casa@famiglie.example")
            .password(OWN)
            .create()
            .await;
    }
    ask(&backend, "casa@FAMIGLIE.example").await;
    let mails = texts(folder.path());
    assert_eq!(mails.len(), 1);
    let links = tokens(&mails[0]);
    assert_eq!(links.len(), 2, "{}", mails[0]);
    reset(&backend, &links[0], NEW).await.expect("the first");
    reset(&backend, &links[1], NEW)
        .await
        .expect("the second is its own");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_link_ends_after_an_hour_with_a_newer_one_and_with_its_user(pool: PgPool) {
    let (backend, folder) = with_mails(pool);
    let school = school(&backend).await;
    let id = user(&backend, school)
        .username("rossi")
        .email("r@scuola.example")
        .password(OWN)
        .create()
        .await;
    let newest = || tokens(texts(folder.path()).last().unwrap())[0].clone();
    let dead = async |token: &str| {
        matches!(
            reset(&backend, token, NEW).await,
            Err(ServiceError::NotFound)
        )
    };
    ask(&backend, "rossi").await;
    let first = newest();
    backend.core.clock.advance(SignedDuration::from_mins(5));
    ask(&backend, "rossi").await;
    let second = newest();
    assert_ne!(first, second);
    assert!(dead(&first).await, "a newer one voids it");
    backend.core.clock.advance(SignedDuration::from_mins(60));
    assert!(dead(&second).await, "its hour has passed");
    ask(&backend, "rossi").await;
    let third = newest();
    let execute = async |sql: &'static str| {
        sqlx::query(sql)
            .bind(id.0)
            .execute(&backend.core.pool)
            .await
            .unwrap();
    };
    execute("update users set email = 'x@scuola.example' where id = $1").await;
    execute("update users set email = 'r@scuola.example' where id = $1").await;
    assert!(dead(&third).await, "a changed address voids it for good");
    backend.core.clock.advance(SignedDuration::from_hours(2));
    ask(&backend, "rossi").await;
    let fourth = newest();
    execute("update users set state = 'inactive' where id = $1").await;
    execute("update users set state = 'active' where id = $1").await;
    assert!(dead(&fourth).await, "deactivation voids it for good");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_unknown_inactive_or_too_eager_gets_mail_and_every_request_is_answered(
    pool: PgPool,
) {
    let (backend, folder) = with_mails(pool);
    let school = school(&backend).await;
    user(&backend, school)
        .username("spento")
        .email("s@scuola.example")
        .inactive()
        .create()
        .await;
    user(&backend, school)
        .username("senza")
        .password(OWN)
        .create()
        .await;
    user(&backend, school)
        .username("rossi")
        .email("r@scuola.example")
        .password(OWN)
        .create()
        .await;
    for who in ["spento", "senza", "nessuno", "", "s@scuola.example"] {
        ask(&backend, who).await;
    }
    assert!(texts(folder.path()).is_empty());
    for _ in 0..6 {
        ask(&backend, "rossi").await;
        ask(&backend, "r@scuola.example").await;
    }
    assert_eq!(
        texts(folder.path()).len(),
        3,
        "three an hour, however it is asked"
    );
    let open: i64 =
        sqlx::query_scalar("select count(*) from password_requests where who is not null")
            .fetch_one(&backend.core.pool)
            .await
            .unwrap();
    assert_eq!(open, 0, "what was typed is forgotten");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn of_fifty_at_once_a_link_serves_one(pool: PgPool) {
    let (backend, folder) = with_mails(pool);
    let school = school(&backend).await;
    user(&backend, school)
        .username("rossi")
        .email("r@scuola.example")
        .password(OWN)
        .create()
        .await;
    ask(&backend, "rossi").await;
    let token = tokens(&texts(folder.path())[0])[0].clone();
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (backend, token) = (backend.clone(), token.clone());
        tries.spawn(async move { reset(&backend, &token, NEW).await.is_ok() });
    }
    let won = tries.join_all().await.into_iter().filter(|ok| *ok).count();
    assert_eq!(won, 1);
}

/// Makes every letter of a run.
async fn print(backend: &Backend, actor: &Actor, run: i64) -> Vec<domain::letter::Letter> {
    let mut letters = Vec::new();
    loop {
        let block = backend.letters.next(actor, run).await.unwrap();
        letters.extend(block.letters);
        if block.left == 0 {
            return letters;
        }
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn letters_stand_by_class_and_name_take_effect_and_are_shown_once(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let office = actor(
        &backend,
        school,
        &[Right::ReadUsers, Right::SendCredentials],
    )
    .await;
    let mut ids = BTreeSet::new();
    for (n, class) in [
        "2B", "1A", "", "1A", "1A", "1A", "1A", "1A", "1A", "1A", "1A", "1A",
    ]
    .iter()
    .enumerate()
    {
        let id = user(&backend, school)
            .username(&format!("u{n:02}"))
            .surname(&format!("COGNOME{n:02}"))
            .password(OWN)
            .create()
            .await;
        let person = link(&backend, school, id, "pupil").await;
        if !class.is_empty() {
            enrol(&backend, school, person, 2026, class).await;
        }
        ids.insert(id);
    }
    let off = user(&backend, school).inactive().create().await;
    ids.insert(off);
    let target = LetterTarget::Selected(Selection::Only(ids));
    let check = backend.letters.check(&office, &target).await.unwrap();
    assert_eq!(
        (check.letters, check.own_passwords, check.with_mailbox),
        (12, 12, 0)
    );
    assert_eq!(check.first[0].0.username, "u01");
    let key = Uuid::from_u128(1);
    let wrong = backend.letters.start(&office, &target, 13, None, key).await;
    assert!(matches!(
        wrong,
        Err(ServiceError::Conflict(Conflict::SelectionChanged {
            now: 12,
            ..
        }))
    ));
    let run = backend
        .letters
        .start(&office, &target, 12, None, key)
        .await
        .unwrap();
    assert_eq!(
        backend
            .letters
            .start(&office, &target, 12, None, key)
            .await
            .unwrap(),
        run
    );
    assert!(
        enters(&backend, "u00", OWN).await,
        "nothing is void before it is made"
    );
    let letters = print(&backend, &office, run).await;
    let order: Vec<_> = letters.iter().map(|l| l.username.as_str()).collect();
    assert_eq!(
        order,
        [
            "u01", "u03", "u04", "u05", "u06", "u07", "u08", "u09", "u10", "u11", "u00", "u02"
        ]
    );
    assert!(
        !enters(&backend, "u01", OWN).await && enters(&backend, "u01", &letters[0].password).await
    );
    assert!(
        print(&backend, &office, run).await.is_empty(),
        "never a second time"
    );
    let stored: String = sqlx::query_scalar(
        "select (select string_agg(c::text, '') from credentials c) || (select string_agg(a::text, '') from audit a)
           || (select string_agg(r::text, '') from letter_recipients r)",
    )
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    assert!(
        letters
            .iter()
            .all(|l| !stored.contains(&l.password) && !stored.contains(&l.pin))
    );
    backend.letters.confirm(&office, run).await.unwrap();
    assert_eq!(
        backend.letters.read(&office, run).await.unwrap().state,
        LetterState::Printed
    );
    assert!(matches!(
        backend.letters.interrupt(&office, run).await,
        Err(ServiceError::Conflict(_))
    ));
    let other = actor(
        &backend,
        school,
        &[Right::ReadUsers, Right::SendCredentials],
    )
    .await;
    assert!(matches!(
        backend.letters.next(&other, run).await,
        Err(ServiceError::NotFound)
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_interrupted_print_voids_what_it_made_but_nothing_newer(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let office = actor(
        &backend,
        school,
        &[Right::ReadUsers, Right::SendCredentials],
    )
    .await;
    let stays = user(&backend, school)
        .username("sveglio")
        .surname("A")
        .create()
        .await;
    let goes = user(&backend, school)
        .username("lento")
        .surname("B")
        .create()
        .await;
    let target = LetterTarget::Selected(Selection::Only(BTreeSet::from([stays, goes])));
    let run = backend
        .letters
        .start(&office, &target, 2, None, Uuid::from_u128(2))
        .await
        .unwrap();
    let letters = print(&backend, &office, run).await;
    // One has used the letter and chosen a password already.
    let typed = SignIn {
        organisation: "esempio".into(),
        username: "sveglio".into(),
        password: letters[0].password.clone(),
        ..SignIn::default()
    };
    let entered = backend.sessions.sign_in(typed).await.unwrap();
    assert!(entered.must_change_password);
    backend.core.clock.advance(SignedDuration::from_secs(1));
    backend
        .sessions
        .change_password(&entered.actor, &entered.token, None, NEW, "")
        .await
        .unwrap();
    assert_eq!(backend.letters.interrupt(&office, run).await.unwrap(), 1);
    assert!(enters(&backend, "sveglio", NEW).await);
    assert!(!enters(&backend, "lento", &letters[1].password).await);
    assert!(matches!(
        backend.letters.next(&office, run).await,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
    assert_eq!(
        backend.letters.interrupt(&office, run).await.unwrap(),
        0,
        "twice is once"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_throttled_sign_in_stands_in_the_diagnosis(pool: PgPool) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let id = user(&backend, school)
        .username("Rossi")
        .password(OWN)
        .create()
        .await;
    for _ in 0..7 {
        let typed = SignIn {
            organisation: "esempio".into(),
            username: "rossi".into(),
            password: "x".into(),
            ..SignIn::default()
        };
        assert!(matches!(
            backend.sessions.sign_in(typed).await,
            Err(ServiceError::SignIn(
                SignInRefusal::NotRecognised | SignInRefusal::Throttled { .. }
            ))
        ));
    }
    let admin = Actor::system(school, "delega");
    let page = backend.users.page(&admin, id, Locale::It).await.unwrap();
    let found = page.diagnosis.unwrap();
    assert_eq!(found.attempts.len(), 5);
    assert_eq!(found.attempts[0].outcome, AttemptOutcome::Throttled);
    assert_eq!(found.attempts[4].outcome, AttemptOutcome::WrongPassword);
}
