//! The list of users. All calls are POST with a JSON body: what was typed into the search
//! stands in no access log.

use super::ApiResult;
use domain::{
    UserId,
    page::Page,
    user::{GroupName, ListQuery, SavedView, Selection, UserRow, UserSort, ViewCounts},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// What the list needs beside its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFrame {
    /// Groups to filter by.
    pub groups: Vec<GroupName>,
    /// The reader may change users.
    pub may_edit: bool,
    /// The reader may send credentials.
    pub may_send: bool,
    /// The reader's views and the shared ones.
    pub views: Vec<SavedView>,
    /// The reader may share views.
    pub may_share: bool,
    /// Who reads: what somebody else selected in this tab is forgotten.
    pub reader: String,
}

/// The kind of file of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// CSV as spreadsheets open it by double click.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

/// Body of `POST /utenti/esporta`, as JSON in the form field `richiesta`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRequest {
    /// CSV or Excel.
    pub file: FileKind,
    /// Who: everyone the filter finds is a selection without exclusions.
    pub selection: Selection,
    /// In which order.
    pub sort: UserSort,
}

/// More selected users than this are not taken over into another filter one by one.
pub const KEEP_MAX: u64 = 5000;

/// A page of the list. With `usual_rows` the person's usual «Righe per pagina» is taken
/// instead of the query's; the answer tells which.
#[server(prefix = "/api", endpoint = "users/list", input = Json)]
pub async fn list_users(query: ListQuery, usual_rows: bool) -> ApiResult<Page<UserRow>> {
    let mut cx = crate::ssr::context()?;
    cx.actor.locale = cx.locale;
    let meant = cx.backend.views.resolve(&cx.actor, query);
    let query = meant.await.map_err(crate::ssr::surface)?;
    cx.backend
        .users
        .list_usual(&cx.actor, query, usual_rows)
        .await
        .map_err(crate::ssr::surface)
}

/// Groups and rights.
#[server(prefix = "/api", endpoint = "users/frame", input = Json)]
pub async fn read_frame() -> ApiResult<ListFrame> {
    use domain::access::{Action, decide};
    let cx = crate::ssr::context()?;
    let groups = cx
        .backend
        .organisations
        .groups(&cx.actor, cx.locale)
        .await
        .map_err(crate::ssr::surface)?;
    let views = cx.backend.views.list(&cx.actor);
    let views = views.await.map_err(crate::ssr::surface)?;
    let reader = format!(
        "{}:{}",
        cx.actor.organisation.0,
        cx.actor.user.map_or(0, |u| u.0)
    );
    Ok(ListFrame {
        groups,
        may_edit: decide(&cx.actor, Action::EditUser).is_ok(),
        may_send: decide(&cx.actor, Action::SendCredentials).is_ok(),
        may_share: decide(&cx.actor, Action::ShareViews).is_ok(),
        views,
        reader,
    })
}

/// Keeps «Righe per pagina» as the person's usual.
#[server(prefix = "/api", endpoint = "users/rows", input = Json)]
pub async fn keep_rows(size: domain::page::PageSize) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    let preference = domain::session::Preference::RowsPerPage(size);
    cx.backend
        .sessions
        .keep(&cx.actor, preference)
        .await
        .map_err(crate::ssr::surface)
}

/// Exact number of users in the selection now.
#[server(prefix = "/api", endpoint = "users/count-selected", input = Json)]
pub async fn count_selected(selection: Selection) -> ApiResult<u64> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .count_selected(&cx.actor, &selection)
        .await
        .map_err(crate::ssr::surface)
}

/// The selected users one by one; `None` where they are more than [`KEEP_MAX`].
#[server(prefix = "/api", endpoint = "users/selected", input = Json)]
pub async fn selected_ids(selection: Selection) -> ApiResult<Option<Vec<UserId>>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .selected_ids(&cx.actor, &selection, KEEP_MAX)
        .await
        .map_err(crate::ssr::surface)
}

/// How many users each view finds now.
#[server(prefix = "/api", endpoint = "users/views", input = Json)]
pub async fn count_views() -> ApiResult<ViewCounts> {
    let cx = crate::ssr::context()?;
    cx.backend
        .views
        .counts(&cx.actor)
        .await
        .map_err(crate::ssr::surface)
}
