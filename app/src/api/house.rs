//! `/impostazioni/promemoria`: what is set for the whole organisation.

use super::ApiResult;
use domain::organisation::{HouseSettings, SettingsDraft};
use leptos::prelude::*;
use server_fn::codec::Json;

/// What is set.
#[server(prefix = "/api", endpoint = "house/settings", input = Json)]
pub async fn read_settings() -> ApiResult<HouseSettings> {
    let cx = crate::ssr::context()?;
    cx.backend
        .organisations
        .settings(&cx.actor)
        .await
        .map_err(crate::ssr::surface)
}

/// Sets it.
#[server(prefix = "/api", endpoint = "house/change_settings", input = Json)]
pub async fn change_settings(draft: SettingsDraft) -> ApiResult<HouseSettings> {
    let cx = crate::ssr::context()?;
    cx.backend
        .organisations
        .change_settings(&cx.actor, &draft)
        .await
        .map_err(crate::ssr::surface)
}
