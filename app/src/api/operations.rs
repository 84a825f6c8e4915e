//! Operations, their recipients, the outbox.

use super::ApiResult;
use domain::{
    JobId,
    job::{JobView, Recipient},
    page::{Page, PageRequest},
    sending::{CalledBack, OutboxQuery, OutboxRow, RecipientFilter, Retried, Retry},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Operations, newest first.
#[server(prefix = "/api", endpoint = "operations/list", input = Json)]
pub async fn list_operations(page: PageRequest) -> ApiResult<Page<JobView>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .operations
        .list(&cx.actor, page)
        .await
        .map_err(crate::ssr::surface)
}

/// How many operations are under way: «Operazioni (1)».
#[server(prefix = "/api", endpoint = "operations/under_way", input = Json)]
pub async fn operations_under_way() -> ApiResult<u64> {
    let cx = crate::ssr::context()?;
    cx.backend
        .operations
        .under_way(&cx.actor)
        .await
        .map_err(crate::ssr::surface)
}

/// An operation with its progress now.
#[server(prefix = "/api", endpoint = "operations/read", input = Json)]
pub async fn read_operation(id: JobId) -> ApiResult<JobView> {
    let cx = crate::ssr::context()?;
    cx.backend
        .operations
        .view(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// A page of an operation's recipients, failures first.
#[server(prefix = "/api", endpoint = "operations/recipients", input = Json)]
pub async fn operation_recipients(
    id: JobId,
    filter: RecipientFilter,
    page: PageRequest,
) -> ApiResult<Page<Recipient>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .operations
        .recipients(&cx.actor, id, filter, page)
        .await
        .map_err(crate::ssr::surface)
}

/// Calls back every mail that has not left yet.
#[server(prefix = "/api", endpoint = "operations/cancel", input = Json)]
pub async fn cancel_operation(id: JobId) -> ApiResult<CalledBack> {
    let cx = crate::ssr::context()?;
    cx.backend
        .operations
        .cancel(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// Tries failed mails again, with new secrets.
#[server(prefix = "/api", endpoint = "operations/retry", input = Json)]
pub async fn retry_mails(what: Retry) -> ApiResult<Retried> {
    let cx = crate::ssr::context()?;
    cx.backend
        .operations
        .retry(&cx.actor, what)
        .await
        .map_err(crate::ssr::surface)
}

/// «Posta in uscita».
#[server(prefix = "/api", endpoint = "outbox/list", input = Json)]
pub async fn list_outbox(query: OutboxQuery) -> ApiResult<Page<OutboxRow>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .operations
        .outbox(&cx.actor, &query)
        .await
        .map_err(crate::ssr::surface)
}
