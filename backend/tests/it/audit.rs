//! «Registro attività»: who sees what, what is said, what can be put back.

use crate::support::{actor, actor_in, backend, group_id, now, school, unit, user};
use backend::{
    Backend, ServiceError,
    service::{AuditWords, ExportFormat},
};
use domain::{
    AuditId, Locale, OrganisationId, UserId,
    access::{Actor, Right},
    audit::{AuditFilter, AuditPage, AuditQuery, Period},
    problem::Conflict,
    user::{EmailDraft, UserState},
};
use futures::TryStreamExt;
use sqlx::PgPool;

const OFFICE: [Right; 3] = [Right::ReadUsers, Right::ManageUsers, Right::ReadAudit];

async fn house(pool: PgPool) -> (Backend, OrganisationId, Actor) {
    let backend = backend(pool, now());
    let organisation = school(&backend).await;
    let actor = actor(&backend, organisation, &OFFICE).await;
    (backend, organisation, actor)
}

async fn read(backend: &Backend, actor: &Actor, filter: AuditFilter) -> AuditPage {
    let query = AuditQuery {
        filter,
        before: None,
    };
    backend.audit.list(actor, &query, Locale::It).await.unwrap()
}

async fn move_to(backend: &Backend, actor: &Actor, id: UserId, code: &str) {
    let group = group_id(backend, actor.organisation, code).await;
    backend
        .users
        .change_groups(actor, id, 0, &[group], true, Locale::It)
        .await
        .unwrap();
}

