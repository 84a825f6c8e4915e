//! Creating, correcting, deactivating a user: `/utenti/nuovo` and `/utenti/:id`.

use crate::support::{
    actor, actor_in, audit_actions, backend, group_id, now, school, school_called, unit, user,
};
use backend::{Backend, ServiceError};
use domain::{
    Locale, OrganisationId, UserId,
    access::{Actor, Denied, Right},
    email::Email,
    problem::Conflict,
    user::{Creation, EmailDraft, FieldError, NewcomerRecord, Saved, UserDraft, UserState},
};
use sqlx::PgPool;

const OFFICE: [Right; 4] = [
    Right::ReadUsers,
    Right::ManageUsers,
    Right::ManageRegistry,
    Right::SendCredentials,
];
const REASON: &str = "Trasferita ad altro istituto";

fn draft(surname: &str) -> UserDraft {
    UserDraft {
        surname: surname.into(),
        given_name: "DAMIANO".into(),
        ..UserDraft::default()
    }
}

async fn house(pool: PgPool) -> (Backend, OrganisationId, Actor) {
    let backend = backend(pool, now());
    let organisation = school(&backend).await;
    let actor = actor(&backend, organisation, &OFFICE).await;
    (backend, organisation, actor)
}

async fn created(backend: &Backend, actor: &Actor, draft: UserDraft) -> Saved {
    match backend
        .users
        .create(actor, &draft, false, NewcomerRecord::Ask, Locale::It)
        .await
        .expect("created")
    {
        Creation::Created { saved, .. } => saved,
        other => panic!("{other:?}"),
    }
}

async fn mail(
    backend: &Backend,
    organisation: OrganisationId,
    user: UserId,
    state: &str,
    address: &str,
) {
    sqlx::query(
        "insert into outbox (organisation_id, user_id, kind, address, locale, state, message_id, not_before, created_at)
         values ($1, $2, 'temporary_password', $4, 'it', $3, gen_random_uuid(), now(), now())",
    )
    .bind(organisation.0)
    .bind(user.0)
    .bind(state)
    .bind(address)
    .execute(&backend.core.pool)
    .await
    .expect("a mail");
}

