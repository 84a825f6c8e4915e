//! A file of persons against the registry.

use super::{By, Line, copy_in, count, counts_of, rows::some_left, run};
use crate::error::Result;
use domain::{
    ImportId, OrganisationId,
    import::{ImportCounts, Notes, PersonRecord, RowError},
    person::FiscalCode,
};
use sqlx::{PgConnection, Row};
use tokio::sync::mpsc::Receiver;

/// One row a line of the file. `target` is the person it is compared with, `changes` what
/// would be replaced there; `seen_*` is what the preview had found.
const CREATE: &str = "
create temp table stage_persons (
  line int not null, label text not null, key text not null, problems jsonb,
  code bigint, kind text, legal bool, surname text, given_name text, fiscal_code text,
  vat_number text, birth_date date, email text, site text, school_year smallint, class text,
  omocodic bool, padded bool, counted bool,
  target bigint, version int, changes jsonb, dup_of int, dup_differs bool,
  seen_target bigint, seen_version int, made bool not null default false
) on commit drop";

const COPY: &str = "copy stage_persons (line, label, key, problems, code, kind, legal, surname, given_name,
  fiscal_code, vat_number, birth_date, email, site, school_year, class, omocodic, padded, counted) from stdin";

/// Makes the temporary table.
///
/// # Errors
/// Where the database fails.
pub async fn create(tx: &mut PgConnection) -> Result<()> {
    sqlx::query(CREATE).execute(tx).await?;
    Ok(())
}

/// A row as far as it could be read.
#[derive(Debug)]
pub struct Seen {
    /// Line in the file.
    pub line: u32,
    /// Surname and name, as written.
    pub label: String,
    /// «Codice», as written.
    pub key: String,
    /// The record; also of a row that is left out for its codice fiscale alone.
    pub record: Option<PersonRecord>,
    /// Why the row is left out; empty for a good one.
    pub problems: Vec<RowError>,
    /// Whether the row counts in what the file is made of.
    pub counted: bool,
}

/// Writes a row in the form that [`load`] sends.
///
/// # Errors
/// Where a problem has no JSON form.
pub fn write(out: &mut Line, seen: &Seen) -> Result<()> {
    out.add(&seen.line.to_string())
        .add(&seen.label)
        .add(&seen.key);
    match seen.problems.as_slice() {
        [] => out.maybe(None::<&str>),
        problems => out.json(&problems)?,
    };
    let flag = |b: bool| if b { "t" } else { "f" };
    match &seen.record {
        Some(p) => {
            // A wrong code stands as written: it is not missing.
            let wrong = seen.problems.first().map(|e| e.value.as_str());
            out.maybe(p.code.map(|c| c.to_string()))
                .add(p.kind.code())
                .add(flag(p.legal))
                .add(&p.surname)
                .add(&p.given_name)
                .maybe(p.fiscal_code.as_ref().map(FiscalCode::as_str).or(wrong))
                .maybe(p.vat_number.as_ref().map(|v| v.as_str()))
                .maybe(p.birth_date.map(|d| d.to_string()))
                .maybe(p.email.as_ref().map(|e| e.as_str()))
                .maybe(p.site.as_ref())
                .maybe(p.school_year.map(|y| y.to_string()))
                .maybe(p.class.as_ref())
                .add(flag(
                    p.fiscal_code.as_ref().is_some_and(FiscalCode::is_omocodic),
                ))
                .add(flag(p.padded));
        }
        None => {
            for _ in 0..14 {
                out.maybe(None::<&str>);
            }
        }
    }
    out.add(flag(seen.counted));
    out.end();
    Ok(())
}

