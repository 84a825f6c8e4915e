//! What a file of users would do: duplicates, the account of each row, what changes.

use super::super::{Whose, count, counts_of, rows::some_left, run};
use super::analyze;
use crate::error::Result;
use domain::{
    ImportId, OrganisationId,
    import::{ImportCounts, Notes},
    person::PersonKind,
};
use sqlx::{PgConnection, Row};

/// Marks the rows whose user name stands in an earlier one.
///
/// # Errors
/// Where the database fails.
pub async fn mark_duplicates(tx: &mut PgConnection, organisation: OrganisationId) -> Result<()> {
    run(
        tx,
        "with twice as (
           select lower(username) as username, min(line) as line from stage_users
           where problems is null group by lower(username) having count(*) > 1)
         update stage_users s set dup_of = f.line,
           dup_differs = (s.surname, s.given_name, s.fiscal_code, s.email, s.groups, s.unit, s.active)
             is distinct from (f.surname, f.given_name, f.fiscal_code, f.email, f.groups, f.unit, f.active)
         from twice t join stage_users f on f.line = t.line
         where lower(s.username) = t.username and s.line > t.line and s.problems is null",
        organisation,
    )
    .await?;
    Ok(())
}

/// Finds the user of each row and what would change there. The end of a password counts
/// only while Delega itself has given none: it must not end a password that was mailed since.
const COMPARE: &str = "
update stage_users s set changes = d.changes
from (
  select s.line, (
    select jsonb_agg(jsonb_build_object('column', v.c, 'before', coalesce(v.b, ''), 'after', v.a))
    from (values
      ('surname', u.surname, s.surname),
      ('given_name', u.given_name, s.given_name),
      ('fiscal_code', u.fiscal_code, s.fiscal_code),
      ('email', u.email, s.email),
      ('external_id', u.external_id::text, s.external_id::text),
      ('groups', g.names, case when g.ids = s.groups then g.names else w.names end),
      ('active', case u.state when 'active' then 'Si' else 'No' end, case s.active when true then 'Si' when false then 'No' end),
      ('password_end', to_char(u.password_expires_at at time zone $2, 'DD/MM/YYYY'),
        case when coalesce(c.password_kind, 'none') = 'none' and c.pending_password_hash is null
          then to_char(s.password_end, 'DD/MM/YYYY') end),
      ('language', upper(u.locale), upper(s.locale))
    ) v(c, b, a)
    where v.a is not null and v.a <> '' and v.a is distinct from v.b) as changes
  from stage_users s
  join users u on u.organisation_id = $1 and u.id = s.target
  left join credentials c on c.organisation_id = $1 and c.user_id = u.id
  left join lateral (
    select array_agg(r.group_id order by r.group_id) as ids, string_agg(n.name_it, ', ' order by n.position, n.id) as names
    from profiles p
    join grants r on r.organisation_id = $1 and r.profile_id = p.id and r.unit_id is not distinct from s.unit
    join groups n on n.organisation_id = $1 and n.id = r.group_id
    where p.organisation_id = $1 and p.user_id = u.id and p.is_default) g on true
  left join lateral (
    select string_agg(n.name_it, ', ' order by n.position, n.id) as names
    from groups n where n.organisation_id = $1 and n.id = any(s.groups)) w on true) d
where d.line = s.line and d.changes is not null";

