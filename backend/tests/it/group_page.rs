//! Groups on their own page: who sees them, who changes them, and the end of passwords.

use crate::support::{actor, actor_in, backend, canton, group_id, now, school, unit, user};
use backend::{
    Backend, ServiceError,
    jobs::worker,
    service::{Asked, SignIn},
};
use domain::{
    GroupId, Locale, OrganisationId,
    access::{Actor, Denied, Right},
    diagnosis::{Finding, MailFinding, PasswordFinding},
    group::{GroupDraft, PASSWORD_MIN},
    job::{Exclusion, MailReason},
    problem::{Conflict, SignInRefusal},
    user::{FieldError, Selection},
};
use sqlx::PgPool;

const PASSWORD: &str = "vento-lago-pietra-2026";

async fn house(pool: PgPool) -> (Backend, OrganisationId, Actor) {
    let backend = backend(pool, now());
    let organisation = school(&backend).await;
    let chief = actor(&backend, organisation, &[Right::Administer]).await;
    (backend, organisation, chief)
}

/// Changes a group as it stands now.
async fn change(
    backend: &Backend,
    actor: &Actor,
    id: GroupId,
    draft: &GroupDraft,
) -> Result<(), ServiceError> {
    let page = backend.groups.page(actor).await?;
    let seen = page.groups.iter().find(|g| g.id == id).unwrap().version;
    backend.groups.change(actor, id, seen, draft).await
}