/// Nobody analyses a temporary table by itself, and the plan for an empty column is a
/// disaster for a full one: after every step that fills columns this is due.
async fn analyze(tx: &mut PgConnection) -> Result<()> {
    sqlx::query(
        "analyze stage_persons (line, code, kind, fiscal_code, problems, dup_of, target, changes)",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The statistics of the real tables know nothing of an organisation that is just being
/// filled: with these indexes even a plan made for one row is good for all.
async fn index(tx: &mut PgConnection) -> Result<()> {
    for statement in [
        "create index on stage_persons (line)",
        "create index on stage_persons (code)",
        "create index on stage_persons (fiscal_code)",
        "create index on stage_persons (target)",
    ] {
        sqlx::query(statement).execute(&mut *tx).await?;
    }
    analyze(tx).await
}

/// Takes in the rows of a file.
///
/// # Errors
/// Where the database fails.
pub async fn load(tx: &mut PgConnection, chunks: &mut Receiver<Vec<u8>>) -> Result<()> {
    copy_in(tx, COPY, chunks).await?;
    index(tx).await
}

/// Takes in the good rows of a preview.
///
/// # Errors
/// Where the database fails.
pub async fn reload(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<()> {
    sqlx::query(
        "insert into stage_persons (line, label, key, seen_target, code, kind, legal, surname, given_name,
           fiscal_code, vat_number, birth_date, email, site, school_year, class, seen_version)
         select r.line, r.label, coalesce(r.data->>'key', ''), r.target_id, d.*
         from import_rows r,
           jsonb_to_record(r.data) as d(code bigint, kind text, legal bool, surname text, given_name text,
             fiscal_code text, vat_number text, birth_date date, email text, site text, school_year smallint,
             class text, version int)
         where r.organisation_id = $1 and r.import_id = $2 and r.outcome in ('new', 'changed', 'unchanged')",
    )
    .bind(organisation.0)
    .bind(id.0)
    .execute(&mut *tx)
    .await?;
    index(tx).await
}

/// Marks the rows whose record stands in an earlier one: the same «Codice», the same codice
/// fiscale in the same kind, or (with neither) the same name, day of birth and mailbox.
///
/// # Errors
/// Where the database fails.
pub async fn mark_duplicates(tx: &mut PgConnection, organisation: OrganisationId) -> Result<()> {
    for statement in [
        "with twice as (
           select code, min(line) as line from stage_persons
           where problems is null and code is not null group by code having count(*) > 1)
         update stage_persons s set dup_of = f.line,
           dup_differs = (s.surname, s.given_name, s.kind, s.fiscal_code, s.birth_date, s.email, s.site, s.school_year, s.class)
             is distinct from (f.surname, f.given_name, f.kind, f.fiscal_code, f.birth_date, f.email, f.site, f.school_year, f.class)
         from twice t join stage_persons f on f.line = t.line
         where s.code = t.code and s.line > t.line and s.problems is null",
        "with twice as (
           select fiscal_code, kind, min(line) as line from stage_persons
           where problems is null and dup_of is null and fiscal_code is not null
           group by fiscal_code, kind having count(*) > 1)
         update stage_persons s set dup_of = f.line,
           dup_differs = (s.code, s.surname, s.given_name, s.birth_date, s.email, s.site, s.school_year, s.class)
             is distinct from (f.code, f.surname, f.given_name, f.birth_date, f.email, f.site, f.school_year, f.class)
         from twice t join stage_persons f on f.line = t.line
         where s.fiscal_code = t.fiscal_code and s.kind = t.kind and s.line > t.line
           and s.problems is null and s.dup_of is null",
        "with named as (
           select line, min(line) over (partition by kind, fold(surname), fold(given_name), birth_date, lower(email)) as first
           from stage_persons
           where problems is null and code is null and fiscal_code is null)
         update stage_persons s set dup_of = n.first, dup_differs = false
         from named n where n.line = s.line and n.first < n.line",
    ] {
        run(tx, statement, organisation).await?;
    }
    Ok(())
}

