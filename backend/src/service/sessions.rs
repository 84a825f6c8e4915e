//! Sign-in, sessions and own passwords.

mod password;
mod profile;
mod sign_in;

pub use sign_in::{SignIn, SignedIn};

use crate::{
    Core,
    credentials::token::Token,
    db::{self, audit::Entry},
    error::{Result, ServiceError},
};
use domain::{
    UnitId, UserId,
    access::{Action, Actor, Right, Scope, decide},
    session::{OwnSession, Preference, Resumed, SessionView},
};
use jiff::{SignedDuration, Timestamp};

/// Sign-in attempts are kept for so long: the office reads them under «Perché non riesce
/// ad accedere?».
const ATTEMPTS_KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Sign-in, sessions and own passwords.
#[derive(Clone)]
pub struct Sessions(pub(crate) Core);

impl Sessions {
    /// Who stands behind a token, and begins the idle time anew. `None` where the session
    /// has ended: signed out, 30 minutes idle, 12 hours old, or its user no longer active.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn resume(&self, token: &str) -> Result<Option<Actor>> {
        Ok(self.find(token, true).await?.map(|r| r.actor))
    }

    /// The same with the session's times. Without `touch` the session does not count as
    /// used: for the question how long it will still live.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn find(&self, token: &str, touch: bool) -> Result<Option<Resumed>> {
        let Some(token) = Token::parse(token) else {
            return Ok(None);
        };
        let mut conn = self.0.pool.acquire().await?;
        db::sessions::resume(
            &mut conn,
            token.organisation,
            &token.hash(),
            self.0.clock.now(),
            touch,
        )
        .await
    }

    /// Seconds until the session ends if nothing is done; 0 where it has ended.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn seconds_left(&self, token: &str) -> Result<u32> {
        let found = self.find(token, false).await?;
        Ok(found.map_or(0, |r| seconds_until(r.ends_at, self.0.clock.now())))
    }

    /// What the frame around the pages shows, for a session already found.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn frame(&self, found: &Resumed) -> Result<SessionView> {
        let now = self.0.clock.now();
        let mut conn = self.0.pool.acquire().await?;
        let mut view = db::sessions::view(&mut conn, found, now).await?;
        view.seconds_left = seconds_until(found.ends_at, now);
        Ok(view)
    }

    /// The same from a token.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] where the session has ended.
    pub async fn view(&self, token: &str) -> Result<SessionView> {
        let found = self
            .find(token, false)
            .await?
            .ok_or(ServiceError::Unauthenticated)?;
        self.frame(&found).await
    }

    /// The person with the rights they hold outside the unit they work in: for choosing
    /// another one.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] where the session has ended.
    pub async fn whole(&self, token: &str) -> Result<(Actor, Option<UnitId>)> {
        let found = self
            .find(token, false)
            .await?
            .ok_or(ServiceError::Unauthenticated)?;
        let actor = Actor {
            held: found.whole,
            ..found.actor
        };
        Ok((actor, found.unit))
    }

    /// Works in a unit from now on (`None`: wherever the rights reach). It holds for this
    /// session alone.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the unit is closed, or nothing is held there.
    pub async fn work_in(&self, token: &str, unit: Option<UnitId>) -> Result<()> {
        let (actor, _) = self.whole(token).await?;
        decide(&actor, Action::ReadUnits)?;
        let token = Token::parse(token).ok_or(ServiceError::Unauthenticated)?;
        let mut tx = self.0.pool.begin().await?;
        if let Some(unit) = unit {
            let scope = Scope::of(&actor, Right::ReadUsers);
            if !db::units::is_open(&mut tx, &scope, unit).await? {
                return Err(ServiceError::NotFound);
            }
        }
        db::sessions::set_unit(&mut tx, token.organisation, &token.hash(), unit).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps one of the person's preferences.
    ///
    /// # Errors
    /// While a temporary password must be changed first.
    pub async fn keep(&self, actor: &Actor, preference: Preference) -> Result<()> {
        decide(actor, Action::KeepPreferences)?;
        let user = person(actor)?;
        db::sessions::keep(
            &mut *self.0.pool.acquire().await?,
            actor.organisation,
            user,
            preference,
        )
        .await
    }

    /// Ends the session of a token. One that has ended already is no error.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        let Some(actor) = self.find(token, false).await?.map(|r| r.actor) else {
            return Ok(());
        };
        let Some(token) = Token::parse(token) else {
            return Ok(());
        };
        let mut tx = self.0.pool.begin().await?;
        db::sessions::end(&mut tx, token.organisation, &token.hash()).await?;
        self.audit(&mut tx, &actor, "session.signed_out").await?;
        tx.commit().await?;
        Ok(())
    }

    /// The person's live sessions, the last used first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn own(&self, actor: &Actor, token: &str) -> Result<Vec<OwnSession>> {
        decide(actor, Action::KeepPreferences)?;
        let current = Token::parse(token)
            .ok_or(ServiceError::Unauthenticated)?
            .hash();
        let mut conn = self.0.pool.acquire().await?;
        db::sessions::list(
            &mut conn,
            actor.organisation,
            person(actor)?,
            &current,
            self.0.clock.now(),
        )
        .await
    }

    /// Ends one of the person's own sessions, by [`OwnSession::reference`].
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where it is not theirs or has ended.
    pub async fn end_own(&self, actor: &Actor, reference: &str) -> Result<()> {
        decide(actor, Action::KeepPreferences)?;
        let hash = hex::decode(reference).map_err(|_| ServiceError::NotFound)?;
        let mut tx = self.0.pool.begin().await?;
        if !db::sessions::end_own(&mut tx, actor.organisation, person(actor)?, &hash).await? {
            return Err(ServiceError::NotFound);
        }
        self.audit(&mut tx, actor, "session.ended").await?;
        tx.commit().await?;
        Ok(())
    }

    /// «Esci da tutti i dispositivi»: ends every session of the person but the one that
    /// asks, and tells how many those were.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn end_others(&self, actor: &Actor, token: &str) -> Result<u64> {
        decide(actor, Action::KeepPreferences)?;
        let current = Token::parse(token)
            .ok_or(ServiceError::Unauthenticated)?
            .hash();
        let mut tx = self.0.pool.begin().await?;
        let ended =
            db::sessions::end_all(&mut tx, actor.organisation, person(actor)?, Some(&current))
                .await?;
        self.audit(&mut tx, actor, "session.others_ended").await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Removes ended sessions and attempts older than 90 days. Safe to run at any time.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn tidy(&self) -> Result<()> {
        let now = self.0.clock.now();
        let mut conn = self.0.pool.acquire().await?;
        db::sessions::forget_ended(&mut conn, now).await?;
        db::sessions::forget_attempts(&mut conn, now - ATTEMPTS_KEPT).await?;
        db::forgotten::forget(&mut conn, now).await?;
        Ok(())
    }

    async fn audit(&self, tx: &mut sqlx::PgConnection, actor: &Actor, action: &str) -> Result<()> {
        let entry = Entry {
            action,
            object_kind: "user",
            object_id: actor.user.map(|u| u.0),
            object_name: &actor.name,
            ..Entry::default()
        };
        db::audit::record(tx, actor, self.0.clock.now(), entry).await
    }
}

/// The person behind the actor; the command line has no session.
pub(super) fn person(actor: &Actor) -> Result<UserId> {
    actor.user.ok_or(ServiceError::Unauthenticated)
}

fn seconds_until(end: Timestamp, now: Timestamp) -> u32 {
    u32::try_from(
        (end - now)
            .total(jiff::Unit::Second)
            .unwrap_or(0.0)
            .max(0.0) as u64,
    )
    .unwrap_or(u32::MAX)
}
