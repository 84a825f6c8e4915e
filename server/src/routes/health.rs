//! For whoever watches the service.

use axum::{extract::State, http::StatusCode};
use backend::Backend;

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The service can do its work: the database answers.
pub async fn readyz(State(backend): State<Backend>) -> (StatusCode, &'static str) {
    match backend::db::installation::ping(&backend.core.pool).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}
