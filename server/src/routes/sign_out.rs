//! «Esci»: a plain form post, so that it works without the client.

use crate::state::AppState;
use app::ssr::Visitor;
use axum::{
    Extension,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};

/// Ends the session and leads to the sign-in page.
pub async fn sign_out(State(state): State<AppState>, Extension(visitor): Extension<Visitor>) -> Response {
    let _ = &visitor;
    let mut response = Redirect::to("/accesso").into_response();
    if let Ok(value) = HeaderValue::try_from(state.site.expired_cookie()) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
