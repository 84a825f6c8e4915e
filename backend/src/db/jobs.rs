//! Operations: written in the transaction of the act, read by their page and their list.

mod progress;
mod recipients;
mod work;

pub use progress::{Progress, progress};
pub use recipients::{recipients, recipients_in_order};
pub use work::{DueJob, claim_import, end_import, keep_import, settle, start_due, unsettled};

use crate::error::Result;
use domain::{
    JobId, OrganisationId,
    access::Actor,
    job::{Figures, JobKind, JobState, JobView},
    page::{Page, PageRequest},
};
use jiff::{Timestamp, tz::TimeZone};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

/// An operation to be written.
#[derive(Debug)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// The same key twice is the same operation.
    pub key: Uuid,
    /// Not before this moment.
    pub run_after: Timestamp,
    /// Recipients or rows, where already known.
    pub total: u32,
    /// What the job needs to know; never a secret.
    pub payload: serde_json::Value,
}

/// An operation that was written now or before.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its number.
    pub id: JobId,
    /// «2026-0142»
    pub number: String,
    /// Written now; otherwise the key was known and nothing was written.
    pub fresh: bool,
}

/// Writes an operation, or finds the one with the same key. Operations of one organisation
/// are numbered one after the other, which its row serialises.
///
/// # Errors
/// Where the database fails.
pub async fn create(
    tx: &mut PgConnection,
    actor: &Actor,
    now: Timestamp,
    new: &NewJob,
) -> Result<Written> {
    let organisation = actor.organisation;
    let house = sqlx::query!(
        "select next_job_number, time_zone from organisations where id = $1 for update",
        organisation.0
    )
    .fetch_one(&mut *tx)
    .await?;
    let known = sqlx::query!(
        "select id, number from jobs where organisation_id = $1 and idempotency_key = $2",
        organisation.0,
        new.key
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(known) = known {
        return Ok(Written {
            id: JobId(known.id),
            number: known.number,
            fresh: false,
        });
    }
    let zone = TimeZone::get(&house.time_zone).unwrap_or(TimeZone::UTC);
    let number = format!("{}-{:04}", now.to_zoned(zone).year(), house.next_job_number);
    sqlx::query!(
        "update organisations set next_job_number = next_job_number + 1 where id = $1",
        organisation.0
    )
    .execute(&mut *tx)
    .await?;
    let state = if new.run_after > now {
        JobState::Held
    } else {
        JobState::Queued
    };
    let id = sqlx::query_scalar!(
        "insert into jobs (organisation_id, number, kind, state, idempotency_key, created_by, created_by_name,
           created_at, run_after, total, payload)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id",
        organisation.0,
        number,
        new.kind.code(),
        state.code(),
        new.key,
        actor.user.map(|u| u.0),
        actor.name,
        now.to_sqlx() as _,
        new.run_after.to_sqlx() as _,
        i32::try_from(new.total).unwrap_or(i32::MAX),
        new.payload,
    )
    .fetch_one(tx)
    .await?;
    Ok(Written {
        id: JobId(id),
        number,
        fresh: true,
    })
}

/// Which operations somebody may see.
#[derive(Clone, Debug)]
pub struct Visible {
    /// Kinds.
    pub kinds: Vec<JobKind>,
    /// Only those started by this user: who is limited to units sees no other's.
    pub only_by: Option<i64>,
}

impl Visible {
    /// Kinds as stored.
    pub(crate) fn codes(&self) -> Vec<String> {
        self.kinds.iter().map(|k| k.code().to_owned()).collect()
    }
}

struct JobRow {
    id: i64,
    number: String,
    kind: String,
    state: String,
    created_by_name: String,
    created_at: jiff_sqlx::Timestamp,
    run_after: jiff_sqlx::Timestamp,
    finished_at: Option<jiff_sqlx::Timestamp>,
    total: i32,
    done: i32,
    failed: i32,
    result: serde_json::Value,
}

impl JobRow {
    fn view(self) -> Option<JobView> {
        Some(JobView {
            id: JobId(self.id),
            number: self.number,
            kind: JobKind::from_code(&self.kind)?,
            state: JobState::from_code(&self.state)?,
            created_by: self.created_by_name,
            created_at: self.created_at.to_jiff(),
            run_after: self.run_after.to_jiff(),
            finished_at: self.finished_at.map(|at| at.to_jiff()),
            total: count(self.total),
            done: count(self.done),
            failed: count(self.failed),
            mails: Vec::new(),
            result: figures(&self.result),
        })
    }
}