/// Finds the person of each row and what would change there: by «Codice», else by codice
/// fiscale and kind, else (where the file has no «Codice») by name and day of birth.
///
/// # Errors
/// Where the database fails.
pub async fn compare(tx: &mut PgConnection, organisation: OrganisationId) -> Result<()> {
    for statement in [
        "update stage_persons s set target = p.id, version = p.version
         from persons p
         where p.organisation_id = $1 and p.code = s.code and s.problems is null and s.dup_of is null",
        // The rows still without a person stand apart: in `stage_persons` every row has left an
        // old version without target behind, which a scan for them would wade through.
        "create temp table stage_left on commit drop as
         select line, code, kind, fiscal_code, birth_date, lower(email) as email,
           fold(surname) || ' ' || fold(given_name) as sort_name
         from stage_persons where problems is null and dup_of is null and target is null",
        "create index on stage_left (fiscal_code)",
        "create index on stage_left (sort_name)",
        "analyze stage_left",
        "analyze stage_persons (problems, dup_of, target)",
        "with candidates as (
           select distinct on (p.id) s.line, p.id, p.version
           from stage_left s
           join persons p on p.organisation_id = $1 and p.fiscal_code = s.fiscal_code and p.kind = s.kind
           where not exists (select from stage_persons t where t.target = p.id)
           order by p.id, s.line)
         update stage_persons s set target = c.id, version = c.version
         from (select distinct on (line) * from candidates order by line, id) c where c.line = s.line",
        "with candidates as (
           select distinct on (p.id) s.line, p.id, p.version
           from stage_left s
           join persons p on p.organisation_id = $1 and p.sort_name = s.sort_name
             and p.kind = s.kind and p.birth_date is not distinct from s.birth_date
             and (p.birth_date is not null or lower(p.email) is not distinct from s.email)
             and (p.fiscal_code is null or s.fiscal_code is null)
           where s.code is null
             and not exists (select from stage_persons t where t.target = p.id)
             and not exists (select from stage_persons m where m.line = s.line and m.target is not null)
           order by p.id, s.line)
         update stage_persons s set target = c.id, version = c.version
         from (select distinct on (line) * from candidates order by line, id) c where c.line = s.line",
        "create temp table stage_sites on commit drop as
         select n.name, u.id as unit_id
         from (select distinct site as name from stage_persons
               where site is not null and school_year is not null and problems is null and dup_of is null) n
         left join lateral (
           select id from units where organisation_id = $1 and state = 'active'
             and (fold(name) = fold(n.name) or fold(code) = fold(n.name))
           order by (level = 'site_school') desc, id limit 1) u on true",
        "update stage_persons s set changes = d.changes
         from (
           select s.line, (
             select jsonb_agg(jsonb_build_object('column', v.c, 'before', coalesce(v.b, ''), 'after', v.a))
             from (values
               ('code', p.code::text, s.code::text),
               ('person_kind', p.kind, s.kind),
               ('surname', p.surname, s.surname),
               ('given_name', p.given_name, s.given_name),
               ('fiscal_code', p.fiscal_code, s.fiscal_code),
               ('vat_number', p.vat_number, s.vat_number),
               ('birth_date', to_char(p.birth_date, 'DD/MM/YYYY'), to_char(s.birth_date, 'DD/MM/YYYY')),
               ('email', p.email, s.email),
               ('school_year', e.school_year || '/' || (e.school_year + 1), s.school_year || '/' || (s.school_year + 1)),
               ('site', n.name, case when s.school_year is null or x.unit_id = e.unit_id then n.name else s.site end),
               ('class', e.class, case when s.school_year is not null then s.class end)
             ) v(c, b, a)
             where v.a is not null and v.a <> '' and v.a is distinct from v.b) as changes
           from stage_persons s
           join persons p on p.organisation_id = $1 and p.id = s.target
           left join enrolments e on e.organisation_id = $1 and e.person_id = p.id and e.school_year = s.school_year
           left join units n on n.organisation_id = $1 and n.id = e.unit_id
           left join stage_sites x on x.name = s.site) d
         where d.line = s.line and d.changes is not null",
        // A link says as which kind of person somebody uses an account: it must not turn by itself.
        "update stage_persons s set problems = jsonb_build_array(jsonb_build_object(
           'column', 'person_kind', 'value', s.kind, 'problem', 'kind_of_linked'))
         from persons p, user_person_links l
         where p.organisation_id = $1 and p.id = s.target and p.kind <> s.kind
           and l.organisation_id = $1 and l.person_id = p.id and s.problems is null and s.dup_of is null",
    ] {
        if statement.contains("from stage_left") && !some_left(tx).await? {
            continue;
        }
        run(tx, statement, organisation).await?;
    }
    analyze(tx).await
}

/// Writes what was found to `import_rows`.
///
/// # Errors
/// Where the database fails.
pub async fn keep(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<ImportCounts> {
    let rows = sqlx::query(
        "with kept as (
           insert into import_rows (organisation_id, import_id, line, outcome, label, data, problems, target_id)
           select $1, $2, s.line,
             case when s.problems is not null then 'error' when s.dup_of is not null then 'duplicate'
                  when s.target is null then 'new' when s.changes is null then 'unchanged' else 'changed' end,
             s.label,
             jsonb_strip_nulls(jsonb_build_object('key', s.key, 'code', s.code, 'kind', s.kind, 'legal', s.legal,
               'surname', s.surname, 'given_name', s.given_name, 'fiscal_code', s.fiscal_code,
               'vat_number', s.vat_number, 'birth_date', s.birth_date, 'email', s.email, 'site', s.site,
               'school_year', s.school_year, 'class', s.class, 'version', s.version, 'changes', s.changes)),
             coalesce(s.problems, case when s.dup_of is not null then jsonb_build_array(jsonb_build_object(
               'column', null, 'value', '', 'problem', jsonb_build_object('duplicate_of',
               jsonb_build_object('line', s.dup_of, 'differs', s.dup_differs)))) end, '[]'),
             s.target
           from stage_persons s
           returning outcome)
         select outcome, count(*) from kept group by outcome",
    )
    .bind(organisation.0)
    .bind(id.0)
    .fetch_all(tx)
    .await?;
    counts_of(rows)
}