/// Compares the rows with the accounts.
///
/// # Errors
/// Where the database fails.
pub async fn compare(tx: &mut PgConnection, whose: Whose<'_>) -> Result<()> {
    let organisation = whose.organisation;
    for statement in [
        "update stage_users s set target = u.id, version = u.version
         from users u
         where u.organisation_id = $1 and lower(u.username) = lower(s.username) and s.problems is null and s.dup_of is null",
        // The rows still without an account stand apart: in `stage_users` every row has left an
        // old version without target behind, which a scan for them would wade through.
        "create temp table stage_left on commit drop as
         select line, external_id from stage_users
         where problems is null and dup_of is null and target is null and external_id is not null",
        "create index on stage_left (external_id)",
        "analyze stage_left",
        "analyze stage_users (problems, dup_of, target)",
        "with candidates as (
           select distinct on (u.id) s.line, u.id, u.version
           from stage_left s join users u on u.organisation_id = $1 and u.external_id = s.external_id
           where not exists (select from stage_users t where t.target = u.id)
           order by u.id, s.line)
         update stage_users s set target = c.id, version = c.version
         from (select distinct on (line) * from candidates order by line, id) c where c.line = s.line",
        "update stage_users s set problems = jsonb_build_array(jsonb_build_object(
           'column', 'username', 'value', s.username, 'problem', 'username_reserved'))
         from users u where u.organisation_id = $1 and u.id = s.target and u.state = 'archived'",
        // A file without «Attivo» or with it empty leaves the state; the profile's category never turns.
        "update stage_users s set problems = jsonb_build_array(jsonb_build_object(
           'column', 'groups', 'value', '', 'problem', 'mixed_categories'))
         from profiles p
         where p.organisation_id = $1 and p.user_id = s.target and p.is_default and p.category <> s.category
           and s.problems is null
           and exists (select from grants r where r.organisation_id = $1 and r.profile_id = p.id)",
    ] {
        if statement.contains("from stage_left") && !some_left(tx).await? {
            continue;
        }
        run(tx, statement, organisation).await?;
    }
    sqlx::query(COMPARE)
        .bind(organisation.0)
        .bind(whose.time_zone)
        .execute(&mut *tx)
        .await?;
    if let Some(rights) = whose.rights {
        sqlx::query(
            "update stage_users s set problems = jsonb_build_array(jsonb_build_object(
               'column', null, 'value', '', 'problem', 'stronger_account'))
             where s.problems is null and s.changes is not null and exists (
               select from grants r join groups g on g.organisation_id = $1 and g.id = r.group_id
               where r.organisation_id = $1 and r.user_id = s.target and not g.rights <@ $2)",
        )
        .bind(organisation.0)
        .bind(rights)
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query(
        "update stage_users s set problems = jsonb_build_array(jsonb_build_object(
           'column', null, 'value', '', 'problem', 'own_account'))
         where s.problems is null and s.target = $1
           and s.changes @? '$[*] ? (@.column == \"groups\" || @.column == \"active\")'",
    )
    .bind(whose.own)
    .execute(&mut *tx)
    .await?;
    if let Some(units) = whose.units {
        sqlx::query(
            "update stage_users s set problems = jsonb_build_array(jsonb_build_object(
               'column', 'unit', 'value', '', 'problem', 'unit_not_allowed'))
             where s.problems is null and s.target is not null and (
               not user_within($1, s.target, $2)
               or exists (
                 select from grants r left join units n on n.organisation_id = $1 and n.id = r.unit_id
                 where r.organisation_id = $1 and r.user_id = s.target and not coalesce(n.path && $2, false)))",
        )
        .bind(organisation.0)
        .bind(units)
        .execute(&mut *tx)
        .await?;
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
             jsonb_strip_nulls(jsonb_build_object('key', s.key, 'username', s.username, 'external_id', s.external_id,
               'surname', s.surname, 'given_name', s.given_name, 'fiscal_code', s.fiscal_code, 'email', s.email,
               'groups', to_jsonb(s.groups), 'category', s.category, 'unit', s.unit, 'active', s.active,
               'password_end', s.password_end, 'locale', s.locale, 'version', s.version, 'changes', s.changes)),
             coalesce(s.problems, case when s.dup_of is not null then jsonb_build_array(jsonb_build_object(
               'column', null, 'value', '', 'problem', jsonb_build_object('duplicate_of',
               jsonb_build_object('line', s.dup_of, 'differs', s.dup_differs)))) end, '[]'),
             s.target
           from stage_users s
           returning outcome)
         select outcome, count(*) from kept group by outcome",
    )
    .bind(organisation.0)
    .bind(id.0)
    .fetch_all(tx)
    .await?;
    counts_of(rows)
}

/// Facts about the good rows, seen with the registry: who could be linked by codice fiscale,
/// and whose groups do not fit the kind of that person.
///
/// # Errors
/// Where the database fails.
pub async fn notes(tx: &mut PgConnection, organisation: OrganisationId) -> Result<Notes> {
    let fits: Vec<(String, String)> = PersonKind::ALL
        .into_iter()
        .flat_map(|k| {
            k.usual_groups()
                .iter()
                .map(move |g| (k.code().to_owned(), (*g).to_owned()))
        })
        .collect();
    let (kinds, groups): (Vec<String>, Vec<String>) = fits.into_iter().unzip();
    let row = sqlx::query(
        "with good as (select * from stage_users where problems is null and dup_of is null),
         fits as (select g.id, f.kind from unnest($2::text[], $3::text[]) f(kind, code)
                  join groups g on g.organisation_id = $1 and g.code = f.code),
         linkable as (
           select s.line, bool_or(exists (select from fits where fits.kind = p.kind and fits.id = any(s.groups))) as fit
           from good s join persons p on p.organisation_id = $1 and p.fiscal_code = s.fiscal_code
           group by s.line)
         select count(*) filter (where omocodic), count(*) filter (where length(fiscal_code) = 11 and not padded),
           count(*) filter (where padded), count(*) filter (where fiscal_code is null),
           count(*) filter (where email is null), count(email) - count(distinct lower(email)),
           count(*) filter (where not active), count(*) filter (where cardinality(groups) > 1),
           (select count(*) from linkable), (select count(*) from linkable where not fit)
         from good",
    )
    .bind(organisation.0)
    .bind(kinds)
    .bind(groups)
    .fetch_one(tx)
    .await?;
    let at = |i: usize| -> Result<u32> { Ok(count(row.try_get(i)?)) };
    Ok(Notes {
        omocodic: at(0)?,
        provisional: at(1)?,
        padded: at(2)?,
        missing_code: at(3)?,
        missing_mail: at(4)?,
        shared_mail: at(5)?,
        inactive: at(6)?,
        several_groups: at(7)?,
        linkable: at(8)?,
        wrong_group: at(9)?,
        ..Notes::default()
    })
}
