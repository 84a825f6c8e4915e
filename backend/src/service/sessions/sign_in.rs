//! Signing in. Whatever is wrong, the answer is the same and costs the same.

use super::Sessions;
use crate::{
    credentials::{policy, secret::normalise_temporary_password, throttle, token::Token},
    db::{
        self,
        audit::Entry,
        sessions::{Account, Fits, NewSession, Standing},
    },
    error::Result,
};
use domain::{OrganisationId, access::Actor, problem::SignInRefusal, user::full_name};
use jiff::Timestamp;

/// What was typed at `/accesso`, and from where.
#[derive(Clone, Default)]
pub struct SignIn {
    /// «Ente».
    pub organisation: String,
    /// «Nome utente».
    pub username: String,
    /// «Password», temporary or own.
    pub password: String,
    /// The peer's address; empty where unknown.
    pub address: String,
    /// What the browser calls itself.
    pub user_agent: String,
}

/// A session has begun.
#[derive(Clone)]
pub struct SignedIn {
    /// For the cookie, and for nothing else.
    pub token: String,
    /// The password was a temporary one or has ended: another must be chosen first.
    pub must_change_password: bool,
    /// Who signed in, as preferences need it.
    pub actor: Actor,
}

/// Attempts on organisations that do not exist are counted under this number.
const NOWHERE: OrganisationId = OrganisationId(0);
/// Longest name that is kept of an attempt.
const NAME_KEPT: usize = 64;

impl Sessions {
    /// Begins a session.
    ///
    /// # Errors
    /// [`SignInRefusal`]: the same for an unknown organisation or user, a wrong or ended
    /// password and an inactive account.
    pub async fn sign_in(&self, typed: SignIn) -> Result<SignedIn> {
        let now = self.0.clock.now();
        let username = typed.username.trim();
        let folded: String = username.to_lowercase().chars().take(NAME_KEPT).collect();
        let mut tx = self.0.pool.begin().await?;
        let organisation = db::organisations::by_code(&mut tx, typed.organisation.trim())
            .await?
            .map_or(NOWHERE, |o| o.id);
        let attempt = self
            .admit(&mut tx, organisation, &folded, &typed.address, now)
            .await;
        let account = db::sessions::account(&mut tx, organisation, username, now).await?;
        // The attempt stands before the password is looked at.
        tx.commit().await?;
        let attempt = attempt?;

        let fits = self.verify(&typed.password, account.as_ref()).await?;
        let outcome = verdict(account.as_ref(), fits, now);
        if let (Ok(_), Some(account)) = (outcome, &account) {
            self.refuse_switched_off(organisation, account.id, attempt, now)
                .await?;
        }
        if let (Ok(fits), Some(account)) = (outcome, &account)
            && let Some(signed_in) = self
                .begin(organisation, account, fits, attempt, &typed.user_agent, now)
                .await?
        {
            return Ok(signed_in);
        }
        let mut conn = self.0.pool.acquire().await?;
        let outcome = outcome.err().unwrap_or("wrong_password");
        db::sessions::finish_attempt(
            &mut conn,
            organisation,
            attempt,
            account.map(|a| a.id),
            outcome,
        )
        .await?;
        Err(SignInRefusal::NotRecognised.into())
    }

    /// The law on SPID and CIE (X49): right as it is, the password counts no more where none
    /// of the person's groups may use one.
    async fn refuse_switched_off(
        &self,
        organisation: OrganisationId,
        user: domain::UserId,
        attempt: i64,
        now: Timestamp,
    ) -> Result<()> {
        let mut conn = self.0.pool.acquire().await?;
        let Some(since) =
            db::groups::keep::password_off(&mut conn, organisation, user, now).await?
        else {
            return Ok(());
        };
        db::sessions::finish_attempt(&mut conn, organisation, attempt, Some(user), "password_off")
            .await?;
        Err(SignInRefusal::PasswordOff { since }.into())
    }

