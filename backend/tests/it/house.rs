//! What is particular to a canton: its settings, the law's roles, accounts that are only read,
//! no credentials by mail, names of units in the reader's language.

use crate::support::{actor, actor_in, audit_actions, backend, canton, now, school, unit, user};
use backend::{Backend, ServiceError};
use domain::{
    Locale, OrganisationId,
    access::{Denied, Right},
    group::{GroupDraft, GroupView, PASSWORD_MIN},
    job::Exclusion,
    organisation::{HouseSettings, SettingsDraft},
    problem::Conflict,
    user::{ContactDraft, EmailDraft, FieldError, Selection, UserDraft, UserState},
};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeSet;

const OFFICE: [Right; 4] = [
    Right::ReadUsers,
    Right::ManageUsers,
    Right::ManageAuthorisations,
    Right::SendCredentials,
];
const WHY: &str = "Non lavora più in reparto";

fn settings(days: &str, address: &str) -> SettingsDraft {
    SettingsDraft {
        reminder_days: days.into(),
        report_address: address.into(),
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn settings_are_changed_by_who_administers_all_of_it_and_the_trail_tells_what(pool: PgPool) {
    let b = backend(pool, now());
    let o = canton(&b).await;
    let chief = actor(&b, o, &[Right::Administer]).await;
    let first = HouseSettings {
        reminder_days: vec![7, 2],
        report_address: "spiges@bfs.admin.ch".into(),
    };
    assert_eq!(b.organisations.settings(&chief).await.unwrap(), first);

    let wrong = settings("7, 40", "nessuno");
    let refused = b.organisations.change_settings(&chief, &wrong).await;
    let Err(ServiceError::Invalid(fields)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(fields.of("reminder_days"), Some(&FieldError::ChooseOne));
    assert_eq!(fields.of("report_address"), Some(&FieldError::NotAnEmail));

    // The same again, written otherwise, is no change.
    let same = settings("2,7", " spiges@bfs.admin.ch");
    b.organisations
        .change_settings(&chief, &same)
        .await
        .unwrap();
    assert!(!told(&b, o).await);
    let new = settings("14, 3, 1", "spiges@bfs.admin.ch");
    let saved = b.organisations.change_settings(&chief, &new).await.unwrap();
    assert_eq!(saved.reminder_days, [14, 3, 1]);
    assert_eq!(b.organisations.settings(&chief).await.unwrap(), saved);
    let (before, after): (Value, Value) = sqlx::query_as(
        "select before, after from audit where action = 'organisation.settings_changed'",
    )
    .fetch_one(&b.core.pool)
    .await
    .unwrap();
    assert_eq!(before, json!({ "reminder_days": "7, 2" }));
    assert_eq!(after, json!({ "reminder_days": "14, 3, 1" }));
    b.organisations
        .change_settings(&chief, &settings("", ""))
        .await
        .unwrap();
    assert_eq!(
        b.organisations.settings(&chief).await.unwrap(),
        HouseSettings::default()
    );

    let hospital = unit(&b, o, None, "TI").await;
    let part = actor_in(&b, o, &[Right::Administer], Some(hospital)).await;
    for lesser in [actor(&b, o, &OFFICE).await, part] {
        let missing = Err::<(), _>(Denied::Missing(Right::Administer));
        let read = b.organisations.settings(&lesser).await;
        assert!(denied(read, missing));
        let change = b.organisations.change_settings(&lesser, &new).await;
        assert!(denied(change, missing));
    }
}

fn denied<T>(answer: Result<T, ServiceError>, why: Result<(), Denied>) -> bool {
    matches!(answer, Err(ServiceError::Denied(d)) if Err(d) == why)
}

async fn told(b: &Backend, o: OrganisationId) -> bool {
    let trail = audit_actions(b, o).await;
    trail.iter().any(|a| a == "organisation.settings_changed")
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_roles_of_the_law_keep_their_names_and_rights_and_others_do_not(pool: PgPool) {
    let b = backend(pool, now());
    let o = canton(&b).await;
    let chief = actor(&b, o, &[Right::Administer]).await;
    let found =
        |groups: Vec<GroupView>, code: &str| groups.into_iter().find(|g| g.code == code).unwrap();
    let draft = |g: &GroupView| GroupDraft {
        names: g.names.clone(),
        rights: g.rights.clone(),
        password_off_from: String::new(),
        password_min: g.password_min,
    };
    for code in ["kt-superuser", "delega-utenti", "amministratori"] {
        let role = found(b.groups.page(&chief).await.unwrap().groups, code);
        assert!(role.fixed && role.seeded, "{code}");
        let mut renamed = draft(&role);
        renamed.names[1] = "Anders".into();
        let mut stronger = draft(&role);
        stronger.rights = vec![Right::Administer, Right::ReadAudit];
        for other in [renamed, stronger] {
            let refused = b.groups.change(&chief, role.id, role.version, &other).await;
            assert!(
                matches!(&refused, Err(ServiceError::Conflict(Conflict::RoleFixed))),
                "{code}: {refused:?}"
            );
        }
    }
    // What a canton demands of passwords is its own.
    let role = found(b.groups.page(&chief).await.unwrap().groups, "kt-user");
    let mut longer = draft(&role);
    longer.password_min = PASSWORD_MIN + 3;
    b.groups
        .change(&chief, role.id, role.version, &longer)
        .await
        .unwrap();
    // A role of its own, though a group of schools is called so.
    let own = GroupDraft {
        names: [
            "Docenti".into(),
            String::new(),
            String::new(),
            String::new(),
        ],
        rights: Vec::new(),
        password_off_from: String::new(),
        password_min: PASSWORD_MIN,
    };
    let id = b.groups.create(&chief, &own).await.unwrap();
    let made = found(b.groups.page(&chief).await.unwrap().groups, "docenti");
    assert!(!made.fixed && !made.seeded);
    let mut renamed = own.clone();
    renamed.names[0] = "Formatori".into();
    b.groups
        .change(&chief, id, made.version, &renamed)
        .await
        .unwrap();

    // A school calls its groups as it likes.
    let s = school(&b).await;
    let head = actor(&b, s, &[Right::Administer]).await;
    let group = found(b.groups.page(&head).await.unwrap().groups, "docenti");
    assert!(group.seeded && !group.fixed);
    let mut renamed = draft(&group);
    renamed.names[0] = "Insegnanti".into();
    b.groups
        .change(&head, group.id, group.version, &renamed)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_cantons_user_who_is_not_active_is_only_read_until_reactivated(pool: PgPool) {
    let b = backend(pool, now());
    let o = canton(&b).await;
    let office = actor(&b, o, &OFFICE).await;
    let id = user(&b, o)
        .surname("BIANCHI")
        .given_name("Lea")
        .group("kt-user")
        .create()
        .await;
    let data = UserDraft {
        surname: "BIANCHI".into(),
        given_name: "Lea Maria".into(),
        ..UserDraft::default()
    };
    let mail = EmailDraft("lea@ospedale.example".into());
    let contact = ContactDraft {
        city: "Bellinzona".into(),
        ..ContactDraft::default()
    };
    let off = b.users.set_state(&office, id, false, WHY, Locale::It).await;
    let seen = off.unwrap().row.version;
    let page = b.users.detail(&office, id, Locale::It).await.unwrap();
    assert!(page.may_edit && !page.may_edit_data);
    let answers = [
        b.users.edit(&office, id, seen, &data, Locale::It).await,
        b.users
            .edit_email(&office, id, seen, &mail, Locale::It)
            .await,
        b.users
            .change_contact(&office, id, seen, &contact, Locale::It)
            .await,
    ];
    for answer in answers {
        assert!(
            matches!(&answer, Err(ServiceError::Conflict(Conflict::NotActive))),
            "{answer:?}"
        );
    }
    let on = b.users.set_state(&office, id, true, WHY, Locale::It).await;
    let row = on.unwrap().row;
    assert_eq!(row.state, UserState::Active);
    let saved = b.users.edit(&office, id, row.version, &data, Locale::It);
    assert_eq!(saved.await.unwrap().row.given_name, "Lea Maria");

    // In a school nothing of this holds.
    let s = school(&b).await;
    let clerk = actor(&b, s, &[Right::ReadUsers, Right::ManageUsers]).await;
    let pupil = user(&b, s).group("alunni").inactive().create().await;
    let page = b.users.detail(&clerk, pupil, Locale::It).await.unwrap();
    assert!(page.may_edit_data);
    let version = page.row.version;
    b.users
        .edit(&clerk, pupil, version, &data, Locale::It)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_in_a_canton_is_mailed_a_password(pool: PgPool) {
    let b = backend(pool, now());
    let o = canton(&b).await;
    let office = actor(&b, o, &OFFICE).await;
    let build = |name: &str| user(&b, o).username(name).email("lea@ospedale.example");
    let active = build("attiva").group("kt-user").create().await;
    let resting = build("ferma").group("kt-user").inactive().create().await;
    let selection = Selection::Only(BTreeSet::from([active, resting]));
    let check = b.sending.check(&office, &selection).await.unwrap();
    assert_eq!((check.selected, check.recipients), (2, 0));
    let why: Vec<_> = check.excluded.iter().map(|g| (g.reason, g.count)).collect();
    assert_eq!(why, [(Exclusion::Inactive, 1), (Exclusion::ByCode, 1)]);
    // Kept with the operation, too, for whoever starts it all the same.
    let key = uuid::Uuid::from_u128(7);
    let started = b.sending.start(&office, &selection, 0, None, key).await;
    assert!(
        matches!(&started, Err(ServiceError::Invalid(_))),
        "{started:?}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_head_of_the_wizard_names_unit_and_telephone_in_the_readers_language(pool: PgPool) {
    let b = backend(pool, now());
    let o = canton(&b).await;
    let hospital = unit(&b, o, None, "Ospedale").await;
    sqlx::query("update units set name_de = 'Spital' where id = $1")
        .bind(hospital.0)
        .execute(&b.core.pool)
        .await
        .unwrap();
    let id = user(&b, o).group("kt-user").unit(hospital).create().await;
    sqlx::query("update users set unit_id = $2 where id = $1")
        .bind(id.0)
        .bind(hospital.0)
        .execute(&b.core.pool)
        .await
        .unwrap();
    let chief = actor(&b, o, &[Right::Administer]).await;
    let page = b.users.contact(&chief, id).await.unwrap();
    let phone = ContactDraft {
        mobile: "079 123 45 67".into(),
        ..ContactDraft::default()
    };
    b.users
        .change_contact(&chief, id, page.version, &phone, Locale::It)
        .await
        .unwrap();
    let view = b.authorisations.open(&chief, id, Locale::De).await.unwrap();
    assert_eq!(view.unit.as_deref(), Some("Spital"));
    assert_eq!(view.phone.as_deref(), Some("+41791234567"));
    assert_eq!(view.units[0].name, "Spital");
    let page = b.users.detail(&chief, id, Locale::De).await.unwrap();
    assert_eq!(page.grants[0].unit.as_ref().unwrap().1, "Spital");
    let page = b.users.detail(&chief, id, Locale::Fr).await.unwrap();
    assert_eq!(page.grants[0].unit.as_ref().unwrap().1, "Ospedale");
}
