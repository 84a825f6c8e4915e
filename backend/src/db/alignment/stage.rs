//! What waits for «AGGIORNAMENTO COLLEGAMENTI», by who stages it.

use super::Ground;
use crate::error::{Result, on_constraint};
use domain::{PersonId, UserId, alignment::PairProblem, person::PersonKind, problem::Conflict};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Stages every pair with an equal codice fiscale (A25), but those set aside, refused or
/// contested (two users, or two records, with one code). Answers how many are new.
///
/// # Errors
/// Where the database fails.
pub async fn exact(tx: &mut PgConnection, ground: &Ground, kind: PersonKind) -> Result<u64> {
    // What a colleague has saved meanwhile is done: nothing is left to save. A pair staged
    // by hand stays and is told of.
    sqlx::query!(
        "delete from link_drafts d using user_person_links l
         where d.organisation_id = $1 and d.editor_id = $2 and d.kind = $3
           and l.organisation_id = $1 and l.user_id = d.user_id and l.person_id = d.person_id",
        ground.organisation.0,
        ground.editor,
        kind.code(),
    )
    .execute(&mut *tx)
    .await?;
    let staged = sqlx::query!(
        "with pairs as (
           select u.id as user_id, p.id as person_id,
             count(*) over (partition by u.id) as persons, count(*) over (partition by p.id) as users
           from users u join persons p on p.organisation_id = u.organisation_id and p.fiscal_code = u.fiscal_code
           where u.organisation_id = $1 and p.organisation_id = $1 and u.fiscal_code is not null
             and u.state = 'active' and p.state = 'active' and p.kind = $3
             and not exists (select from user_person_links l where l.organisation_id = $1
               and l.user_id = u.id and l.kind = $3)
             and not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id))
         insert into link_drafts (organisation_id, editor_id, kind, user_id, person_id, automatic)
         select $1, $2, $3, c.user_id, c.person_id, true from pairs c
         where c.persons = 1 and c.users = 1
           and not exists (select from link_refusals r where r.organisation_id = $1
             and r.user_id = c.user_id and r.person_id = c.person_id)
           and not exists (select from grants g where g.organisation_id = $1 and g.user_id = c.user_id
             and g.group_id = any($4))
           and ($5::bigint[] is null or (
             user_within($1, c.user_id, $5)
             and exists (select from enrolments e join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = $1 and e.person_id = c.person_id and t.path && $5)))
         on conflict do nothing",
        ground.organisation.0,
        ground.editor,
        kind.code(),
        &ground.strong,
        ground.units.as_deref() as _,
    )
    .execute(tx)
    .await?;
    Ok(staged.rows_affected())
}

/// Stages a pair picked by hand, in place of what was staged for the user.
///
/// # Errors
/// [`Conflict::Contested`] where the record is staged for another user; [`Conflict::Pair`]
/// where one of them is linked already or no longer active; [`crate::ServiceError::NotFound`]
/// where one of them is not there or lies outside.
pub async fn by_hand(
    tx: &mut PgConnection,
    ground: &Ground,
    user: UserId,
    person: PersonId,
) -> Result<()> {
    let staged = sqlx::query!(
        "insert into link_drafts as d (organisation_id, editor_id, kind, user_id, person_id, automatic)
         select $1, $2, p.kind, u.id, p.id, false
         from users u join persons p on p.organisation_id = u.organisation_id
         where u.organisation_id = $1 and u.id = $3 and p.id = $4 and u.state = 'active' and p.state = 'active'
           and not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id)
           and not exists (select from user_person_links l where l.organisation_id = $1 and l.user_id = u.id
             and l.kind = p.kind)
           and ($5::bigint[] is null or (
             user_within($1, u.id, $5)
             and exists (select from enrolments e join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = $1 and e.person_id = p.id and t.path && $5)))
         on conflict (organisation_id, editor_id, kind, user_id) do update
           set person_id = excluded.person_id, automatic = false, problem = null, other = null",
        ground.organisation.0,
        ground.editor,
        user.0,
        person.0,
        ground.units.as_deref() as _,
    )
    .execute(&mut *tx)
    .await
    .map_err(|e| on_constraint(e, "link_drafts_person_key", Conflict::Contested))?;
    match staged.rows_affected() {
        0 => Err(hindrance(tx, ground, user, person).await?),
        _ => Ok(()),
    }
}

/// Why a pair could not be staged: what somebody did meanwhile, as far as the editor may
/// know of the two.
pub(super) async fn hindrance(
    conn: &mut PgConnection,
    ground: &Ground,
    user: UserId,
    person: PersonId,
) -> Result<crate::ServiceError> {
    let found = sqlx::query!(
        r#"select case when p.state <> 'active' then 'person_inactive' when u.state <> 'active' then 'user_inactive'
             when h.username is not null then 'person_linked' when c.code is not null then 'user_linked' end as problem,
             coalesce(h.username, c.code::text) as other
           from users u join persons p on p.organisation_id = u.organisation_id
           left join lateral (select x.username from user_person_links l
             join users x on (x.organisation_id, x.id) = (l.organisation_id, l.user_id)
             where l.organisation_id = $1 and l.person_id = p.id) h on true
           left join lateral (select x.code from user_person_links l
             join persons x on (x.organisation_id, x.id) = (l.organisation_id, l.person_id)
             where l.organisation_id = $1 and l.user_id = u.id and l.kind = p.kind) c on true
           where u.organisation_id = $1 and u.id = $2 and p.id = $3
             and ($4::bigint[] is null or (
               user_within($1, u.id, $4)
               and exists (select from enrolments e join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
                 where e.organisation_id = $1 and e.person_id = p.id and t.path && $4)))"#,
        ground.organisation.0,
        user.0,
        person.0,
        ground.units.as_deref() as _,
    )
    .fetch_optional(conn)
    .await?;
    let problem = found.and_then(|r| PairProblem::from_code(&r.problem?, r.other));
    Ok(problem.map_or(crate::ServiceError::NotFound, |p| Conflict::Pair(p).into()))
}

