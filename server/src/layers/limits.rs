//! How much and how long.

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use std::time::Duration;
use tower_http::{
    CompressionLevel, compression::CompressionLayer, limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
};

/// Largest body of an ordinary request, in bytes: a form, a selection, a filter.
pub const ORDINARY_BODY: usize = 1024 * 1024;

/// How long an answer may take to begin. Streams begin at once and then take their time.
const ORDINARY_TIME: Duration = Duration::from_secs(30);

/// Refuses larger bodies, whoever reads them.
pub fn body(bytes: usize) -> (DefaultBodyLimit, RequestBodyLimitLayer) {
    (
        DefaultBodyLimit::disable(),
        RequestBodyLimitLayer::new(bytes),
    )
}

/// Gives up after [`ORDINARY_TIME`].
pub fn timeout() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ORDINARY_TIME)
}

/// Compresses pages and calls; event streams and what is compressed already stay as they
/// are.
pub fn compression() -> CompressionLayer {
    CompressionLayer::new().quality(CompressionLevel::Fastest)
}
