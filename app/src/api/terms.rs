//! The terms of use.

use super::ApiResult;
use leptos::prelude::*;
use server_fn::codec::Json;

/// «Ho letto e accetto le condizioni d'uso»: the version that was read.
#[server(prefix = "/api", endpoint = "terms/accept", input = Json)]
pub async fn accept_terms(version: i32) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .terms
        .accept(&cx.actor, version)
        .await
        .map_err(crate::ssr::surface)
}
