//! What a creation left, and taking it back.

use super::{Ground, whole};
use crate::error::Result;
use domain::{
    JobId, PersonId,
    access::Actor,
    alignment::{SkipReason, SkippedPerson},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// What became of the users of a job.
#[derive(Debug)]
pub struct Standing {
    /// They exist.
    pub standing: u64,
    /// They have never entered.
    pub removable: u64,
    /// They have no mailbox and no password yet: their credentials come by letter.
    pub unmailed: u64,
    /// Records left out.
    pub skipped: u64,
    /// The first of them.
    pub first: Vec<SkippedPerson>,
}

/// Users of the job that stand, those of them that have never entered, records left out.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] where the job created nobody.
pub async fn result(
    conn: &mut PgConnection,
    ground: &Ground,
    job: JobId,
    limit: i64,
) -> Result<Standing> {
    let n = sqlx::query!(
        r#"select count(*) as "all!", count(u.id) as "standing!",
             count(u.id) filter (where u.last_sign_in_at is null) as "removable!",
             count(u.id) filter (where u.email is null and u.last_sign_in_at is null
               and coalesce(k.password_kind, 'none') = 'none') as "unmailed!",
             count(*) filter (where c.skipped is not null) as "skipped!"
           from job_creations c left join users u on (u.organisation_id, u.id) = (c.organisation_id, c.user_id)
           left join credentials k on (k.organisation_id, k.user_id) = (u.organisation_id, u.id)
           where c.organisation_id = $1 and c.job_id = $2"#,
        ground.organisation.0,
        job.0,
    )
    .fetch_one(&mut *conn)
    .await?;
    if n.all == 0 {
        return Err(crate::ServiceError::NotFound);
    }
    let rows = sqlx::query!(
        r#"select p.id, trim(p.surname || ' ' || p.given_name) as "name!", c.skipped as "skipped!"
           from job_creations c join persons p on (p.organisation_id, p.id) = (c.organisation_id, c.person_id)
           where c.organisation_id = $1 and c.job_id = $2 and c.skipped is not null order by c.position limit $3"#,
        ground.organisation.0,
        job.0,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let skipped = rows.into_iter().filter_map(|r| {
        Some(SkippedPerson {
            id: PersonId(r.id),
            name: r.name,
            reason: SkipReason::from_code(&r.skipped)?,
        })
    });
    Ok(Standing {
        standing: whole(n.standing),
        removable: whole(n.removable),
        unmailed: whole(n.unmailed),
        skipped: whole(n.skipped),
        first: skipped.collect(),
    })
}

/// Removes the users of the job that have never entered; the numbers they had stay used.
/// Answers how many are gone and how many stay.
///
/// # Errors
/// Where the database fails.
pub async fn undo(
    tx: &mut PgConnection,
    ground: &Ground,
    actor: &Actor,
    job: JobId,
    now: Timestamp,
) -> Result<(u64, u64)> {
    let removed = sqlx::query_scalar!(
        r#"with gone as (
             delete from users u using job_creations c
             where c.organisation_id = $1 and c.job_id = $2 and u.organisation_id = $1 and u.id = c.user_id
               and u.last_sign_in_at is null
               and not exists (select from grants g where g.organisation_id = $1 and g.user_id = u.id
                 and g.group_id = any($3))
               and not exists (select from outbox o where o.organisation_id = $1 and o.user_id = u.id
                 and o.state = 'sending')
             returning u.id, u.username, trim(u.surname || ' ' || u.given_name) as name),
           told as (
             insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind, object_id, object_name,
               before, job_id)
             select $1, $4, $5, $6, 'user.deleted', 'user', id, name, jsonb_build_object('username', username), $2 from gone)
           select count(*) as "n!" from gone"#,
        ground.organisation.0,
        job.0,
        &ground.strong,
        now.to_sqlx() as _,
        actor.user.map(|u| u.0),
        actor.name,
    )
    .fetch_one(&mut *tx)
    .await?;
    let kept = sqlx::query_scalar!(
        r#"select count(*) as "n!" from job_creations c
           join users u on (u.organisation_id, u.id) = (c.organisation_id, c.user_id)
           where c.organisation_id = $1 and c.job_id = $2"#,
        ground.organisation.0,
        job.0,
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!(
        "update jobs set result = result || jsonb_build_object('removed',
             coalesce((result ->> 'removed')::bigint, 0) + $3::bigint)
         where organisation_id = $1 and id = $2",
        ground.organisation.0,
        job.0,
        removed,
    )
    .execute(tx)
    .await?;
    Ok((whole(removed), whole(kept)))
}
