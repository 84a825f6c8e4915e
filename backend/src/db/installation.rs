//! Facts of this installation as a whole, for starting and for `delega doctor`.

use crate::error::Result;
use domain::OrganisationId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;

/// Whether the database answers and has tables of ours.
///
/// # Errors
/// Where it does not.
pub async fn ping(pool: &PgPool) -> Result<()> {
    sqlx::query_scalar!("select 1 as \"one!\" from organisations limit 1")
        .fetch_optional(pool)
        .await?;
    Ok(())
}

/// The server's version, such as 150004 for 15.4.
///
/// # Errors
/// Where the database fails.
pub async fn server_version(pool: &PgPool) -> Result<i32> {
    Ok(
        sqlx::query_scalar!("select current_setting('server_version_num')::int as \"version!\"")
            .fetch_one(pool)
            .await?,
    )
}

/// The database's time, to compare with the machine's.
///
/// # Errors
/// Where the database fails.
pub async fn database_time(pool: &PgPool) -> Result<Timestamp> {
    let row = sqlx::query!("select clock_timestamp() as \"now!: jiff_sqlx::Timestamp\"")
        .fetch_one(pool)
        .await?;
    Ok(row.now.to_jiff())
}

/// Whether an organisation has an account of this name, whatever the case of its letters.
///
/// # Errors
/// Where the database fails.
pub async fn has_account(
    pool: &PgPool,
    organisation: OrganisationId,
    username: &str,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        "select exists (select from users where organisation_id = $1 and lower(username) = lower($2)) as \"exists!\"",
        organisation.0,
        username,
    )
    .fetch_one(pool)
    .await?)
}

/// When the oldest mail that is due has been due since, and how many are: `None` where
/// nothing waits.
///
/// # Errors
/// Where the database fails.
pub async fn mails_overdue(pool: &PgPool, now: Timestamp) -> Result<Option<(Timestamp, i64)>> {
    let row = sqlx::query!(
        "select min(not_before) as \"since: jiff_sqlx::Timestamp\", count(*) as \"count!\" from outbox
         where state in ('waiting', 'deferred', 'sending') and not_before <= $1",
        now.to_sqlx() as _,
    )
    .fetch_one(pool)
    .await?;
    Ok(row.since.map(|since| (since.to_jiff(), row.count)))
}

/// How many migrations of this release the database has not seen.
///
/// # Errors
/// Where the database fails; also where it has no schema of ours at all.
pub async fn pending_migrations(pool: &PgPool) -> Result<usize> {
    let applied: Vec<i64> =
        sqlx::query_scalar("select version from _sqlx_migrations where success")
            .fetch_all(pool)
            .await?;
    Ok(super::MIGRATOR
        .iter()
        .filter(|m| !applied.contains(&m.version))
        .count())
}
