//! Importing the files of a school and of a canton, from bytes to tables.

use crate::support::{actor, actor_in, backend, canton, now, school, school_called, unit, user};
use backend::{Backend, ServiceError, exchange, jobs};
use bytes::Bytes;
use domain::{
    ImportId, Locale, OrganisationId, UnitId,
    access::{Actor, Denied, Right},
    import::{
        Column, FileError, ImportCounts, ImportKind, ImportState, MAX_ROWS, PersonRecord, Problem,
        RowError, RowOutcome,
    },
    page::{PageRequest, PageSize},
    person::PersonKind,
    problem::Conflict,
};
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;
use std::collections::HashSet;
use uuid::Uuid;

const PERSONS: &[u8] = include_bytes!("../../../data/demo/anagrafiche.csv");
const USERS: &[u8] = include_bytes!("../../../data/demo/utenti.csv");
const UNITS: &[u8] = include_bytes!("../../../data/demo/unita.csv");
const CANTON_USERS: &[u8] = include_bytes!("../../../data/demo/utenti-cantone.csv");
/// A canton's roles want one, a school's file may have one.
const WHY: &str = "Elenco del personale, dicembre 2026";
const EXPECTED: &str = include_str!("../../../data/demo/expected.json");

fn expected(file: &str, key: &str) -> u32 {
    let all: serde_json::Value = serde_json::from_str(EXPECTED).unwrap();
    u32::try_from(all[file][key].as_u64().expect(key)).unwrap()
}

async fn preview(backend: &Backend, actor: &Actor, kind: ImportKind, bytes: &[u8]) -> ImportId {
    backend
        .imports
        .preview(actor, kind, "file.csv", Bytes::copy_from_slice(bytes))
        .await
        .unwrap()
}

async fn refused(backend: &Backend, actor: &Actor, kind: ImportKind, bytes: &[u8]) -> ServiceError {
    backend
        .imports
        .preview(actor, kind, "file.csv", Bytes::copy_from_slice(bytes))
        .await
        .unwrap_err()
}

async fn counts(backend: &Backend, actor: &Actor, id: ImportId) -> ImportCounts {
    backend.imports.get(actor, id).await.unwrap().counts
}

async fn apply(backend: &Backend, actor: &Actor, id: ImportId) -> ImportCounts {
    let job = backend
        .imports
        .confirm(
            actor,
            id,
            WHY,
            Uuid::from_u128(u128::try_from(id.0).unwrap()),
        )
        .await
        .unwrap();
    jobs::import::run(&backend.core, actor.organisation, job)
        .await
        .unwrap()
}

async fn import(backend: &Backend, actor: &Actor, kind: ImportKind, bytes: &[u8]) -> ImportCounts {
    let id = preview(backend, actor, kind, bytes).await;
    apply(backend, actor, id).await
}

async fn rows(
    backend: &Backend,
    actor: &Actor,
    id: ImportId,
    outcome: RowOutcome,
) -> Vec<domain::import::ImportRow> {
    let page = PageRequest {
        number: 1,
        size: PageSize::Hundred,
    };
    backend
        .imports
        .rows(actor, id, Some(outcome), page)
        .await
        .unwrap()
        .items
}

async fn problems(
    backend: &Backend,
    actor: &Actor,
    id: ImportId,
) -> Vec<(u32, Option<Column>, Problem)> {
    rows(backend, actor, id, RowOutcome::Error)
        .await
        .into_iter()
        .map(|r| (r.line, r.errors[0].column, r.errors[0].problem.clone()))
        .collect()
}

async fn number(backend: &Backend, organisation: OrganisationId, statement: &'static str) -> u32 {
    let n: i64 = sqlx::query_scalar(statement)
        .bind(organisation.0)
        .fetch_one(&backend.core.pool)
        .await
        .unwrap();
    u32::try_from(n).unwrap()
}

async fn office(pool: PgPool) -> (Backend, Actor) {
    let backend = backend(pool, now());
    let school = school(&backend).await;
    let actor = actor(
        &backend,
        school,
        &[
            Right::ManageRegistry,
            Right::ManageUsers,
            Right::ReadUsers,
            Right::SendCredentials,
        ],
    )
    .await;
    (backend, actor)
}

