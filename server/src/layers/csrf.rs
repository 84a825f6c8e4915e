//! Requests that change something must come from our own pages.

use crate::state::AppState;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Refuses a changing request of another origin. Browsers say where a request comes from
/// in `Sec-Fetch-Site`; older ones send at least `Origin`. Whoever sends neither is no
/// browser and carries no person's cookie by itself.
pub async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if safe || is_ours(request.headers(), &state.site.base_url) {
        return next.run(request).await;
    }
    tracing::warn!(
        path = request.uri().path(),
        "a request of another origin was refused"
    );
    (StatusCode::FORBIDDEN, "cross-site request refused\n").into_response()
}

fn is_ours(headers: &HeaderMap, base_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    match headers.get(header::ORIGIN) {
        Some(origin) => origin.as_bytes().eq_ignore_ascii_case(base_url.as_bytes()),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(list: &[(&'static str, &'static str)]) -> bool {
        let headers = list
            .iter()
            .map(|(n, v)| (n.parse::<header::HeaderName>().unwrap(), v.parse().unwrap()))
            .collect();
        is_ours(&headers, "https://delega.example")
    }

    #[test]
    fn only_our_own_origin_may_change_something() {
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(ours(&[("sec-fetch-site", "none")]));
        assert!(!ours(&[("sec-fetch-site", "same-site")]));
        assert!(!ours(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://delega.example")
        ]));
        assert!(ours(&[("origin", "https://delega.example")]));
        assert!(!ours(&[("origin", "https://delega.example.evil.example")]));
        assert!(!ours(&[("origin", "null")]));
        assert!(ours(&[]));
    }
}
