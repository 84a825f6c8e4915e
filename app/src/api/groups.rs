//! Groups of a user: the «Gruppi» dialog.

use super::ApiResult;
use domain::{
    GroupId, UserId,
    user::{BulkChange, BulkCheck, BulkDone, GroupChoice, GroupsView, Saved, Selection},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Every group, and which the user is in.
#[server(prefix = "/api", endpoint = "groups/read", input = Json)]
pub async fn read_groups(id: UserId) -> ApiResult<GroupsView> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .groups(&cx.actor, id, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Every group, for a user who does not exist yet.
#[server(prefix = "/api", endpoint = "groups/new", input = Json)]
pub async fn groups_for_new() -> ApiResult<Vec<GroupChoice>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .groups_for_new(&cx.actor, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Puts the user into exactly these groups; `force` overwrites somebody else's change.
#[server(prefix = "/api", endpoint = "groups/change", input = Json)]
pub async fn change_groups(
    id: UserId,
    version: i32,
    groups: Vec<GroupId>,
    force: bool,
) -> ApiResult<Saved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .change_groups(&cx.actor, id, version, &groups, force, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Takes the newest change of groups back, as long as nothing was saved since.
#[server(prefix = "/api", endpoint = "groups/undo", input = Json)]
pub async fn undo_groups(id: UserId, version: i32) -> ApiResult<Saved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .undo_groups(&cx.actor, id, version, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// What a change of groups would do to the selected users now.
#[server(prefix = "/api", endpoint = "groups/bulk-check", input = Json)]
pub async fn check_bulk_groups(selection: Selection, change: BulkChange) -> ApiResult<BulkCheck> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .check_bulk_groups(&cx.actor, &selection, &change, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Changes the groups of the selected users; `expected` is what the check said it touches.
#[server(prefix = "/api", endpoint = "groups/bulk-change", input = Json)]
pub async fn change_bulk_groups(
    selection: Selection,
    change: BulkChange,
    expected: u64,
) -> ApiResult<BulkDone> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .change_bulk_groups(&cx.actor, &selection, &change, expected)
        .await
        .map_err(crate::ssr::surface)
}

/// Takes such a change back, for those whose groups are still what it left.
#[server(prefix = "/api", endpoint = "groups/bulk-undo", input = Json)]
pub async fn undo_bulk_groups(batch: i64) -> ApiResult<BulkDone> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .undo_bulk_groups(&cx.actor, batch)
        .await
        .map_err(crate::ssr::surface)
}
