//! The inbox of discrepancies.

use super::ApiResult;
use domain::{
    DiscrepancyId, ProfileId,
    discrepancy::{Discrepancy, DiscrepancyClass, DiscrepancyCounts, DiscrepancyRow},
    page::{Page, PageRequest},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// A page of the open or the closed ones, and how many there are of each.
#[server(prefix = "/api", endpoint = "discrepancies/list", input = Json)]
pub async fn list_discrepancies(
    open: bool,
    page: PageRequest,
) -> ApiResult<(Page<DiscrepancyRow>, DiscrepancyCounts)> {
    let cx = crate::ssr::context()?;
    cx.backend
        .discrepancies
        .list(&cx.actor, open, page)
        .await
        .map_err(crate::ssr::surface)
}

/// A discrepancy, whole.
#[server(prefix = "/api", endpoint = "discrepancies/get", input = Json)]
pub async fn get_discrepancy(id: DiscrepancyId) -> ApiResult<Discrepancy> {
    let cx = crate::ssr::context()?;
    cx.backend
        .discrepancies
        .get(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// «Errore trascurabile»: takes the data over and closes.
#[server(prefix = "/api", endpoint = "discrepancies/negligible", input = Json)]
pub async fn close_negligible(id: DiscrepancyId, reason: String) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .discrepancies
        .negligible(&cx.actor, id, &reason)
        .await
        .map_err(crate::ssr::surface)
}

/// First step of the other two causes.
#[server(prefix = "/api", endpoint = "discrepancies/deactivate", input = Json)]
pub async fn deactivate_discrepant(
    id: DiscrepancyId,
    class: DiscrepancyClass,
    reason: String,
) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .discrepancies
        .deactivate(&cx.actor, id, class, &reason)
        .await
        .map_err(crate::ssr::surface)
}

/// «Ho contattato l'utente».
#[server(prefix = "/api", endpoint = "discrepancies/contacted", input = Json)]
pub async fn discrepancy_contacted(id: DiscrepancyId) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .discrepancies
        .contacted(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// «Crea il profilo e continua».
#[server(prefix = "/api", endpoint = "discrepancies/new_profile", input = Json)]
pub async fn discrepancy_new_profile(id: DiscrepancyId, email: String) -> ApiResult<ProfileId> {
    let cx = crate::ssr::context()?;
    cx.backend
        .discrepancies
        .new_profile(&cx.actor, id, &email)
        .await
        .map_err(crate::ssr::surface)
}

/// «Ho segnalato il caso».
#[server(prefix = "/api", endpoint = "discrepancies/reported", input = Json)]
pub async fn discrepancy_reported(id: DiscrepancyId) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .discrepancies
        .reported(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// «Chiudi la discrepanza».
#[server(prefix = "/api", endpoint = "discrepancies/close", input = Json)]
pub async fn close_discrepancy(id: DiscrepancyId, class: DiscrepancyClass) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .discrepancies
        .close(&cx.actor, id, class)
        .await
        .map_err(crate::ssr::surface)
}
