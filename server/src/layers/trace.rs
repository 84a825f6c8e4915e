//! One line a request: method, path, status, time. Never the query.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use std::time::Instant;

/// Logs the request when its answer begins.
#[allow(
    clippy::disallowed_methods,
    reason = "a measurement for the log, not a fact of the domain"
)]
pub async fn trace(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    // The route, not the path: a path may carry a number of a person.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|p| p.as_str().to_owned())
        .unwrap_or_default();
    let begin = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let ms = begin.elapsed().as_millis() as u64;
    if response.status().is_server_error() {
        tracing::warn!(%method, route, status, ms, "request");
    } else {
        tracing::debug!(%method, route, status, ms, "request");
    }
    response
}
