//! What became of a mail, as rows: its ending, its secret in force or forgotten, its next
//! attempt.

use crate::{
    Core,
    db::{
        audit, credentials, forgotten,
        outbox::{self, Claim, Ending, MailRow},
        registrations,
    },
    error::Result,
    mail::{Outcome, Reply},
};
use domain::{
    job::{MailKind, MailReason, MailState},
    user::full_name,
};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// A mail put off for this long is given up.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(48);
/// The database is asked this often to book an outcome before the lease is left to run out.
const BOOKING_TRIES: u32 = 30;

/// Books an outcome. The mail has left: a database that is away is waited for, so that a
/// restart of Postgres neither loses nor doubles it.
pub(super) async fn book(core: &Core, claim: &Claim, row: &MailRow, outcome: &Outcome) {
    metrics::counter!("delega_mails_total", "outcome" => label(outcome)).increment(1);
    for attempt in 1..=BOOKING_TRIES {
        match book_once(core, claim, row, outcome).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(attempt, mail = claim.id.0, error = ?error, "an outcome could not be booked yet")
            }
        }
        tokio::time::sleep(Duration::from_millis(500 * u64::from(attempt.min(6)))).await;
    }
    tracing::error!(
        mail = claim.id.0,
        "an outcome could not be booked; the mail will be made anew"
    );
}

const fn label(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted(_) => "accepted",
        Outcome::Deferred(_) => "deferred",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Uncertain => "uncertain",
    }
}

