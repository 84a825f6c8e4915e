//! What a file of persons would do: duplicates, the person of each row, what changes.

use super::super::{count, counts_of, rows::some_left, run};
use super::analyze;
use crate::error::Result;
use domain::{
    ImportId, OrganisationId,
    import::{ImportCounts, Notes},
};
use sqlx::{PgConnection, Row};

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
