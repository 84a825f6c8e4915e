//! One mail from its row to the server and back. The secret is made here, lives while its
//! mail is made and handed over, and is dropped; what is stored is its hash: *pending*
//! before the hand-over, in force in the transaction that books the acceptance.

mod registration;

use crate::{
    Core,
    credentials::secret::Secret,
    db::{
        audit, credentials,
        outbox::{self, Claim, Ending, MailRow},
        registrations, sending,
    },
    error::{Result, ServiceError},
    mail::{Letter, MailFacts, Outcome, Outgoing, Reply, Transport, render, transport::Opened},
    service::sign_in_url,
};
use domain::{
    job::{JobState, MailKind, MailReason, MailState},
    user::{UserState, full_name},
};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// A mail put off for this long is given up.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(48);
/// The database is asked this often to book an outcome before the lease is left to run out.
const BOOKING_TRIES: u32 = 30;

/// What became of a claimed mail, for the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The server was spoken to, or the mail was held back.
    Done,
    /// The server cannot be reached: the worker takes a rest.
    Unreachable,
}

/// Takes one mail the whole way.
///
/// # Errors
/// Where the database fails before the hand-over: the lease runs out and the mail is
/// taken again, with a new secret.
pub async fn deliver(core: &Core, transport: &Transport, claim: &Claim) -> Result<Delivered> {
    // Connect first: while the server is away no secret is made and nothing is hashed.
    let opened = match transport.open().await {
        Ok(opened) => opened,
        Err(error) => {
            tracing::warn!(%error, "the mail server cannot be reached");
            unreachable(core, claim).await?;
            return Ok(Delivered::Unreachable);
        }
    };
    let secret = match claim.kind {
        MailKind::UserCode => Secret::pin(&core.entropy),
        MailKind::TemporaryPassword => Secret::temporary_password(&core.entropy),
        MailKind::RegistrationCode
        | MailKind::RegistrationReminder
        | MailKind::RegistrationExpired => {
            return registration::deliver(core, opened, claim).await;
        }
    };
    let hash = core.hasher.hash(secret.canonical().to_owned()).await?;
    let Some((row, until)) = prepare(core, claim, &hash).await? else {
        return Ok(Delivered::Done);
    };
    let mut conn = core.pool.acquire().await?;
    let (institution, _) = sending::institution(&mut conn, claim.organisation).await?;
    drop(conn);
    let name = format!("{} {}", row.given_name, row.surname);
    let facts = MailFacts {
        kind: claim.kind,
        locale: row.locale,
        name: name.trim().to_owned(),
        username: row.username.clone(),
        first: row.first,
        until,
        sign_in_url: sign_in_url(&core.settings.base_url, &institution.code),
        reference: match &row.job_number {
            Some((number, place)) => format!("INV-{number}-{place:03}"),
            None => format!("INV-{}", claim.id),
        },
        institution,
    };
    let mail = render(&facts, secret.shown()).map_err(ServiceError::internal)?;
    let letter = Letter {
        mail: &mail,
        institution: &facts.institution,
    };
    let secrets = [secret.shown(), secret.canonical()];
    let outcome = post(core, opened, claim, &row, letter, &secrets).await;
    drop(secret);
    book(core, claim, &row, &outcome).await;
    Ok(Delivered::Done)
}