#[test]
fn every_count_of_the_persons_file_is_met() {
    let expect = |key| expected("anagrafiche.csv", key);
    let mut all = Vec::new();
    exchange::read(ImportKind::Persons, PERSONS, |row| {
        let text = row.get(Column::FiscalCode).unwrap_or_default().to_owned();
        let kind = PersonKind::from_label(row.get(Column::PersonKind).unwrap_or_default());
        let mail = row.get(Column::Email).unwrap_or_default().to_lowercase();
        all.push((
            row.line,
            text,
            kind,
            mail,
            PersonRecord::read(|c| row.get(c)),
        ));
    })
    .unwrap();
    assert_eq!(u32::try_from(all.len()).unwrap(), expect("persons"));
    // The composition is stated for the records themselves: lines 2 to 1202, before the
    // repeated and damaged rows that end the file.
    let body: Vec<_> = all.iter().filter(|(line, ..)| *line <= 1202).collect();
    type Line = (
        u32,
        String,
        Option<PersonKind>,
        String,
        Result<PersonRecord, Vec<RowError>>,
    );
    let count =
        |keep: &dyn Fn(&&&Line) -> bool| u32::try_from(body.iter().filter(keep).count()).unwrap();
    let good = |keep: &dyn Fn(&PersonRecord) -> bool| count(&|r| r.4.as_ref().is_ok_and(keep));
    assert_eq!(
        count(&|r| r.2 == Some(PersonKind::Employee)),
        expect("employees")
    );
    assert_eq!(count(&|r| r.2 == Some(PersonKind::Pupil)), expect("pupils"));
    assert_eq!(
        count(&|r| r.2 == Some(PersonKind::Guardian)),
        expect("guardians")
    );
    assert_eq!(good(&|p| p.legal), expect("legal"));
    assert_eq!(
        good(&|p| p.fiscal_code.as_ref().is_some_and(|c| c.is_omocodic())),
        expect("omocodia")
    );
    assert_eq!(good(&|p| p.padded), expect("padded"));
    let provisional = |p: &PersonRecord| {
        !p.legal && !p.padded && p.fiscal_code.as_ref().is_some_and(|c| c.is_numeric())
    };
    assert_eq!(good(&provisional), expect("provisional"));
    assert_eq!(count(&|r| r.1.is_empty()), expect("missing_cf"));
    assert_eq!(count(&|r| r.3.is_empty()), expect("missing_mail"));
    let mails: Vec<&String> = body
        .iter()
        .map(|r| &r.3)
        .filter(|m| !m.is_empty())
        .collect();
    let distinct = mails.iter().collect::<HashSet<_>>().len();
    assert_eq!(
        u32::try_from(mails.len() - distinct).unwrap(),
        expect("shared_mail")
    );
    let wrong = |errors: &[RowError]| matches!(errors[0].problem, Problem::FiscalCodeCheck(_));
    assert_eq!(
        count(&|r| r.4.as_ref().is_err_and(|e| wrong(e))),
        expect("wrong_check")
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_persons_file_gives_its_counts_and_importing_it_again_changes_nothing(pool: PgPool) {
    let (backend, actor) = office(pool).await;
    let expect = |key| expected("anagrafiche.csv", key);
    let id = preview(&backend, &actor, ImportKind::Persons, PERSONS).await;
    let view = backend.imports.get(&actor, id).await.unwrap();
    assert_eq!(view.counts.rows(), expect("persons"));
    assert_eq!(view.counts.valid(), expect("valid_persons"));
    assert_eq!(view.counts.error, expect("error_rows"));
    assert_eq!(view.counts.duplicate, expect("duplicates_in_file"));
    assert_eq!(view.recognised.encoding, "Windows-1252");
    assert_eq!(view.recognised.delimiter, Some(';'));
    let notes = view.recognised.notes;
    for (found, key) in [
        (notes.employees, "employees"),
        (notes.pupils, "pupils"),
        (notes.guardians, "guardians"),
        (notes.legal, "legal"),
        (notes.omocodic, "omocodia"),
        (notes.provisional, "provisional"),
        (notes.padded, "padded"),
        (notes.missing_code, "missing_cf"),
        (notes.missing_mail, "missing_mail"),
        (notes.shared_mail, "shared_mail"),
    ] {
        assert_eq!(found, expect(key), "{key}");
    }
    assert_eq!(notes.formulas, 1);
    assert_eq!(
        view.recognised.new_sites,
        ["Primaria Dante", "Primaria Pascoli", "Secondaria Manzoni"]
    );

    let wrong = problems(&backend, &actor, id).await;
    assert_eq!(
        wrong
            .iter()
            .filter(|(.., p)| matches!(p, Problem::FiscalCodeCheck(_)))
            .count(),
        10
    );
    assert!(wrong.contains(&(1208, Some(Column::Surname), Problem::Missing)));
    assert!(wrong.contains(&(1209, Some(Column::BirthDate), Problem::NoSuchDay)));
    assert!(wrong.contains(&(1211, Some(Column::PersonKind), Problem::UnknownKind)));
    assert_eq!(
        rows(&backend, &actor, id, RowOutcome::Duplicate).await[0].errors[0].problem,
        Problem::DuplicateOf {
            line: 2,
            differs: false
        }
    );

    let count = "select count(*) from persons where organisation_id = $1";
    assert_eq!(
        number(&backend, actor.organisation, count).await,
        0,
        "a preview writes nothing"
    );
    let done = apply(&backend, &actor, id).await;
    assert_eq!(done.new, expect("valid_persons"));
    assert_eq!(
        number(&backend, actor.organisation, count).await,
        expect("valid_persons")
    );
    let enrolled = "select count(*) from enrolments e join units u on u.organisation_id = e.organisation_id and u.id = e.unit_id
                    where e.organisation_id = $1 and u.level = 'site_school' and u.path = array[u.id] and e.class <> ''";
    assert!(number(&backend, actor.organisation, enrolled).await > 500);
    let audited =
        "select count(*) from audit where organisation_id = $1 and action = 'person.created'";
    assert_eq!(
        number(&backend, actor.organisation, audited).await,
        expect("valid_persons")
    );
    assert_eq!(
        backend.imports.get(&actor, id).await.unwrap().state,
        ImportState::Applied
    );

    let again = import(&backend, &actor, ImportKind::Persons, PERSONS).await;
    assert_eq!(
        (again.new, again.changed, again.unchanged),
        (0, 0, expect("valid_persons"))
    );
    let touched = "select count(*) from persons where organisation_id = $1 and version > 1";
    assert_eq!(number(&backend, actor.organisation, touched).await, 0);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_users_file_gives_its_counts_with_the_registry_and_importing_it_again_changes_nothing(
    pool: PgPool,
) {
    let (backend, actor) = office(pool).await;
    let expect = |key| expected("utenti.csv", key);
    import(&backend, &actor, ImportKind::Persons, PERSONS).await;
    let id = preview(&backend, &actor, ImportKind::Users, USERS).await;
    let view = backend.imports.get(&actor, id).await.unwrap();
    assert_eq!(
        view.counts,
        ImportCounts {
            new: expect("users"),
            ..ImportCounts::default()
        }
    );
    let notes = view.recognised.notes;
    assert_eq!(notes.linkable, expect("linkable_by_fiscal_code"));
    assert_eq!(notes.missing_mail, expect("no_mail"));
    assert_eq!(notes.wrong_group, expect("wrong_group"));
    assert_eq!(notes.inactive, expect("inactive"));
    assert_eq!(notes.several_groups, expect("several_groups"));

    apply(&backend, &actor, id).await;
    let found = "select count(*) from users u where organisation_id = $1 and username ~ '^0'
      and exists (select from grants g where g.organisation_id = u.organisation_id and g.user_id = u.id)";
    assert_eq!(
        number(&backend, actor.organisation, found).await,
        expect("users")
    );
    let ends: String = sqlx::query_scalar(
        "select (password_expires_at at time zone 'Europe/Rome')::text from users where organisation_id = $1 and username = '0000003'",
    )
    .bind(actor.organisation.0)
    .fetch_one(&backend.core.pool)
    .await
    .unwrap();
    assert_eq!(ends, "2026-08-04 23:59:59");
    let padded =
        "select count(*) from users where organisation_id = $1 and fiscal_code = '76534162854'";
    assert_eq!(number(&backend, actor.organisation, padded).await, 1);
    let again = import(&backend, &actor, ImportKind::Users, USERS).await;
    assert_eq!(
        (again.new, again.changed, again.unchanged, again.error),
        (0, 0, expect("users"), 0)
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_canton_imports_its_units_and_then_its_users_into_them(pool: PgPool) {
    let backend = backend(pool, now());
    let organisation = canton(&backend).await;
    let actor = actor(
        &backend,
        organisation,
        &[
            Right::ManageUnits,
            Right::ManageUsers,
            Right::ManageAuthorisations,
        ],
    )
    .await;
    let units = import(&backend, &actor, ImportKind::Units, UNITS).await;
    assert_eq!(
        units,
        ImportCounts {
            new: expected("unita.csv", "units"),
            ..ImportCounts::default()
        }
    );
    let deep = "select count(*) from units where organisation_id = $1 and level = 'site' and cardinality(path) = 3";
    assert!(number(&backend, organisation, deep).await > 10);
    let again = import(&backend, &actor, ImportKind::Units, UNITS).await;
    assert_eq!(again.unchanged, expected("unita.csv", "units"));

    let users = import(&backend, &actor, ImportKind::Users, CANTON_USERS).await;
    assert_eq!(
        users,
        ImportCounts {
            new: expected("utenti-cantone.csv", "users"),
            ..ImportCounts::default()
        }
    );
    let limited = "select count(*) from users u join grants g on g.organisation_id = u.organisation_id and g.user_id = u.id
      where u.organisation_id = $1 and u.external_id is not null and g.unit_id is not null";
    assert_eq!(number(&backend, organisation, limited).await, 60);
    let german = "select count(*) from users where organisation_id = $1 and external_id is not null and locale = 'de'";
    assert_eq!(number(&backend, organisation, german).await, 12);
    let again = import(&backend, &actor, ImportKind::Users, CANTON_USERS).await;
    assert_eq!(again.unchanged, 60);
}

const HEADER: &str =
    "Codice;Cognome;Nome;Codice fiscale;Mail;Tipo anagrafica;Plesso;Anno scolastico;Classe\n";

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_changed_row_says_what_changes_and_an_empty_cell_leaves_what_is_there(pool: PgPool) {
    let (backend, actor) = office(pool).await;
    let first = format!(
        "{HEADER}1;Fò;Lea;02180610137;lea@scuola.example;Alunni;Primaria Dante;2026/27;1A\n"
    );
    import(&backend, &actor, ImportKind::Persons, first.as_bytes()).await;
    let second = format!("{HEADER}1;Fò;Lea;RSSMRA80A41H501Y;;Alunni;Primaria Dante;2026/27;2B\n");
    let id = preview(&backend, &actor, ImportKind::Persons, second.as_bytes()).await;
    let row = rows(&backend, &actor, id, RowOutcome::Changed)
        .await
        .remove(0);
    let changes: Vec<_> = row
        .changes
        .iter()
        .map(|c| (c.column, c.before.as_str(), c.after.as_str()))
        .collect();
    assert_eq!(
        changes,
        [
            (Column::FiscalCode, "02180610137", "RSSMRA80A41H501Y"),
            (Column::Class, "1A", "2B"),
        ]
    );
    apply(&backend, &actor, id).await;
    let old = "select count(*) from person_fiscal_codes where organisation_id = $1 and fiscal_code = '02180610137'";
    assert_eq!(
        number(&backend, actor.organisation, old).await,
        1,
        "a code that is replaced is remembered"
    );
    let kept = "select count(*) from persons where organisation_id = $1 and email = 'lea@scuola.example' and version = 2";
    assert_eq!(number(&backend, actor.organisation, kept).await, 1);
    let sites = "select count(*) from units where organisation_id = $1";
    assert_eq!(
        number(&backend, actor.organisation, sites).await,
        1,
        "the school site is made once"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn what_changed_between_preview_and_confirmation_is_left_alone_and_reported(pool: PgPool) {
    let (backend, actor) = office(pool).await;
    let file = |mail: &str| format!("{HEADER}1;Fò;Lea;;{mail};Alunni;;;\n2;Bo;Ugo;;;Tutori;;;\n");
    import(
        &backend,
        &actor,
        ImportKind::Persons,
        file("a@scuola.example").as_bytes(),
    )
    .await;
    let id = preview(
        &backend,
        &actor,
        ImportKind::Persons,
        file("b@scuola.example").as_bytes(),
    )
    .await;
    sqlx::query(
        "update persons set email = 'c@scuola.example', version = version + 1 where code = 1",
    )
    .execute(&backend.core.pool)
    .await
    .unwrap();
    let done = apply(&backend, &actor, id).await;
    assert_eq!((done.changed, done.unchanged, done.error), (0, 1, 1));
    assert_eq!(
        problems(&backend, &actor, id).await,
        [(2, None, Problem::ChangedMeanwhile)]
    );
    let left =
        "select count(*) from persons where organisation_id = $1 and email = 'c@scuola.example'";
    assert_eq!(number(&backend, actor.organisation, left).await, 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_double_confirmation_is_one_job_and_a_job_run_twice_writes_once(pool: PgPool) {
    let (backend, actor) = office(pool).await;
    let id = preview(
        &backend,
        &actor,
        ImportKind::Persons,
        format!("{HEADER}1;Fò;Lea;;;Alunni;;;\n").as_bytes(),
    )
    .await;
    let first = backend
        .imports
        .confirm(&actor, id, "", Uuid::from_u128(1))
        .await
        .unwrap();
    let second = backend
        .imports
        .confirm(&actor, id, "", Uuid::from_u128(2))
        .await
        .unwrap();
    assert_eq!(first, second);
    let (a, b) = tokio::join!(
        jobs::import::run(&backend.core, actor.organisation, first),
        jobs::import::run(&backend.core, actor.organisation, first),
    );
    assert_eq!(a.unwrap().new, 1);
    assert_eq!(b.unwrap().new, 1);
    assert_eq!(
        number(
            &backend,
            actor.organisation,
            "select count(*) from persons where organisation_id = $1"
        )
        .await,
        1
    );
    let job = backend.imports.get(&actor, id).await.unwrap().job.unwrap();
    assert_eq!(
        (job.state, job.done, job.total),
        (domain::job::JobState::Done, 1, 1)
    );
    assert!(job.number.starts_with("2026-"));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_import_given_up_says_so_and_cannot_be_confirmed_again(pool: PgPool) {
    let (backend, actor) = office(pool).await;
    let id = preview(
        &backend,
        &actor,
        ImportKind::Persons,
        format!("{HEADER}1;Fò;Lea;;;Alunni;;;\n").as_bytes(),
    )
    .await;
    let job = backend
        .imports
        .confirm(&actor, id, "", Uuid::from_u128(1))
        .await
        .unwrap();
    jobs::import::give_up(&backend.core, actor.organisation, job)
        .await
        .unwrap();
    assert_eq!(
        backend.imports.get(&actor, id).await.unwrap().state,
        ImportState::Failed
    );
    let error = backend
        .imports
        .confirm(&actor, id, "", Uuid::from_u128(2))
        .await
        .unwrap_err();
    assert!(matches!(error, ServiceError::Conflict(Conflict::TooLate)));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn records_without_code_are_found_by_fiscal_code_or_by_name_and_birthday(pool: PgPool) {
    let (backend, actor) = office(pool).await;
    let header = "Cognome;Nome;Codice fiscale;Data di nascita;Tipo anagrafica\n";
    let file = format!(
        "{header}Fò;Lea;RSSMRA80A41H501Y;01/01/1980;Tutori\nBo;Ugo;;02/02/1980;Tutori\nBo;Ugo;;03/03/1980;Tutori\nBO;UGO;;03/03/1980;Tutori\n"
    );
    let done = import(&backend, &actor, ImportKind::Persons, file.as_bytes()).await;
    assert_eq!((done.new, done.duplicate), (3, 1));
    let codes: Vec<i64> = sqlx::query_scalar("select code from persons order by code")
        .fetch_all(&backend.core.pool)
        .await
        .unwrap();
    assert_eq!(codes, [1, 2, 3]);
    let again = import(&backend, &actor, ImportKind::Persons, file.as_bytes()).await;
    assert_eq!((again.unchanged, again.changed, again.new), (3, 0, 0));
    let more = import(
        &backend,
        &actor,
        ImportKind::Persons,
        format!("{header}Za;Ida;;;Tutori\n").as_bytes(),
    )
    .await;
    assert_eq!(more.new, 1);
    let last: i64 = sqlx::query_scalar("select max(code) from persons")
        .fetch_one(&backend.core.pool)
        .await
        .unwrap();
    assert_eq!(last, 4, "a number is never given twice");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_same_table_as_a_workbook_gives_the_same_rows(pool: PgPool) {
    let (backend, actor) = office(pool).await;
    let mut book: Option<exchange::XlsxWriter> = None;
    let header: Vec<&str> = Column::of(ImportKind::Persons)
        .iter()
        .map(|c| c.header())
        .collect();
    exchange::read(ImportKind::Persons, PERSONS, |row| {
        let book =
            book.get_or_insert_with(|| exchange::XlsxWriter::new("Foglio 1", &header).unwrap());
        book.row(
            Column::of(ImportKind::Persons)
                .iter()
                .map(|c| row.get(*c).unwrap_or_default()),
        )
        .unwrap();
    })
    .unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut book.unwrap().finish().unwrap(), &mut bytes).unwrap();
    let id = preview(&backend, &actor, ImportKind::Persons, &bytes).await;
    let counts = counts(&backend, &actor, id).await;
    assert_eq!(
        (counts.valid(), counts.error, counts.duplicate),
        (1192, 14, 5)
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_file_that_cannot_be_read_leaves_no_trace(pool: PgPool) {
    let (backend, actor) = office(pool).await;
    let many = format!(
        "{HEADER}{}",
        "1;Fò;Lea;;;Alunni;;;\n".repeat(MAX_ROWS as usize + 1)
    );
    let error = refused(&backend, &actor, ImportKind::Persons, many.as_bytes()).await;
    assert!(matches!(
        error,
        ServiceError::File(FileError::TooManyRows { max: MAX_ROWS })
    ));
    let error = refused(&backend, &actor, ImportKind::Persons, USERS).await;
    let ServiceError::File(FileError::MissingColumns {
        columns,
        looks_like,
    }) = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (columns, looks_like),
        (vec![Column::PersonKind], Some(ImportKind::Users))
    );
    let error = refused(&backend, &actor, ImportKind::Users, b"").await;
    assert!(matches!(error, ServiceError::File(FileError::Empty)));
    assert_eq!(
        number(
            &backend,
            actor.organisation,
            "select count(*) from imports where organisation_id = $1"
        )
        .await,
        0
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn strange_characters_in_cells_are_stored_or_reported_and_never_fail(pool: PgPool) {
    let (backend, actor) = office(pool).await;
    let file = format!(
        "{HEADER}1;=CMD();\"O'Br\\ien\";;;Tutori;;;\n2;a\tb;{{}};;;Tutori;;;\n3;x\0y;N;;;Tutori;;;\n4;\\N;\\.;;;Tutori;;;\n5;𝄞;😀;;;Tutori;;;\n"
    );
    let id = preview(&backend, &actor, ImportKind::Persons, file.as_bytes()).await;
    assert_eq!(
        problems(&backend, &actor, id).await,
        [(4, Some(Column::Surname), Problem::ControlCharacters)]
    );
    apply(&backend, &actor, id).await;
    let surnames: Vec<String> = sqlx::query_scalar("select surname from persons order by code")
        .fetch_all(&backend.core.pool)
        .await
        .unwrap();
    assert_eq!(surnames, ["=CMD()", "a b", "\\N", "𝄞"]);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn only_who_holds_the_right_imports_and_nobody_sees_the_imports_of_others(pool: PgPool) {
    let (backend, office) = office(pool).await;
    let reader = actor(&backend, office.organisation, &[Right::ReadUsers]).await;
    let denied = |right| move |e: ServiceError| matches!(e, ServiceError::Denied(Denied::Missing(r)) if r == right);
    assert!(denied(Right::ManageRegistry)(
        refused(&backend, &reader, ImportKind::Persons, PERSONS).await
    ));
    assert!(denied(Right::ManageUsers)(
        refused(&backend, &reader, ImportKind::Users, USERS).await
    ));
    assert!(denied(Right::ManageUnits)(
        refused(&backend, &office, ImportKind::Units, UNITS).await
    ));

    let id = preview(&backend, &office, ImportKind::Persons, PERSONS).await;
    let other = school_called(&backend, "altra", "IC Altra").await;
    let stranger = actor(&backend, other, &[Right::Administer]).await;
    assert!(matches!(
        backend.imports.get(&stranger, id).await,
        Err(ServiceError::NotFound)
    ));
    assert!(matches!(
        backend.imports.rows_after(&stranger, id, 0, 10).await,
        Err(ServiceError::NotFound)
    ));
    assert!(matches!(
        backend
            .imports
            .confirm(&stranger, id, "", Uuid::from_u128(1))
            .await,
        Err(ServiceError::NotFound)
    ));
    assert!(matches!(
        backend.imports.get(&reader, id).await,
        Err(ServiceError::Denied(_))
    ));
    assert!(matches!(
        backend
            .imports
            .confirm(&reader, id, "", Uuid::from_u128(1))
            .await,
        Err(ServiceError::Denied(_))
    ));
    let users_only = actor(&backend, office.organisation, &[Right::ManageUsers]).await;
    assert!(matches!(
        backend.imports.get(&users_only, id).await,
        Err(ServiceError::NotFound)
    ));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_gives_by_file_what_they_do_not_hold_or_touches_a_stronger_account(pool: PgPool) {
    let (backend, office) = office(pool).await;
    user(&backend, office.organisation)
        .username("capo")
        .surname("CAPO")
        .group("amministratori")
        .create()
        .await;
    let file = "Nome utente;Cognome;Nome;Gruppi\nnuovo;Fò;Lea;Amministratori\ncapo;CAPO;ALTRO;Docenti\nx;Bo;Ugo;Bidelli\nok;Za;Ida;Docenti\n";
    let id = preview(&backend, &office, ImportKind::Users, file.as_bytes()).await;
    assert_eq!(
        problems(&backend, &office, id).await,
        [
            (2, Some(Column::Groups), Problem::GroupNotAllowed),
            (3, None, Problem::StrongerAccount),
            (4, Some(Column::Groups), Problem::UnknownGroup),
        ]
    );
    let done = apply(&backend, &office, id).await;
    assert_eq!((done.new, done.error), (1, 3));
    let still = "select count(*) from users where organisation_id = $1 and username = 'capo' and given_name = 'UTENTE'";
    assert_eq!(number(&backend, office.organisation, still).await, 1);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_delegate_imports_only_into_the_own_units(pool: PgPool) {
    let backend = backend(pool, now());
    let organisation = canton(&backend).await;
    let mine: UnitId = unit(&backend, organisation, None, "111").await;
    unit(&backend, organisation, None, "222").await;
    let delegate = actor_in(
        &backend,
        organisation,
        &[
            Right::ManageUsers,
            Right::ManageAuthorisations,
            Right::ManageUnits,
        ],
        Some(mine),
    )
    .await;
    let file = "IDext;Cognome;Nome;ID unità;Ruoli\n1;Fò;Lea;111;SP_User_Standort\n2;Bo;Ugo;222;SP_User_Standort\n3;Za;Ida;;SP_User_Standort\n4;Na;Leo;111;KT_Superuser\n";
    let id = preview(&backend, &delegate, ImportKind::Users, file.as_bytes()).await;
    assert_eq!(
        problems(&backend, &delegate, id).await,
        [
            (3, Some(Column::Unit), Problem::UnitNotAllowed),
            (4, Some(Column::Unit), Problem::UnitNotAllowed),
            (5, Some(Column::Groups), Problem::GroupNotAllowed),
        ]
    );
    assert_eq!(apply(&backend, &delegate, id).await.new, 1);
    let file = "ID unità,Unità superiore,Nome,Livello\n222,,Altra,Cantone\n333,,Nuova,Cantone\n";
    let id = preview(&backend, &delegate, ImportKind::Units, file.as_bytes()).await;
    assert_eq!(counts(&backend, &delegate, id).await.error, 2);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn groups_and_state_follow_the_file_and_who_is_switched_off_is_signed_out(pool: PgPool) {
    let (backend, office) = office(pool).await;
    let file = |groups: &str, active: &str| {
        format!("Nome utente;Cognome;Nome;Gruppi;Attivo\n0000205;BA;DAMIANO;{groups};{active}\n")
    };
    import(
        &backend,
        &office,
        ImportKind::Users,
        file("Docenti, Tutori", "Si").as_bytes(),
    )
    .await;
    let id: i64 = sqlx::query_scalar("select id from users where username = '0000205'")
        .fetch_one(&backend.core.pool)
        .await
        .unwrap();
    sqlx::query(
        "insert into sessions (organisation_id, token_hash, user_id, created_at, last_seen_at, ends_at, authenticated_at)
         values ($1, decode(repeat('00', 32), 'hex'), $2, now(), now(), now(), now())",
    )
    .bind(office.organisation.0)
    .bind(id)
    .execute(&backend.core.pool)
    .await
    .unwrap();
    let done = import(
        &backend,
        &office,
        ImportKind::Users,
        file("\"Tutori; Personale ATA\"", "No").as_bytes(),
    )
    .await;
    assert_eq!(done.error, 0);
    assert_eq!(done.changed, 1, "{done:?}");
    let groups: Vec<String> = sqlx::query_scalar(
        "select g.code from grants r join groups g on g.id = r.group_id where r.user_id = $1 order by g.code",
    )
    .bind(id)
    .fetch_all(&backend.core.pool)
    .await
    .unwrap();
    assert_eq!(groups, ["personale-ata", "tutori"]);
    assert_eq!(
        number(
            &backend,
            office.organisation,
            "select count(*) from sessions where organisation_id = $1"
        )
        .await,
        0
    );
    let inactive = "select count(*) from users where organisation_id = $1 and state = 'inactive' and username = '0000205'";
    assert_eq!(number(&backend, office.organisation, inactive).await, 1);
    let back = import(
        &backend,
        &office,
        ImportKind::Users,
        file("Tutori, Personale ATA", "").as_bytes(),
    )
    .await;
    assert_eq!(back.unchanged, 1, "an empty cell leaves the state");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_password_mailed_since_is_not_ended_by_an_old_file(pool: PgPool) {
    let (backend, office) = office(pool).await;
    let file = "Nome utente;Cognome;Nome;Gruppi;Scadenza password\n0000205;BA;DAMIANO;Docenti;04/08/2026\n";
    import(&backend, &office, ImportKind::Users, file.as_bytes()).await;
    sqlx::query("update credentials set password_kind = 'temporary', password_hash = 'x'")
        .execute(&backend.core.pool)
        .await
        .unwrap();
    sqlx::query("update users set password_expires_at = '2026-11-29' where username = '0000205'")
        .execute(&backend.core.pool)
        .await
        .unwrap();
    let again = import(&backend, &office, ImportKind::Users, file.as_bytes()).await;
    assert_eq!((again.unchanged, again.changed), (1, 0));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn an_archived_user_name_stays_reserved(pool: PgPool) {
    let (backend, office) = office(pool).await;
    user(&backend, office.organisation)
        .username("0000009")
        .create()
        .await;
    sqlx::query("update users set state = 'archived' where username = '0000009'")
        .execute(&backend.core.pool)
        .await
        .unwrap();
    let file = "Nome utente;Cognome;Nome;Gruppi\n0000009;BA;DAMIANO;Docenti\n";
    let id = preview(&backend, &office, ImportKind::Users, file.as_bytes()).await;
    assert_eq!(
        problems(&backend, &office, id).await,
        [(2, Some(Column::Username), Problem::UsernameReserved)]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_switches_off_or_regroups_the_own_account_by_file(pool: PgPool) {
    let (backend, office) = office(pool).await;
    let own: String = sqlx::query_scalar("select username from users where id = $1")
        .bind(office.user.unwrap().0)
        .fetch_one(&backend.core.pool)
        .await
        .unwrap();
    let file = format!("Nome utente;Cognome;Nome;Gruppi\n{own};X;Y;Docenti\n");
    let id = preview(&backend, &office, ImportKind::Users, file.as_bytes()).await;
    assert_eq!(
        problems(&backend, &office, id).await,
        [(2, None, Problem::OwnAccount)]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_code_mailed_elsewhere_or_to_somebody_switched_off_by_a_file_opens_nothing(pool: PgPool) {
    let backend = backend(pool, now());
    let organisation = canton(&backend).await;
    let rights = [
        Right::ReadUsers,
        Right::ManageUsers,
        Right::ManageAuthorisations,
    ];
    let delegate = actor(&backend, organisation, &rights).await;
    let file = |rows: &str| {
        format!("IDext;Cognome;Nome;Indirizzo e-mail;Ruoli;Attivo\n{rows}\n").into_bytes()
    };
    let rows = "1;Fò;Lea;lea@ospedale.example;KT_User;Si\n2;Bo;Ugo;ugo@ospedale.example;KT_User;Si\n3;Za;Ida;ida@ospedale.example;KT_User;Si";
    import(&backend, &delegate, ImportKind::Users, &file(rows)).await;
    sqlx::query(
        "insert into registrations (organisation_id, user_id, profile_id, created_at, created_by_name, idempotency_key,
           state, code_hash, sent_at, expires_at, channel)
         select u.organisation_id, u.id, p.id, $1, 'X', gen_random_uuid(), 'running',
           sha256(u.username::bytea), $1, $1 + interval '1 month', 'hand'
         from users u join profiles p on p.user_id = u.id where u.external_id is not null",
    )
    .bind(now().to_sqlx())
    .execute(&backend.core.pool)
    .await
    .unwrap();
    let rows = "1;Fò;Lea;lea.fo@ospedale.example;KT_User;Si\n2;Bo;Ugo;ugo@ospedale.example;KT_User;No\n3;Za;Ida;ida@ospedale.example;KT_User;Si";
    let done = import(&backend, &delegate, ImportKind::Users, &file(rows)).await;
    assert_eq!((done.changed, done.unchanged), (2, 1), "{done:?}");
    let states: Vec<(String, Option<String>, bool)> = sqlx::query_as(
        "select r.state, r.revoked_reason, r.code_hash is null from registrations r
         join users u on u.id = r.user_id order by u.external_id",
    )
    .fetch_all(&backend.core.pool)
    .await
    .unwrap();
    let revoked = |why: &str| ("revoked".to_owned(), Some(why.to_owned()), true);
    assert_eq!(
        states,
        [
            revoked("address_changed"),
            revoked("inactive"),
            ("running".to_owned(), None, false)
        ]
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_roles_that_a_file_gives_in_a_canton_want_a_motivation_which_stands_in_the_trail(
    pool: PgPool,
) {
    let backend = backend(pool, now());
    let organisation = canton(&backend).await;
    let rights = [
        Right::ReadUsers,
        Right::ManageUsers,
        Right::ManageAuthorisations,
    ];
    let delegate = actor(&backend, organisation, &rights).await;
    let file = "IDext;Cognome;Nome;Ruoli\n1;Fò;Lea;KT_User\n2;Bo;Ugo;KT_User\n";
    let id = preview(&backend, &delegate, ImportKind::Users, file.as_bytes()).await;
    for blank in ["", "   ", "perché sì"] {
        let refused = backend
            .imports
            .confirm(&delegate, id, blank, Uuid::from_u128(1))
            .await;
        assert!(
            matches!(&refused, Err(ServiceError::Invalid(e)) if e.of("reason").is_some()),
            "{blank:?}: {refused:?}"
        );
    }
    let view = backend.imports.get(&delegate, id).await.unwrap();
    assert_eq!(view.state, ImportState::Previewed);
    let jobs = "select count(*) from jobs where organisation_id = $1";
    assert_eq!(number(&backend, organisation, jobs).await, 0);

    assert_eq!(apply(&backend, &delegate, id).await.new, 2);
    let told = "select action, object_name, reason from audit
                where organisation_id = $1 and (action like 'import.%' or action = 'user.created') order by id";
    let told: Vec<(String, String, Option<String>)> = sqlx::query_as(told)
        .bind(organisation.0)
        .fetch_all(&backend.core.pool)
        .await
        .unwrap();
    let why = Some(WHY.to_owned());
    let of = |action: &str| {
        told.iter()
            .filter(|t| t.0 == action)
            .map(|t| t.2.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("import.confirmed"), std::slice::from_ref(&why));
    assert_eq!(of("user.created"), [why.clone(), why]);
    let applied = told.iter().find(|t| t.0 == "import.applied").unwrap();
    assert_eq!(applied.1, "file.csv");

    // What writes nothing gives no role; the command line answers for itself.
    let again = preview(&backend, &delegate, ImportKind::Users, file.as_bytes()).await;
    let idle = backend
        .imports
        .confirm(&delegate, again, "", Uuid::from_u128(2))
        .await;
    assert!(idle.is_ok(), "{idle:?}");
    let system = Actor::system(organisation, "delega import");
    let file = "IDext;Cognome;Nome;Ruoli\n3;Za;Ida;KT_User\n";
    let id = preview(&backend, &system, ImportKind::Users, file.as_bytes()).await;
    let bare = backend
        .imports
        .confirm(&system, id, "", Uuid::from_u128(3))
        .await;
    assert!(bare.is_ok(), "{bare:?}");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_registry_tells_when_a_file_of_persons_was_last_applied(pool: PgPool) {
    let backend = backend(pool, now());
    let organisation = school(&backend).await;
    let office = [
        Right::ReadUsers,
        Right::ManageUsers,
        Right::ManageRegistry,
        Right::SendCredentials,
    ];
    let actor = actor(&backend, organisation, &office).await;
    let imported = async || backend.registry.frame(&actor).await.unwrap().imported_at;
    assert_eq!(imported().await, None);
    let id = preview(&backend, &actor, ImportKind::Persons, PERSONS).await;
    assert_eq!(imported().await, None, "a preview changes nothing");
    apply(&backend, &actor, id).await;
    assert_eq!(imported().await, Some(now()));
    let them = user(&backend, organisation).create().await;
    let page = backend.users.page(&actor, them, Locale::It).await.unwrap();
    assert_eq!(page.diagnosis.unwrap().imported_at, Some(now()));
}