fn count(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

/// Whole numbers by name; whatever else a result holds is not for the page.
fn figures(value: &serde_json::Value) -> Figures {
    let object = value.as_object().into_iter().flatten();
    object
        .filter_map(|(k, v)| v.as_i64().map(|n| (k.clone(), n)))
        .collect()
}

/// An operation with its progress now.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] where it does not exist or is not visible.
pub async fn view(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    visible: &Visible,
    id: JobId,
) -> Result<JobView> {
    let row = sqlx::query_as!(
        JobRow,
        "select id, number, kind, state, created_by_name, created_at, run_after, finished_at, total, done, failed, result
         from jobs where organisation_id = $1 and id = $2 and kind = any($3) and ($4::bigint is null or created_by = $4)",
        organisation.0,
        id.0,
        &visible.codes(),
        visible.only_by,
    )
    .fetch_one(&mut *conn)
    .await?;
    let mut view = row.view().ok_or(crate::ServiceError::NotFound)?;
    if view.kind == JobKind::SendCredentials {
        let progress = progress(conn, organisation, id).await?;
        view.done = progress.done;
        view.failed = progress.failed;
        view.mails = progress.mails;
    }
    Ok(view)
}

/// Operations, newest first. Those that have ended show what was booked at their end.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    visible: &Visible,
    page: PageRequest,
) -> Result<Page<JobView>> {
    let codes = visible.codes();
    let total = sqlx::query_scalar!(
        r#"select count(*) as "n!" from jobs
           where organisation_id = $1 and kind = any($2) and ($3::bigint is null or created_by = $3)"#,
        organisation.0,
        &codes,
        visible.only_by,
    )
    .fetch_one(&mut *conn)
    .await?;
    let total = u64::try_from(total).unwrap_or(0);
    let number = if page.number > page.size.pages(total) {
        1
    } else {
        page.number.max(1)
    };
    let request = PageRequest {
        number,
        size: page.size,
    };
    let rows = sqlx::query_as!(
        JobRow,
        "select id, number, kind, state, created_by_name, created_at, run_after, finished_at, total, done, failed, result
         from jobs where organisation_id = $1 and kind = any($2) and ($3::bigint is null or created_by = $3)
         order by created_at desc, id desc limit $4 offset $5",
        organisation.0,
        &codes,
        visible.only_by,
        request.limit(),
        request.offset(),
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut items: Vec<JobView> = rows.into_iter().filter_map(JobRow::view).collect();
    for view in items
        .iter_mut()
        .filter(|v| v.kind == JobKind::SendCredentials && v.state == JobState::Running)
    {
        let progress = progress(conn, organisation, view.id).await?;
        view.done = progress.done;
        view.failed = progress.failed;
    }
    Ok(Page {
        items,
        total,
        number,
        size: page.size,
    })
}

/// How many visible operations have not ended.
///
/// # Errors
/// Where the database fails.
pub async fn under_way(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    visible: &Visible,
) -> Result<u64> {
    let n = sqlx::query_scalar!(
        r#"select count(*) as "n!" from jobs where organisation_id = $1 and state in ('held', 'queued', 'running')
           and kind = any($2) and ($3::bigint is null or created_by = $3)"#,
        organisation.0,
        &visible.codes(),
        visible.only_by,
    )
    .fetch_one(conn)
    .await?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// Ends an operation before it is done. Mails that wait are called back; those on the
/// wire end as they end. Answers how many were called back.
///
/// # Errors
/// Where the database fails.
pub async fn cancel(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: JobId,
    now: Timestamp,
) -> Result<u64> {
    let mails = sqlx::query!(
        "update outbox set state = 'cancelled', reason = 'by_person', finished_at = $3, lease_until = null
         where organisation_id = $1 and job_id = $2 and state in ('waiting', 'deferred')",
        organisation.0,
        id.0,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    sqlx::query!(
        "update jobs set state = 'cancelled', finished_at = $3 where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    let progress = progress(tx, organisation, id).await?;
    book(tx, organisation, id, &progress).await?;
    Ok(mails)
}

/// Books figures where the list reads them.
async fn book(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: JobId,
    progress: &Progress,
) -> Result<()> {
    sqlx::query!(
        "update jobs set done = $3, failed = $4 where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        i32::try_from(progress.done).unwrap_or(i32::MAX),
        i32::try_from(progress.failed).unwrap_or(i32::MAX),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// State of an operation, its row locked for what follows in the transaction.
///
/// # Errors
/// [`crate::ServiceError::NotFound`].
pub async fn lock(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: JobId,
) -> Result<Option<JobState>> {
    let state = sqlx::query_scalar!(
        "select state from jobs where organisation_id = $1 and id = $2 for update",
        organisation.0,
        id.0
    )
    .fetch_one(tx)
    .await?;
    Ok(JobState::from_code(&state))
}

/// Whether an operation is one that the reader may see: with `only_by` their own alone.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] otherwise.
pub async fn is_of(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: JobId,
    only_by: Option<i64>,
) -> Result<()> {
    sqlx::query_scalar!(
        "select id from jobs where organisation_id = $1 and id = $2 and ($3::bigint is null or created_by = $3)",
        organisation.0,
        id.0,
        only_by,
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Sets an operation going again after a retry.
///
/// # Errors
/// Where the database fails.
pub async fn reopen(tx: &mut PgConnection, organisation: OrganisationId, id: JobId) -> Result<()> {
    sqlx::query!(
        "update jobs set state = 'running', finished_at = null where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}
