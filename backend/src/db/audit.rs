//! The audit trail: written in the transaction of the act, never changed.

pub mod chain;
pub mod now;
pub mod open;
pub mod read;

use crate::error::Result;
use domain::{JobId, OrganisationId, access::Actor};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sqlx::PgConnection;

/// What was done to what. Secrets never stand here.
#[derive(Debug, Default)]
pub struct Entry<'a> {
    /// `noun.verb`, such as `user.groups_changed`.
    pub action: &'a str,
    /// `user`, `organisation`, `import`, `job`.
    pub object_kind: &'a str,
    /// Its number.
    pub object_id: Option<i64>,
    /// Its name at the time.
    pub object_name: &'a str,
    /// What stood before.
    pub before: Option<Value>,
    /// What stands now.
    pub after: Option<Value>,
    /// Motivation, where one was given.
    pub reason: Option<&'a str>,
    /// The operation it belongs to.
    pub job: Option<JobId>,
    /// The act on many that it is a part of.
    pub batch: Option<i64>,
}

/// A number for an act on many: its entries bear it and are found by it.
///
/// # Errors
/// Where the database fails.
pub async fn new_batch(conn: &mut PgConnection) -> Result<i64> {
    Ok(
        sqlx::query_scalar!(r#"select nextval('audit_batches') as "n!""#)
            .fetch_one(conn)
            .await?,
    )
}

/// Writes an entry for an act of `actor`.
///
/// # Errors
/// Where the database fails.
pub async fn record(
    tx: &mut PgConnection,
    actor: &Actor,
    at: Timestamp,
    entry: Entry<'_>,
) -> Result<()> {
    record_as(
        tx,
        actor.organisation,
        actor.user.map(|u| u.0),
        &actor.name,
        at,
        entry,
    )
    .await
}

/// Writes an entry for an act of the system itself or of somebody not signed in.
///
/// # Errors
/// Where the database fails.
pub async fn record_as(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    actor_id: Option<i64>,
    actor_name: &str,
    at: Timestamp,
    entry: Entry<'_>,
) -> Result<()> {
    sqlx::query!(
        "insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind,
           object_id, object_name, before, after, reason, job_id, batch_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        organisation.0,
        at.to_sqlx() as _,
        actor_id,
        actor_name,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.object_name,
        entry.before,
        entry.after,
        entry.reason,
        entry.job.map(|j| j.0),
        entry.batch,
    )
    .execute(tx)
    .await?;
    Ok(())
}
