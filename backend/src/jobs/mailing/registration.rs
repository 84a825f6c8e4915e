//! Mails about registrations: the code is made here and lives as long as its mail.

use super::{Delivered, Gate, held_back, post};
use crate::{
    Core,
    credentials::registration_code::RegistrationCode,
    db::{
        outbox::{self, Claim, Ending, MailRow},
        registrations::{self, ForMail},
        sending,
    },
    error::{Result, ServiceError},
    mail::{Letter, RegistrationFacts, render_registration, transport::Opened},
    service::registration_url,
};
use domain::{
    job::{MailKind, MailReason, MailState},
    registration::{RegistrationState, ends},
};

/// Takes one mail about a registration the whole way.
///
/// # Errors
/// Where the database fails before the hand-over.
pub(super) async fn deliver(
    core: &Core,
    opened: Opened,
    gate: &Gate,
    claim: &Claim,
) -> Result<Delivered> {
    let now = core.clock.now();
    let mut tx = core.pool.begin().await?;
    let Some(row) = outbox::read_claimed(&mut tx, claim, now).await? else {
        return Ok(Delivered::Done);
    };
    let about = match row.registration {
        Some(id) => registrations::for_mail(&mut tx, claim.organisation, id).await?,
        None => None,
    };
    let about = match (about, held_back(&row)) {
        (Some(about), None) if fits(claim.kind, &about, now) => about,
        (_, held) => {
            let (state, reason) = held.unwrap_or((MailState::Cancelled, MailReason::Ended));
            let ending = Ending {
                state,
                reply: None,
                reply_code: None,
                reason: Some(reason),
            };
            outbox::finish(&mut tx, claim, &ending, now).await?;
            registrations::forget_code(&mut tx, claim.organisation, claim.id).await?;
            tx.commit().await?;
            return Ok(Delivered::Done);
        }
    };
    let code = (claim.kind == MailKind::RegistrationCode).then(|| {
        RegistrationCode::generate(&core.entropy, &about.organisation_code, about.external_id)
    });
    let until = match &code {
        Some(code) => {
            let until = ends(now, &about.zone);
            let hash = code.hash();
            registrations::store_code(
                &mut tx,
                claim.organisation,
                about.id,
                claim.id,
                &hash,
                until,
            )
            .await?;
            Some(until)
        }
        None => about.expires_at,
    };
    let (institution, _) = sending::institution(&mut tx, claim.organisation).await?;
    tx.commit().await?;
    let facts = RegistrationFacts {
        kind: claim.kind,
        locale: row.locale,
        name: name_of(&row),
        invited: about.invited,
        renewed: about.renewed,
        sent_at: about.sent_at,
        until,
        url: registration_url(&core.settings.base_url),
        desk_url: format!(
            "{}{}",
            core.settings.base_url.trim_end_matches('/'),
            if claim.kind == MailKind::DiscrepancyOpened {
                "/discrepanze"
            } else {
                "/abilitazioni?stato=scaduto"
            }
        ),
        reference: format!("REG-{}-{}", about.id, claim.id),
        institution,
    };
    let shown = code.as_ref().map(RegistrationCode::shown);
    let mail =
        render_registration(&facts, shown.unwrap_or_default()).map_err(ServiceError::internal)?;
    let letter = Letter {
        mail: &mail,
        institution: &facts.institution,
    };
    post(core, opened, gate, claim, &row, letter, shown.as_slice()).await;
    Ok(Delivered::Done)
}

fn name_of(row: &MailRow) -> String {
    format!("{} {}", row.given_name, row.surname)
        .trim()
        .to_owned()
}

/// Whether the mail still says something true.
fn fits(kind: MailKind, about: &ForMail, now: jiff::Timestamp) -> bool {
    match kind {
        MailKind::RegistrationCode => about.state == RegistrationState::ToStart,
        MailKind::RegistrationReminder => {
            about.state == RegistrationState::Running && about.expires_at.is_some_and(|e| e > now)
        }
        MailKind::RegistrationExpired => about.state == RegistrationState::Expired,
        // It says that something happened, and that stays true.
        MailKind::DiscrepancyOpened => true,
        MailKind::UserCode | MailKind::TemporaryPassword | MailKind::PasswordLink => false,
    }
}
