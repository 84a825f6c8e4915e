//! `/io`: the own account and the own PIN.

use super::ApiResult;
use domain::account::OwnAccount;
use leptos::prelude::*;
use server_fn::codec::Json;

/// What `/io` shows.
#[server(prefix = "/api", endpoint = "account/read", input = Json)]
pub async fn read_account() -> ApiResult<OwnAccount> {
    let cx = crate::ssr::context()?;
    cx.backend
        .sessions
        .own_account(&cx.actor, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Replaces the own PIN.
#[server(prefix = "/api", endpoint = "account/pin", input = Json)]
pub async fn change_pin(current: String, pin: String) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .sessions
        .change_pin(&cx.actor, &current, &pin)
        .await
        .map_err(crate::ssr::surface)
}
