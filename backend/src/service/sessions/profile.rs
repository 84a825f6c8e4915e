//! Which of several profiles a session works in (X20), and acts that want the password anew.

use super::{Sessions, person};
use crate::{
    credentials::token::Token,
    db,
    error::{Result, ServiceError},
};
use domain::{
    ProfileId,
    access::{Action, Actor, decide},
    session::OwnProfile,
};

impl Sessions {
    /// The person's profiles that hold something today.
    ///
    /// # Errors
    /// While a temporary password must be changed first.
    pub async fn profiles(&self, actor: &Actor) -> Result<Vec<OwnProfile>> {
        decide(actor, Action::KeepOwnAccount)?;
        let mut conn = self.0.pool.acquire().await?;
        db::sessions::profiles(
            &mut conn,
            actor.organisation,
            person(actor)?,
            actor.profile,
            actor.locale,
            self.0.clock.now(),
        )
        .await
    }

    /// Works in a profile from now on; the rights of the others rest. It holds for this
    /// session alone.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the profile is not the person's, or holds nothing.
    pub async fn work_as(&self, actor: &Actor, token: &str, profile: ProfileId) -> Result<()> {
        let own = self.profiles(actor).await?;
        if !own.iter().any(|p| p.id == profile) {
            return Err(ServiceError::NotFound);
        }
        let token = Token::parse(token).ok_or(ServiceError::Unauthenticated)?;
        let mut tx = self.0.pool.begin().await?;
        db::sessions::set_profile(&mut tx, token.organisation, &token.hash(), profile).await?;
        tx.commit().await?;
        Ok(())
    }

    /// «Conferma che sei tu»: the password again, in the middle of a session.
    ///
    /// # Errors
    /// The field `current`; the throttle after wrong tries.
    pub async fn confirm(&self, actor: &Actor, token: &str, password: &str) -> Result<()> {
        decide(actor, Action::KeepOwnAccount)?;
        let user = person(actor)?;
        let token = Token::parse(token).ok_or(ServiceError::Unauthenticated)?;
        let mut conn = self.0.pool.acquire().await?;
        let account = db::sessions::account_of(&mut conn, actor.organisation, user).await?;
        drop(conn);
        self.verify_current(actor, &account, password).await?;
        let mut conn = self.0.pool.acquire().await?;
        let now = self.0.clock.now();
        db::sessions::confirmed(&mut conn, token.organisation, &token.hash(), now).await
    }
}
