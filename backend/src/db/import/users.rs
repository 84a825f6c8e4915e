//! A file of users against the accounts.

use super::{By, Line, Whose, copy_in, count, counts_of, rows::some_left, run};
use crate::error::Result;
use domain::{
    GroupId, ImportId, OrganisationId, UnitId,
    access::Actor,
    import::{Directory, ImportCounts, KnownGroup, KnownUnit, Notes, RowError, UserRecord},
    person::{FiscalCode, PersonKind},
};
use sqlx::{PgConnection, Row};
use tokio::sync::mpsc::Receiver;

const CREATE: &str = "
create temp table stage_users (
  line int not null, label text not null, key text not null, problems jsonb,
  username text, external_id bigint, surname text, given_name text, fiscal_code text, email text,
  groups bigint[], category text, unit bigint, active bool, password_end date, locale text,
  omocodic bool, padded bool,
  target bigint, version int, changes jsonb, dup_of int, dup_differs bool,
  seen_target bigint, seen_version int, made bool not null default false
) on commit drop";

const COPY: &str = "copy stage_users (line, label, key, problems, username, external_id, surname, given_name,
  fiscal_code, email, groups, category, unit, active, password_end, locale, omocodic, padded) from stdin";

/// Makes the temporary table.
///
/// # Errors
/// Where the database fails.
pub async fn create(tx: &mut PgConnection) -> Result<()> {
    sqlx::query(CREATE).execute(tx).await?;
    Ok(())
}

/// The groups and units that rows may name, and which of them `actor` may use.
///
/// # Errors
/// Where the database fails.
pub async fn directory(
    conn: &mut PgConnection,
    actor: &Actor,
    units: Option<&[i64]>,
    may_grant: impl Fn(&str, &str, &[String]) -> bool,
) -> Result<Directory> {
    let mut directory = Directory::new(units.is_none());
    let organisation = actor.organisation.0;
    let groups = sqlx::query!(
        "select id, code, name_it, name_de, name_fr, name_en, category, rights from groups
         where organisation_id = $1 order by position desc, id desc",
        organisation,
    )
    .fetch_all(&mut *conn)
    .await?;
    for group in groups {
        let known = KnownGroup {
            id: GroupId(group.id),
            allowed: may_grant(&group.code, &group.category, &group.rights),
            category: group.category,
        };
        for name in [
            &group.name_en,
            &group.name_fr,
            &group.name_de,
            &group.name_it,
            &group.code,
        ] {
            directory.add_group(name, known.clone());
        }
    }
    let rows = sqlx::query!(
        r#"select id, code, ($2::bigint[] is null or path && $2) as "allowed!" from units
           where organisation_id = $1 and state = 'active'"#,
        organisation,
        units,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        directory.add_unit(
            &row.code,
            KnownUnit {
                id: UnitId(row.id),
                allowed: row.allowed,
            },
        );
    }
    Ok(directory)
}

/// Writes a row in the form that [`load`] sends.
///
/// # Errors
/// Where a problem has no JSON form.
pub fn write(
    out: &mut Line,
    line: u32,
    label: &str,
    key: &str,
    row: &std::result::Result<UserRecord, Vec<RowError>>,
) -> Result<()> {
    out.add(&line.to_string()).add(label).add(key);
    match row {
        Ok(u) => {
            let mut groups: Vec<i64> = u.groups.iter().map(|g| g.0).collect();
            groups.sort_unstable();
            let groups = groups
                .iter()
                .map(i64::to_string)
                .collect::<Vec<_>>()
                .join(",");
            let flag = |b: bool| if b { "t" } else { "f" };
            out.maybe(None::<&str>)
                .add(&u.username)
                .maybe(u.external_id.map(|n| n.to_string()))
                .add(&u.surname)
                .add(&u.given_name)
                .maybe(u.fiscal_code.as_ref().map(FiscalCode::as_str))
                .maybe(u.email.as_ref().map(|e| e.as_str()))
                .add(&format!("{{{groups}}}"))
                .add(&u.category)
                .maybe(u.unit.map(|n| n.to_string()))
                .maybe(u.active.map(flag))
                .maybe(u.password_end.map(|d| d.to_string()))
                .maybe(u.locale.map(|l| l.code()))
                .add(flag(
                    u.fiscal_code.as_ref().is_some_and(FiscalCode::is_omocodic),
                ))
                .add(flag(u.padded));
        }
        Err(problems) => {
            out.json(problems)?;
            for _ in 0..14 {
                out.maybe(None::<&str>);
            }
        }
    }
    out.end();
    Ok(())
}

