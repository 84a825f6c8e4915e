//! Registrations and the row menu: codes, reminders, the worklist, archiving, and the same
//! acts on a selection.

use super::ApiResult;
use domain::sending::Key as Uuid;
use domain::{
    ProfileId, UserId,
    page::Page,
    registration::{
        BulkLine, Command, Registration, RegistrationCounts, RegistrationRow, ShownCode,
        UserCommands, WorklistQuery,
    },
    user::{Saved, Selection},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Sends the code, a new one where one was sent before.
#[server(prefix = "/api", endpoint = "registrations/send", input = Json)]
pub async fn send_code(
    id: UserId,
    profile: Option<ProfileId>,
    key: Uuid,
) -> ApiResult<Registration> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registrations
        .send_code(&cx.actor, id, profile, key)
        .await
        .map_err(crate::ssr::surface)
}

/// Reminds of the code in force.
#[server(prefix = "/api", endpoint = "registrations/remind", input = Json)]
pub async fn remind(id: UserId, profile: Option<ProfileId>, key: Uuid) -> ApiResult<Registration> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registrations
        .remind(&cx.actor, id, profile, key)
        .await
        .map_err(crate::ssr::surface)
}

/// «Mostra il codice per consegna di persona».
#[server(prefix = "/api", endpoint = "registrations/show", input = Json)]
pub async fn show_code(id: UserId, profile: Option<ProfileId>, key: Uuid) -> ApiResult<ShownCode> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registrations
        .show_code(&cx.actor, id, profile, key)
        .await
        .map_err(crate::ssr::surface)
}

/// A page of `/abilitazioni` and how many stand under each tab.
#[server(prefix = "/api", endpoint = "registrations/worklist", input = Json)]
pub async fn worklist(
    query: WorklistQuery,
) -> ApiResult<(Page<RegistrationRow>, RegistrationCounts)> {
    let cx = crate::ssr::context()?;
    cx.backend
        .registrations
        .worklist(&cx.actor, &query)
        .await
        .map_err(crate::ssr::surface)
}

/// What can be done with these users now, each for the profile named or the one that stands
/// first.
#[server(prefix = "/api", endpoint = "users/commands", input = Json)]
pub async fn read_commands(ids: Vec<(UserId, Option<ProfileId>)>) -> ApiResult<Vec<UserCommands>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .commands(&cx.actor, &ids)
        .await
        .map_err(crate::ssr::surface)
}

/// «Cancella/archivia l'utente».
#[server(prefix = "/api", endpoint = "user/archive", input = Json)]
pub async fn archive_user(id: UserId, reason: String) -> ApiResult<Saved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .archive(&cx.actor, id, &reason, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Brings an archived user back.
#[server(prefix = "/api", endpoint = "user/restore", input = Json)]
pub async fn restore_user(id: UserId) -> ApiResult<Saved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .restore(&cx.actor, id, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Whom of the selection an act would take in; `None`: too many are selected.
#[server(prefix = "/api", endpoint = "users/check-bulk", input = Json)]
pub async fn check_bulk(
    command: Command,
    selection: Selection,
) -> ApiResult<Option<Vec<BulkLine>>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .check_bulk(&cx.actor, command, &selection)
        .await
        .map_err(crate::ssr::surface)
}

/// Does it, user by user.
#[server(prefix = "/api", endpoint = "users/run-bulk", input = Json)]
pub async fn run_bulk(
    command: Command,
    selection: Selection,
    expected: u64,
    reason: String,
    key: Uuid,
) -> ApiResult<Vec<BulkLine>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .run_bulk(
            &cx.actor, command, &selection, expected, &reason, key, cx.locale,
        )
        .await
        .map_err(crate::ssr::surface)
}

/// The way back after a selection was deactivated, user by user.
#[server(prefix = "/api", endpoint = "users/undo-bulk", input = Json)]
pub async fn undo_bulk(ids: Vec<UserId>, reason: String) -> ApiResult<Vec<BulkLine>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .undo_bulk(&cx.actor, &ids, &reason, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}
