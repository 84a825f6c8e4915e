//! Imports: staging, comparing and writing whole files at once.
//!
//! A file goes by COPY into a temporary table of typed columns, is compared with the real
//! tables by a handful of set-based statements, and what was found stays in `import_rows`.
//! Applying fills the same temporary table from `import_rows` and compares again, so that
//! what changed meanwhile is noticed. Statements that name the temporary tables cannot be
//! checked when compiled, because those tables exist only in their transaction.

mod confirmed;
mod copy;
pub mod persons;
pub mod rows;
pub mod units;
pub mod users;

pub use confirmed::{Payload, confirmation, finish_job, lock_targets, report};
pub use copy::{Line, copy_in};

use crate::error::{Result, ServiceError};
use domain::{
    ImportId, JobId, OrganisationId,
    import::{
        ImportCounts, ImportJob, ImportKind, ImportState, ImportView, Recognised, RowOutcome,
    },
    job::JobState,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, Row, postgres::PgRow};

/// What the real tables are compared for.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// The owner of the data.
    pub organisation: OrganisationId,
    /// IANA name of its time zone.
    pub time_zone: &'a str,
    /// Rights of the person who imports; `None` holds all.
    pub rights: Option<&'a [String]>,
    /// Units of the person who imports; `None` reaches the whole organisation.
    pub units: Option<&'a [i64]>,
    /// The account of the person who imports: it changes neither its groups nor its state.
    pub own: Option<i64>,
}

/// Who writes, and for what.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Whose data.
    pub whose: Whose<'a>,
    /// The moment.
    pub at: jiff_sqlx::Timestamp,
    /// The user; `None` is the command line.
    pub actor: Option<i64>,
    /// Name for the audit trail.
    pub actor_name: &'a str,
    /// The operation.
    pub job: Option<JobId>,
    /// Why, for the audit trail.
    pub reason: &'a str,
}

/// Writes the head of a new preview.
///
/// # Errors
/// Where the database fails.
pub async fn insert(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    kind: ImportKind,
    file_name: &str,
    created_by: Option<i64>,
    at: Timestamp,
) -> Result<ImportId> {
    let id = sqlx::query_scalar!(
        "insert into imports (organisation_id, kind, file_name, state, created_by, created_at)
         values ($1, $2, $3, 'previewed', $4, $5) returning id",
        organisation.0,
        kind.code(),
        file_name,
        created_by,
        at.to_sqlx() as _,
    )
    .fetch_one(tx)
    .await?;
    Ok(ImportId(id))
}

