//! Requests that change something must come from our own pages.

use super::headers::is_for_the_invited;
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
    let invited = is_for_the_invited(request.uri().path());
    if safe || is_ours(request.headers(), &state.site.base_url, invited) {
        return next.run(request).await;
    }
    tracing::warn!(
        path = request.uri().path(),
        "a request of another origin was refused"
    );
    (StatusCode::FORBIDDEN, "cross-site request refused\n").into_response()
}

/// Pages that send no referrer (`silent`) send no origin with their plain forms either: a
/// browser too old for `Sec-Fetch-Site` says `null` there. What those forms do hangs on a
/// cookie that comes with no request of another site.
fn is_ours(headers: &HeaderMap, base_url: &str, silent: bool) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    match headers.get(header::ORIGIN) {
        Some(origin) if silent && origin.as_bytes() == b"null" => true,
        Some(origin) => origin.as_bytes().eq_ignore_ascii_case(base_url.as_bytes()),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(list: &[(&'static str, &'static str)]) -> bool {
        is_ours(&headers(list), "https://delega.example", false)
    }

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter()
            .map(|(n, v)| (n.parse::<header::HeaderName>().unwrap(), v.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_page_without_referrer_may_post_without_an_origin_but_never_from_another_site() {
        let silent = |list| is_ours(&headers(list), "https://delega.example", true);
        assert!(silent(&[("origin", "null")]));
        assert!(!silent(&[("origin", "https://evil.example")]));
        assert!(!silent(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "null")
        ]));
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
