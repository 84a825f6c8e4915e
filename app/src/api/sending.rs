//! «Invio credenziali»: check, previews, start.

use super::ApiResult;
use domain::{
    JobId, Locale,
    job::{Exclusion, MailKind},
    page::{Page, PageRequest},
    sending::{ExcludedUser, Key, MailPreview, SendCheck},
    user::Selection,
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// What would happen if these users were sent their credentials now.
#[server(prefix = "/api", endpoint = "sending/check", input = Json)]
pub async fn check_sending(selection: Selection) -> ApiResult<SendCheck> {
    let cx = crate::ssr::context()?;
    cx.backend
        .sending
        .check(&cx.actor, &selection)
        .await
        .map_err(crate::ssr::surface)
}

/// Everybody left out for one reason.
#[server(prefix = "/api", endpoint = "sending/excluded", input = Json)]
pub async fn excluded_from_sending(
    selection: Selection,
    reason: Exclusion,
    page: PageRequest,
) -> ApiResult<Page<ExcludedUser>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .sending
        .excluded(&cx.actor, &selection, reason, page)
        .await
        .map_err(crate::ssr::surface)
}

/// A mail as it will look.
#[server(prefix = "/api", endpoint = "sending/preview", input = Json)]
pub async fn preview_mail(kind: MailKind, locale: Locale) -> ApiResult<MailPreview> {
    let cx = crate::ssr::context()?;
    cx.backend
        .sending
        .preview(&cx.actor, kind, locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Starts the send; the same key twice is the same operation.
#[server(prefix = "/api", endpoint = "sending/start", input = Json)]
pub async fn start_sending(
    selection: Selection,
    expected: u64,
    typed: Option<u64>,
    key: Key,
) -> ApiResult<JobId> {
    let cx = crate::ssr::context()?;
    cx.backend
        .sending
        .start(&cx.actor, &selection, expected, typed, key)
        .await
        .map_err(crate::ssr::surface)
}
