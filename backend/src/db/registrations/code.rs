//! A code that somebody types: which registration it is of, wrong tries, and its redemption.

use super::{give_way, requests};
use crate::error::Result;
use domain::{OrganisationId, ProfileId, RegistrationId, UserId, registration::RegistrationState};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A registration found by the hash of its code.
#[derive(Clone, Debug)]
pub struct Found {
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// Which.
    pub id: RegistrationId,
    /// Whose.
    pub user: UserId,
    /// For which profile.
    pub profile: ProfileId,
    /// Hash as stored, for a comparison in constant time.
    pub hash: Vec<u8>,
    /// Mail address of the user now.
    pub email: Option<String>,
    /// The user may sign in.
    pub active: bool,
    /// Where it stands.
    pub state: RegistrationState,
    /// End of the code.
    pub expires_at: Option<Timestamp>,
    /// Locked until.
    pub next_try_at: Option<Timestamp>,
}

/// Finds the registration of a code: in force, ended by time, or of a mail whose outcome
/// is open.
///
/// # Errors
/// Where the database fails.
pub async fn by_hash(conn: &mut PgConnection, hash: &[u8]) -> Result<Option<Found>> {
    let row = sqlx::query!(
        r#"select r.organisation_id, r.id, r.user_id, r.profile_id, r.code_hash as "hash!", r.state, r.expires_at, r.next_try_at,
             u.email, (u.state = 'active' and p.state = 'active') as "active!"
           from registrations r
           join users u on u.organisation_id = r.organisation_id and u.id = r.user_id
           join profiles p on p.organisation_id = r.organisation_id and p.id = r.profile_id
           where r.code_hash = $1 and r.state in ('running', 'to_start', 'expired')"#,
        hash,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|r| {
        Some(Found {
            organisation: OrganisationId(r.organisation_id),
            id: RegistrationId(r.id),
            user: UserId(r.user_id),
            profile: ProfileId(r.profile_id),
            hash: r.hash,
            email: r.email,
            active: r.active,
            state: RegistrationState::from_code(&r.state)?,
            expires_at: r.expires_at.map(|t| t.to_jiff()),
            next_try_at: r.next_try_at.map(|t| t.to_jiff()),
        })
    }))
}

/// Codes that may be tried with this address, their failures and locks; held until the end
/// of the transaction, so that parallel tries are counted one by one.
///
/// # Errors
/// Where the database fails.
pub async fn hold_tries(
    tx: &mut PgConnection,
    email: &str,
) -> Result<Vec<(OrganisationId, RegistrationId, u32, Option<Timestamp>)>> {
    let rows = sqlx::query!(
        "select r.organisation_id, r.id, r.failed_tries, r.next_try_at
         from registrations r join users u on u.organisation_id = r.organisation_id and u.id = r.user_id
         where lower(u.email) = lower($1) and r.code_hash is not null and r.state in ('running', 'to_start')
         order by r.organisation_id, r.id limit 50 for update of r",
        email,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            (
                OrganisationId(r.organisation_id),
                RegistrationId(r.id),
                u32::try_from(r.failed_tries).unwrap_or(0),
                r.next_try_at.map(|t| t.to_jiff()),
            )
        })
        .collect())
}

/// Books a wrong try and until when the code is locked.
///
/// # Errors
/// Where the database fails.
pub async fn book_try(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
    next_try_at: Option<Timestamp>,
) -> Result<()> {
    sqlx::query!(
        "update registrations set failed_tries = failed_tries + 1, next_try_at = $3
         where organisation_id = $1 and id = $2",
        organisation.0,
        registration.0,
        next_try_at.map(|t| t.to_sqlx()) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Uses the code up, in the transaction of the redemption: of any number of people at the
/// same moment one gets `true`. The other codes of the profile are voided.
///
/// # Errors
/// Where the database fails.
pub async fn redeem(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "update registrations r set state = 'completed', redeemed_at = $4, ended_at = $4, code_hash = null,
           channel = coalesce(r.channel, 'mail'), sent_at = coalesce(r.sent_at, $4)
         from users u, profiles p
         where r.organisation_id = $1 and r.id = $2 and r.code_hash = $3 and r.state in ('running', 'to_start')
           and r.expires_at > $4 and u.organisation_id = r.organisation_id and u.id = r.user_id and u.state = 'active'
           and p.organisation_id = r.organisation_id and p.id = r.profile_id and p.state = 'active'",
        organisation.0,
        registration.0,
        hash,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?
    .rows_affected()
        == 1;
    if done {
        give_way(tx, organisation, registration, now).await?;
        // A newer code that has not arrived is needed no more.
        sqlx::query!(
            "update registrations x set state = 'revoked', revoked_reason = 'newer', ended_at = $3, code_hash = null
             from registrations r where r.organisation_id = $1 and r.id = $2 and x.organisation_id = $1
               and x.profile_id = r.profile_id and x.id <> r.id and x.state = 'to_start'",
            organisation.0,
            registration.0,
            now.to_sqlx() as _,
        )
        .execute(&mut *tx)
        .await?;
        requests::settle(tx, organisation, registration, now).await?;
    }
    Ok(done)
}
