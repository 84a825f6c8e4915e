//! A malformed call is the caller's fault: 400, not the 500 that the framework gives it.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::Response,
};

/// What [`app::api::ApiError::BadRequest`] looks like on the wire.
const BAD_REQUEST: &[u8] = b"\"bad_request\"";
/// Longer answers are something else.
const SHORT: u64 = 64;

/// Corrects the status.
pub async fn correct(request: Request, next: Next) -> Response {
    let is_call = request.uri().path().starts_with("/api/");
    let response = next.run(request).await;
    let body = axum::body::HttpBody::size_hint(response.body()).exact();
    if !is_call
        || response.status() != StatusCode::INTERNAL_SERVER_ERROR
        || body.is_none_or(|n| n > SHORT)
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, SHORT as usize).await.unwrap_or_default();
    if bytes == BAD_REQUEST {
        parts.status = StatusCode::BAD_REQUEST;
    }
    Response::from_parts(parts, Body::from(bytes))
}
