//! The list of users, its totals and what is selected in it.

use super::Users;
use crate::{
    db::users::{self, search},
    error::Result,
};
use domain::{
    UserId,
    access::{Action, Actor, Right, Scope, decide},
    page::Page,
    user::{ListQuery, Selection, UserFilter, UserRow},
};

impl Users {
    /// A page of the list as far as the actor may see it, groups named in the actor's
    /// language; page 1 where the wanted one lies past the end.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn list(&self, actor: &Actor, query: &ListQuery) -> Result<Page<UserRow>> {
        decide(actor, Action::ReadUsers)?;
        let scope = Scope::of(actor, Right::ReadUsers);
        let now = self.0.clock.now();
        search::page(
            &mut *self.0.pool.acquire().await?,
            &self.1,
            &scope,
            query,
            actor.locale,
            now,
        )
        .await
    }

    /// [`Self::list`], with the person's usual «Righe per pagina» where `usual_rows` says so.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn list_usual(
        &self,
        actor: &Actor,
        mut query: ListQuery,
        usual_rows: bool,
    ) -> Result<Page<UserRow>> {
        decide(actor, Action::ReadUsers)?;
        if usual_rows && let Some(user) = actor.user {
            let mut conn = self.0.pool.acquire().await?;
            query.page.size = users::usual_rows(&mut conn, actor.organisation, user)
                .await?
                .unwrap_or_default();
        }
        self.list(actor, &query).await
    }

    /// Exact number of users that the filter finds for the actor.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn count(&self, actor: &Actor, filter: &UserFilter) -> Result<u64> {
        decide(actor, Action::ReadUsers)?;
        let scope = Scope::of(actor, Right::ReadUsers);
        search::count(&mut *self.0.pool.acquire().await?, &scope, filter).await
    }

    /// Exact number of users in the selection now: «tutti gli N trovati» may have become
    /// more or less since the click.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn count_selected(&self, actor: &Actor, selection: &Selection) -> Result<u64> {
        decide(actor, Action::ReadUsers)?;
        let scope = Scope::of(actor, Right::ReadUsers);
        search::count_selected(&mut *self.0.pool.acquire().await?, &scope, selection).await
    }

    /// The numbers of the selected users; `None` where there are more than `most`.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn selected_ids(
        &self,
        actor: &Actor,
        selection: &Selection,
        most: u64,
    ) -> Result<Option<Vec<UserId>>> {
        decide(actor, Action::ReadUsers)?;
        let scope = Scope::of(actor, Right::ReadUsers);
        search::selected_ids(&mut *self.0.pool.acquire().await?, &scope, selection, most).await
    }
}
