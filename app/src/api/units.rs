//! The tree of units, and the unit somebody works in.

use super::ApiResult;
use domain::{
    UnitId,
    unit::{CloseCheck, NewUnit, UnitDraft, UnitTree},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// The tree, with every unit the person could work in.
#[server(prefix = "/api", endpoint = "units/tree", input = Json)]
pub async fn read_tree() -> ApiResult<UnitTree> {
    let (cx, unit) = crate::ssr::whole_context().await?;
    cx.backend
        .units
        .tree(&cx.actor, unit, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Works in a unit from now on; `None` is wherever the rights reach.
#[server(prefix = "/api", endpoint = "units/work_in", input = Json)]
pub async fn work_in(unit: Option<UnitId>) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    let (_, visitor) = crate::ssr::visitor()?;
    cx.backend
        .sessions
        .work_in(visitor.token.as_deref().unwrap_or_default(), unit)
        .await
        .map_err(crate::ssr::surface)
}

/// Adds a unit; gives its number.
#[server(prefix = "/api", endpoint = "units/create", input = Json)]
pub async fn create_unit(new: NewUnit) -> ApiResult<UnitId> {
    let (cx, _) = crate::ssr::whole_context().await?;
    cx.backend
        .units
        .create(&cx.actor, &new)
        .await
        .map_err(crate::ssr::surface)
}

/// Changes names, numbers and cantons of a unit.
#[server(prefix = "/api", endpoint = "units/edit", input = Json)]
pub async fn edit_unit(id: UnitId, version: i32, draft: UnitDraft) -> ApiResult<()> {
    let (cx, _) = crate::ssr::whole_context().await?;
    cx.backend
        .units
        .edit(&cx.actor, id, version, &draft)
        .await
        .map_err(crate::ssr::surface)
}

/// What stands in the way of closing a unit.
#[server(prefix = "/api", endpoint = "units/check_close", input = Json)]
pub async fn check_close(id: UnitId) -> ApiResult<CloseCheck> {
    let (cx, _) = crate::ssr::whole_context().await?;
    cx.backend
        .units
        .check_close(&cx.actor, id, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Closes a unit; its people go to `to`. Gives how many were moved.
#[server(prefix = "/api", endpoint = "units/close", input = Json)]
pub async fn close_unit(id: UnitId, to: Option<UnitId>, reason: String) -> ApiResult<u64> {
    let (cx, _) = crate::ssr::whole_context().await?;
    cx.backend
        .units
        .close(&cx.actor, id, to, &reason)
        .await
        .map_err(crate::ssr::surface)
}

/// Takes a closed unit into use again.
#[server(prefix = "/api", endpoint = "units/reopen", input = Json)]
pub async fn reopen_unit(id: UnitId) -> ApiResult<()> {
    let (cx, _) = crate::ssr::whole_context().await?;
    cx.backend
        .units
        .reopen(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}
