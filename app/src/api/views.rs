//! Saved views of the list of users.

use super::ApiResult;
use domain::{
    ViewId,
    user::{UserFilter, UserSort, ViewDraft},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// «Salva vista».
#[server(prefix = "/api", endpoint = "views/save", input = Json)]
pub async fn save_view(draft: ViewDraft) -> ApiResult<ViewId> {
    let cx = crate::ssr::context()?;
    cx.backend
        .views
        .save(&cx.actor, &draft)
        .await
        .map_err(crate::ssr::surface)
}

/// Renames a view, shares it or takes it back.
#[server(prefix = "/api", endpoint = "views/change", input = Json)]
pub async fn change_view(id: ViewId, name: String, shared: bool) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .views
        .change(&cx.actor, id, &name, shared)
        .await
        .map_err(crate::ssr::surface)
}

/// «Aggiorna con i filtri di adesso».
#[server(prefix = "/api", endpoint = "views/refilter", input = Json)]
pub async fn refilter_view(id: ViewId, filter: UserFilter, sort: UserSort) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .views
        .refilter(&cx.actor, id, &filter, sort)
        .await
        .map_err(crate::ssr::surface)
}

/// Deletes a view.
#[server(prefix = "/api", endpoint = "views/delete", input = Json)]
pub async fn delete_view(id: ViewId) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .views
        .delete(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}