/// What the file is made of, and the school sites that do not exist yet.
///
/// # Errors
/// Where the database fails.
pub async fn notes(tx: &mut PgConnection) -> Result<(Notes, Vec<String>)> {
    let row = sqlx::query(
        "select count(*) filter (where kind = 'pupil'), count(*) filter (where kind = 'employee'),
           count(*) filter (where kind = 'guardian'), count(*) filter (where kind = 'external'),
           count(*) filter (where legal), count(*) filter (where omocodic),
           count(*) filter (where length(fiscal_code) = 11 and not legal and not padded),
           count(*) filter (where padded), count(*) filter (where fiscal_code is null),
           count(*) filter (where email is null), count(email) - count(distinct lower(email)),
           count(*) filter (where kind = 'pupil' and school_year is null),
           (select count(*) from stage_persons where not counted and problems is null and dup_of is null)
         from stage_persons where counted and dup_of is null",
    )
    .fetch_one(&mut *tx)
    .await?;
    let at = |i: usize| -> Result<u32> { Ok(count(row.try_get(i)?)) };
    let notes = Notes {
        pupils: at(0)?,
        employees: at(1)?,
        guardians: at(2)?,
        externals: at(3)?,
        legal: at(4)?,
        omocodic: at(5)?,
        provisional: at(6)?,
        padded: at(7)?,
        missing_code: at(8)?,
        missing_mail: at(9)?,
        shared_mail: at(10)?,
        without_enrolment: at(11)?,
        formulas: at(12)?,
        ..Notes::default()
    };
    let sites =
        sqlx::query_scalar("select name from stage_sites where unit_id is null order by name")
            .fetch_all(tx)
            .await?;
    Ok((notes, sites))
}

/// Leaves out what no longer is as the preview showed it.
///
/// # Errors
/// Where the database fails.
pub async fn mark_changed_meanwhile(
    tx: &mut PgConnection,
    organisation: OrganisationId,
) -> Result<()> {
    run(
        tx,
        "update stage_persons s set problems = jsonb_build_array(jsonb_build_object(
           'column', null, 'value', '', 'problem', 'changed_meanwhile'))
         where problems is null
           and ((changes is not null and (seen_version, seen_target) is distinct from (version, target))
             or (target is null and seen_target is not null))",
        organisation,
    )
    .await?;
    Ok(())
}

/// Gives a «Codice» to new persons that came without, and makes the missing school sites.
///
/// # Errors
/// Where the database fails.
pub async fn prepare(tx: &mut PgConnection, organisation: OrganisationId) -> Result<()> {
    for statement in [
        // One above everything used: numbers are never given twice.
        "with start as (
           select greatest(o.next_person_code,
             1 + coalesce((select max(code) from persons where organisation_id = $1), 0),
             1 + coalesce((select max(code) from stage_persons), 0)) as first
           from organisations o where o.id = $1),
         numbered as (
           select line, row_number() over (order by line) - 1 as n from stage_persons
           where problems is null and target is null and code is null),
         given as (
           update stage_persons s set code = start.first + numbered.n
           from numbered, start where numbered.line = s.line returning s.code)
         update organisations set next_person_code = (select first + (select count(*) from numbered) from start)
         where id = $1",
        "with root as (
           select id, path from units where organisation_id = $1 and level = 'institute' and parent_id is null
           order by id limit 1),
         made as (
           insert into units (organisation_id, parent_id, code, level, name)
           select $1, (select id from root), name, 'site_school', name from stage_sites where unit_id is null
           returning id, name)
         update stage_sites s set unit_id = made.id from made where made.name = s.name",
        "update units u set path = coalesce((select p.path from units p where p.organisation_id = $1 and p.id = u.parent_id), '{}') || u.id
         where u.organisation_id = $1 and u.path = '{}' and u.id in (select unit_id from stage_sites)",
    ] {
        run(tx, statement, organisation).await?;
    }
    Ok(())
}

/// The lines that hold something to write, in order: for writing them in parts.
///
/// # Errors
/// Where the database fails.
pub async fn lines_to_write(tx: &mut PgConnection) -> Result<Vec<i32>> {
    Ok(sqlx::query_scalar(
        "select line from stage_persons where problems is null and (target is null or changes is not null) order by line",
    )
    .fetch_all(tx)
    .await?)
}

