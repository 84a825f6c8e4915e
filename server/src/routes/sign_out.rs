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
pub async fn sign_out(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    if let Some(token) = &visitor.token
        && let Err(e) = state.backend.sessions.sign_out(token).await
    {
        // The cookie goes all the same; the session ends by itself.
        tracing::error!(
            error = &e as &dyn std::error::Error,
            "a session could not be ended"
        );
    }
    let mut response = Redirect::to("/accesso").into_response();
    if let Ok(value) = HeaderValue::try_from(state.site.expired_cookie()) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