/// Nobody analyses a temporary table by itself, and the plan for an empty column is a
/// disaster for a full one: after every step that fills columns this is due.
async fn analyze(tx: &mut PgConnection) -> Result<()> {
    sqlx::query("analyze stage_users (line, username, external_id, fiscal_code, problems, dup_of, target, changes)").execute(tx).await?;
    Ok(())
}

/// The statistics of the real tables know nothing of an organisation that is just being
/// filled: with these indexes even a plan made for one row is good for all.
async fn index(tx: &mut PgConnection) -> Result<()> {
    for statement in [
        "create index on stage_users (line)",
        "create index on stage_users (lower(username))",
        "create index on stage_users (external_id)",
        "create index on stage_users (fiscal_code)",
        "create index on stage_users (target)",
    ] {
        sqlx::query(statement).execute(&mut *tx).await?;
    }
    // With no columns named, the expression of the index is analysed too.
    sqlx::query("analyze stage_users").execute(tx).await?;
    Ok(())
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
        "insert into stage_users (line, label, key, seen_target, username, external_id, surname, given_name,
           fiscal_code, email, groups, category, unit, active, password_end, locale, seen_version)
         select r.line, r.label, coalesce(r.data->>'key', ''), r.target_id, d.username, d.external_id, d.surname,
           d.given_name, d.fiscal_code, d.email,
           (select array_agg(g::bigint order by g::bigint) from jsonb_array_elements_text(d.groups) g),
           d.category, d.unit, d.active, d.password_end, d.locale, d.version
         from import_rows r,
           jsonb_to_record(r.data) as d(username text, external_id bigint, surname text, given_name text,
             fiscal_code text, email text, groups jsonb, category text, unit bigint, active bool,
             password_end date, locale text, version int)
         where r.organisation_id = $1 and r.import_id = $2 and r.outcome in ('new', 'changed', 'unchanged')",
    )
    .bind(organisation.0)
    .bind(id.0)
    .execute(&mut *tx)
    .await?;
    index(tx).await
}

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
        "update stage_users s set problems = jsonb_build_array(jsonb_build_object(
           'column', null, 'value', '', 'problem', 'changed_meanwhile'))
         where problems is null
           and ((changes is not null and (seen_version, seen_target) is distinct from (version, target))
             or (target is null and seen_target is not null))",
        organisation,
    )
    .await?;
    Ok(())
}

/// New accounts take no number that a file has used.
///
/// # Errors
/// Where the database fails.
pub async fn prepare(tx: &mut PgConnection, organisation: OrganisationId) -> Result<()> {
    run(
        tx,
        "update organisations set next_username = greatest(next_username, 1 + coalesce((
           select max(username::bigint) from stage_users
           where problems is null and target is null and username ~ '^[0-9]{1,9}$'), 0))
         where id = $1",
        organisation,
    )
    .await?;
    Ok(())
}

/// The lines that hold something to write, in order: for writing them in parts.
///
/// # Errors
/// Where the database fails.
pub async fn lines_to_write(tx: &mut PgConnection) -> Result<Vec<i32>> {
    Ok(sqlx::query_scalar(
        "select line from stage_users where problems is null and (target is null or changes is not null) order by line",
    )
    .fetch_all(tx)
    .await?)
}

