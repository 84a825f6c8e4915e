//! Sign-in attempts: what the throttle counts and the office later reads.

use crate::{credentials::throttle::Failures, error::Result};
use domain::{OrganisationId, UserId};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Failures of an account are remembered for so long.
const ACCOUNT_MEMORY: SignedDuration = SignedDuration::from_hours(24);
/// Failures of an address.
const ADDRESS_MEMORY: SignedDuration = SignedDuration::from_hours(1);
/// An address from which the account's owner came is known for so long.
const KNOWN_MEMORY: SignedDuration = SignedDuration::from_hours(24 * 60);

/// What went before an attempt.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// Failures of the account since its last success, from anywhere.
    pub account: Failures,
    /// Failures of the account from this address since its last success from it.
    pub here: Failures,
    /// The account has signed in from this address before.
    pub known: bool,
    /// Failures from this address, whatever the account.
    pub address: Failures,
}

/// Reads the standing of an account (its folded name as typed) and an address. Attempts
/// on the same account wait for one another until the transaction ends, so that fifty
/// tries at once count as fifty.
///
/// # Errors
/// Where the database fails.
pub async fn standing(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    username: &str,
    address: &str,
    at: Timestamp,
) -> Result<Standing> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended($1::bigint || ':' || $2, 0))::text",
        organisation.0,
        username
    )
    .fetch_one(&mut *tx)
    .await?;
    let row = sqlx::query!(
        r#"with mine as (
             select id, at, address, outcome from sign_in_attempts
             where organisation_id = $1 and username = $2 and at > $4 and outcome <> 'throttled'),
           ok as (
             select coalesce(max(id), 0) as anywhere, coalesce(max(id) filter (where address = $3), 0) as here
             from mine where outcome = 'ok')
           select count(*) filter (where m.id > ok.anywhere) as "account!",
                  max(m.at) filter (where m.id > ok.anywhere) as account_last,
                  count(*) filter (where m.id > ok.here and m.address = $3) as "here!",
                  max(m.at) filter (where m.id > ok.here and m.address = $3) as here_last,
                  exists (
                    select from sign_in_attempts k where k.organisation_id = $1 and k.username = $2
                      and k.address = $3 and $3 <> '' and k.at > $5 and k.outcome = 'ok') as "known!"
           from ok left join mine m on m.outcome <> 'ok'
           group by ok.anywhere, ok.here"#,
        organisation.0,
        username,
        address,
        (at - ACCOUNT_MEMORY).to_sqlx() as _,
        (at - KNOWN_MEMORY).to_sqlx() as _,
    )
    .fetch_one(&mut *tx)
    .await?;
    let there = sqlx::query!(
        r#"select count(*) as "count!", max(at) as last from sign_in_attempts
           where organisation_id = $1 and address = $2 and $2 <> '' and at > $3
             and outcome not in ('ok', 'throttled')"#,
        organisation.0,
        address,
        (at - ADDRESS_MEMORY).to_sqlx() as _,
    )
    .fetch_one(tx)
    .await?;
    let failures = |count: i64, last: Option<jiff_sqlx::Timestamp>| Failures {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        last: last.map(jiff_sqlx::Timestamp::to_jiff),
    };
    Ok(Standing {
        account: failures(row.account, row.account_last),
        here: failures(row.here, row.here_last),
        known: row.known,
        address: failures(there.count, there.last),
    })
}

/// Books an attempt before its password is looked at. It counts as failed until
/// [`finish_attempt`] says otherwise, whatever happens in between.
///
/// # Errors
/// Where the database fails.
pub async fn begin_attempt(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    username: &str,
    address: &str,
    at: Timestamp,
    outcome: &str,
) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        "insert into sign_in_attempts (organisation_id, username, address, at, outcome)
         values ($1, $2, $3, $4, $5) returning id",
        organisation.0,
        username,
        address,
        at.to_sqlx() as _,
        outcome,
    )
    .fetch_one(tx)
    .await?)
}

/// Writes how an attempt ended and, where the name is somebody's, whose it was.
///
/// # Errors
/// Where the database fails.
pub async fn finish_attempt(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: i64,
    user: Option<UserId>,
    outcome: &str,
) -> Result<()> {
    sqlx::query!(
        "update sign_in_attempts set outcome = $3, user_id = $4 where organisation_id = $1 and id = $2",
        organisation.0,
        id,
        outcome,
        user.map(|u| u.0),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Removes attempts older than `before`: they carry addresses of people.
///
/// # Errors
/// Where the database fails.
pub async fn forget_attempts(conn: &mut PgConnection, before: Timestamp) -> Result<u64> {
    let done = sqlx::query!(
        "delete from sign_in_attempts where at < $1",
        before.to_sqlx() as _
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
