//! «Dissocia» and «Dissocia tutti»: links go into `dissolved_links`, from where they can
//! be brought back (A28).

use super::{Ground, whole};
use crate::error::Result;
use domain::{UserId, access::Actor, alignment::Restored, person::PersonKind};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

/// What the entries of the trail say beside the change itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told<'a> {
    /// Motivation.
    pub reason: Option<&'a str>,
    /// The entry that is put back.
    pub reverts: Option<i64>,
    /// The number under which the entries of an act on many are found.
    pub group: Option<i64>,
}

/// Dissolves the links of a kind: a user's, or with `None` everybody's within reach.
/// Answers how many. What is dissolved is set aside, so that equal codes do not stage it
/// again by themselves.
///
/// # Errors
/// Where the database fails.
#[allow(clippy::too_many_arguments, reason = "what the trail must say")]
pub async fn dissolve(
    tx: &mut PgConnection,
    ground: &Ground,
    actor: &Actor,
    kind: PersonKind,
    user: Option<UserId>,
    batch: Uuid,
    told: Told<'_>,
    now: Timestamp,
) -> Result<u64> {
    let n = sqlx::query_scalar!(
        r#"with gone as (
             delete from user_person_links l
             where l.organisation_id = $1 and l.kind = $3 and ($4::bigint is null or l.user_id = $4)
               and not exists (select from grants g where g.organisation_id = $1 and g.user_id = l.user_id
                 and g.group_id = any($5))
               and ($6::bigint[] is null or user_within($1, l.user_id, $6))
             returning l.*),
           kept as (
             insert into dissolved_links (organisation_id, batch, user_id, person_id, kind, method, linked_at, linked_by,
               user_fiscal_code, person_fiscal_code, dissolved_at, dissolved_by)
             select organisation_id, $7, user_id, person_id, kind, method, linked_at, linked_by,
               user_fiscal_code, person_fiscal_code, $8, nullif($2::bigint, 0) from gone),
           aside as (
             insert into link_drafts (organisation_id, editor_id, kind, user_id, person_id, automatic)
             select $1, $2, $3, user_id, null, false from gone
             on conflict (organisation_id, editor_id, kind, user_id) do update set person_id = null, problem = null, other = null),
           told as (
             insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind, object_id, object_name,
               before, after, reason, batch_id)
             select $1, $8, $9, $10, 'user.person_unlinked', 'user', g.user_id, trim(u.surname || ' ' || u.given_name),
               jsonb_build_object('person', jsonb_build_object('id', p.id, 'name', trim(p.surname || ' ' || p.given_name)),
                 'kind', g.kind, 'method', g.method, 'batch', $7::uuid),
               case when $12::bigint is not null then jsonb_build_object('reverts', $12::bigint) end, $11, $13
             from gone g join users u on (u.organisation_id, u.id) = (g.organisation_id, g.user_id)
             join persons p on (p.organisation_id, p.id) = (g.organisation_id, g.person_id))
           select count(*) as "n!" from gone"#,
        ground.organisation.0,
        ground.editor,
        kind.code(),
        user.map(|u| u.0),
        &ground.strong,
        ground.units.as_deref() as _,
        batch,
        now.to_sqlx() as _,
        actor.user.map(|u| u.0),
        actor.name,
        told.reason,
        told.reverts,
        told.group,
    )
    .fetch_one(tx)
    .await?;
    Ok(whole(n))
}

/// Which part of a batch is brought back, and how the trail tells it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part<'a> {
    /// This user's link of this kind; `None` is all of them.
    pub only: Option<(UserId, PersonKind)>,
    /// For the trail.
    pub told: Told<'a>,
}

