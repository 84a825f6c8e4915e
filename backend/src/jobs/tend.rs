//! What happens to registrations by itself: reminders 7 and 2 days before the end, and the
//! end. Any number of workers may run it; each row is taken once.

use crate::{
    Core,
    db::{
        audit,
        registrations::{self as rows, NewMail, enqueue},
    },
    error::Result,
};
use domain::job::MailKind;
use serde_json::json;
use uuid::Uuid;

/// Rows a turn: a transaction stays short.
const BLOCK: i64 = 200;

/// Does everything that is due now.
///
/// # Errors
/// Where the database fails; what was done so far stays done.
pub async fn registrations(core: &Core) -> Result<()> {
    while remind(core).await? || expire(core).await? {}
    Ok(())
}

async fn remind(core: &Core) -> Result<bool> {
    let now = core.clock.now();
    let mut tx = core.pool.begin().await?;
    let due = rows::remind_due(&mut tx, now, BLOCK).await?;
    for told in &due {
        let last = rows::last_reminder(&mut tx, told.organisation, told.id).await?;
        let Some((to, address, locale)) = told.to.first() else {
            continue;
        };
        // Somebody reminded by hand within the day: enough.
        if domain::registration::reminder_wait(last, now).is_some() {
            continue;
        }
        let mail = NewMail {
            kind: MailKind::RegistrationReminder,
            registration: told.id,
            to: *to,
            address,
            locale: *locale,
            key: Uuid::from_bytes(core.entropy.bytes()),
        };
        enqueue(&mut tx, told.organisation, mail, now).await?;
        note(&mut tx, told, "registration.reminder_due", now).await?;
    }
    tx.commit().await?;
    Ok(!due.is_empty())
}

async fn expire(core: &Core) -> Result<bool> {
    let now = core.clock.now();
    let mut tx = core.pool.begin().await?;
    let due = rows::expire_due(&mut tx, now, BLOCK).await?;
    for told in &due {
        note(&mut tx, told, "registration.expired", now).await?;
        for (to, address, locale) in &told.to {
            let mail = NewMail {
                kind: MailKind::RegistrationExpired,
                registration: told.id,
                to: *to,
                address,
                locale: *locale,
                key: Uuid::from_bytes(core.entropy.bytes()),
            };
            enqueue(&mut tx, told.organisation, mail, now).await?;
        }
    }
    tx.commit().await?;
    Ok(!due.is_empty())
}

async fn note(
    tx: &mut sqlx::PgConnection,
    told: &rows::Told,
    action: &str,
    now: jiff::Timestamp,
) -> Result<()> {
    let entry = audit::Entry {
        action,
        object_kind: "user",
        object_id: Some(told.user.0),
        object_name: &told.name,
        after: Some(json!({ "registration": told.id })),
        ..Default::default()
    };
    audit::record_as(tx, told.organisation, None, "Delega", now, entry).await
}