async fn mail_states(backend: &Backend, user: UserId) -> Vec<(String, Option<String>)> {
    sqlx::query_as("select state, reason from outbox where user_id = $1 order by id")
        .bind(user.0)
        .fetch_all(&backend.core.pool)
        .await
        .expect("mails")
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_second_of_two_secretaries_saving_the_same_user_sees_what_stands_now(pool: PgPool) {
    let (backend, organisation, first) = house(pool).await;
    let second = actor(&backend, organisation, &OFFICE).await;
    let id = user(&backend, organisation).surname("BA").create().await;
    let version = backend
        .users
        .detail(&first, id, Locale::It)
        .await
        .unwrap()
        .row
        .version;

    let saved = backend
        .users
        .edit(&first, id, version, &draft("BAH"), Locale::It)
        .await
        .unwrap();
    assert_eq!(saved.row.surname, "BAH");

    let refused = backend
        .users
        .edit(&second, id, version, &draft("BAA"), Locale::It)
        .await
        .unwrap_err();
    let ServiceError::Conflict(Conflict::Changed(row)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (row.surname.as_str(), row.version),
        ("BAH", saved.row.version)
    );

    let saved = backend
        .users
        .edit(&second, id, row.version, &draft("BAA"), Locale::It)
        .await
        .unwrap();
    assert_eq!(saved.row.surname, "BAA");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn two_saves_at_the_same_moment_end_with_one_success(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation).create().await;
    let (one, other) = (draft("UNO"), draft("DUE"));
    let (a, b) = tokio::join!(
        backend.users.edit(&actor, id, 1, &one, Locale::It),
        backend.users.edit(&actor, id, 1, &other, Locale::It),
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_edit_records_only_what_changed_with_before_and_after(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation)
        .surname("BA")
        .given_name("DAMIANO")
        .email("ba@scuola.example")
        .create()
        .await;
    let edit = UserDraft {
        email: "ba@scuola.example".into(),
        ..draft("BÀ")
    };
    backend
        .users
        .edit(&actor, id, 1, &edit, Locale::It)
        .await
        .unwrap();
    // Saving the same again changes nothing and records nothing.
    let again = backend
        .users
        .edit(&actor, id, 2, &edit, Locale::It)
        .await
        .unwrap();
    assert_eq!(again.row.version, 2);

    let page = backend.users.page(&actor, id, Locale::It).await.unwrap();
    let history = page.history.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(
        (history[0].action.as_str(), history[0].actor.as_str()),
        ("user.edited", actor.name.as_str())
    );
    let changes: Vec<_> = history[0]
        .changes
        .iter()
        .map(|c| (c.field.as_str(), c.before.as_str(), c.after.as_str()))
        .collect();
    assert_eq!(changes, [("surname", "BA", "BÀ")]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_name_of_three_hundred_characters_and_an_address_with_line_breaks_are_refused(
    pool: PgPool,
) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation).create().await;
    let long = draft(&"x".repeat(300));
    let refused = backend
        .users
        .edit(&actor, id, 1, &long, Locale::It)
        .await
        .unwrap_err();
    let ServiceError::Invalid(errors) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(errors.of("surname"), Some(&FieldError::TooLong(100)));

    for address in [
        "ba@scuola.example\r\nBcc: altri@scuola.example",
        "ba\n@scuola.example",
        "non-una-mail",
    ] {
        let refused = backend
            .users
            .edit_email(&actor, id, 1, &EmailDraft(address.into()), Locale::It)
            .await
            .unwrap_err();
        let ServiceError::Invalid(errors) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(errors.of("email"), Some(&FieldError::NotAnEmail));
    }
    assert_eq!(
        backend
            .users
            .detail(&actor, id, Locale::It)
            .await
            .unwrap()
            .row
            .version,
        1
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_new_address_forgets_the_bounce_and_cancels_what_waited_for_the_old_one(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation)
        .surname("BA")
        .given_name("")
        .email("vecchia@scuola.example")
        .create()
        .await;
    user(&backend, organisation)
        .surname("BA")
        .given_name("MARIA")
        .email("NUOVA@scuola.example")
        .create()
        .await;
    sqlx::query("update users set email_bounced_at = now() where id = $1")
        .bind(id.0)
        .execute(&backend.core.pool)
        .await
        .unwrap();
    for state in ["waiting", "deferred", "sending", "accepted"] {
        mail(&backend, organisation, id, state, "vecchia@scuola.example").await;
    }
    let saved = backend
        .users
        .edit_email(
            &actor,
            id,
            1,
            &EmailDraft("nuova@scuola.example".into()),
            Locale::It,
        )
        .await
        .unwrap();
    assert_eq!(
        (saved.row.email.as_deref(), saved.row.email_bounced),
        (Some("nuova@scuola.example"), false)
    );
    // A name that a form would refuse (empty) came from elsewhere and stays.
    assert_eq!(saved.row.given_name, "");
    assert_eq!(saved.cancelled_mails, 2);
    assert_eq!(
        saved.shared.email.len(),
        1,
        "the other with this mailbox is named"
    );
    let changed = Some("address_changed".to_owned());
    let states = mail_states(&backend, id).await;
    assert_eq!(states[0], ("cancelled".into(), changed.clone()));
    assert_eq!(states[1], ("cancelled".into(), changed));
    assert_eq!(
        (states[2].0.as_str(), states[3].0.as_str()),
        ("sending", "accepted")
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn deactivation_ends_sessions_cancels_mails_voids_the_temporary_password_and_is_undone(
    pool: PgPool,
) {
    let (backend, organisation, actor) = house(pool).await;
    let ends = now() + jiff::SignedDuration::from_hours(24);
    let id = user(&backend, organisation)
        .email("ba@scuola.example")
        .temporary_password("K7QM4TXH9RWD", ends)
        .create()
        .await;
    sqlx::query(
        "insert into sessions (organisation_id, token_hash, user_id, created_at, last_seen_at, ends_at, authenticated_at)
         values ($1, sha256('x'), $2, now(), now(), now() + interval '1 hour', now())",
    )
    .bind(organisation.0)
    .bind(id.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    mail(&backend, organisation, id, "waiting", "ba@scuola.example").await;

    let short = backend
        .users
        .set_state(&actor, id, false, "boh", Locale::It)
        .await
        .unwrap_err();
    assert!(
        matches!(&short, ServiceError::Invalid(e) if e.of("reason") == Some(&FieldError::TooShort(10))),
        "{short:?}"
    );

    let saved = backend
        .users
        .set_state(&actor, id, false, REASON, Locale::It)
        .await
        .unwrap();
    assert_eq!(
        (
            saved.row.state,
            saved.cancelled_mails,
            saved.voided_password
        ),
        (UserState::Inactive, 1, true)
    );
    assert_eq!(saved.row.password_end, None);
    let sessions: i64 = sqlx::query_scalar("select count(*) from sessions where user_id = $1")
        .bind(id.0)
        .fetch_one(&backend.core.pool)
        .await
        .unwrap();
    assert_eq!(sessions, 0);
    assert_eq!(
        mail_states(&backend, id).await,
        [("cancelled".to_owned(), Some("inactive".to_owned()))]
    );

    let saved = backend
        .users
        .set_state(&actor, id, true, "", Locale::It)
        .await
        .unwrap();
    assert_eq!(saved.row.state, UserState::Active);
    let actions = audit_actions(&backend, organisation).await;
    assert_eq!(
        actions[actions.len() - 2..],
        ["user.deactivated", "user.activated"]
    );
    let history = backend
        .users
        .page(&actor, id, Locale::It)
        .await
        .unwrap()
        .history
        .unwrap();
    assert_eq!(history[1].reason.as_deref(), Some(REASON));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_own_password_survives_deactivation(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation)
        .password("quattro parole messe a caso")
        .create()
        .await;
    let saved = backend
        .users
        .set_state(&actor, id, false, REASON, Locale::It)
        .await
        .unwrap();
    assert!(!saved.voided_password);
    let kind: String =
        sqlx::query_scalar("select password_kind from credentials where user_id = $1")
            .bind(id.0)
            .fetch_one(&backend.core.pool)
            .await
            .unwrap();
    assert_eq!(kind, "own");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_deactivates_the_account_they_are_signed_in_with(pool: PgPool) {
    let (backend, _, actor) = house(pool).await;
    let refused = backend
        .users
        .set_state(&actor, actor.user.unwrap(), false, REASON, Locale::It)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ServiceError::Denied(Denied::OwnAccount)),
        "{refused:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_stronger_account_may_be_read_but_not_touched(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation)
        .group("amministratori")
        .create()
        .await;
    let detail = backend.users.detail(&actor, id, Locale::It).await.unwrap();
    assert!(!detail.may_edit && !detail.may_send);
    let email = EmailDraft("mio@altrove.example".into());
    let refused = [
        backend
            .users
            .edit(&actor, id, 1, &draft("X"), Locale::It)
            .await
            .unwrap_err(),
        backend
            .users
            .edit_email(&actor, id, 1, &email, Locale::It)
            .await
            .unwrap_err(),
        backend
            .users
            .set_state(&actor, id, false, REASON, Locale::It)
            .await
            .unwrap_err(),
    ];
    for e in refused {
        assert!(matches!(e, ServiceError::Denied(Denied::Stronger)), "{e:?}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_user_of_another_organisation_does_not_exist_whatever_is_asked(pool: PgPool) {
    let (backend, _, actor) = house(pool).await;
    let elsewhere = school_called(&backend, "altra", "IC Altro").await;
    let foreign = user(&backend, elsewhere).create().await;
    for id in [foreign, UserId(987_654)] {
        let refused = [
            backend
                .users
                .page(&actor, id, Locale::It)
                .await
                .unwrap_err(),
            backend
                .users
                .history(&actor, id, domain::AuditId(i64::MAX), Locale::It)
                .await
                .unwrap_err(),
            backend
                .users
                .edit(&actor, id, 1, &draft("X"), Locale::It)
                .await
                .unwrap_err(),
            backend
                .users
                .edit_email(&actor, id, 1, &EmailDraft::default(), Locale::It)
                .await
                .unwrap_err(),
            backend
                .users
                .set_state(&actor, id, false, REASON, Locale::It)
                .await
                .unwrap_err(),
        ];
        for e in refused {
            assert!(matches!(e, ServiceError::NotFound), "{e:?}");
        }
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_reader_sees_the_page_without_mails_and_history_and_changes_nothing(pool: PgPool) {
    let (backend, organisation, _) = house(pool).await;
    let reader = actor(&backend, organisation, &[Right::ReadUsers]).await;
    let id = user(&backend, organisation).create().await;
    let page = backend.users.page(&reader, id, Locale::It).await.unwrap();
    assert!(page.mails.is_none() && page.history.is_none() && !page.detail.may_edit);
    let refused = backend
        .users
        .edit(&reader, id, 1, &draft("X"), Locale::It)
        .await
        .unwrap_err();
    assert!(
        matches!(
            refused,
            ServiceError::Denied(Denied::Missing(Right::ManageUsers))
        ),
        "{refused:?}"
    );
    let teacher = actor(&backend, organisation, &[]).await;
    let refused = backend
        .users
        .page(&teacher, id, Locale::It)
        .await
        .unwrap_err();
    assert!(
        matches!(
            refused,
            ServiceError::Denied(Denied::Missing(Right::ReadUsers))
        ),
        "{refused:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_codice_utente_is_seven_digits_skips_taken_ones_and_is_never_given_again(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    user(&backend, organisation)
        .username("0000002")
        .create()
        .await;
    let docenti = group_id(&backend, organisation, "docenti").await;
    let new = |surname: &str| UserDraft {
        groups: vec![docenti],
        ..draft(surname)
    };
    let first = created(&backend, &actor, new("UNO")).await;
    let second = created(&backend, &actor, new("DUE")).await;
    assert_eq!(
        (first.row.username.as_str(), second.row.username.as_str()),
        ("0000001", "0000003")
    );
    assert_eq!(first.row.groups[0].name, "Docenti");
    assert_eq!(first.row.state, UserState::Active);

    sqlx::query("delete from users where id = $1")
        .bind(second.row.id.0)
        .execute(&backend.core.pool)
        .await
        .unwrap();
    assert_eq!(
        created(&backend, &actor, new("TRE")).await.row.username,
        "0000004"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn thousands_of_taken_names_do_not_stand_in_the_way_and_clerks_get_different_ones(
    pool: PgPool,
) {
    let (backend, organisation, actor) = house(pool).await;
    sqlx::query(
        "insert into users (organisation_id, username, surname, given_name, created_at)
         select $1, lpad(n::text, 7, '0'), 'X', 'Y', now() from generate_series(1, 2500) n",
    )
    .bind(organisation.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    let docenti = group_id(&backend, organisation, "docenti").await;
    let new = UserDraft {
        groups: vec![docenti],
        ..draft("NUOVO")
    };
    let (a, b) = tokio::join!(
        created(&backend, &actor, new.clone()),
        created(&backend, &actor, new.clone())
    );
    let mut names = [a.row.username, b.row.username];
    names.sort();
    assert_eq!(names, ["0002501", "0002502"]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_codice_fiscale_already_there_is_told_and_creates_only_when_insisted(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let known = user(&backend, organisation)
        .surname("ROSSI")
        .fiscal_code("RSSMRA80A01H501U")
        .create()
        .await;
    let docenti = group_id(&backend, organisation, "docenti").await;
    let new = UserDraft {
        fiscal_code: "rss mra 80a01 h501u".into(),
        email: "Rossi@Scuola.example".into(),
        groups: vec![docenti],
        ..draft("ROSSI")
    };
    let answer = backend
        .users
        .create(&actor, &new, false, NewcomerRecord::Ask, Locale::It)
        .await
        .unwrap();
    let Creation::SameFiscalCode(others) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(others.iter().map(|o| o.id).collect::<Vec<_>>(), [known]);

    let answer = backend
        .users
        .create(&actor, &new, true, NewcomerRecord::Ask, Locale::It)
        .await
        .unwrap();
    let Creation::Created { saved, .. } = answer else {
        panic!("{answer:?}")
    };
    // The refused attempt used no number up.
    assert_eq!(saved.row.username, "0000001");
    let address = Email::parse("Rossi@scuola.example").unwrap().into_string();
    assert_eq!(saved.row.email, Some(address));
    let hint = backend
        .users
        .sharing(
            &actor,
            "RSSMRA80A01H501U",
            "ROSSI@scuola.example",
            Some(known),
        )
        .await
        .unwrap();
    assert_eq!((hint.fiscal_code.len(), hint.email.len()), (1, 1));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_new_user_needs_a_group_that_the_creator_may_give(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let refused = backend
        .users
        .create(&actor, &draft("X"), false, NewcomerRecord::Ask, Locale::It)
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, ServiceError::Invalid(e) if e.of("groups") == Some(&FieldError::ChooseOne)),
        "{refused:?}"
    );
    let strong = group_id(&backend, organisation, "amministratori").await;
    let refused = backend
        .users
        .create(
            &actor,
            &UserDraft {
                groups: vec![strong],
                ..draft("X")
            },
            false,
            NewcomerRecord::Ask,
            Locale::It,
        )
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ServiceError::Denied(Denied::Stronger)),
        "{refused:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_delegate_of_a_unit_sees_and_creates_users_only_there(pool: PgPool) {
    let (backend, organisation, _) = house(pool).await;
    let here = unit(&backend, organisation, None, "QUI").await;
    let there = unit(&backend, organisation, None, "LI").await;
    let delegate = actor_in(&backend, organisation, &OFFICE, Some(here)).await;
    let foreign = user(&backend, organisation)
        .group("docenti")
        .unit(there)
        .create()
        .await;
    let refused = backend
        .users
        .page(&delegate, foreign, Locale::It)
        .await
        .unwrap_err();
    assert!(matches!(refused, ServiceError::NotFound), "{refused:?}");

    let docenti = group_id(&backend, organisation, "docenti").await;
    let saved = created(
        &backend,
        &delegate,
        UserDraft {
            groups: vec![docenti],
            ..draft("NUOVO")
        },
    )
    .await;
    let detail = backend
        .users
        .detail(&delegate, saved.row.id, Locale::It)
        .await
        .unwrap();
    assert_eq!(
        detail.grants[0].unit.as_ref().map(|(id, _)| *id),
        Some(here)
    );
}
