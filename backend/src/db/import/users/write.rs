//! Writing the confirmed rows of a file of users.

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
    void_codes(tx, by).await?;
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

/// A code that was mailed to another address, or to somebody who is switched off now, opens
/// nothing any more: as after the same change by hand.
async fn void_codes(tx: &mut PgConnection, by: By<'_>) -> Result<()> {
    sqlx::query(
        "update registrations r set state = 'revoked', ended_at = $2, code_hash = null,
           revoked_reason = case when w.stopped then 'inactive' else 'address_changed' end
         from written_users w join stage_users s on s.line = w.line
         where r.organisation_id = $1 and r.user_id = w.user_id and not w.made
           and (w.stopped or s.changes @> '[{\"column\": \"email\"}]')
           and (r.state = 'running' or (r.state = 'to_start' and w.stopped))",
    )
    .bind(by.whose.organisation.0)
    .bind(by.at)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "update registrations r set code_hash = null, code_outbox_id = null, expires_at = null
         from written_users w join stage_users s on s.line = w.line
         where r.organisation_id = $1 and r.user_id = w.user_id and r.state = 'to_start'
           and s.changes @> '[{\"column\": \"email\"}]'",
    )
    .bind(by.whose.organisation.0)
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
           from stage_users) f
         where r.organisation_id = $1 and r.import_id = $2 and r.line = f.line and r.outcome <> f.outcome",
    )
    .bind(organisation.0)
    .bind(id.0)
    .execute(tx)
    .await?;
    Ok(())
}
