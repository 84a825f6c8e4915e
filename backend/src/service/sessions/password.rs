//! Choosing an own password.

use super::{Sessions, person};
use crate::{
    credentials::{phrase, policy, secret::normalise_temporary_password, token::Token},
    db::{self, audit::Entry, sessions::NewSession},
    error::{Result, ServiceError},
};
use domain::{
    Locale, OrganisationId,
    access::{Action, Actor, decide},
    group::PASSWORD_MIN_MOST,
    user::{FieldError, FieldErrors},
};

impl Sessions {
    /// Replaces the person's own password, ends every session of theirs and begins a new
    /// one, whose token is the answer. `current` is not asked for right after signing in
    /// with a temporary password: that session can do nothing else.
    ///
    /// # Errors
    /// The fields `current` and `new`; the throttle after wrong tries of `current`.
    pub async fn change_password(
        &self,
        actor: &Actor,
        token: &str,
        current: Option<&str>,
        new: &str,
        user_agent: &str,
    ) -> Result<String> {
        decide(actor, Action::ChangeOwnPassword)?;
        let user = person(actor)?;
        let now = self.0.clock.now();
        let old_token = Token::parse(token).ok_or(ServiceError::Unauthenticated)?;
        let mut conn = self.0.pool.acquire().await?;
        let house = db::organisations::get(&mut conn, actor.organisation).await?;
        let account = db::sessions::account_of(&mut conn, actor.organisation, user).await?;
        let least = db::groups::keep::password_min(&mut conn, actor.organisation, user).await?;
        drop(conn);

        if !actor.must_change_password {
            self.verify_current(actor, &account, current.unwrap_or_default())
                .await?;
        }
        let context = [
            &*house.name,
            &*house.code,
            &*account.username,
            &*account.surname,
            &*account.given_name,
        ];
        let checked = policy::check(new, &context, least).map_err(|e| invalid("new", e))?;
        let as_stored = if account.temporary {
            normalise_temporary_password(&checked)
        } else {
            checked.clone()
        };
        if self
            .0
            .hasher
            .verify(as_stored, account.hash.clone())
            .await?
        {
            return Err(invalid("new", FieldError::Guessable));
        }
        let hash = self.0.hasher.hash(checked).await?;

        let mut tx = self.0.pool.begin().await?;
        let locked = db::sessions::lock(&mut tx, actor.organisation, user).await?;
        // Of several changes at once, the first ends the sessions of the others.
        if locked.hash != account.hash
            || !db::sessions::end(&mut tx, actor.organisation, &old_token.hash()).await?
        {
            return Err(ServiceError::Unauthenticated);
        }
        db::sessions::replace_password(&mut tx, actor.organisation, user, &hash, now).await?;
        db::sessions::end_all(&mut tx, actor.organisation, user, None).await?;
        let fresh = Token::generate(actor.organisation, &self.0.entropy);
        let session = NewSession {
            user: (actor.organisation, user),
            token_hash: &fresh.hash(),
            user_agent,
            must_change_password: false,
        };
        db::sessions::insert(&mut tx, &session, now).await?;
        let entry = Entry {
            action: "password.changed",
            object_kind: "user",
            object_id: Some(user.0),
            object_name: &actor.name,
            ..Entry::default()
        };
        db::audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(fresh.encode())
    }

    /// Whoever found an open screen tries passwords no faster than at the door.
    pub(crate) async fn verify_current(
        &self,
        actor: &Actor,
        account: &db::sessions::Account,
        typed: &str,
    ) -> Result<()> {
        self.verify_own(actor.organisation, account, typed, "")
            .await
    }

    /// Verifies the password in force, throttled and booked as at the sign-in. `address` is
    /// where the request comes from; empty where a session speaks for the person.
    ///
    /// # Errors
    /// The field `current`; the throttle.
    pub(crate) async fn verify_own(
        &self,
        organisation: OrganisationId,
        account: &db::sessions::Account,
        typed: &str,
        address: &str,
    ) -> Result<()> {
        let now = self.0.clock.now();
        let name = account.username.to_lowercase();
        let mut tx = self.0.pool.begin().await?;
        let attempt = self.admit(&mut tx, organisation, &name, address, now).await;
        tx.commit().await?;
        let attempt = attempt?;
        // No password is longer; a megabyte is not hashed.
        let bounded: String = typed.chars().take(policy::MAX * 4).collect();
        let fits = self
            .0
            .hasher
            .verify(policy::normalise(&bounded), account.hash.clone())
            .await?;
        let mut conn = self.0.pool.acquire().await?;
        let outcome = if fits { "ok" } else { "wrong_password" };
        db::sessions::finish_attempt(&mut conn, organisation, attempt, Some(account.id), outcome)
            .await?;
        match (fits, typed.is_empty()) {
            (true, _) => Ok(()),
            (false, true) => Err(invalid("current", FieldError::Required)),
            (false, false) => Err(invalid("current", FieldError::WrongPassword)),
        }
    }

    /// «Suggerisci»: a passphrase in the person's language that the policy accepts.
    pub fn suggest_password(&self, locale: Locale) -> String {
        loop {
            let phrase = phrase::propose(locale, &self.0.entropy);
            if policy::check(&phrase, &[], PASSWORD_MIN_MOST.into()).is_ok() {
                return phrase;
            }
        }
    }
}

fn invalid(field: &str, error: FieldError) -> ServiceError {
    ServiceError::Invalid(FieldErrors::one(field, error))
}
