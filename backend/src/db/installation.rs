//! Facts of this installation as a whole, for starting and for `delega doctor`.

use crate::error::Result;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;

/// Whether the database answers and has tables of ours.
///
/// # Errors
/// Where it does not.
pub async fn ping(pool: &PgPool) -> Result<()> {
    sqlx::query_scalar!("select 1 as \"one!\" from organisations limit 1").fetch_optional(pool).await?;
    Ok(())
}

/// The server's version, such as 150004 for 15.4.
///
/// # Errors
/// Where the database fails.
pub async fn server_version(pool: &PgPool) -> Result<i32> {
    Ok(sqlx::query_scalar!("select current_setting('server_version_num')::int as \"version!\"").fetch_one(pool).await?)
}

/// The database's time, to compare with the machine's.
///
/// # Errors
/// Where the database fails.
pub async fn database_time(pool: &PgPool) -> Result<Timestamp> {
    let row = sqlx::query!("select clock_timestamp() as \"now!: jiff_sqlx::Timestamp\"").fetch_one(pool).await?;
    Ok(row.now.to_jiff())
}

/// Codes of the organisations made for trying Delega out.
///
/// # Errors
/// Where the database fails.
pub async fn demo_organisations(pool: &PgPool) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select code from organisations where demo order by code").fetch_all(pool).await?)
}

/// Marks an organisation as one for trying Delega out: production refuses to serve it.
///
/// # Errors
/// Where the database fails.
pub async fn mark_demo(pool: &PgPool, code: &str) -> Result<()> {
    sqlx::query!("update organisations set demo = true where code = $1", code).execute(pool).await?;
    Ok(())
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