    /// Since when whoever stands behind a token may not enter with a password any more
    /// (X49): such a session is not found, and this says why.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn switched_off(&self, token: &str) -> Result<Option<jiff::civil::Date>> {
        let Some(token) = Token::parse(token) else {
            return Ok(None);
        };
        let mut conn = self.0.pool.acquire().await?;
        let (organisation, hash) = (token.organisation, token.hash());
        db::groups::keep::session_off(&mut conn, organisation, &hash, self.0.clock.now()).await
    }

    /// Books the attempt, or refuses it while the throttle is on. The booking survives
    /// the refusal.
    pub(super) async fn admit(
        &self,
        tx: &mut sqlx::PgConnection,
        organisation: OrganisationId,
        username: &str,
        address: &str,
        now: Timestamp,
    ) -> Result<i64> {
        let standing = db::sessions::standing(tx, organisation, username, address, now).await?;
        let seconds = wait(&standing, now);
        let outcome = if seconds > 0 {
            "throttled"
        } else {
            "wrong_password"
        };
        let attempt =
            db::sessions::begin_attempt(tx, organisation, username, address, now, outcome).await?;
        if seconds > 0 {
            Err(SignInRefusal::Throttled { seconds }.into())
        } else {
            Ok(attempt)
        }
    }

    /// Which password was given. A refusal costs two verifications whoever is asked for,
    /// so that time tells nobody whether an account exists or has mail on its way.
    async fn verify(&self, typed: &str, account: Option<&Account>) -> Result<Option<Fits>> {
        // No password is longer; a megabyte is not hashed.
        let typed: String = typed.chars().take(policy::MAX * 4).collect();
        let mailed = normalise_temporary_password(&typed);
        let own = policy::normalise(&typed);
        let present = if account.is_some_and(|a| a.temporary) {
            mailed.clone()
        } else {
            own
        };
        if self
            .0
            .hasher
            .verify(present, account.and_then(|a| a.hash.clone()))
            .await?
        {
            return Ok(Some(Fits::Present));
        }
        let pending = account
            .and_then(|a| a.pending.as_ref())
            .map(|(hash, _)| hash.clone());
        Ok(self
            .0
            .hasher
            .verify(mailed, pending)
            .await?
            .then_some(Fits::Pending))
    }

    /// Opens the session, unless the password was replaced while it was verified.
    async fn begin(
        &self,
        organisation: OrganisationId,
        account: &Account,
        fits: Fits,
        attempt: i64,
        user_agent: &str,
        now: Timestamp,
    ) -> Result<Option<SignedIn>> {
        let token = Token::generate(organisation, &self.0.entropy);
        let mut tx = self.0.pool.begin().await?;
        let locked = db::sessions::lock(&mut tx, organisation, account.id).await?;
        let still = match fits {
            Fits::Present => locked.hash.is_some() && locked.hash == account.hash,
            Fits::Pending => {
                locked.pending.is_some()
                    && locked.pending == account.pending.as_ref().map(|(h, _)| h.clone())
            }
        };
        if !still {
            return Ok(None);
        }
        if fits == Fits::Pending {
            db::sessions::promote(&mut tx, organisation, account.id, now).await?;
            db::sessions::end_all(&mut tx, organisation, account.id, None).await?;
        }
        // A temporary password has not ended here (see `verdict`); an own one that has
        // ended under a rotation policy still shows who it is, and must be replaced.
        let temporary = account.temporary || fits == Fits::Pending;
        let must_change_password = temporary || account.expires_at.is_some_and(|end| end <= now);
        let hash = token.hash();
        let session = NewSession {
            user: (organisation, account.id),
            token_hash: &hash,
            user_agent,
            must_change_password,
        };
        db::sessions::insert(&mut tx, &session, now).await?;
        db::sessions::signed_in(&mut tx, organisation, account.id, now).await?;
        db::sessions::finish_attempt(&mut tx, organisation, attempt, Some(account.id), "ok")
            .await?;
        let name = full_name(&account.surname, &account.given_name);
        let entry = Entry {
            action: "session.signed_in",
            object_kind: "user",
            object_id: Some(account.id.0),
            object_name: &name,
            after: (fits == Fits::Pending).then(|| serde_json::json!({ "password": "mailed" })),
            ..Entry::default()
        };
        db::audit::record_as(&mut tx, organisation, Some(account.id.0), &name, now, entry).await?;
        let resumed = db::sessions::resume(&mut tx, organisation, &hash, now, false).await?;
        tx.commit().await?;
        Ok(resumed.map(|r| SignedIn {
            token: token.encode(),
            must_change_password,
            actor: r.actor,
        }))
    }
}

/// Seconds to wait: the account's owner, coming from where they came before, does not pay
/// for what strangers try elsewhere.
fn wait(standing: &Standing, now: Timestamp) -> u32 {
    let account = if standing.known {
        throttle::KNOWN.wait(standing.here, now)
    } else {
        throttle::ACCOUNT.wait(standing.account, now)
    };
    account.max(throttle::ADDRESS.wait(standing.address, now))
}

/// Whether the attempt opens the account, or how it is booked.
fn verdict(
    account: Option<&Account>,
    fits: Option<Fits>,
    now: Timestamp,
) -> std::result::Result<Fits, &'static str> {
    let Some(account) = account else {
        return Err("unknown_user");
    };
    let Some(fits) = fits else {
        return Err(if account.hash.is_none() && account.pending.is_none() {
            "no_password"
        } else {
            "wrong_password"
        });
    };
    if !account.active {
        return Err("inactive");
    }
    let end = match fits {
        Fits::Present if account.temporary => account.expires_at,
        Fits::Present => None,
        Fits::Pending => account.pending.as_ref().and_then(|(_, end)| *end),
    };
    if end.is_some_and(|end| end <= now) {
        Err("expired")
    } else {
        Ok(fits)
    }
}