/// Brings back what a batch dissolved, or a part of it, but where the user or the record has another link
/// by now, or lies out of reach.
///
/// # Errors
/// Where the database fails.
pub async fn restore(
    tx: &mut PgConnection,
    ground: &Ground,
    actor: &Actor,
    batch: Uuid,
    part: Part<'_>,
    now: Timestamp,
) -> Result<Restored> {
    let r = sqlx::query!(
        r#"with wanted as materialized (
             select d.* from dissolved_links d
             where d.organisation_id = $1 and d.batch = $2 and d.restored_at is null
               and ($8::bigint is null or (d.user_id = $8 and d.kind = $9))
               and not exists (select from grants g where g.organisation_id = $1 and g.user_id = d.user_id
                 and g.group_id = any($3))
               and ($4::bigint[] is null or user_within($1, d.user_id, $4))),
           back as (
             insert into user_person_links (organisation_id, user_id, person_id, kind, method, linked_at, linked_by,
               user_fiscal_code, person_fiscal_code)
             select organisation_id, user_id, person_id, kind, method, linked_at, linked_by,
               user_fiscal_code, person_fiscal_code from wanted order by person_id
             on conflict do nothing returning user_id, person_id, kind, method),
           booked as (
             update dissolved_links d set restored_at = $5 from back b
             where d.organisation_id = $1 and d.batch = $2 and d.user_id = b.user_id and d.kind = b.kind),
           cleared as (
             delete from link_drafts d using back b
             where d.organisation_id = $1 and d.kind = b.kind and d.user_id = b.user_id and d.person_id is null),
           told as (
             insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind, object_id, object_name, after, reason,
               batch_id)
             select $1, $5, $6, $7, 'user.person_relinked', 'user', b.user_id, trim(u.surname || ' ' || u.given_name),
               jsonb_strip_nulls(jsonb_build_object('person',
                 jsonb_build_object('id', p.id, 'name', trim(p.surname || ' ' || p.given_name)),
                 'kind', b.kind, 'method', b.method, 'reverts', $10::bigint)), $11, $12
             from back b join users u on u.organisation_id = $1 and u.id = b.user_id
             join persons p on p.organisation_id = $1 and p.id = b.person_id)
           select (select count(*) from back) as "back!", (select count(*) from wanted) as "wanted!""#,
        ground.organisation.0,
        batch,
        &ground.strong,
        ground.units.as_deref() as _,
        now.to_sqlx() as _,
        actor.user.map(|u| u.0),
        actor.name,
        part.only.map(|(u, _)| u.0),
        part.only.map(|(_, k)| k.code()),
        part.told.reverts,
        part.told.reason,
        part.told.group,
    )
    .fetch_one(tx)
    .await?;
    Ok(Restored {
        links: whole(r.back),
        kept: whole(r.wanted - r.back),
    })
}

/// «Dissocia tutti» as the trail tells it: its entry, and the kind of its links. `None` for
/// the batch of a single «Dissocia».
///
/// # Errors
/// Where the database fails.
pub async fn act_on_all(
    conn: &mut PgConnection,
    ground: &Ground,
    batch: Uuid,
) -> Result<Option<(i64, String)>> {
    let row = sqlx::query!(
        r#"select id, before ->> 'kind' as "kind!" from audit
           where organisation_id = $1 and action = 'links.dissolved' and before ->> 'batch' = $2
           order by at desc, id desc limit 1"#,
        ground.organisation.0,
        batch.to_string(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| (r.id, r.kind)))
}

/// Those of the batches of which at least one link could be brought back now.
///
/// # Errors
/// Where the database fails.
pub async fn restorable(
    conn: &mut PgConnection,
    ground: &Ground,
    batches: &[Uuid],
) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        r#"select b.batch as "batch!" from unnest($2::uuid[]) b (batch)
           cross join lateral (
             select from dissolved_links d
             where d.organisation_id = $1 and d.batch = b.batch and d.restored_at is null
               and not exists (select from user_person_links l
                 where l.organisation_id = $1 and l.user_id = d.user_id and l.kind = d.kind)
               and not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = d.person_id)
               and not exists (select from grants g where g.organisation_id = $1 and g.user_id = d.user_id
                 and g.group_id = any($3))
               and ($4::bigint[] is null or user_within($1, d.user_id, $4))
             limit 1) d"#,
        ground.organisation.0,
        batches,
        &ground.strong,
        ground.units.as_deref() as _,
    )
    .fetch_all(conn)
    .await?)
}
