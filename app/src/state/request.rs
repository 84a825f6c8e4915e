//! What a page takes from its request while it is rendered on the server; in the browser
//! the same answers come from the document.

use super::Appearance;

/// The colours and density of this page: the visitor's cookie on both sides, so that
/// hydration finds what was sent.
pub fn page_appearance() -> Appearance {
    #[cfg(feature = "ssr")]
    {
        use axum::http::{header::COOKIE, request::Parts};
        leptos::prelude::use_context::<Parts>()
            .map(|parts| {
                let lines: Vec<&str> = parts.headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok()).collect();
                Appearance::from_cookies(&lines.join("; "))
            })
            .unwrap_or_default()
    }
    #[cfg(not(feature = "ssr"))]
    Appearance::current()
}

/// Gives the page the status 404. In the browser it does nothing.
pub fn page_not_found() {
    #[cfg(feature = "ssr")]
    if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
}