async fn book_once(core: &Core, claim: &Claim, row: &MailRow, outcome: &Outcome) -> Result<()> {
    let now = core.clock.now();
    if let Outcome::Accepted(reply) = outcome
        && claim.kind.is_credentials()
    {
        let mut conn = core.pool.acquire().await?;
        let words = Some(reply.text.as_str()).filter(|t| !t.is_empty());
        return outbox::accept(&mut conn, claim, row.user, words, reply.code, now).await;
    }
    let mut tx = core.pool.begin().await?;
    let ours = match outcome {
        Outcome::Accepted(reply) => {
            let ours = outbox::finish(
                &mut tx,
                claim,
                &ending(MailState::Accepted, Some(reply), None),
                now,
            )
            .await?;
            if ours {
                take_effect(&mut tx, claim, row, now).await?;
            }
            ours
        }
        Outcome::Deferred(reply) => {
            let ours = put_off(core, &mut tx, claim, row.created_at, reply.as_ref(), now).await?;
            forget(&mut tx, claim, Some(row.user)).await?;
            ours
        }
        Outcome::Rejected {
            reply,
            mailbox_unknown,
        } => {
            let ours = outbox::finish(
                &mut tx,
                claim,
                &ending(MailState::Rejected, Some(reply), None),
                now,
            )
            .await?;
            forget(&mut tx, claim, Some(row.user)).await?;
            if claim.kind == MailKind::PasswordLink {
                forgotten::drop_mail(&mut tx, claim.organisation, claim.id).await?;
            }
            if *mailbox_unknown {
                outbox::note_unknown_mailbox(&mut tx, claim.organisation, &row.address, now)
                    .await?;
            }
            ours
        }
        // The pending hash stays: if the mail did arrive, its password works at first use.
        Outcome::Uncertain => {
            outbox::finish(
                &mut tx,
                claim,
                &ending(MailState::Uncertain, None, None),
                now,
            )
            .await?
        }
    };
    if ours {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(())
}

/// The server has the mail of a registration: its code is in force from this transaction
/// on. Credentials have a statement of their own.
async fn take_effect(
    tx: &mut sqlx::PgConnection,
    claim: &Claim,
    row: &MailRow,
    now: Timestamp,
) -> Result<()> {
    #[allow(
        clippy::collapsible_match,
        reason = "the booking is an act, not a condition"
    )]
    match (claim.kind, row.registration) {
        (MailKind::RegistrationCode, Some(id)) => {
            if registrations::code_accepted(tx, claim.organisation, id, claim.id, now).await? {
                let entry = audit::Entry {
                    action: "registration.code_sent",
                    object_kind: "user",
                    object_id: Some(row.user.0),
                    object_name: &full_name(&row.surname, &row.given_name),
                    after: Some(serde_json::json!({ "registration": id, "mail": claim.id })),
                    ..Default::default()
                };
                audit::record_as(tx, claim.organisation, None, "Delega", now, entry).await?;
            }
        }
        (MailKind::PasswordLink, _) => {
            forgotten::replace_older(tx, claim.organisation, claim.id).await?;
        }
        (MailKind::RegistrationReminder, Some(id)) => {
            registrations::count_reminder(tx, claim.organisation, id, now).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Forgets the secret of a mail that was not taken.
async fn forget(
    tx: &mut sqlx::PgConnection,
    claim: &Claim,
    user: Option<domain::UserId>,
) -> Result<()> {
    match (claim.kind, user) {
        (MailKind::RegistrationCode, _) => {
            registrations::forget_code(tx, claim.organisation, claim.id).await
        }
        (kind, Some(user)) if kind.is_credentials() => {
            credentials::clear_pending(tx, claim.organisation, user, claim.id).await
        }
        _ => Ok(()),
    }
}

fn ending(state: MailState, reply: Option<&Reply>, reason: Option<MailReason>) -> Ending<'_> {
    Ending {
        state,
        reply: reply.map(|r| r.text.as_str()).filter(|t| !t.is_empty()),
        reply_code: reply.map(|r| r.code),
        reason,
    }
}

/// Another attempt later, or none after 48 hours.
async fn put_off(
    core: &Core,
    tx: &mut sqlx::PgConnection,
    claim: &Claim,
    ordered_at: Timestamp,
    reply: Option<&Reply>,
    now: Timestamp,
) -> Result<bool> {
    if now.duration_since(ordered_at) >= GIVE_UP_AFTER {
        return outbox::finish(
            tx,
            claim,
            &ending(MailState::Rejected, reply, Some(MailReason::GaveUp)),
            now,
        )
        .await;
    }
    let wait = wait(
        core,
        claim.attempts,
        Duration::from_secs(60),
        Duration::from_secs(4 * 3600),
    );
    outbox::postpone(
        tx,
        claim,
        &ending(MailState::Deferred, reply, None),
        later(now, wait),
    )
    .await
}

/// The mail server is away: nothing was made, nothing was sent.
pub(super) async fn unreachable(core: &Core, claim: &Claim) -> Result<()> {
    let now = core.clock.now();
    let mut tx = core.pool.begin().await?;
    let (ordered_at, _) = outbox::ordered_at(&mut tx, claim).await?;
    if now.duration_since(ordered_at) >= GIVE_UP_AFTER {
        outbox::finish(
            &mut tx,
            claim,
            &ending(MailState::Rejected, None, Some(MailReason::GaveUp)),
            now,
        )
        .await?;
    } else {
        let wait = wait(
            core,
            claim.attempts,
            Duration::from_secs(15),
            Duration::from_secs(300),
        );
        let ending = ending(MailState::Deferred, None, Some(MailReason::Unreachable));
        outbox::postpone(&mut tx, claim, &ending, later(now, wait)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Puts a mail back whose making failed on our side.
///
/// # Errors
/// Where the database fails: the lease runs out by itself.
pub async fn put_back(core: &Core, claim: &Claim) -> Result<()> {
    let now = core.clock.now();
    let mut tx = core.pool.begin().await?;
    let (ordered_at, user) = outbox::ordered_at(&mut tx, claim).await?;
    put_off(core, &mut tx, claim, ordered_at, None, now).await?;
    forget(&mut tx, claim, user).await?;
    tx.commit().await?;
    Ok(())
}

/// Doubles with every attempt up to `most`; a quarter more or less, so that a thousand
/// mails put off together do not come back together.
fn wait(core: &Core, attempts: i32, first: Duration, most: Duration) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1))
        .unwrap_or(0)
        .min(16);
    let whole = first.saturating_mul(1 << doublings).min(most);
    whole.mul_f64(0.75 + f64::from(core.entropy.below(501)) / 1000.0)
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait)
        .ok()
        .and_then(|w| now.checked_add(w).ok())
        .unwrap_or(now)
}
