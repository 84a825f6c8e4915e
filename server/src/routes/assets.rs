//! Files of the built client: hashed names may be kept for good.

use crate::state::{AppState, Site};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use std::path::Path;
use tower_http::services::{ServeDir, ServeFile};

/// `/pkg/…`, and the few files that browsers ask for at the root.
pub fn routes(site: &Site) -> Router<AppState> {
    let package = ServeDir::new(site.root.join("pkg"))
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false);
    let files = root_files(&site.root)
        .into_iter()
        .fold(Router::new(), |router, name| {
            let file = ServeFile::new(site.root.join(&name));
            router.route_service(&format!("/{name}"), file)
        });
    files
        .nest_service("/pkg", package)
        .layer(middleware::from_fn(keep))
}

/// Files beside `pkg/` that are meant for browsers.
fn root_files(root: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|t| t.is_file()))
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|name| {
            [".svg", ".ico", ".png", ".txt", ".webmanifest"]
                .iter()
                .any(|end| name.ends_with(end))
                && name != "hash.txt"
        })
        .collect()
}

/// A name with the hash of its content never changes its content; others are asked for
/// anew each time.
async fn keep(request: Request, next: Next) -> Response {
    let is_hashed = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    let kept = match response.status() {
        StatusCode::OK | StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT if is_hashed => {
            "public, max-age=31536000, immutable"
        }
        StatusCode::OK | StatusCode::NOT_MODIFIED => "no-cache",
        _ => "no-store",
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}

/// `<stem>.<16 hexadecimal digits>.<extension>`, or a snippet of wasm-bindgen, whose
/// folder bears the hash.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    path.contains("/snippets/")
        || name
            .split('.')
            .rev()
            .nth(1)
            .is_some_and(|h| h.len() == 16 && h.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn only_names_with_a_hash_are_kept_for_good() {
        assert!(is_hashed("/pkg/delega.0123456789abcdef.js"));
        assert!(is_hashed(
            "/pkg/fonts/atkinson-wght-normal.0123456789abcdef.woff2"
        ));
        assert!(!is_hashed("/pkg/delega.js"));
        assert!(!is_hashed("/pkg/favicon.svg"));
    }
}
