//! Writing the confirmed rows of a file of persons.

use super::super::{By, run};
use crate::error::Result;
use domain::{ImportId, OrganisationId};
use sqlx::PgConnection;

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
