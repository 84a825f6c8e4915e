//! Hashes of passwords and PINs on their way into force (decision 4): stored as *pending*
//! before the mail is handed over, promoted when the server accepts the mail
//! (`db::outbox::accept`) or at first use, cleared when the mail was refused.

use crate::error::Result;
use domain::{OrganisationId, OutboxId, UserId, job::MailKind};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Stores the hash of a secret whose mail is about to be handed over. It takes the place
/// of an earlier pending one: each new mail voids the one before.
///
/// # Errors
/// Where the database fails.
pub async fn store_pending(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    kind: MailKind,
    outbox: OutboxId,
    hash: &str,
    expires_at: Option<Timestamp>,
) -> Result<()> {
    match kind {
        // Its links are rows of their own.
        MailKind::PasswordLink => {}
        MailKind::UserCode => {
            sqlx::query!(
                "insert into credentials (organisation_id, user_id, pending_pin_hash, pending_pin_outbox_id)
                 values ($1, $2, $3, $4)
                 on conflict (organisation_id, user_id) do update
                 set pending_pin_hash = excluded.pending_pin_hash, pending_pin_outbox_id = excluded.pending_pin_outbox_id",
                organisation.0,
                user.0,
                hash,
                outbox.0,
            )
            .execute(tx)
            .await?;
        }
        MailKind::TemporaryPassword => {
            sqlx::query!(
                "insert into credentials (organisation_id, user_id, pending_password_hash, pending_password_expires_at,
                   pending_password_outbox_id)
                 values ($1, $2, $3, $4, $5)
                 on conflict (organisation_id, user_id) do update
                 set pending_password_hash = excluded.pending_password_hash,
                     pending_password_expires_at = excluded.pending_password_expires_at,
                     pending_password_outbox_id = excluded.pending_password_outbox_id",
                organisation.0,
                user.0,
                hash,
                expires_at.map(|t| t.to_sqlx()) as _,
                outbox.0,
            )
            .execute(tx)
            .await?;
        }
        // Codes of registrations stand in `registrations`.
        MailKind::RegistrationCode
        | MailKind::RegistrationReminder
        | MailKind::RegistrationExpired
        | MailKind::DiscrepancyOpened => {}
    }
    Ok(())
}

/// Forgets the pending secret of a mail that was not taken: what was in force stays so.
///
/// # Errors
/// Where the database fails.
pub async fn clear_pending(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    outbox: OutboxId,
) -> Result<()> {
    sqlx::query!(
        "update credentials
         set pending_password_hash = case when pending_password_outbox_id = $3 then null else pending_password_hash end,
             pending_password_expires_at = case when pending_password_outbox_id = $3 then null else pending_password_expires_at end,
             pending_password_outbox_id = nullif(pending_password_outbox_id, $3),
             pending_pin_hash = case when pending_pin_outbox_id = $3 then null else pending_pin_hash end,
             pending_pin_outbox_id = nullif(pending_pin_outbox_id, $3)
         where organisation_id = $1 and user_id = $2 and $3 in (pending_password_outbox_id, pending_pin_outbox_id)",
        organisation.0,
        user.0,
        outbox.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Puts an own PIN in force; a mailed one that waits for its mail's end is void.
///
/// # Errors
/// Where the database fails.
pub async fn replace_pin(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    hash: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update credentials set pin_hash = $3, pending_pin_hash = null, pending_pin_outbox_id = null, changed_at = $4
         where organisation_id = $1 and user_id = $2",
        organisation.0,
        user.0,
        hash,
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Puts printed credentials in force at `now`: temporary password and PIN. Sessions end,
/// secrets on their way by mail are void.
///
/// # Errors
/// Where the database fails.
pub async fn put_printed(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    password: &str,
    pin: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into credentials as c (organisation_id, user_id, password_hash, password_kind, pin_hash, changed_at)
         values ($1, $2, $3, 'temporary', $4, $5)
         on conflict (organisation_id, user_id) do update set
           password_hash = excluded.password_hash, password_kind = 'temporary', pin_hash = excluded.pin_hash,
           changed_at = excluded.changed_at, pending_password_hash = null, pending_password_expires_at = null,
           pending_password_outbox_id = null, pending_pin_hash = null, pending_pin_outbox_id = null",
        organisation.0,
        user.0,
        password,
        pin,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "with ended as (delete from sessions where organisation_id = $1 and user_id = $2),
         links as (delete from password_links where organisation_id = $1 and user_id = $2),
         replaced as (
           update outbox set state = 'superseded', reason = 'newer', finished_at = $4, lease_until = null
           where organisation_id = $1 and user_id = $2 and state in ('waiting', 'deferred'))
         update users set password_expires_at = $3 where organisation_id = $1 and id = $2",
        organisation.0,
        user.0,
        until.to_sqlx() as _,
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}