async fn set_email(backend: &Backend, actor: &Actor, id: UserId, email: &str) {
    let version = backend
        .users
        .detail(actor, id, Locale::It)
        .await
        .unwrap()
        .row
        .version;
    let draft = EmailDraft(email.to_owned());
    backend
        .users
        .edit_email(actor, id, version, &draft, Locale::It)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_wrong_group_is_read_in_words_and_put_back_with_an_entry_of_its_own(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation).group("tutori").create().await;
    move_to(&backend, &actor, id, "alunni").await;

    let page = read(&backend, &actor, AuditFilter::default()).await;
    let entry = &page.rows[0];
    assert_eq!(entry.action, "user.groups_changed");
    assert_eq!(entry.changes[0].before, "Tutori");
    assert_eq!(entry.changes[0].after, "Alunni");
    assert!(!entry.revert.unwrap().reason_required);

    backend
        .audit
        .revert(&backend, &actor, entry.id, "", Locale::It)
        .await
        .unwrap();
    let page = read(&backend, &actor, AuditFilter::default()).await;
    assert_eq!(page.rows[0].changes[0].after, "Tutori");
    assert_eq!(page.rows[0].reverts, Some(entry.id));
    assert!(page.rows[1].revert.is_none(), "it stands no longer");
    let again = backend
        .audit
        .revert(&backend, &actor, entry.id, "", Locale::It)
        .await;
    assert!(matches!(
        again,
        Err(ServiceError::Conflict(Conflict::TooLate))
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_address_is_put_back_only_while_it_is_the_one_that_the_entry_left(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation)
        .email("vecchia@scuola.example")
        .group("docenti")
        .create()
        .await;
    set_email(&backend, &actor, id, "nuova@scuola.example").await;
    let first = read(&backend, &actor, AuditFilter::default()).await.rows[0].clone();
    assert!(first.revert.is_some());
    // Something else changed since: the address still stands.
    move_to(&backend, &actor, id, "tutori").await;
    set_email(&backend, &actor, id, "altra@scuola.example").await;
    let rows = read(&backend, &actor, AuditFilter::default()).await.rows;
    let offered: Vec<_> = rows.iter().take(3).map(|r| r.revert.is_some()).collect();
    assert_eq!(offered, [true, true, false]);
    backend
        .audit
        .revert(&backend, &actor, rows[0].id, "", Locale::It)
        .await
        .unwrap();
    backend
        .audit
        .revert(&backend, &actor, first.id, "", Locale::It)
        .await
        .unwrap();
    let row = backend
        .users
        .detail(&actor, id, Locale::It)
        .await
        .unwrap()
        .row;
    assert_eq!(row.email.as_deref(), Some("vecchia@scuola.example"));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_reactivation_is_put_back_only_with_a_motivation(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation)
        .inactive()
        .group("docenti")
        .create()
        .await;
    backend
        .users
        .set_state(&actor, id, true, "", Locale::It)
        .await
        .unwrap();
    let entry = read(&backend, &actor, AuditFilter::default()).await.rows[0].clone();
    assert!(entry.revert.unwrap().reason_required);
    let bare = backend
        .audit
        .revert(&backend, &actor, entry.id, "", Locale::It)
        .await;
    assert!(matches!(bare, Err(ServiceError::Invalid(_))));
    backend
        .audit
        .revert(
            &backend,
            &actor,
            entry.id,
            "Era uscita a giugno",
            Locale::It,
        )
        .await
        .unwrap();
    let row = backend
        .users
        .detail(&actor, id, Locale::It)
        .await
        .unwrap()
        .row;
    assert_eq!(row.state, UserState::Inactive);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn without_the_right_one_sees_own_acts_and_neither_exports_nor_reverts_others(pool: PgPool) {
    let (backend, organisation, chief) = house(pool).await;
    let clerk = actor(
        &backend,
        organisation,
        &[Right::ReadUsers, Right::ManageUsers],
    )
    .await;
    let (one, two) = (
        user(&backend, organisation).group("tutori").create().await,
        user(&backend, organisation).group("tutori").create().await,
    );
    move_to(&backend, &chief, one, "alunni").await;
    move_to(&backend, &clerk, two, "alunni").await;
    let own = read(&backend, &clerk, AuditFilter::default()).await;
    assert_eq!(own.rows.len(), 1);
    assert_eq!(own.rows[0].object.id, Some(two.0));
    assert!(backend.audit.frame(&clerk, None).await.unwrap().own_only);
    let theirs = read(&backend, &chief, AuditFilter::default()).await.rows[1].id;
    let refused = backend
        .audit
        .revert(&backend, &clerk, theirs, "", Locale::It)
        .await;
    assert!(matches!(refused, Err(ServiceError::NotFound)));
    let export = backend
        .audit
        .export(&clerk, AuditQuery::default(), ExportFormat::Csv, words())
        .await;
    assert!(matches!(export.err(), Some(ServiceError::Denied(_))));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_delegate_reads_what_happened_in_their_units(pool: PgPool) {
    let (backend, organisation, chief) = house(pool).await;
    let here = unit(&backend, organisation, None, "qui").await;
    let there = unit(&backend, organisation, None, "la").await;
    let delegate = actor_in(&backend, organisation, &OFFICE, Some(here)).await;
    let (mine, other) = (
        user(&backend, organisation)
            .group("tutori")
            .unit(here)
            .create()
            .await,
        user(&backend, organisation)
            .group("tutori")
            .unit(there)
            .create()
            .await,
    );
    set_email(&backend, &chief, mine, "a@scuola.example").await;
    set_email(&backend, &chief, other, "b@scuola.example").await;
    let rows = read(&backend, &delegate, AuditFilter::default()).await.rows;
    let about: Vec<_> = rows.iter().map(|r| r.object.id).collect();
    assert_eq!(about, [Some(mine.0)]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn filters_narrow_and_older_entries_follow_without_gap_or_repeat(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation)
        .surname("D'ANGELÒ")
        .group("docenti")
        .create()
        .await;
    for n in 0..60 {
        set_email(&backend, &actor, id, &format!("a{n}@scuola.example")).await;
    }
    move_to(&backend, &actor, id, "tutori").await;
    let named = AuditFilter {
        object: "dangelo".into(),
        action: Some("user.edited".into()),
        who: actor.user.map(|u| u.0),
        period: Period::Today,
        ..AuditFilter::default()
    };
    let first = read(&backend, &actor, named.clone()).await;
    assert_eq!((first.rows.len(), first.more), (50, true));
    let query = AuditQuery {
        filter: named.clone(),
        before: first.rows.last().map(|r| r.id),
    };
    let second = backend
        .audit
        .list(&actor, &query, Locale::It)
        .await
        .unwrap();
    assert_eq!((second.rows.len(), second.more), (10, false));
    assert!(second.rows[0].id < AuditId(first.rows[49].id.0));
    let yesterday = AuditFilter {
        period: Period::Days {
            from: None,
            until: Some(jiff::civil::date(2026, 11, 21)),
        },
        ..named
    };
    assert!(read(&backend, &actor, yesterday).await.rows.is_empty());
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_file_is_itself_recorded_runs_no_formula_and_holds_no_secret(pool: PgPool) {
    let (backend, organisation, actor) = house(pool).await;
    let id = user(&backend, organisation)
        .surname("=CMD()")
        .group("docenti")
        .create()
        .await;
    set_email(&backend, &actor, id, "a@scuola.example").await;
    sqlx::query(
        "insert into audit (organisation_id, at, actor_name, action, object_kind, object_id, after)
         values ($1, now(), 'x', 'user.edited', 'user', $2, '{\"password_hash\": \"segretissimo\"}')",
    )
    .bind(organisation.0)
    .bind(id.0)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    let bytes: Vec<u8> = backend
        .audit
        .export(&actor, AuditQuery::default(), ExportFormat::Csv, words())
        .await
        .unwrap()
        .try_fold(Vec::new(), |mut all, piece| async move {
            all.extend_from_slice(&piece);
            Ok(all)
        })
        .await
        .unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("\u{feff}Quando;Chi;"));
    assert!(text.contains(";'=CMD() UTENTE;"), "{text}");
    assert!(!text.contains("segretissimo"));
    let newest = read(&backend, &actor, AuditFilter::default()).await.rows;
    assert!(newest.iter().any(|r| r.action == "audit.exported"));
}

fn words() -> AuditWords {
    AuditWords {
        sheet: "Registro".into(),
        header: [
            "Quando",
            "Chi",
            "Azione",
            "Oggetto",
            "Prima",
            "Dopo",
            "Motivo",
            "Operazione",
        ]
        .map(str::to_owned),
        act: |_, act| act.to_owned(),
        field: |_, field| field.to_owned(),
        moment: |_, at| at.to_string(),
    }
}
