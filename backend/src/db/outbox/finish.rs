//! How a mail's attempt ends in the database. Every statement is fenced by the taking's
//! number: a worker whose lease ran out changes nothing.

use super::Claim;
use crate::error::Result;
use domain::{
    OrganisationId, UserId,
    job::{MailReason, MailState},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// The end of a mail.
#[derive(Clone, Debug)]
pub struct Ending<'a> {
    /// Accepted, rejected, uncertain, cancelled or superseded.
    pub state: MailState,
    /// The server's words, cleaned.
    pub reply: Option<&'a str>,
    /// The server's code.
    pub reply_code: Option<u16>,
    /// Why, where it was not the server's doing.
    pub reason: Option<MailReason>,
}

/// Ends a mail. `false`: the lease was lost, nothing was written.
///
/// # Errors
/// Where the database fails.
pub async fn finish(
    tx: &mut PgConnection,
    claim: &Claim,
    ending: &Ending<'_>,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "update outbox set state = $4, reply = $5, reply_code = $6, reason = $7, finished_at = $8, lease_until = null
         where organisation_id = $1 and id = $2 and attempts = $3 and state = 'sending'",
        claim.organisation.0,
        claim.id.0,
        claim.attempts,
        ending.state.code(),
        ending.reply,
        ending.reply_code.map(i32::from),
        ending.reason.map(MailReason::code),
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Books that the server took a mail, and brings its secret into force: PIN or temporary
/// password (then whoever is signed in as this user is signed out). One statement, because
/// a worker that dies before it is done sends the mail once more. Where the lease was lost
/// nothing is written.
///
/// # Errors
/// Where the database fails.
pub async fn accept(
    conn: &mut PgConnection,
    claim: &Claim,
    user: UserId,
    reply: Option<&str>,
    reply_code: u16,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "with mail as (
           update outbox set state = 'accepted', reply = $5, reply_code = $6, reason = null, finished_at = $7, lease_until = null
           where organisation_id = $1 and id = $2 and attempts = $3 and state = 'sending'
           returning kind),
         pin as (
           update credentials c set pin_hash = pending_pin_hash, pending_pin_hash = null, pending_pin_outbox_id = null
           from mail
           where mail.kind = 'user_code' and c.organisation_id = $1 and c.user_id = $4
             and c.pending_pin_outbox_id = $2 and c.pending_pin_hash is not null),
         pending as (
           select c.pending_password_hash as hash, c.pending_password_expires_at as ends from credentials c, mail
           where mail.kind = 'temporary_password' and c.organisation_id = $1 and c.user_id = $4
             and c.pending_password_outbox_id = $2 and c.pending_password_hash is not null
           for update of c),
         password as (
           update credentials c set password_hash = p.hash, password_kind = 'temporary', changed_at = $7,
             pending_password_hash = null, pending_password_expires_at = null, pending_password_outbox_id = null
           from pending p where c.organisation_id = $1 and c.user_id = $4),
         ends as (
           update users u set password_expires_at = p.ends from pending p where u.organisation_id = $1 and u.id = $4)
         delete from sessions s using pending where s.organisation_id = $1 and s.user_id = $4",
        claim.organisation.0,
        claim.id.0,
        claim.attempts,
        user.0,
        reply,
        i32::from(reply_code),
        now.to_sqlx() as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts a mail off until `not_before`. `false`: the lease was lost.
///
/// # Errors
/// Where the database fails.
pub async fn postpone(
    tx: &mut PgConnection,
    claim: &Claim,
    ending: &Ending<'_>,
    not_before: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "update outbox set state = 'deferred', reply = coalesce($4, reply), reply_code = coalesce($5, reply_code), reason = $6,
           not_before = $7, lease_until = null
         where organisation_id = $1 and id = $2 and attempts = $3 and state = 'sending'",
        claim.organisation.0,
        claim.id.0,
        claim.attempts,
        ending.reply,
        ending.reply_code.map(i32::from),
        ending.reason.map(MailReason::code),
        not_before.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// When the mail was ordered, for the limit of 48 hours.
///
/// # Errors
/// Where the database fails.
pub async fn ordered_at(
    conn: &mut PgConnection,
    claim: &Claim,
) -> Result<(Timestamp, Option<UserId>)> {
    let row = sqlx::query!(
        "select created_at, user_id from outbox where organisation_id = $1 and id = $2",
        claim.organisation.0,
        claim.id.0,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.created_at.to_jiff(), row.user_id.map(UserId)))
}

/// A mailbox that does not exist is left out of the next send, for everybody who uses it,
/// until the address is changed.
///
/// # Errors
/// Where the database fails.
pub async fn note_unknown_mailbox(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    address: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update users set email_bounced_at = $3 where organisation_id = $1 and lower(email) = lower($2) and email_bounced_at is null",
        organisation.0,
        address,
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}
