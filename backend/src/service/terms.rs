//! The terms of use (X1).

use crate::{
    Core,
    db::{audit, terms},
    error::{Result, ServiceError},
};
use domain::{
    access::{Action, Actor, decide},
    problem::Conflict,
    terms::VERSION,
};
use serde_json::json;

/// The terms of use.
#[derive(Clone)]
pub struct Terms(pub(crate) Core);

impl Terms {
    /// «Ho letto e accetto le condizioni d'uso». The session may manage others from the
    /// next request on. Twice is no error.
    ///
    /// # Errors
    /// [`Conflict::TooLate`] where another version is in force by now than the one read.
    pub async fn accept(&self, actor: &Actor, version: i32) -> Result<()> {
        decide(actor, Action::AcceptTerms)?;
        let user = actor.user.ok_or(ServiceError::Unauthenticated)?;
        if version != VERSION {
            return Err(Conflict::TooLate.into());
        }
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        if terms::accept(&mut tx, actor.organisation, user, version, now).await? {
            let entry = audit::Entry {
                action: "terms.accepted",
                object_kind: "user",
                object_id: Some(user.0),
                object_name: &actor.name,
                after: Some(json!({ "terms_version": version })),
                ..audit::Entry::default()
            };
            audit::record(&mut tx, actor, now, entry).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
