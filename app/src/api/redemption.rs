//! Redeeming a registration code: for people who are not signed in. The ticket that leads
//! from page to page travels in a cookie that scripts cannot read.

use super::ApiResult;
use domain::{
    discrepancy::Identity,
    redemption::{NextStep, Redeemed, TicketView},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Checks address and code; the ticket's cookie comes with the answer.
#[server(prefix = "/api", endpoint = "redemption/begin", input = Json)]
pub async fn begin_redemption(email: String, code: String) -> ApiResult<NextStep> {
    let (backend, _) = crate::ssr::visitor()?;
    crate::ssr::redemption::begin(&backend, &email, &code)
        .await
        .map_err(crate::ssr::surface)
}

/// What the pages show; `None` without a living ticket. Looking uses nothing up.
#[server(prefix = "/api", endpoint = "redemption/ticket", input = Json)]
pub async fn redemption_ticket() -> ApiResult<Option<TicketView>> {
    let (backend, _) = crate::ssr::visitor()?;
    backend
        .redemptions
        .view(&crate::ssr::redemption::ticket())
        .await
        .map_err(crate::ssr::surface)
}

/// «Sono corretti».
#[server(prefix = "/api", endpoint = "redemption/state", input = Json)]
pub async fn state_identity(identity: Identity) -> ApiResult<()> {
    let (backend, _) = crate::ssr::visitor()?;
    backend
        .redemptions
        .state(&crate::ssr::redemption::ticket(), &identity)
        .await
        .map_err(crate::ssr::surface)
}

/// «Non sono io».
#[server(prefix = "/api", endpoint = "redemption/not_me", input = Json)]
pub async fn refuse_redemption() -> ApiResult<()> {
    let (backend, _) = crate::ssr::visitor()?;
    backend
        .redemptions
        .not_me(&crate::ssr::redemption::ticket())
        .await
        .map_err(crate::ssr::surface)
}

/// «Attiva l'accesso»: uses the code up.
#[server(prefix = "/api", endpoint = "redemption/finish", input = Json)]
pub async fn finish_redemption(password: String) -> ApiResult<()> {
    let (backend, _) = crate::ssr::visitor()?;
    crate::ssr::redemption::finish(&backend, &password)
        .await
        .map_err(crate::ssr::surface)
}

/// «Conferma»: the same for an account that has an own password, which stays as it is.
#[server(prefix = "/api", endpoint = "redemption/confirm", input = Json)]
pub async fn confirm_redemption(current: String) -> ApiResult<()> {
    let (backend, visitor) = crate::ssr::visitor()?;
    crate::ssr::redemption::confirm(&backend, &current, &visitor.address)
        .await
        .map_err(crate::ssr::surface)
}

/// Who has just registered in this browser, for the last page.
#[server(prefix = "/api", endpoint = "redemption/done", input = Json)]
pub async fn redemption_done() -> ApiResult<Option<Redeemed>> {
    let _ = crate::ssr::visitor()?;
    Ok(crate::ssr::redemption::done())
}

/// «Chiedi un nuovo codice al tuo responsabile».
#[server(prefix = "/api", endpoint = "redemption/request_code", input = Json)]
pub async fn request_new_code() -> ApiResult<()> {
    let (backend, _) = crate::ssr::visitor()?;
    backend
        .redemptions
        .request_code(&crate::ssr::redemption::ticket())
        .await
        .map_err(crate::ssr::surface)
}

/// «Suggerisci», before anybody is signed in.
#[server(prefix = "/api", endpoint = "redemption/suggest_password", input = Json)]
pub async fn suggest_first_password() -> ApiResult<String> {
    let (backend, visitor) = crate::ssr::visitor()?;
    Ok(backend.redemptions.suggest_password(visitor.locale))
}