fn draft(name: &str, rights: &[Right], off: &str) -> GroupDraft {
    GroupDraft {
        names: [name.to_owned(), String::new(), String::new(), String::new()],
        rights: rights.to_vec(),
        password_off_from: off.to_owned(),
        password_min: PASSWORD_MIN,
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_administrator_makes_renames_and_deletes_a_group_and_others_only_see_it(pool: PgPool) {
    let (backend, organisation, chief) = house(pool).await;
    let id = backend
        .groups
        .create(&chief, &draft("Mensa scolastica", &[Right::ReadUsers], ""))
        .await
        .unwrap();
    for (taken, field) in [("mensa SCOLASTICA", "name_it"), ("Teachers", "name_en")] {
        let twice = backend.groups.create(&chief, &draft(taken, &[], "")).await;
        let Err(ServiceError::Invalid(wrong)) = twice else {
            panic!("two groups are called {taken}");
        };
        assert_eq!(wrong.of(field), Some(&FieldError::Taken));
    }
    change(&backend, &chief, id, &draft("Refettorio", &[], ""))
        .await
        .unwrap();
    // Its old name is free, its address is not: the next one gets a number.
    let next = backend
        .groups
        .create(&chief, &draft("Mensa scolastica", &[], ""))
        .await
        .unwrap();
    let clerk = actor(
        &backend,
        organisation,
        &[Right::ReadUsers, Right::ManageUsers],
    )
    .await;
    let page = backend.groups.page(&clerk).await.unwrap();
    let seen = page.groups.iter().find(|g| g.id == id).unwrap();
    assert_eq!(
        (seen.code.as_str(), seen.names[2].as_str(), seen.seeded),
        ("mensa-scolastica", "Refettorio", false)
    );
    let second = page.groups.iter().find(|g| g.id == next).unwrap();
    assert_eq!(second.code, "mensa-scolastica-2");
    assert!(!page.may_edit);
    let refused = backend.groups.delete(&clerk, id).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::Missing(Right::Administer)))
    ));
    user(&backend, organisation).in_group_id(id).create().await;
    let used = backend.groups.delete(&chief, id).await;
    assert!(matches!(
        used,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
    let seeded = group_id(&backend, organisation, "esterni").await;
    assert!(backend.groups.delete(&chief, seeded).await.is_err());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_takes_the_keys_of_the_house_from_themselves(pool: PgPool) {
    let (backend, organisation, chief) = house(pool).await;
    let administrators = group_id(&backend, organisation, "amministratori").await;
    let without = draft("Amministratori", &[Right::ReadUsers], "");
    let refused = change(&backend, &chief, administrators, &without).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::OwnAccount))
    ));
    // One's own group, though others administer through another one.
    let own = backend
        .groups
        .create(&chief, &draft("Dirigenza", &[Right::Administer], ""))
        .await
        .unwrap();
    let head = user(&backend, organisation).in_group_id(own).create().await;
    let head = Actor {
        user: Some(head),
        ..chief.clone()
    };
    let without = draft("Dirigenza", &[], "");
    let refused = change(&backend, &head, own, &without).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::OwnAccount))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn of_two_who_save_at_once_the_second_is_told(pool: PgPool) {
    let (backend, organisation, chief) = house(pool).await;
    let id = group_id(&backend, organisation, "esterni").await;
    let page = backend.groups.page(&chief).await.unwrap();
    let seen = page.groups.iter().find(|g| g.id == id).unwrap().version;
    let save = async |name: &str| {
        let draft = draft(name, &[], "");
        backend.groups.change(&chief, id, seen, &draft).await
    };
    save("Ospiti").await.unwrap();
    let late = save("Esterni e ospiti").await;
    assert!(matches!(
        late,
        Err(ServiceError::Conflict(Conflict::GroupChanged))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn who_works_in_one_unit_only_reads_the_groups(pool: PgPool) {
    let (backend, organisation, _) = house(pool).await;
    let site = unit(&backend, organisation, None, "plesso").await;
    let head = actor_in(&backend, organisation, &[Right::Administer], Some(site)).await;
    assert!(!backend.groups.page(&head).await.unwrap().may_edit);
    let refused = backend.groups.create(&head, &draft("Mensa", &[], "")).await;
    assert!(matches!(
        refused,
        Err(ServiceError::Denied(Denied::Missing(Right::Administer)))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_canton_makes_roles_of_its_own_and_switches_no_passwords_off(pool: PgPool) {
    let backend = backend(pool, now());
    let organisation = canton(&backend).await;
    let chief = actor(&backend, organisation, &[Right::Administer]).await;
    assert!(!backend.groups.page(&chief).await.unwrap().switches_off);
    let refused = backend
        .groups
        .create(&chief, &draft("KT_Ospite", &[], "2026-09-01"))
        .await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    let id = backend
        .groups
        .create(&chief, &draft("KT_Ospite", &[], ""))
        .await
        .unwrap();
    let category: String = sqlx::query_scalar("select category from groups where id = $1")
        .bind(id.0)
        .fetch_one(&backend.core.pool)
        .await
        .unwrap();
    assert_eq!(category, "canton");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn from_its_day_a_group_enters_without_password_unless_another_group_still_may(pool: PgPool) {
    let (backend, organisation, chief) = house(pool).await;
    user(&backend, organisation)
        .username("sola")
        .group("tutori")
        .password(PASSWORD)
        .create()
        .await;
    user(&backend, organisation)
        .username("due")
        .group("tutori")
        .group("docenti")
        .password(PASSWORD)
        .create()
        .await;
    let guardians = group_id(&backend, organisation, "tutori").await;
    let set = async |off: &str| {
        change(&backend, &chief, guardians, &draft("Tutori", &[], off))
            .await
            .unwrap();
    };
    let enter = async |name: &str, password: &str| {
        backend
            .sessions
            .sign_in(SignIn {
                organisation: "esempio".into(),
                username: name.into(),
                password: password.into(),
                ..SignIn::default()
            })
            .await
            .map(drop)
    };
    // Tomorrow is not today.
    set("2026-11-23").await;
    let open = backend
        .sessions
        .sign_in(SignIn {
            organisation: "esempio".into(),
            username: "sola".into(),
            password: PASSWORD.into(),
            ..SignIn::default()
        })
        .await
        .unwrap()
        .token;
    assert!(backend.sessions.find(&open, true).await.unwrap().is_some());
    assert_eq!(backend.sessions.switched_off(&open).await.unwrap(), None);
    set("2026-11-22").await;
    let refused = enter("sola", PASSWORD).await;
    assert!(matches!(
        refused,
        Err(ServiceError::SignIn(SignInRefusal::PasswordOff { since })) if since == jiff::civil::date(2026, 11, 22)
    ));
    // The session that was open is refused at its next request, and says why.
    assert!(backend.sessions.find(&open, true).await.unwrap().is_none());
    assert_eq!(
        backend.sessions.switched_off(&open).await.unwrap(),
        Some(jiff::civil::date(2026, 11, 22))
    );
    // Whoever does not know the password learns nothing.
    let wrong = enter("sola", "un-altra-password-lunga").await;
    assert!(matches!(
        wrong,
        Err(ServiceError::SignIn(SignInRefusal::NotRecognised))
    ));
    assert!(enter("due", PASSWORD).await.is_ok());
    // A group that the person is no longer in lets nobody in.
    sqlx::query(
        "update grants set valid_until = '2026-11-21' where group_id = $1 and user_id in (select id from users where username = 'due')",
    )
    .bind(group_id(&backend, organisation, "docenti").await.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    assert!(enter("due", PASSWORD).await.is_err());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn whoever_enters_without_a_password_gets_none_by_mail(pool: PgPool) {
    let (backend, organisation, chief) = house(pool).await;
    let mut ids = Vec::new();
    for (name, groups) in [("sola", &["tutori"][..]), ("due", &["tutori", "docenti"])] {
        let mut somebody = user(&backend, organisation)
            .username(name)
            .email(&format!("{name}@famiglie.example"))
            .password(PASSWORD);
        for group in groups {
            somebody = somebody.group(group);
        }
        ids.push(somebody.create().await);
    }
    let asked = |who: &str| Asked {
        organisation: "esempio".into(),
        who: who.into(),
        address: String::new(),
    };
    let links = async || -> Vec<String> {
        worker::drain(&backend).await.unwrap();
        sqlx::query_scalar("select address from outbox where kind = 'password_link' order by id")
            .fetch_all(&backend.core.pool)
            .await
            .unwrap()
    };
    let guardians = group_id(&backend, organisation, "tutori").await;
    change(
        &backend,
        &chief,
        guardians,
        &draft("Tutori", &[], "2026-11-22"),
    )
    .await
    .unwrap();
    // «Password dimenticata?»: no link for those whom it would not help.
    backend.forgotten.ask(asked("sola")).await.unwrap();
    backend.forgotten.ask(asked("due")).await.unwrap();
    assert_eq!(links().await, ["due@famiglie.example"]);
    // «Invio credenziali»: left out with the reason.
    let selection = Selection::Only(ids.iter().copied().collect());
    let sender = actor(
        &backend,
        organisation,
        &[Right::ReadUsers, Right::SendCredentials],
    )
    .await;
    let check = backend.sending.check(&sender, &selection).await.unwrap();
    assert_eq!(check.recipients, 1);
    assert_eq!(check.excluded[0].reason, Exclusion::PasswordOff);
    // «Perché non riesce ad accedere?»: the password is the obstacle, and no mail repairs it.
    let found = |id| {
        let backend = &backend;
        let chief = &chief;
        async move {
            let page = backend.users.page(chief, id, Locale::It).await.unwrap();
            page.diagnosis.unwrap().findings
        }
    };
    let findings = found(ids[0]).await;
    let since = jiff::civil::date(2026, 11, 22);
    assert_eq!(
        findings[1],
        Finding::Password(PasswordFinding::Off { since })
    );
    assert!(!findings[1].is_good());
    assert_eq!(findings[2], Finding::Mail(MailFinding::NotNeeded));
    assert!(found(ids[1]).await[1].is_good());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_password_on_its_way_is_held_back_when_its_group_stops_using_passwords(pool: PgPool) {
    let (backend, organisation, chief) = house(pool).await;
    let sola = user(&backend, organisation)
        .username("sola")
        .email("sola@famiglie.example")
        .group("tutori")
        .create()
        .await;
    let selection = Selection::Only([sola].into());
    let key = uuid::Uuid::from_u128(7);
    let job = backend
        .sending
        .start(&chief, &selection, 1, None, key)
        .await
        .unwrap();
    let guardians = group_id(&backend, organisation, "tutori").await;
    let off = draft("Tutori", &[], "2026-11-22");
    change(&backend, &chief, guardians, &off).await.unwrap();
    worker::drain(&backend).await.unwrap();
    let reasons: Vec<Option<String>> =
        sqlx::query_scalar("select distinct reason from outbox where job_id = $1")
            .bind(job.0)
            .fetch_all(&backend.core.pool)
            .await
            .unwrap();
    let code = MailReason::PasswordOff.code().to_owned();
    assert_eq!(reasons, [Some(code)]);
    let secrets: i64 = sqlx::query_scalar(
        "select count(*) from credentials where user_id = $1 and (password_hash is not null or pending_password_hash is not null)",
    )
    .bind(sola.0)
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    assert_eq!(secrets, 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_group_asks_for_longer_passwords_and_the_strictest_one_counts(pool: PgPool) {
    let (backend, organisation, chief) = house(pool).await;
    user(&backend, organisation)
        .username("due")
        .group("tutori")
        .group("docenti")
        .password(PASSWORD)
        .create()
        .await;
    for (code, least) in [("tutori", 16), ("docenti", 20)] {
        let id = group_id(&backend, organisation, code).await;
        let asked = GroupDraft {
            password_min: least,
            ..draft(code, &[], "")
        };
        change(&backend, &chief, id, &asked).await.unwrap();
    }
    // The present one stays good; the next one must be as long as the strictest group asks.
    let signed_in = backend
        .sessions
        .sign_in(SignIn {
            organisation: "esempio".into(),
            username: "due".into(),
            password: PASSWORD.into(),
            ..SignIn::default()
        })
        .await
        .unwrap();
    let change = async |new: &str| {
        backend
            .sessions
            .change_password(&signed_in.actor, &signed_in.token, Some(PASSWORD), new, "")
            .await
            .map(drop)
    };
    let Err(ServiceError::Invalid(wrong)) = change("tregua lampada zott").await else {
        panic!("nineteen characters were accepted");
    };
    assert_eq!(wrong.of("new"), Some(&FieldError::TooShort(20)));
    assert!(change("tregua lampada zotto").await.is_ok());
}
