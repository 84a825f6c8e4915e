//! The access review (X23): confirm or end, each with its motivation. Ending an access is
//! deactivating the user, as everywhere.

use crate::{
    Core,
    db::{audit, grants, review, users::edit},
    error::{Result, ServiceError},
};
use domain::{
    Locale, UserId,
    access::{Action, Actor, Denied, Right, Scope, decide},
    problem::Conflict,
    review::{Review, ReviewQuery},
    user::{UserState, check_reason, full_name},
};

/// The access review.
#[derive(Clone)]
pub struct Reviews(pub(crate) Core);

impl Reviews {
    /// Accesses to look at in the actor's units, numbers by reason, and units with fewer
    /// than two delegates.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn list(&self, actor: &Actor, query: &ReviewQuery, locale: Locale) -> Result<Review> {
        decide(actor, Action::ReviewAccess)?;
        let scope = Scope::of(actor, Right::ManageUsers);
        let now = self.0.clock.now();
        let held: Vec<Right> = actor.held.iter().map(|h| h.right).collect();
        let mut conn = self.0.pool.acquire().await?;
        let (rows, counts) =
            review::page(&mut conn, &scope, query, (actor.user, &held), locale, now).await?;
        let (lone_units, lone_total) = review::lone_units(&mut conn, &scope, locale, now).await?;
        Ok(Review {
            rows,
            counts,
            lone_units,
            lone_total,
        })
    }

    /// Confirms an access: it rests for ninety days.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's units; [`Denied::Stronger`],
    /// [`Denied::OwnAccount`]; [`Conflict::TooLate`] where the user is no longer active.
    pub async fn confirm(&self, actor: &Actor, user: UserId, reason: &str) -> Result<()> {
        decide(actor, Action::ReviewAccess)?;
        let reason = check_reason(reason, true).map_err(ServiceError::Invalid)?;
        if actor.user == Some(user) {
            return Err(Denied::OwnAccount.into());
        }
        let now = self.0.clock.now();
        let scope = Scope::of(actor, Right::ManageUsers);
        let mut tx = self.0.pool.begin().await?;
        let held = edit::hold(&mut tx, &scope, user).await?;
        grants::decide_on(&mut tx, actor, user).await?;
        if held.state != UserState::Active {
            return Err(Conflict::TooLate.into());
        }
        review::confirm(&mut tx, actor.organisation, user, actor.user, now).await?;
        let entry = audit::Entry {
            action: "access.confirmed",
            object_kind: "user",
            object_id: Some(user.0),
            object_name: &full_name(&held.surname, &held.given_name),
            reason: reason.as_deref(),
            ..audit::Entry::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