/// Writes the lines from `first` to `last`: persons, the history of their codes, enrolments
/// and an audit entry each.
///
/// # Errors
/// Where the database fails.
pub async fn write_lines(tx: &mut PgConnection, by: By<'_>, first: i32, last: i32) -> Result<()> {
    let organisation = by.whose.organisation.0;
    let changes: bool = sqlx::query_scalar(
        "select exists (select from stage_persons where line between $1 and $2 and problems is null and changes is not null)",
    )
    .bind(first)
    .bind(last)
    .fetch_one(&mut *tx)
    .await?;
    // What `changes` counts up is the person's version: other pages notice it.
    let replace: &[&'static str] = &[
        "insert into person_fiscal_codes (organisation_id, person_id, fiscal_code, replaced_at)
         select $1, p.id, p.fiscal_code, $2
         from stage_persons s join persons p on p.organisation_id = $1 and p.id = s.target
         where s.line between $3 and $4 and s.problems is null and s.changes is not null
           and p.fiscal_code is not null and s.fiscal_code is not null and p.fiscal_code <> s.fiscal_code
         on conflict (organisation_id, person_id, fiscal_code) do update set replaced_at = excluded.replaced_at",
        "update persons p set code = coalesce(s.code, p.code), kind = s.kind, legal = s.legal, surname = s.surname,
           given_name = coalesce(nullif(s.given_name, ''), p.given_name),
           fiscal_code = coalesce(s.fiscal_code, p.fiscal_code), vat_number = coalesce(s.vat_number, p.vat_number),
           birth_date = coalesce(s.birth_date, p.birth_date), email = coalesce(s.email, p.email),
           version = p.version + 1
         from stage_persons s
         where p.organisation_id = $1 and p.id = s.target and s.line between $3 and $4
           and s.problems is null and s.changes is not null and $2::timestamptz is not null",
    ];
    let add: &[&'static str] = &[
        "with new as (
           insert into persons (organisation_id, code, kind, legal, surname, given_name, fiscal_code, vat_number,
             birth_date, email, created_at)
           select $1, code, kind, legal, surname, given_name, fiscal_code, vat_number, birth_date, email, $2
           from stage_persons
           where line between $3 and $4 and problems is null and target is null
           returning id, code)
         update stage_persons s set target = new.id, made = true from new where new.code = s.code and s.problems is null",
        "insert into enrolments as e (organisation_id, person_id, school_year, unit_id, class)
         select $1, s.target, s.school_year, x.unit_id, coalesce(s.class, '')
         from stage_persons s
         left join stage_sites x on x.name = s.site
         where s.line between $3 and $4 and s.problems is null and s.school_year is not null
           and (s.made or s.changes is not null) and $2::timestamptz is not null
         on conflict (organisation_id, person_id, school_year) do update
           set unit_id = coalesce(excluded.unit_id, e.unit_id),
               class = coalesce(nullif(excluded.class, ''), e.class)",
    ];
    // A first import replaces nothing: its rows need not be looked up.
    for statement in if changes { replace } else { &[] }.iter().chain(add) {
        sqlx::query(*statement)
            .bind(organisation)
            .bind(by.at)
            .bind(first)
            .bind(last)
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query(
        "insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind, object_id, object_name,
           before, after, reason, job_id)
         select $1, $2, $5, $6, case when s.made then 'person.created' else 'person.changed' end, 'person',
           s.target, s.label,
           (select jsonb_object_agg(c->>'column', c->'before') from jsonb_array_elements(s.changes) c),
           coalesce((select jsonb_object_agg(c->>'column', c->'after') from jsonb_array_elements(s.changes) c),
             jsonb_strip_nulls(jsonb_build_object('code', s.code, 'kind', s.kind))),
           $7, $8
         from stage_persons s
         where s.line between $3 and $4 and s.problems is null and (s.made or s.changes is not null)",
    )
    .bind(organisation)
    .bind(by.at)
    .bind(first)
    .bind(last)
    .bind(by.actor)
    .bind(by.actor_name)
    .bind(by.reason)
    .bind(by.job.map(|j| j.0))
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes to `import_rows` what became of rows that the preview had seen otherwise.
///
/// # Errors
/// Where the database fails.
pub async fn keep_result(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<()> {
    sqlx::query(
        "update import_rows r set outcome = f.outcome, problems = coalesce(f.problems, '[]')
         from (select line, problems,
             case when problems is not null then 'error' when made or target is null then 'new'
                  when changes is null then 'unchanged' else 'changed' end as outcome
           from stage_persons) f
         where r.organisation_id = $1 and r.import_id = $2 and r.line = f.line and r.outcome <> f.outcome",
    )
    .bind(organisation.0)
    .bind(id.0)
    .execute(tx)
    .await?;
    Ok(())
}
