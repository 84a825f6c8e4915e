//! Views of the list of users, ready and saved, each with its count.

use crate::{
    Core,
    db::{
        audit,
        users::search::{self, ViewTotals},
        views::{self, Stored},
    },
    error::{Result, ServiceError},
};
use domain::{
    UserId, ViewId,
    access::{Action, Actor, Denied, Right, Scope, decide, decide_on_view},
    problem::Conflict,
    user::{
        FieldError, FieldErrors, ListQuery, ReadyView, SavedView, UserFilter, UserSort, VIEWS_MOST,
        ViewCounts, ViewDraft, check_view_filter, check_view_name,
    },
};
use serde_json::json;
use sqlx::PgConnection;

/// Views of the list.
#[derive(Clone)]
pub struct Views(pub(crate) Core, pub(crate) ViewTotals);

impl Views {
    /// One's own views and those that others share, by name.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn list(&self, actor: &Actor) -> Result<Vec<SavedView>> {
        decide(actor, Action::KeepViews)?;
        let mut conn = self.0.pool.acquire().await?;
        let stored = views::list(&mut conn, actor.organisation, actor.user).await?;
        Ok(stored
            .into_iter()
            .map(|v| SavedView {
                may_change: decide_on_view(actor, v.own, false).is_ok(),
                id: v.id,
                name: v.name,
                shared: v.shared,
                filter: v.filter,
                sort: v.sort,
            })
            .collect())
    }

    /// The list as the view means it that the query names; without one the query itself.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a view that the actor does not see.
    pub async fn resolve(&self, actor: &Actor, query: ListQuery) -> Result<ListQuery> {
        let Some(id) = query.view else {
            return Ok(query);
        };
        let known = self.list(actor).await?;
        let view = known.iter().find(|v| v.id == id);
        Ok(view.ok_or(ServiceError::NotFound)?.resolve(&query))
    }

    /// How many users each view finds for the actor now.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn counts(&self, actor: &Actor) -> Result<ViewCounts> {
        decide(actor, Action::ReadUsers)?;
        let saved = self.list(actor).await?;
        let scope = Scope::of(actor, Right::ReadUsers);
        let filters: Vec<_> = ReadyView::ALL
            .into_iter()
            .map(ReadyView::filter)
            .chain(saved.iter().map(|v| v.filter.clone()))
            .collect();
        let mut conn = self.0.pool.acquire().await?;
        let now = self.0.clock.now();
        let mut ready = search::counts(&mut conn, &self.1, &scope, &filters, now).await?;
        let own = ready.split_off(ReadyView::ALL.len());
        Ok(ViewCounts {
            ready,
            saved: saved.into_iter().map(|v| v.id).zip(own).collect(),
        })
    }

    /// Saves a view. Shared, it is seen by everybody in the organisation who reads users.
    ///
    /// # Errors
    /// The field `name`, also where another view is called so; [`Conflict::ViewsFull`];
    /// [`Denied`].
    pub async fn save(&self, actor: &Actor, draft: &ViewDraft) -> Result<ViewId> {
        decide_on_view(actor, true, draft.shared)?;
        let owner = person(actor)?;
        let draft = draft.check().map_err(ServiceError::Invalid)?;
        let mut tx = self.0.pool.begin().await?;
        room(&mut tx, actor, owner, false).await?;
        if draft.shared {
            room(&mut tx, actor, owner, true).await?;
        }
        free(&mut tx, actor, owner, &draft.name, None).await?;
        let now = self.0.clock.now();
        let id = views::insert(&mut tx, actor.organisation, owner, &draft, now).await?;
        if draft.shared {
            self.record(&mut tx, actor, id, "view.shared", (None, Some(&draft.name)))
                .await?;
        }
        tx.commit().await?;
        Ok(id)
    }

    /// Renames a view, shares it or takes it back.
    ///
    /// # Errors
    /// As for [`Views::save`]; [`ServiceError::NotFound`] for one that the actor does not see.
    pub async fn change(&self, actor: &Actor, id: ViewId, name: &str, shared: bool) -> Result<()> {
        decide(actor, Action::KeepViews)?;
        let reader = person(actor)?;
        let name = check_view_name(name).map_err(ServiceError::Invalid)?;
        let mut tx = self.0.pool.begin().await?;
        let was = one(&mut tx, actor, id).await?;
        decide_on_view(actor, was.own, shared)?;
        if was.name == name && was.shared == shared {
            return Ok(());
        }
        if shared && !was.shared {
            room(&mut tx, actor, reader, true).await?;
        }
        free(&mut tx, actor, reader, &name, Some(id)).await?;
        views::update(&mut tx, actor.organisation, id, &name, shared).await?;
        let names = (
            was.shared.then_some(was.name.as_str()),
            shared.then_some(name.as_str()),
        );
        let action = match names {
            (None, None) => None,
            (None, Some(_)) => Some("view.shared"),
            (Some(_), None) => Some("view.unshared"),
            (Some(_), Some(_)) => Some("view.renamed"),
        };
        if let Some(action) = action {
            self.record(&mut tx, actor, id, action, names).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Lets a view mean another filter and order; its name and who sees it stay.
    ///
    /// # Errors
    /// The field `filter`; [`ServiceError::NotFound`] for one that the actor does not see;
    /// [`Denied`].
    pub async fn refilter(
        &self,
        actor: &Actor,
        id: ViewId,
        filter: &UserFilter,
        sort: UserSort,
    ) -> Result<()> {
        decide(actor, Action::KeepViews)?;
        let filter = check_view_filter(filter).map_err(ServiceError::Invalid)?;
        let mut tx = self.0.pool.begin().await?;
        let was = one(&mut tx, actor, id).await?;
        decide_on_view(actor, was.own, was.shared)?;
        if was.filter == filter && was.sort == sort {
            return Ok(());
        }
        views::refilter(&mut tx, actor.organisation, id, &filter, sort).await?;
        if was.shared {
            let name = Some(was.name.as_str());
            self.record(&mut tx, actor, id, "view.refiltered", (name, name))
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Deletes a view.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for one that the actor does not see; [`Denied`].
    pub async fn delete(&self, actor: &Actor, id: ViewId) -> Result<()> {
        decide(actor, Action::KeepViews)?;
        let mut tx = self.0.pool.begin().await?;
        let was = one(&mut tx, actor, id).await?;
        decide_on_view(actor, was.own, false)?;
        if !views::delete(&mut tx, actor.organisation, id).await? {
            return Err(ServiceError::NotFound);
        }
        if was.shared {
            let names = (Some(was.name.as_str()), None);
            self.record(&mut tx, actor, id, "view.deleted", names)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// What everybody sees is in the trail: the name, and never what is searched for.
    async fn record(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: ViewId,
        action: &str,
        (before, after): (Option<&str>, Option<&str>),
    ) -> Result<()> {
        let entry = audit::Entry {
            action,
            object_kind: "view",
            object_id: Some(id.0),
            object_name: after.or(before).unwrap_or_default(),
            before: before.map(|name| json!({ "name": name })),
            after: after.map(|name| json!({ "name": name })),
            ..audit::Entry::default()
        };
        audit::record(tx, actor, self.0.clock.now(), entry).await
    }
}

/// The command line keeps no views.
fn person(actor: &Actor) -> Result<UserId> {
    actor.user.ok_or(Denied::OutOfScope.into())
}

/// The view, where the actor sees it.
async fn one(tx: &mut PgConnection, actor: &Actor, id: ViewId) -> Result<Stored> {
    let seen = views::list(tx, actor.organisation, actor.user).await?;
    seen.into_iter()
        .find(|v| v.id == id)
        .ok_or(ServiceError::NotFound)
}

async fn room(tx: &mut PgConnection, actor: &Actor, owner: UserId, shared: bool) -> Result<()> {
    if views::has_room(tx, actor.organisation, owner, shared).await? {
        return Ok(());
    }
    Err(Conflict::ViewsFull {
        most: VIEWS_MOST,
        shared,
    }
    .into())
}

async fn free(
    tx: &mut PgConnection,
    actor: &Actor,
    reader: UserId,
    name: &str,
    but: Option<ViewId>,
) -> Result<()> {
    if views::is_taken(tx, actor.organisation, reader, name, but).await? {
        let taken = FieldErrors::one("name", FieldError::Taken);
        return Err(ServiceError::Invalid(taken));
    }
    Ok(())
}
