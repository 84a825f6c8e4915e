//! Groups and roles on their own page.

use super::ApiResult;
use domain::{
    GroupId,
    group::{GroupDraft, GroupView, GroupsPage},
    page::Page,
    user::UserRow,
};
use jiff::civil::Date;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// A group and a page of who is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSheet {
    /// The group.
    pub group: GroupView,
    /// Today at the organisation.
    pub today: Date,
    /// The reader may change it.
    pub may_edit: bool,
    /// Who is in it, archived ones left out, by surname.
    pub members: Page<UserRow>,
}

/// Every group.
#[server(prefix = "/api", endpoint = "group-page/read", input = Json)]
pub async fn read_group_page() -> ApiResult<GroupsPage> {
    let cx = crate::ssr::context()?;
    cx.backend
        .groups
        .page(&cx.actor)
        .await
        .map_err(crate::ssr::surface)
}

/// A group with the page `number` of its members.
#[server(prefix = "/api", endpoint = "group-page/one", input = Json)]
pub async fn read_group(id: GroupId, number: u32) -> ApiResult<GroupSheet> {
    let cx = crate::ssr::context()?;
    let page = cx.backend.groups.page(&cx.actor);
    let page = page.await.map_err(crate::ssr::surface)?;
    let found = page.groups.into_iter().find(|g| g.id == id);
    let group = found.ok_or_else(|| crate::ssr::surface(backend::ServiceError::NotFound))?;
    let members = cx
        .backend
        .users
        .list(&cx.actor, &group.everybody(number))
        .await
        .map_err(crate::ssr::surface)?;
    Ok(GroupSheet {
        group,
        today: page.today,
        may_edit: page.may_edit,
        members,
    })
}

/// «+ Nuovo gruppo».
#[server(prefix = "/api", endpoint = "group-page/create", input = Json)]
pub async fn create_group(draft: GroupDraft) -> ApiResult<GroupId> {
    let cx = crate::ssr::context()?;
    cx.backend
        .groups
        .create(&cx.actor, &draft)
        .await
        .map_err(crate::ssr::surface)
}

/// Changes names, rights and what is demanded of passwords.
#[server(prefix = "/api", endpoint = "group-page/change", input = Json)]
pub async fn change_group(id: GroupId, version: i32, draft: GroupDraft) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .groups
        .change(&cx.actor, id, version, &draft)
        .await
        .map_err(crate::ssr::surface)
}

/// Deletes a group that nobody is in.
#[server(prefix = "/api", endpoint = "group-page/delete", input = Json)]
pub async fn delete_group(id: GroupId) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .groups
        .delete(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}
