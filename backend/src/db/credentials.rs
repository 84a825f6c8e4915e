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
