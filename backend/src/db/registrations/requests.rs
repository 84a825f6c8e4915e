//! Requests for a new code: they wait on the delegate's desk until a code is in force again,
//! or until nobody may receive one.

use crate::error::Result;
use domain::{OrganisationId, ProfileId, RegistrationId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A code of this registration's person is in force, or was used: what was asked for has come.
///
/// # Errors
/// Where the database fails.
pub async fn settle(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update code_requests q set handled_at = $3 from registrations r
         where r.organisation_id = $1 and r.id = $2 and q.organisation_id = $1
           and q.user_id = r.user_id and q.handled_at is null",
        organisation.0,
        registration.0,
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The person may not register any more (or not with this profile): nobody waits for a code.
///
/// # Errors
/// Where the database fails.
pub async fn drop_of(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    profile: Option<ProfileId>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update code_requests set handled_at = $3
         where organisation_id = $1 and user_id = $2 and handled_at is null
           and ($4::bigint is null or registration_id in
             (select id from registrations where organisation_id = $1 and profile_id = $4))",
        organisation.0,
        user.0,
        now.to_sqlx() as _,
        profile.map(|p| p.0),
    )
    .execute(tx)
    .await?;
    Ok(())
}
