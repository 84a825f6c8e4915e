//! Redeeming a registration code (P8, X18, X19): address and code, own data, own password.
//! Looking at a page uses nothing up; only the last act does.

mod finish;

use super::{Registrations, discrepancies};
use crate::{
    Core,
    credentials::{phrase, policy, registration_code::hash_typed, throttle, token::Token},
    db::{self, audit::Entry, redemptions as rows},
    error::{Result, ServiceError},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Locale,
    discrepancy::Identity,
    group::PASSWORD_MIN_MOST,
    redemption::{Redeemed, TicketView},
    registration::{CodeRefusal, RevokedReason},
    user::full_name,
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

/// How long the pages may take; the code itself lives on.
const TICKET: SignedDuration = SignedDuration::from_mins(60);
/// How patient we are with one typed address, known or not.
const PATIENCE: throttle::Patience = throttle::Patience {
    free: 5,
    base: 15,
    ceiling: 60 * 60,
};
/// Who acts in the audit trail before anybody is signed in.
const PAGE: &str = "/registrazione";

/// Redemption of registration codes, by people who are not signed in.
#[derive(Clone)]
pub struct Redemptions(pub(crate) Core);

/// A ticket for the pages that follow.
#[derive(Clone)]
pub struct Begun {
    /// For the cookie, and for nothing else.
    pub token: String,
    /// The right code, too late: only a new one can be asked for.
    pub expired: bool,
}

impl Redemptions {
    /// Checks address and code, and hands out a ticket for the next pages. Whatever does not
    /// fit, the answer and its cost are the same; wrong tries of one address wait for
    /// growing times, whether anybody has that address or not.
    ///
    /// # Errors
    /// [`CodeRefusal::NotRecognised`], [`CodeRefusal::Locked`].
    pub async fn begin(&self, email: &str, typed: &str) -> Result<Begun> {
        let now = self.0.clock.now();
        let email: String = email.trim().to_lowercase().chars().take(254).collect();
        let key = Sha256::digest(email.as_bytes());
        let mut tx = self.0.pool.begin().await?;
        let (count, last) = rows::hold_tries(&mut tx, &key, now).await?;
        let seconds = PATIENCE.wait(
            throttle::Failures {
                count,
                last: Some(last),
            },
            now,
        );
        if seconds > 0 {
            return Err(CodeRefusal::Locked { seconds }.into());
        }
        // The try stands before the code is looked at.
        rows::book_try(&mut tx, &key, true, now).await?;
        tx.commit().await?;
        let verdict = Registrations(self.0.clone()).verify(&email, typed).await?;
        let mut tx = self.0.pool.begin().await?;
        let (organisation, registration, code_hash, expired) = match verdict {
            Ok(v) => (v.organisation, v.registration, v.hash, false),
            Err(CodeRefusal::Expired) => {
                let hash = hash_typed(typed).unwrap_or_default();
                let found = db::registrations::by_hash(&mut tx, &hash)
                    .await?
                    .ok_or(CodeRefusal::NotRecognised)?;
                (found.organisation, found.id, hash, true)
            }
            Err(refusal) => return Err(refusal.into()),
        };
        let token = Token::generate(organisation, &self.0.entropy);
        let new = rows::NewTicket {
            token_hash: &token.hash(),
            registration,
            code_hash: &code_hash,
            expired,
            ends_at: now + TICKET,
        };
        rows::insert(&mut tx, organisation, &new, now).await?;
        rows::book_try(&mut tx, &key, false, now).await?;
        tx.commit().await?;
        Ok(Begun {
            token: token.encode(),
            expired,
        })
    }

    /// What the pages show; `None` where the ticket has ended or there is none.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn view(&self, token: &str) -> Result<Option<TicketView>> {
        let now = self.0.clock.now();
        let Some(token) = Token::parse(token) else {
            return Ok(None);
        };
        let mut tx = self.0.pool.begin().await?;
        let found = rows::find(&mut tx, token.organisation, &token.hash(), now).await?;
        let Some(t) = found else { return Ok(None) };
        let own = rows::own_password(&mut tx, token.organisation, t.user).await?;
        Ok(Some(TicketView {
            has_password: own.is_some(),
            organisation: t.organisation_name,
            contact: t.contact,
            username: t.username,
            confirmed: t.stated.is_some(),
            identity: t.stated.unwrap_or(t.prepared),
            expired: t.expired,
        }))
    }

    /// «Sono corretti»: keeps what the person stated. It may be stated again until the
    /// password is chosen.
    ///
    /// # Errors
    /// The fields that are wrong; [`CodeRefusal::NotRecognised`] without a living ticket.
    pub async fn state(&self, token: &str, stated: &Identity) -> Result<()> {
        let stated = stated.check().map_err(ServiceError::Invalid)?;
        let (mut tx, token, ticket) = self.hold(token).await?;
        live(&ticket)?;
        rows::state(&mut tx, token.organisation, &token.hash(), &stated).await?;
        tx.commit().await?;
        Ok(())
    }

    /// «Non sono io»: opens a discrepancy instead of failing. The code went to somebody
    /// else, so it is void from now on.
    ///
    /// # Errors
    /// [`CodeRefusal::NotRecognised`] without a living ticket.
    pub async fn not_me(&self, token: &str) -> Result<()> {
        let (mut tx, token, ticket) = self.hold(token).await?;
        live(&ticket)?;
        let now = self.0.clock.now();
        db::registrations::void(
            &mut tx,
            token.organisation,
            ticket.user,
            Some(ticket.profile),
            RevokedReason::ByPerson,
            now,
        )
        .await?;
        discrepancies::open(&self.0, &mut tx, token.organisation, &ticket, None, now).await?;
        rows::end(&mut tx, token.organisation, ticket.registration).await?;
        note(
            &mut tx,
            &token,
            &ticket,
            "registration.refused_by_person",
            now,
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// «Chiedi un nuovo codice al tuo responsabile»: puts a request on the delegate's desk.
    /// Asking twice is one request.
    ///
    /// # Errors
    /// [`CodeRefusal::NotRecognised`] without a ticket of an ended code.
    pub async fn request_code(&self, token: &str) -> Result<()> {
        let (mut tx, token, ticket) = self.hold(token).await?;
        if !ticket.expired {
            return Err(CodeRefusal::NotRecognised.into());
        }
        let now = self.0.clock.now();
        let (organisation, user) = (token.organisation, ticket.user);
        if rows::request_code(&mut tx, organisation, ticket.registration, user, now).await? {
            note(&mut tx, &token, &ticket, "registration.code_requested", now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// «Suggerisci», for somebody who is not signed in yet.
    pub fn suggest_password(&self, locale: Locale) -> String {
        loop {
            let phrase = phrase::propose(locale, &self.0.entropy);
            if policy::check(&phrase, &[], PASSWORD_MIN_MOST.into()).is_ok() {
                return phrase;
            }
        }
    }

    /// What the last page shows, as the browser keeps it for a while: no secret.
    pub fn write_down(redeemed: &Redeemed) -> String {
        serde_json::to_vec(redeemed)
            .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
            .unwrap_or_default()
    }

    /// Reads what [`Redemptions::write_down`] wrote.
    pub fn read_back(text: &str) -> Option<Redeemed> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }

    async fn hold(
        &self,
        token: &str,
    ) -> Result<(
        sqlx::Transaction<'static, sqlx::Postgres>,
        Token,
        rows::Ticket,
    )> {
        let token = Token::parse(token).ok_or(CodeRefusal::NotRecognised)?;
        let mut tx = self.0.pool.begin().await?;
        let ticket = rows::find(
            &mut tx,
            token.organisation,
            &token.hash(),
            self.0.clock.now(),
        )
        .await?
        .ok_or(CodeRefusal::NotRecognised)?;
        Ok((tx, token, ticket))
    }
}

fn live(ticket: &rows::Ticket) -> Result<()> {
    if ticket.expired {
        Err(CodeRefusal::Expired.into())
    } else {
        Ok(())
    }
}

async fn note(
    tx: &mut sqlx::PgConnection,
    token: &Token,
    ticket: &rows::Ticket,
    action: &str,
    now: Timestamp,
) -> Result<()> {
    let entry = Entry {
        action,
        object_kind: "user",
        object_id: Some(ticket.user.0),
        object_name: &full_name(&ticket.prepared.surname, &ticket.prepared.given_name),
        after: Some(serde_json::json!({ "registration": ticket.registration })),
        ..Entry::default()
    };
    db::audit::record_as(tx, token.organisation, None, PAGE, now, entry).await
}
