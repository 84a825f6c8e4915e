//! Routes that are neither pages nor server functions.

pub mod assets;
pub mod health;
pub mod sign_out;

use crate::state::AppState;
use axum::{Router, extract::Request, http::StatusCode, response::IntoResponse};

/// Streams, uploads, downloads: each with limits of its own.
pub fn extra(_state: &AppState) -> Router<AppState> {
    Router::new()
}

/// The database does not answer: calls get the error they know how to show.
pub fn unavailable(request: &Request) -> impl IntoResponse + use<> {
    let body = if request.uri().path().starts_with("/api/") {
        serde_json::to_string(&app::api::ApiError::Unreachable).unwrap_or_default()
    } else {
        "temporarily unavailable, try again in a moment\n".to_owned()
    };
    (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "5")], body)
}
