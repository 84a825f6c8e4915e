//! A confirmed import while its job writes it.

use crate::error::{Result, ServiceError};
use domain::{
    ImportId, JobId, OrganisationId,
    import::{ImportCounts, ImportKind},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// What a confirmed import needs to know when its job runs.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Payload {
    /// The import.
    pub import: i64,
    /// Rights of the person who confirmed; `None` holds all.
    pub rights: Option<Vec<String>>,
    /// Units of that person; `None` reaches the whole organisation.
    pub units: Option<Vec<i64>>,
    /// Why the file gives the roles it gives; a job of an earlier release has none.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Who confirmed, and with which rights.
///
/// # Errors
/// Where the database fails.
pub async fn confirmation(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    job: JobId,
) -> Result<(Payload, Option<i64>, String)> {
    let row = sqlx::query!(
        "select payload, created_by, created_by_name from jobs where organisation_id = $1 and id = $2",
        organisation.0,
        job.0,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(ServiceError::NotFound)?;
    let payload = serde_json::from_value(row.payload).map_err(ServiceError::internal)?;
    Ok((payload, row.created_by, row.created_by_name))
}

/// Locks what a changed row will write, so that nobody writes it between comparing and writing.
///
/// # Errors
/// Where the database fails.
pub async fn lock_targets(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
    kind: ImportKind,
) -> Result<()> {
    match kind {
        ImportKind::Persons => {
            sqlx::query!(
                "select p.id from persons p
                 join import_rows r on r.organisation_id = $1 and r.import_id = $2 and r.outcome = 'changed' and r.target_id = p.id
                 where p.organisation_id = $1 order by p.id for update of p",
                organisation.0,
                id.0,
            )
            .fetch_all(tx)
            .await?;
        }
        ImportKind::Users => {
            sqlx::query!(
                "select u.id from users u
                 join import_rows r on r.organisation_id = $1 and r.import_id = $2 and r.outcome = 'changed' and r.target_id = u.id
                 where u.organisation_id = $1 order by u.id for update of u",
                organisation.0,
                id.0,
            )
            .fetch_all(tx)
            .await?;
        }
        ImportKind::Units => {
            sqlx::query!(
                "select id from units where organisation_id = $1 order by id for update",
                organisation.0
            )
            .fetch_all(tx)
            .await?;
        }
    }
    Ok(())
}

/// Says how many rows are written, outside of the transaction that writes them.
///
/// # Errors
/// Where the database fails.
pub async fn report(
    pool: &sqlx::PgPool,
    organisation: OrganisationId,
    job: JobId,
    done: i32,
) -> Result<()> {
    sqlx::query!(
        "update jobs set done = $3 where organisation_id = $1 and id = $2",
        organisation.0,
        job.0,
        done
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Ends the job in the transaction that wrote its rows: what is written is never repeated.
///
/// # Errors
/// Where the database fails.
pub async fn finish_job(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    job: JobId,
    counts: &ImportCounts,
    failed: u32,
    at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update jobs set state = 'done', started_at = coalesce(started_at, $3), finished_at = $3, done = total,
           failed = $4, result = $5, lease_until = null
         where organisation_id = $1 and id = $2",
        organisation.0,
        job.0,
        at.to_sqlx() as _,
        i32::try_from(failed).unwrap_or(i32::MAX),
        serde_json::to_value(counts).map_err(ServiceError::internal)?,
    )
    .execute(tx)
    .await?;
    Ok(())
}
