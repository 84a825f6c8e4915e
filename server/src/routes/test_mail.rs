//! `/posta-di-prova`: the mails of the folder, readable in the demo only. They hold
//! working passwords.

mod folder;
mod page;

use crate::{
    layers::headers::page_policy,
    state::{AppState, Site},
};
use app::{ssr::Visitor, state::Appearance};
use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use folder::Mail;
use std::sync::Arc;

/// The routes; outside the demo they do not exist.
pub fn routes(site: &Site) -> Router<AppState> {
    if !site.demo {
        return Router::new();
    }
    Router::new()
        .route("/posta-di-prova", get(list))
        .route("/posta-di-prova/{name}", get(message))
        .route("/posta-di-prova/{name}/html", get(html_part))
}

async fn list(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Response {
    render(&site, &visitor, &headers, None).await
}

async fn message(
    State(site): State<Arc<Site>>,
    Extension(visitor): Extension<Visitor>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    render(&site, &visitor, &headers, Some(name)).await
}

async fn render(
    site: &Site,
    visitor: &Visitor,
    headers: &HeaderMap,
    wanted: Option<String>,
) -> Response {
    let folder = site.mail_folder.clone();
    let read = tokio::task::spawn_blocking(move || {
        let (mails, total) = folder::newest(&folder);
        let open = wanted.as_deref().map(|name| folder::read(&folder, name));
        (mails, total, open)
    });
    let Ok((mails, total, open)) = read.await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let status = if matches!(open, Some(None)) {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    let cookies = headers
        .get(header::COOKIE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let page = page::Page {
        locale: visitor.locale,
        appearance: Appearance::from_cookies(cookies),
        stylesheet: stylesheet(site),
        mails: &mails,
        total,
        open: open.as_ref().map(Option::as_ref),
    };
    (
        status,
        [(header::CONTENT_SECURITY_POLICY, page_policy(""))],
        Html(page.render()),
    )
        .into_response()
}

/// The HTML part as it would stand in a mail program: without scripts, without network.
async fn html_part(State(site): State<Arc<Site>>, Path(name): Path<String>) -> Response {
    const FRAME: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
    let folder = site.mail_folder.clone();
    let html = tokio::task::spawn_blocking(move || {
        folder::read(&folder, &name).and_then(|m: Mail| m.html)
    })
    .await;
    match html {
        Ok(Some(html)) => (
            [
                (header::CONTENT_SECURITY_POLICY, FRAME),
                (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
            ],
            Html(html),
        )
            .into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The hashed style sheet of the built client.
fn stylesheet(site: &Site) -> String {
    let hashes = std::fs::read_to_string(site.root.join("hash.txt")).unwrap_or_default();
    let css = hashes
        .lines()
        .find_map(|l| l.strip_prefix("css:"))
        .map(|h| format!(".{}", h.trim()))
        .unwrap_or_default();
    format!("/pkg/delega{css}.css")
}
