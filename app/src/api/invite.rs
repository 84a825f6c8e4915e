//! «Aggiungi un nuovo utente» of a canton.

use super::ApiResult;
use domain::user::{HomeUnit, Invitation, InviteeDraft};
use leptos::prelude::*;
use server_fn::codec::Json;

/// The unit a new user will belong to.
#[server(prefix = "/api", endpoint = "invite/home", input = Json)]
pub async fn read_home() -> ApiResult<HomeUnit> {
    let cx = crate::ssr::context()?;
    let (_, unit) = crate::ssr::whole_context().await?;
    cx.backend
        .users
        .home(&cx.actor, unit, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Creates a user of the unit worked in; `force` also where somebody may be the same.
#[server(prefix = "/api", endpoint = "invite/create", input = Json)]
pub async fn invite_user(draft: InviteeDraft, force: bool) -> ApiResult<Invitation> {
    let cx = crate::ssr::context()?;
    let (_, unit) = crate::ssr::whole_context().await?;
    cx.backend
        .users
        .invite(&cx.actor, unit, &draft, force, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}
