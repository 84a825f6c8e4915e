//! «Allineamento Anagrafiche con utenti di Scuola Digitale»: pairs, proposals, links.

use super::ApiResult;
use domain::{
    PersonId, UserId,
    alignment::{
        AlignmentQuery, AlignmentRow, Counters, Dissolved, Found, LinkedRow, Proposed, Restored,
        SaveResult,
    },
    page::Page,
    person::PersonKind,
    sending::Key,
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// The numbers above the tabs; with `stage` equal codes are staged first.
#[server(prefix = "/api", endpoint = "alignment/counters", input = Json)]
pub async fn alignment_counters(kind: PersonKind, stage: bool) -> ApiResult<Counters> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .counters(&cx.actor, kind, stage)
        .await
        .map_err(crate::ssr::surface)
}

/// A page of the first tab.
#[server(prefix = "/api", endpoint = "alignment/rows", input = Json)]
pub async fn alignment_rows(query: AlignmentQuery) -> ApiResult<Page<AlignmentRow>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .rows(&cx.actor, &query)
        .await
        .map_err(crate::ssr::surface)
}

/// A page of «Utenti collegati».
#[server(prefix = "/api", endpoint = "alignment/linked", input = Json)]
pub async fn linked_users(query: AlignmentQuery) -> ApiResult<Page<LinkedRow>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .linked(&cx.actor, &query)
        .await
        .map_err(crate::ssr::surface)
}

/// Records that may belong to these users.
#[server(prefix = "/api", endpoint = "alignment/proposals", input = Json)]
pub async fn link_proposals(kind: PersonKind, users: Vec<UserId>) -> ApiResult<Vec<Proposed>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .proposals(&cx.actor, kind, &users)
        .await
        .map_err(crate::ssr::surface)
}

/// «RICERCA».
#[server(prefix = "/api", endpoint = "alignment/search", input = Json)]
pub async fn find_person(kind: PersonKind, user: UserId, text: String) -> ApiResult<Found> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .search(&cx.actor, kind, user, &text)
        .await
        .map_err(crate::ssr::surface)
}

/// Stages a pair by hand.
#[server(prefix = "/api", endpoint = "alignment/stage", input = Json)]
pub async fn stage_pair(user: UserId, person: PersonId) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .stage(&cx.actor, user, person)
        .await
        .map_err(crate::ssr::surface)
}

/// Takes back a staged pair, or every one of the kind.
#[server(prefix = "/api", endpoint = "alignment/unstage", input = Json)]
pub async fn unstage_pair(kind: PersonKind, user: Option<UserId>) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .unstage(&cx.actor, kind, user)
        .await
        .map_err(crate::ssr::surface)
}

/// «Non è lei/lui», or with no reason taking it back.
#[server(prefix = "/api", endpoint = "alignment/refuse", input = Json)]
pub async fn refuse_pair(user: UserId, person: PersonId, reason: Option<String>) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .refuse(&cx.actor, user, person, reason.as_deref())
        .await
        .map_err(crate::ssr::surface)
}

/// «AGGIORNAMENTO COLLEGAMENTI».
#[server(prefix = "/api", endpoint = "alignment/save", input = Json)]
pub async fn save_pairs(kind: PersonKind) -> ApiResult<SaveResult> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .save(&cx.actor, kind)
        .await
        .map_err(crate::ssr::surface)
}

/// «Collega»: one pair, at once.
#[server(prefix = "/api", endpoint = "alignment/link", input = Json)]
pub async fn link_now(user: UserId, person: PersonId) -> ApiResult<SaveResult> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .link(&cx.actor, user, person)
        .await
        .map_err(crate::ssr::surface)
}

/// «Dissocia» of a stored link.
#[server(prefix = "/api", endpoint = "alignment/unlink", input = Json)]
pub async fn unlink_user(user: UserId, kind: PersonKind) -> ApiResult<Dissolved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .unlink(&cx.actor, user, kind, "")
        .await
        .map_err(crate::ssr::surface)
}

/// «Dissocia tutti».
#[server(prefix = "/api", endpoint = "alignment/unlink_all", input = Json)]
pub async fn unlink_all(kind: PersonKind, typed: u64, reason: String) -> ApiResult<Dissolved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .unlink_all(&cx.actor, kind, typed, &reason)
        .await
        .map_err(crate::ssr::surface)
}

/// «Annulla» after «Dissocia».
#[server(prefix = "/api", endpoint = "alignment/restore", input = Json)]
pub async fn restore_links(batch: Key) -> ApiResult<Restored> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .restore(&cx.actor, batch)
        .await
        .map_err(crate::ssr::surface)
}
