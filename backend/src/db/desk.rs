//! What waits for somebody: one small query a number.

use crate::error::Result;
use domain::access::Scope;
use sqlx::PgConnection;

/// Mails that the server refused, as «Posta in uscita» shows them.
///
/// # Errors
/// Where the database fails.
pub async fn failed_mails(conn: &mut PgConnection, scope: &Scope) -> Result<u64> {
    let units = scope.unit_numbers();
    let n = sqlx::query_scalar!(
        r#"select count(*) as "n!" from outbox o where o.organisation_id = $1 and o.state = 'rejected'
             and ($2::bigint[] is null or user_within(o.organisation_id, o.user_id, $2))"#,
        scope.organisation().0,
        units.as_deref() as _,
    )
    .fetch_one(conn)
    .await?;
    Ok(u64::try_from(n).unwrap_or(0))
}
