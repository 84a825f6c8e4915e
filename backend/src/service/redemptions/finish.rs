//! The last act: the code is used up. Whoever comes for the first time chooses a password;
//! whoever has one of their own proves with it that the account is theirs. A code alone
//! never replaces a password: anybody who prepares profiles could show one and own the
//! account.

use super::{Redemptions, live, note, rows};
use crate::{
    credentials::policy,
    db,
    error::{Result, ServiceError},
    service::{Sessions, discrepancies},
};
use domain::{
    OrganisationId, UserId,
    redemption::Redeemed,
    registration::CodeRefusal,
    user::{FieldError, FieldErrors},
};

/// With what the person comes, as the database knows it.
enum Proof<'a> {
    /// The hash of the password just chosen.
    New(&'a str),
    /// The hash against which the current password was verified.
    Own(&'a str),
}

impl Redemptions {
    /// Uses the code up: the own password is in force, the registration is completed, and
    /// what was stated is compared with what was prepared. Of any number of people at the
    /// same moment one gets through.
    ///
    /// # Errors
    /// The field `new`; the field `current` where the account has an own password already
    /// (see [`Redemptions::confirm`]); [`CodeRefusal::NotRecognised`] where the ticket or
    /// the code is no more, also when the delegate deactivated the person meanwhile.
    pub async fn finish(&self, token: &str, password: &str) -> Result<Redeemed> {
        let (mut tx, parsed, ticket) = self.hold(token).await?;
        let organisation = parsed.organisation;
        ready(&ticket)?;
        let own = rows::own_password(&mut tx, organisation, ticket.user).await?;
        drop(tx);
        if own.is_some() {
            return Err(invalid("current", FieldError::Required));
        }
        let context = [
            &*ticket.organisation_name,
            &*ticket.organisation_code,
            &*ticket.username,
            &*ticket.prepared.surname,
            &*ticket.prepared.given_name,
        ];
        let least = self.least(organisation, ticket.user).await?;
        let checked = policy::check(password, &context, least).map_err(|e| invalid("new", e))?;
        let hash = self.0.hasher.hash(checked).await?;
        self.redeem(token, Proof::New(&hash)).await
    }

    /// The same for an account that has an own password: `current` must be it, and it stays
    /// as it is. Wrong tries wait as at the sign-in, and count there too; `address` is where
    /// the request comes from.
    ///
    /// # Errors
    /// The field `current`; the field `new` where there is no own password; the throttle;
    /// otherwise as for [`Redemptions::finish`].
    pub async fn confirm(&self, token: &str, current: &str, address: &str) -> Result<Redeemed> {
        let (mut tx, parsed, ticket) = self.hold(token).await?;
        let organisation = parsed.organisation;
        ready(&ticket)?;
        let account = db::sessions::account_of(&mut tx, organisation, ticket.user).await?;
        let own = rows::own_password(&mut tx, organisation, ticket.user).await?;
        drop(tx);
        if !account.active {
            // Nothing can be redeemed, so no password is tried either.
            return Err(CodeRefusal::NotRecognised.into());
        }
        let Some(own) = own else {
            return Err(invalid("new", FieldError::Required));
        };
        let account = db::sessions::Account {
            hash: Some(own.clone()),
            ..account
        };
        Sessions(self.0.clone())
            .verify_own(organisation, &account, current, address)
            .await?;
        self.redeem(token, Proof::Own(&own)).await
    }

    async fn redeem(&self, token: &str, proof: Proof<'_>) -> Result<Redeemed> {
        // Hashing takes its time: what was true before is looked at again.
        let (mut tx, parsed, ticket) = self.hold(token).await?;
        live(&ticket)?;
        let stated = ticket.stated.clone().ok_or(CodeRefusal::NotRecognised)?;
        let (now, organisation) = (self.0.clock.now(), parsed.organisation);
        let used = db::registrations::redeem(
            &mut tx,
            organisation,
            ticket.registration,
            &ticket.code_hash,
            now,
        )
        .await?;
        if !used {
            return Err(CodeRefusal::NotRecognised.into());
        }
        match proof {
            Proof::New(hash) => {
                if !rows::set_password(&mut tx, organisation, ticket.user, hash, now).await? {
                    return Err(invalid("current", FieldError::Required));
                }
                db::sessions::end_all(&mut tx, organisation, ticket.user, None).await?;
            }
            Proof::Own(verified) => {
                let own = rows::own_password(&mut tx, organisation, ticket.user).await?;
                if own.as_deref() != Some(verified) {
                    return Err(invalid("current", FieldError::WrongPassword));
                }
            }
        }
        discrepancies::open(&self.0, &mut tx, organisation, &ticket, Some(&stated), now).await?;
        rows::end(&mut tx, organisation, ticket.registration).await?;
        note(&mut tx, &parsed, &ticket, "registration.redeemed", now).await?;
        tx.commit().await?;
        Ok(Redeemed {
            organisation_code: ticket.organisation_code,
            organisation: ticket.organisation_name,
            username: ticket.username,
        })
    }

    /// What the person's groups ask of a password's length.
    async fn least(&self, organisation: OrganisationId, user: UserId) -> Result<usize> {
        let mut conn = self.0.pool.acquire().await?;
        db::groups::keep::password_min(&mut conn, organisation, user).await
    }
}

/// The pages before are done.
fn ready(ticket: &rows::Ticket) -> Result<()> {
    live(ticket)?;
    if ticket.stated.is_none() {
        return Err(CodeRefusal::NotRecognised.into());
    }
    Ok(())
}

fn invalid(field: &str, error: FieldError) -> ServiceError {
    ServiceError::Invalid(FieldErrors::one(field, error))
}
