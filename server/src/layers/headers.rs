//! Security headers on every answer, and how long it may be kept.

use crate::state::AppState;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::{context::use_context, nonce::use_nonce};
use leptos_axum::ResponseOptions;

/// For answers that are no pages of ours: they may load nothing.
const NOTHING: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];

/// Pages for invited people: no search engine lists them, and no other page learns from
/// where somebody came.
const INVITED: &str = "/registrazione";

/// Whether the path is one of the pages for invited people.
pub fn is_for_the_invited(path: &str) -> bool {
    path.strip_prefix(INVITED)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Sets what a handler has not set itself.
pub async fn secure(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let invited = is_for_the_invited(request.uri().path());
    let mut response = next.run(request).await;
    let https = state.site.is_https();
    let headers = response.headers_mut();
    if invited {
        let unlisted = HeaderValue::from_static("noindex");
        or_insert(headers, HeaderName::from_static("x-robots-tag"), unlisted);
        let silent = HeaderValue::from_static("no-referrer");
        or_insert(headers, header::REFERRER_POLICY, silent);
    }
    for (name, value) in ALWAYS {
        or_insert(headers, name, value);
    }
    or_insert(headers, header::CONTENT_SECURITY_POLICY, NOTHING);
    or_insert(
        headers,
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    );
    if https {
        or_insert(
            headers,
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    response
}

fn or_insert(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

/// Sets the content policy of the page that is being rendered, with its nonce. Runs
/// inside the render: only there the nonce is known.
pub fn content_policy_of_this_page() {
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(value) =
            HeaderValue::try_from(page_policy(&format!("'nonce-{nonce}' 'wasm-unsafe-eval'")))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// The policy of our pages; `scripts` are further sources of scripts.
pub fn page_policy(scripts: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' {scripts}; style-src 'self'; font-src 'self'; \
         img-src 'self' data:; connect-src 'self'; manifest-src 'self'; frame-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
