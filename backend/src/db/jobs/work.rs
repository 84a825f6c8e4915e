//! What the worker does with operations: start, keep, end. Time is the caller's.

use super::{book, progress};
use crate::error::Result;
use domain::{JobId, OrganisationId, job::JobState};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Sends whose hold is over are under way from now on.
///
/// # Errors
/// Where the database fails.
pub async fn start_due(conn: &mut PgConnection, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "update jobs set state = 'running', started_at = coalesce(started_at, $1)
         where kind = 'send_credentials' and state in ('held', 'queued') and run_after <= $1",
        now.to_sqlx() as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Books the end of a send none of whose mails is open any more.
///
/// # Errors
/// Where the database fails.
pub async fn settle(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: JobId,
    now: Timestamp,
) -> Result<bool> {
    let ended = sqlx::query_scalar!(
        "update jobs j set state = case when state = 'running' then 'done' else state end,
           finished_at = case when state = 'running' then $3 else finished_at end
         where organisation_id = $1 and id = $2 and kind = 'send_credentials' and state in ('running', 'cancelled')
           and not exists (select from outbox o where o.organisation_id = $1 and o.job_id = $2
             and o.state in ('waiting', 'deferred', 'sending'))
         returning id",
        organisation.0,
        id.0,
        now.to_sqlx() as _,
    )
    .fetch_optional(&mut *tx)
    .await?;
    if ended.is_none() {
        return Ok(false);
    }
    let progress = progress(tx, organisation, id).await?;
    book(tx, organisation, id, &progress).await?;
    Ok(true)
}

/// Sends that are under way without an open mail: a worker died between the last mail and
/// the booking of the end.
///
/// # Errors
/// Where the database fails.
pub async fn unsettled(conn: &mut PgConnection) -> Result<Vec<(OrganisationId, JobId)>> {
    let rows = sqlx::query!(
        "select organisation_id, id from jobs j where kind = 'send_credentials' and state = 'running'
           and not exists (select from outbox o where o.organisation_id = j.organisation_id and o.job_id = j.id
             and o.state in ('waiting', 'deferred', 'sending'))"
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (OrganisationId(r.organisation_id), JobId(r.id)))
        .collect())
}

/// An import that this worker has taken.
#[derive(Clone, Copy, Debug)]
pub struct DueJob {
    /// Whose.
    pub organisation: OrganisationId,
    /// Which.
    pub id: JobId,
    /// Counts the takings: who lost the lease has another number.
    pub attempts: i32,
}

/// Takes one import that is due, or whose worker has died.
///
/// # Errors
/// Where the database fails.
pub async fn claim_import(
    conn: &mut PgConnection,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<DueJob>> {
    let row = sqlx::query!(
        "update jobs set state = 'running', started_at = coalesce(started_at, $1), lease_until = $2, attempts = attempts + 1
         where (organisation_id, id) in (
           select organisation_id, id from jobs
           where kind = 'import' and run_after <= $1
             and (state in ('held', 'queued') or (state = 'running' and lease_until < $1))
           order by run_after limit 1 for update skip locked)
         returning organisation_id, id, attempts",
        now.to_sqlx() as _,
        until.to_sqlx() as _,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| DueJob {
        organisation: OrganisationId(r.organisation_id),
        id: JobId(r.id),
        attempts: r.attempts,
    }))
}

/// Keeps an import whose work goes on.
///
/// # Errors
/// Where the database fails.
pub async fn keep_import(conn: &mut PgConnection, job: DueJob, until: Timestamp) -> Result<()> {
    sqlx::query!(
        "update jobs set lease_until = $4 where organisation_id = $1 and id = $2 and attempts = $3 and state = 'running'",
        job.organisation.0,
        job.id.0,
        job.attempts,
        until.to_sqlx() as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends an import as `done` or `failed`, unless its own work has done so already, or puts
/// it back into the queue.
///
/// # Errors
/// Where the database fails.
pub async fn end_import(
    conn: &mut PgConnection,
    job: DueJob,
    state: JobState,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update jobs set state = $4, finished_at = case when $4 = 'queued' then null else $5::timestamptz end, lease_until = null
         where organisation_id = $1 and id = $2 and attempts = $3 and state = 'running'",
        job.organisation.0,
        job.id.0,
        job.attempts,
        state.code(),
        now.to_sqlx() as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}
