//! Who accepted which version of the terms of use, and when.

use crate::error::Result;
use domain::{OrganisationId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Notes the acceptance. `false` where it was there already.
///
/// # Errors
/// Where the database fails.
pub async fn accept(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    version: i32,
    at: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "insert into terms_acceptances (organisation_id, user_id, version, accepted_at) values ($1, $2, $3, $4)
         on conflict do nothing",
        organisation.0,
        user.0,
        version,
        at.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}
