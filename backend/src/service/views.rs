//! Ready views of the list of users, each with its count.

use crate::{
    Core,
    db::users::search::{self, ViewTotals},
    error::Result,
};
use domain::{
    access::{Action, Actor, Right, Scope, decide},
    user::ReadyView,
};

/// Views of the list.
#[derive(Clone)]
pub struct Views(pub(crate) Core, pub(crate) ViewTotals);

impl Views {
    /// How many users each ready view finds for the actor now, in the order of
    /// [`ReadyView::ALL`].
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn counts(&self, actor: &Actor) -> Result<Vec<u64>> {
        decide(actor, Action::ReadUsers)?;
        let scope = Scope::of(actor, Right::ReadUsers);
        let filters = ReadyView::ALL.map(ReadyView::filter);
        let mut conn = self.0.pool.acquire().await?;
        let now = self.0.clock.now();
        search::counts(&mut conn, &self.1, &scope, &filters, now).await
    }
}
