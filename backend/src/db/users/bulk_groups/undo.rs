//! Taking an act on many back, for all of them in one statement.

use super::Act;
use crate::error::Result;
use domain::OrganisationId;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// The users that an act on many changed, and every group in it.
///
/// # Errors
/// Where the database fails.
pub async fn of_batch(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    batch: i64,
) -> Result<(Vec<i64>, Vec<i64>)> {
    let users = sqlx::query_scalar!(
        r#"select u.id from users u where u.organisation_id = $1 and u.id in (
             select a.object_id from audit a where a.organisation_id = $1 and a.batch_id = $2
               and a.action = 'user.groups_changed')
           order by u.id for no key update of u"#,
        organisation.0,
        batch,
    )
    .fetch_all(&mut *conn)
    .await?;
    // Only groups that came or went: those that stayed need no right of the person.
    let groups = sqlx::query_scalar!(
        r#"select distinct (g.said ->> 'id')::bigint as "id!" from audit a
           cross join lateral (
             (select b from jsonb_array_elements(a.before -> 'groups') b except select n from jsonb_array_elements(a.after -> 'groups') n)
             union all
             (select n from jsonb_array_elements(a.after -> 'groups') n except select b from jsonb_array_elements(a.before -> 'groups') b)
           ) as g (said)
           where a.organisation_id = $1 and a.batch_id = $2 and a.action = 'user.groups_changed'"#,
        organisation.0,
        batch,
    )
    .fetch_all(conn)
    .await?;
    Ok((users, groups))
}

/// What each of `ids` had after the act: for seeing whether it still has.
///
/// # Errors
/// Where the database fails.
pub async fn left_by(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    batch: i64,
) -> Result<Vec<(i64, serde_json::Value)>> {
    let rows = sqlx::query!(
        r#"select a.object_id as "id!", a.after as "after!" from audit a
           where a.organisation_id = $1 and a.batch_id = $2 and a.action = 'user.groups_changed'"#,
        organisation.0,
        batch,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.id, r.after)).collect())
}

/// Brings the groups of `ids` back to what they were before the act `batch`, with their
/// units and days, and writes an entry for each under the number of `act`.
///
/// # Errors
/// Where the database fails.
pub async fn undo(tx: &mut PgConnection, act: Act<'_>, batch: i64, ids: &[i64]) -> Result<u64> {
    let done = sqlx::query!(
        r#"with e as materialized (
           select a.id as entry, a.object_id as user_id, a.before -> 'groups' as was, a.after -> 'groups' as is from audit a
           where a.organisation_id = $1 and a.batch_id = $2 and a.action = 'user.groups_changed' and a.object_id = any($3)),
         want as materialized (
           select e.user_id, (g ->> 'id')::bigint as group_id, (g ->> 'unit')::bigint as unit_id,
             (g ->> 'from')::date as valid_from, (g ->> 'until')::date as valid_until
           from e cross join lateral jsonb_array_elements(e.was) g),
         gone as (
           delete from grants gr using e where gr.organisation_id = $1 and gr.user_id = e.user_id and not exists (
             select from want w where w.user_id = gr.user_id and w.group_id = gr.group_id
               and w.unit_id is not distinct from gr.unit_id)),
         profile as (
           select distinct on (p.user_id, p.category) p.user_id, p.category, p.id
           from e join profiles p on p.organisation_id = $1 and p.user_id = e.user_id and p.state = 'active'
           order by p.user_id, p.category, p.is_default desc, p.id),
         come as (
           insert into grants (organisation_id, profile_id, user_id, group_id, unit_id, valid_from, valid_until)
           select $1, p.id, w.user_id, w.group_id, w.unit_id, w.valid_from, w.valid_until from want w
           join groups g on g.organisation_id = $1 and g.id = w.group_id
           join profile p on p.user_id = w.user_id and p.category = g.category
           where not exists (select from grants gr where gr.organisation_id = $1 and gr.user_id = w.user_id
             and gr.group_id = w.group_id and gr.unit_id is not distinct from w.unit_id)
           on conflict do nothing),
         bumped as (
           update users u set version = u.version + 1 from e where u.organisation_id = $1 and u.id = e.user_id
           returning u.id, u.version, trim(u.surname || ' ' || u.given_name) as name, e.entry, e.was, e.is)
         insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind, object_id, object_name,
           before, after, batch_id)
         select $1, $4, $5, $6, 'user.groups_changed', 'user', b.id, b.name,
           jsonb_build_object('groups', b.is),
           jsonb_build_object('groups', b.was, 'version', b.version, 'reverts', b.entry), $7
         from bumped b"#,
        act.organisation.0,
        batch,
        ids,
        act.at.to_sqlx() as _,
        act.actor,
        act.name,
        act.batch,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}
