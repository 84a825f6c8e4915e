//! Routes that are neither pages nor server functions.

pub mod assets;
pub mod audit;
pub mod events;
pub mod export;
pub mod forgotten;
pub mod health;
pub mod import;
pub mod registration;
pub mod registry;
pub mod sign_in;
pub mod sign_out;
pub mod test_mail;

use crate::state::AppState;
use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// Streams, uploads, downloads: each with limits of its own.
pub fn extra(state: &AppState) -> Router<AppState> {
    Router::new()
        .merge(test_mail::routes(&state.site))
        .merge(events::routes())
        .merge(import::routes())
        .merge(registry::routes())
        .merge(export::routes())
        .merge(audit::routes())
        .merge(sign_in::routes())
        .merge(registration::routes())
        .merge(forgotten::routes())
}

/// The database does not answer: calls get the error they know how to show.
pub fn unavailable(path: &str) -> Response {
    let body = if path.starts_with("/api/") {
        serde_json::to_string(&app::api::ApiError::Unreachable).unwrap_or_default()
    } else {
        "temporarily unavailable, try again in a moment\n".to_owned()
    };
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, "5")],
        body,
    )
        .into_response()
}
