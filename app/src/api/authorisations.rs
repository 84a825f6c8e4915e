//! The wizard: what it shows, its draft, and the act.

use super::ApiResult;
use domain::sending::Key as Uuid;
use domain::{
    UserId,
    authorisation::{AuthorisationDraft, DraftProblem, Started, WizardView},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Everything the wizard shows of a user.
#[server(prefix = "/api", endpoint = "authorisations/open", input = Json)]
pub async fn open_wizard(id: UserId) -> ApiResult<WizardView> {
    let cx = crate::ssr::context()?;
    cx.backend
        .authorisations
        .open(&cx.actor, id, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Keeps the draft for 24 hours; answers what is wrong with it.
#[server(prefix = "/api", endpoint = "authorisations/keep", input = Json)]
pub async fn keep_draft(
    id: UserId,
    draft: AuthorisationDraft,
    key: Uuid,
) -> ApiResult<Vec<DraftProblem>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .authorisations
        .keep(&cx.actor, id, &draft, key)
        .await
        .map_err(crate::ssr::surface)
}

/// Forgets the draft.
#[server(prefix = "/api", endpoint = "authorisations/discard", input = Json)]
pub async fn discard_draft(id: UserId) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .authorisations
        .discard(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// Writes the authorisations; with `start` «Avvia il processo di registrazione manualmente».
#[server(prefix = "/api", endpoint = "authorisations/apply", input = Json)]
pub async fn apply_draft(
    id: UserId,
    version: i32,
    draft: AuthorisationDraft,
    key: Uuid,
    start: bool,
) -> ApiResult<Started> {
    let cx = crate::ssr::context()?;
    cx.backend
        .authorisations
        .apply(&cx.actor, id, version, &draft, key, start, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}
