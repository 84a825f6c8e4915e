//! A panic ends one request, not the service.

use app::api::ApiError;
use axum::{
    Json,
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;

/// Answers 500 where a handler panicked; calls get the error they know how to show. The
/// hook of `telemetry` has logged where it happened.
pub async fn catch(request: Request, next: Next) -> Response {
    let is_call = request.uri().path().starts_with("/api/");
    // Nothing of a request outlives it, so there is nothing half-changed to see.
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) if is_call => {
            (StatusCode::INTERNAL_SERVER_ERROR, Json(ApiError::Internal { incident: String::new() })).into_response()
        }
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal error\n").into_response(),
    }
}
