//! What a page takes from its request while it is rendered on the server; in the browser
//! the same answers come from the document.

use super::Appearance;
use domain::session::SessionView;

/// Whether this is the server's half of the program.
pub const ON_SERVER: bool = cfg!(feature = "ssr");

/// Name of the `meta` element that carries the session.
pub const SESSION: &str = "delega-sessione";

/// The colours and density of this page: the visitor's cookie on both sides, so that
/// hydration finds what was sent.
pub fn page_appearance() -> Appearance {
    #[cfg(feature = "ssr")]
    {
        use axum::http::{header::COOKIE, request::Parts};
        leptos::prelude::use_context::<Parts>()
            .map(|parts| {
                let lines: Vec<&str> = parts
                    .headers
                    .get_all(COOKIE)
                    .iter()
                    .filter_map(|v| v.to_str().ok())
                    .collect();
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

/// The session of this page: from the request on the server, from the document in the
/// browser. Nothing waits for it, so no page is held back or rendered twice.
pub fn page_session() -> Option<SessionView> {
    #[cfg(feature = "ssr")]
    {
        let parts = leptos::prelude::use_context::<axum::http::request::Parts>()?;
        parts.extensions.get::<SessionView>().cloned()
    }
    #[cfg(not(feature = "ssr"))]
    {
        let selector = format!("meta[name={SESSION}]");
        let meta = leptos::prelude::document()
            .query_selector(&selector)
            .ok()
            .flatten()?;
        serde_json::from_str(&meta.get_attribute("content")?).ok()
    }
}

/// The session as the document carries it; `None` where nobody is signed in.
pub fn session_for_document() -> Option<String> {
    page_session().and_then(|session| serde_json::to_string(&session).ok())
}