/// Looks at the mail once more, with its row locked, and stores the pending hash. `None`:
/// it must not leave (any more).
async fn prepare(
    core: &Core,
    claim: &Claim,
    hash: &str,
) -> Result<Option<(MailRow, Option<Timestamp>)>> {
    let now = core.clock.now();
    let mut tx = core.pool.begin().await?;
    let Some(row) = outbox::read_claimed(&mut tx, claim).await? else {
        return Ok(None);
    };
    if let Some((state, reason)) = held_back(&row) {
        let ending = Ending {
            state,
            reply: None,
            reply_code: None,
            reason: Some(reason),
        };
        outbox::finish(&mut tx, claim, &ending, now).await?;
        credentials::clear_pending(&mut tx, claim.organisation, row.user, claim.id).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let until = match claim.kind {
        // To the minute, so that the mail says exactly what holds.
        MailKind::TemporaryPassword => {
            let end = now
                .checked_add(SignedDuration::from_hours(
                    24 * i64::from(row.password_days),
                ))
                .map_err(ServiceError::internal)?;
            Some(
                Timestamp::from_second(end.as_second().div_euclid(60) * 60)
                    .map_err(ServiceError::internal)?,
            )
        }
        _ => None,
    };
    credentials::store_pending(
        &mut tx,
        claim.organisation,
        row.user,
        claim.kind,
        claim.id,
        hash,
        until,
    )
    .await?;
    tx.commit().await?;
    Ok(Some((row, until)))
}

/// Why a mail does not leave although it was taken.
fn held_back(row: &MailRow) -> Option<(MailState, MailReason)> {
    if row.job_state == Some(JobState::Cancelled) {
        Some((MailState::Cancelled, MailReason::ByPerson))
    } else if row.newer {
        Some((MailState::Superseded, MailReason::Newer))
    } else if row.user_state != Some(UserState::Active) {
        Some((MailState::Cancelled, MailReason::Inactive))
    } else if row.email.as_deref() != Some(row.address.as_str()) {
        Some((MailState::Cancelled, MailReason::AddressChanged))
    } else {
        None
    }
}

/// Puts the words into an envelope and hands it over. An address that no server could take
/// is refused here.
async fn post(
    core: &Core,
    opened: Opened,
    claim: &Claim,
    row: &MailRow,
    letter: Letter<'_>,
    secrets: &[&str],
) -> Outcome {
    let outgoing = Outgoing {
        mail: letter.mail,
        to: &row.address,
        to_name: &full_name(&row.given_name, &row.surname),
        from: &core.settings.mail_from,
        from_name: &letter.institution.name,
        reply_to: letter.institution.reply_to.as_deref(),
        message_id: row.message_id,
        date: core.clock.now(),
    };
    let outcome = match outgoing.pack() {
        Ok(parcel) => opened.hand_over(&parcel).await,
        Err(error) => {
            tracing::warn!(%error, mail = claim.id.0, "a mail cannot be written");
            Outcome::Rejected {
                reply: Reply {
                    code: 553,
                    text: "5.1.3 bad destination address".to_owned(),
                },
                mailbox_unknown: true,
            }
        }
    };
    without_secret(outcome, secrets)
}

/// A server that repeats what it was sent must not bring the secret into a row.
fn without_secret(outcome: Outcome, secrets: &[&str]) -> Outcome {
    let clean = |reply: Reply| Reply {
        text: secrets
            .iter()
            .fold(reply.text, |text, secret| text.replace(secret, "••••")),
        ..reply
    };
    match outcome {
        Outcome::Accepted(reply) => Outcome::Accepted(clean(reply)),
        Outcome::Deferred(reply) => Outcome::Deferred(reply.map(clean)),
        Outcome::Rejected {
            reply,
            mailbox_unknown,
        } => Outcome::Rejected {
            reply: clean(reply),
            mailbox_unknown,
        },
        Outcome::Uncertain => Outcome::Uncertain,
    }
}

/// Books an outcome. The mail has left: a database that is away is waited for, so that a
/// restart of Postgres neither loses nor doubles it.
async fn book(core: &Core, claim: &Claim, row: &MailRow, outcome: &Outcome) {
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

/// The server has the mail: its secret is in force from this transaction on.
async fn take_effect(
    tx: &mut sqlx::PgConnection,
    claim: &Claim,
    row: &MailRow,
    now: Timestamp,
) -> Result<()> {
    match (claim.kind, row.registration) {
        (MailKind::UserCode, _) => {
            credentials::promote_pin(tx, claim.organisation, row.user, claim.id).await?;
        }
        (MailKind::TemporaryPassword, _) => {
            credentials::promote_password(tx, claim.organisation, row.user, Some(claim.id), now)
                .await?;
        }
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
async fn unreachable(core: &Core, claim: &Claim) -> Result<()> {
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
