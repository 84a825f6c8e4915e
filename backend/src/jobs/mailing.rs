//! One mail from its row to the server and back. The secret is made here, lives while its
//! mail is made and handed over, and is dropped; what is stored is its hash: *pending*
//! before the hand-over, in force in the transaction that books the acceptance.

mod booking;
mod gate;
mod links;
mod registration;

pub use booking::put_back;
pub use gate::Gate;

use crate::{
    Core,
    credentials::secret::Secret,
    db::{
        credentials,
        outbox::{self, Claim, Ending, MailRow},
        sending,
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
pub async fn deliver(
    core: &Core,
    transport: &Transport,
    gate: &Gate,
    claim: &Claim,
) -> Result<Delivered> {
    // Connect first: while the server is away no secret is made and nothing is hashed.
    let opened = match transport.open().await {
        Ok(opened) => opened,
        Err(error) => {
            tracing::warn!(%error, "the mail server cannot be reached");
            booking::unreachable(core, claim).await?;
            return Ok(Delivered::Unreachable);
        }
    };
    let secret = match claim.kind {
        MailKind::PasswordLink => return links::deliver(core, opened, gate, claim).await,
        MailKind::UserCode => Secret::pin(&core.entropy),
        MailKind::TemporaryPassword => Secret::temporary_password(&core.entropy),
        MailKind::RegistrationCode
        | MailKind::RegistrationReminder
        | MailKind::RegistrationExpired
        | MailKind::DiscrepancyOpened => {
            return registration::deliver(core, opened, gate, claim).await;
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
    post(core, opened, gate, claim, &row, letter, &secrets).await;
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
    let Some(row) = outbox::read_claimed(&mut tx, claim, now).await? else {
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
    } else if row.password_off {
        Some((MailState::Cancelled, MailReason::PasswordOff))
    } else if row.email.as_deref() != Some(row.address.as_str()) {
        Some((MailState::Cancelled, MailReason::AddressChanged))
    } else {
        None
    }
}

/// Puts the words into an envelope, hands it over and books what became of it. An address
/// that no server could take is refused here.
async fn post(
    core: &Core,
    opened: Opened,
    gate: &Gate,
    claim: &Claim,
    row: &MailRow,
    letter: Letter<'_>,
    secrets: &[&str],
) {
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
    let announced = match outgoing.pack() {
        Ok(parcel) => opened.announce(parcel).await,
        Err(error) => {
            tracing::warn!(%error, mail = claim.id.0, "a mail cannot be written");
            Err(Outcome::Rejected {
                reply: Reply {
                    code: 553,
                    text: "5.1.3 bad destination address".to_owned(),
                },
                mailbox_unknown: true,
            })
        }
    };
    let book = async |outcome| {
        booking::book(core, claim, row, &without_secret(outcome, secrets)).await;
    };
    match announced {
        Ok(announced) => gate.pass(announced.send(), book).await,
        Err(outcome) => book(outcome).await,
    }
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