/// Writes the lines from `first` to `last`: accounts, their default profile, grants and an
/// audit entry each. Who becomes inactive is signed out and loses what was mailed.
///
/// # Errors
/// Where the database fails.
pub async fn write_lines(tx: &mut PgConnection, by: By<'_>, first: i32, last: i32) -> Result<()> {
    let organisation = by.whose.organisation.0;
    sqlx::query(
        "with new as (
         insert into users (organisation_id, username, external_id, surname, given_name, email, fiscal_code, locale,
           state, password_expires_at, unit_id, created_at)
         select $1, s.username, s.external_id, s.surname, s.given_name, s.email, s.fiscal_code,
           coalesce(s.locale, o.locale), case when s.active is false then 'inactive' else 'active' end,
           (s.password_end + time '23:59:59') at time zone o.time_zone, s.unit, $2
         from stage_users s join organisations o on o.id = $1
         where s.line between $3 and $4 and s.problems is null and s.target is null
         returning id, username)
         update stage_users s set target = new.id, made = true from new
         where lower(s.username) = lower(new.username) and s.problems is null",
    )
    .bind(organisation)
    .bind(by.at)
    .bind(first)
    .bind(last)
    .execute(&mut *tx)
    .await?;
    for statement in [
        "update users u set surname = s.surname, given_name = s.given_name,
           fiscal_code = coalesce(s.fiscal_code, u.fiscal_code), email = coalesce(s.email, u.email),
           external_id = coalesce(s.external_id, u.external_id), locale = coalesce(s.locale, u.locale),
           unit_id = coalesce(u.unit_id, s.unit),
           state = case s.active when true then 'active' when false then 'inactive' else u.state end,
           password_expires_at = case
             when s.changes @> '[{\"column\": \"password_end\"}]'
             then (s.password_end + time '23:59:59') at time zone o.time_zone else u.password_expires_at end,
           version = u.version + 1
         from stage_users s, organisations o
         where u.organisation_id = $1 and u.id = s.target and o.id = $1 and s.line between $2 and $3
           and s.problems is null and s.changes is not null",
        "create temp table written_users on commit drop as
         select s.line, s.target as user_id, s.category, s.groups, s.unit, s.made,
           s.active is false and s.changes @> '[{\"column\": \"active\"}]' as stopped
         from stage_users s
         where $1::bigint > 0 and s.line between $2 and $3 and s.problems is null and (s.made or s.changes is not null)",
        "create index on written_users (user_id)",
        "analyze written_users",
        "insert into profiles (organisation_id, user_id, category)
         select $1, w.user_id, w.category from written_users w
         where $2::int <= $3::int and not exists (
           select from profiles p where p.organisation_id = $1 and p.user_id = w.user_id and p.is_default)",
        "insert into credentials (organisation_id, user_id)
         select $1, w.user_id from written_users w where w.made and $2::int <= $3::int
         on conflict do nothing",
        // The cell lists all groups of the user, inside the unit of the row.
        "delete from grants r using written_users w, profiles p
         where p.organisation_id = $1 and p.user_id = w.user_id and p.is_default and not w.made
           and r.organisation_id = $1 and r.profile_id = p.id and r.unit_id is not distinct from w.unit
           and not r.group_id = any(w.groups) and $2::int <= $3::int",
        "insert into grants (organisation_id, profile_id, user_id, group_id, unit_id)
         select $1, p.id, w.user_id, g, w.unit
         from written_users w
         join profiles p on p.organisation_id = $1 and p.user_id = w.user_id and p.is_default
         cross join unnest(w.groups) g
         where $2::int <= $3::int
         on conflict (organisation_id, profile_id, group_id, unit_id) do nothing",
        "update profiles p set category = w.category from written_users w
         where p.organisation_id = $1 and p.user_id = w.user_id and p.is_default and p.category <> w.category
           and $2::int <= $3::int",
        "delete from sessions x using written_users w
         where x.organisation_id = $1 and x.user_id = w.user_id and w.stopped and $2::int <= $3::int",
        "update credentials c set pending_password_hash = null, pending_password_expires_at = null,
           pending_password_outbox_id = null, pending_pin_hash = null, pending_pin_outbox_id = null,
           password_hash = case password_kind when 'temporary' then null else password_hash end,
           password_kind = case password_kind when 'temporary' then 'none' else password_kind end
         from written_users w
         where c.organisation_id = $1 and c.user_id = w.user_id and w.stopped and $2::int <= $3::int",
    ] {
        let query = sqlx::query(statement);
        let query = if statement.contains("$1") { query.bind(organisation).bind(first).bind(last) } else { query };
        query.execute(&mut *tx).await?;
    }
    sqlx::query(
        "insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind, object_id, object_name,
           before, after, reason, job_id)
         select $1, $2, $3, $4, case when w.made then 'user.created' else 'user.changed' end, 'user', w.user_id, s.label,
           (select jsonb_object_agg(c->>'column', c->'before') from jsonb_array_elements(s.changes) c),
           coalesce((select jsonb_object_agg(c->>'column', c->'after') from jsonb_array_elements(s.changes) c),
             jsonb_build_object('username', s.username, 'groups', (
               select string_agg(n.name_it, ', ' order by n.position, n.id) from groups n
               where n.organisation_id = $1 and n.id = any(s.groups)))),
           $5, $6
         from written_users w join stage_users s on s.line = w.line",
    )
    .bind(organisation)
    .bind(by.at)
    .bind(by.actor)
    .bind(by.actor_name)
    .bind(by.reason)
    .bind(by.job.map(|j| j.0))
    .execute(&mut *tx)
    .await?;
    sqlx::query("drop table written_users").execute(tx).await?;
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
           from stage_users) f
         where r.organisation_id = $1 and r.import_id = $2 and r.line = f.line and r.outcome <> f.outcome",
    )
    .bind(organisation.0)
    .bind(id.0)
    .execute(tx)
    .await?;
    Ok(())
}