/// Forgets previews that nobody confirmed: they hold personal data.
///
/// # Errors
/// Where the database fails.
pub async fn forget_previews(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    before: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "delete from imports where organisation_id = $1 and state = 'previewed' and created_at < $2",
        organisation.0,
        before.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets an import and its rows.
///
/// # Errors
/// Where the database fails.
pub async fn delete(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<()> {
    sqlx::query!(
        "delete from imports where organisation_id = $1 and id = $2",
        organisation.0,
        id.0
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps what was recognised and counted.
///
/// # Errors
/// Where the database fails.
pub async fn keep_findings(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
    counts: &ImportCounts,
    recognised: &Recognised,
) -> Result<()> {
    sqlx::query!(
        "update imports set counts = $3, recognised = $4 where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        serde_json::to_value(counts).map_err(ServiceError::internal)?,
        serde_json::to_value(recognised).map_err(ServiceError::internal)?,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Moves an import on.
///
/// # Errors
/// Where the database fails.
pub async fn set_state(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
    state: ImportState,
    job: Option<JobId>,
) -> Result<()> {
    sqlx::query!(
        "update imports set state = $3, job_id = coalesce($4, job_id) where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        state.code(),
        job.map(|j| j.0),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// An import with its job.
///
/// # Errors
/// [`ServiceError::NotFound`], or where the database fails.
pub async fn find(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<ImportView> {
    let row = sqlx::query!(
        r#"select i.kind, i.file_name, i.state, i.counts, i.recognised,
             i.created_at as "created_at: jiff_sqlx::Timestamp",
             j.id as "job_id?", j.number as "number?", j.state as "job_state?", j.total as "total?", j.done as "done?"
           from imports i
           left join jobs j on j.organisation_id = i.organisation_id and j.id = i.job_id
           where i.organisation_id = $1 and i.id = $2"#,
        organisation.0,
        id.0,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(ServiceError::NotFound)?;
    let count = |n: Option<i32>| u32::try_from(n.unwrap_or(0)).unwrap_or(0);
    let job = match (row.job_id, row.job_state) {
        (Some(id), Some(state)) => Some(ImportJob {
            id: JobId(id),
            number: row.number.unwrap_or_default(),
            state: JobState::from_code(&state).ok_or_else(|| unknown("job state"))?,
            total: count(row.total),
            done: count(row.done),
        }),
        _ => None,
    };
    let state = ImportState::from_code(&row.state).ok_or_else(|| unknown("import state"))?;
    // A job given up by the worker itself takes its import with it.
    let lost = state == ImportState::Confirmed
        && job.as_ref().is_some_and(|j| j.state == JobState::Failed);
    Ok(ImportView {
        id,
        kind: ImportKind::from_code(&row.kind).ok_or_else(|| unknown("import kind"))?,
        file_name: row.file_name,
        state: if lost { ImportState::Failed } else { state },
        counts: serde_json::from_value(row.counts).map_err(ServiceError::internal)?,
        recognised: serde_json::from_value(row.recognised).map_err(ServiceError::internal)?,
        created_at: row.created_at.to_jiff(),
        job,
    })
}

/// Kind and state of an import, locked until the transaction ends.
///
/// # Errors
/// [`ServiceError::NotFound`], or where the database fails.
pub async fn lock(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<(ImportKind, ImportState, Option<JobId>)> {
    let row = sqlx::query!(
        "select kind, state, job_id from imports where organisation_id = $1 and id = $2 for update",
        organisation.0,
        id.0,
    )
    .fetch_optional(tx)
    .await?
    .ok_or(ServiceError::NotFound)?;
    Ok((
        ImportKind::from_code(&row.kind).ok_or_else(|| unknown("import kind"))?,
        ImportState::from_code(&row.state).ok_or_else(|| unknown("import state"))?,
        row.job_id.map(JobId),
    ))
}

/// The import that a job writes.
///
/// # Errors
/// [`ServiceError::NotFound`], or where the database fails.
pub async fn of_job(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    job: JobId,
) -> Result<ImportId> {
    let id = sqlx::query_scalar!(
        "select id from imports where organisation_id = $1 and job_id = $2",
        organisation.0,
        job.0,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(ServiceError::NotFound)?;
    Ok(ImportId(id))
}

/// Latest imports of some kinds, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn recent(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    kinds: &[ImportKind],
) -> Result<Vec<ImportId>> {
    let kinds: Vec<String> = kinds.iter().map(|k| k.code().to_owned()).collect();
    let ids = sqlx::query_scalar!(
        "select id from imports where organisation_id = $1 and kind = any($2) order by id desc limit 5",
        organisation.0,
        &kinds,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(ImportId).collect())
}

/// Lets one import of an organisation write at a time; the other one waits.
pub(crate) async fn take_turn(tx: &mut PgConnection, organisation: OrganisationId) -> Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('delega import', $1))")
        .bind(organisation.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// Runs a statement that names temporary tables; `$1`, where it stands, is the organisation.
pub(crate) async fn run(
    tx: &mut PgConnection,
    statement: &'static str,
    organisation: OrganisationId,
) -> Result<u64> {
    let query = sqlx::query(statement);
    let query = if statement.contains("$1") {
        query.bind(organisation.0)
    } else {
        query
    };
    Ok(query.execute(tx).await?.rows_affected())
}

/// Reads `(outcome, rows)`.
pub(crate) fn counts_of(rows: Vec<PgRow>) -> Result<ImportCounts> {
    let mut counts = ImportCounts::default();
    for row in rows {
        let outcome: String = row.try_get(0)?;
        let outcome = RowOutcome::from_code(&outcome).ok_or_else(|| unknown("row outcome"))?;
        counts.set(outcome, count(row.try_get(1)?));
    }
    Ok(counts)
}

pub(crate) fn count(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub(crate) fn unknown(what: &str) -> ServiceError {
    ServiceError::internal(format!("unknown {what} in the database"))
}

/// Time zone of an organisation.
///
/// # Errors
/// Where the database fails.
pub async fn time_zone(conn: &mut PgConnection, organisation: OrganisationId) -> Result<String> {
    Ok(sqlx::query_scalar!(
        "select time_zone from organisations where id = $1",
        organisation.0
    )
    .fetch_one(conn)
    .await?)
}
