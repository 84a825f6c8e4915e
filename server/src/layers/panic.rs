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
        Err(_) if is_call => (
            StatusCode::INTERNAL_SERVER_ERROR,
            Json(ApiError::Internal {
                incident: String::new(),
            }),
        )
            .into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal error\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, body::Body, body::to_bytes, middleware::from_fn, routing::get};
    use tower::ServiceExt;

    async fn broken() -> &'static str {
        panic!("broken on purpose")
    }

    #[tokio::test]
    async fn a_panic_ends_one_request_and_tells_nothing() {
        let service = Router::new()
            .route("/page", get(broken))
            .route("/api/call", get(broken))
            .layer(from_fn(catch));
        for (path, words) in [
            ("/page", "internal error\n"),
            ("/api/call", "{\"internal\":{\"incident\":\"\"}}"),
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = service.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(to_bytes(response.into_body(), 1000).await.unwrap(), words);
        }
    }
}