/// Takes back what is staged for a user; it is not staged again by itself.
///
/// # Errors
/// Where the database fails.
pub async fn aside(
    tx: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
    user: UserId,
) -> Result<()> {
    sqlx::query!(
        "update link_drafts set person_id = null, problem = null, other = null
         where organisation_id = $1 and editor_id = $2 and kind = $3 and user_id = $4",
        ground.organisation.0,
        ground.editor,
        kind.code(),
        user.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes back everything that is staged for the kind. Answers how many pairs.
///
/// # Errors
/// Where the database fails.
pub async fn all_aside(tx: &mut PgConnection, ground: &Ground, kind: PersonKind) -> Result<u64> {
    let done = sqlx::query!(
        "update link_drafts set person_id = null, problem = null, other = null
         where organisation_id = $1 and editor_id = $2 and kind = $3 and person_id is not null",
        ground.organisation.0,
        ground.editor,
        kind.code(),
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}

/// Remembers that a user is not this record (or no longer, where `reason` is `None`).
///
/// # Errors
/// [`crate::ServiceError::NotFound`] where one of them does not exist.
pub async fn refuse(
    tx: &mut PgConnection,
    ground: &Ground,
    user: UserId,
    person: PersonId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let Some(reason) = reason else {
        sqlx::query!(
            "delete from link_refusals where organisation_id = $1 and user_id = $2 and person_id = $3
               and user_within($1, $2, $4)",
            ground.organisation.0,
            user.0,
            person.0,
            ground.units.as_deref() as _,
        )
        .execute(tx)
        .await?;
        return Ok(());
    };
    let done = sqlx::query!(
        "insert into link_refusals (organisation_id, user_id, person_id, reason, refused_at, refused_by)
         select $1, u.id, p.id, $4, $5, nullif($6::bigint, 0)
         from users u join persons p on p.organisation_id = u.organisation_id
         where u.organisation_id = $1 and u.id = $2 and p.id = $3
           and ($7::bigint[] is null or (
             user_within($1, u.id, $7)
             and exists (select from enrolments e join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = $1 and e.person_id = p.id and t.path && $7)))
         on conflict (organisation_id, user_id, person_id) do update
           set reason = excluded.reason, refused_at = excluded.refused_at, refused_by = excluded.refused_by",
        ground.organisation.0,
        user.0,
        person.0,
        reason,
        now.to_sqlx() as _,
        ground.editor,
        ground.units.as_deref() as _,
    )
    .execute(tx)
    .await?;
    match done.rows_affected() {
        0 => Err(crate::ServiceError::NotFound),
        _ => Ok(()),
    }
}

/// The kind of a record.
///
/// # Errors
/// [`crate::ServiceError::NotFound`].
pub async fn kind_of(
    conn: &mut PgConnection,
    ground: &Ground,
    person: PersonId,
) -> Result<PersonKind> {
    let kind = sqlx::query_scalar!(
        "select kind from persons where organisation_id = $1 and id = $2",
        ground.organisation.0,
        person.0,
    )
    .fetch_one(conn)
    .await?;
    kind.parse().map_err(|_| crate::ServiceError::NotFound)
}

/// Takes back whatever pair holds the record.
///
/// # Errors
/// Where the database fails.
pub async fn release(tx: &mut PgConnection, ground: &Ground, person: PersonId) -> Result<()> {
    sqlx::query!(
        "update link_drafts set person_id = null, problem = null, other = null
         where organisation_id = $1 and editor_id = $2 and person_id = $3",
        ground.organisation.0,
        ground.editor,
        person.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The names of a user and of a record, for the trail.
///
/// # Errors
/// [`crate::ServiceError::NotFound`].
pub async fn names(
    conn: &mut PgConnection,
    ground: &Ground,
    user: UserId,
    person: PersonId,
) -> Result<(String, String)> {
    let r = sqlx::query!(
        r#"select trim(u.surname || ' ' || u.given_name) as "user!", trim(p.surname || ' ' || p.given_name) as "person!"
           from users u join persons p on p.organisation_id = u.organisation_id
           where u.organisation_id = $1 and u.id = $2 and p.id = $3 and user_within($1, u.id, $4)"#,
        ground.organisation.0,
        user.0,
        person.0,
        ground.units.as_deref() as _,
    )
    .fetch_one(conn)
    .await?;
    Ok((r.user, r.person))
}
