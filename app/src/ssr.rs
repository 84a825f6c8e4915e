//! The one native module of the interface: who is asking, and how errors surface.

pub mod cookie;
pub mod redemption;
mod session;

pub use session::{begin_session, change_password, replace_password, sign_in};

use crate::api::{ApiError, ApiResult};
use axum::http::{HeaderMap, StatusCode, header};
use backend::{Backend, ServiceError};
use domain::{Locale, access::Actor, problem::SignInRefusal};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

/// What the server knows of a request before any function runs; the composition root
/// provides it to every render and call.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The signed-in person, from a live session.
    pub actor: Option<Actor>,
    /// The session's token as the browser sent it: only for ending or rotating it.
    pub token: Option<String>,
    /// Language: the person's choice, the cookie's, or the browser's.
    pub locale: Locale,
    /// Where the request comes from, for the throttle.
    pub address: String,
    /// What the browser calls itself, for the list of own sessions.
    pub user_agent: String,
    /// The session is refused because since this day the person's groups enter without a
    /// password (X49).
    pub switched_off: Option<jiff::civil::Date>,
}

/// What a server function works with.
#[derive(Clone)]
pub struct Context {
    /// The services.
    pub backend: Backend,
    /// Who asks.
    pub actor: Actor,
    /// In which language.
    pub locale: Locale,
}

/// The context of a signed-in call.
///
/// # Errors
/// [`ApiError::Unauthenticated`] without a live session.
pub fn context() -> ApiResult<Context> {
    let (backend, visitor) = visitor()?;
    match visitor.actor {
        Some(actor) => Ok(Context {
            backend,
            actor,
            locale: visitor.locale,
        }),
        None => Err(surface(match visitor.switched_off {
            Some(since) => ServiceError::SignIn(SignInRefusal::PasswordOff { since }),
            None => ServiceError::Unauthenticated,
        })),
    }
}

/// The context with the rights held outside the unit worked in, and that unit: for the tree
/// of units, where another one can be chosen.
///
/// # Errors
/// [`ApiError::Unauthenticated`] without a live session.
pub async fn whole_context() -> ApiResult<(Context, Option<domain::UnitId>)> {
    let mut cx = context()?;
    let (_, visitor) = visitor()?;
    let token = visitor.token.unwrap_or_default();
    let (actor, unit) = cx.backend.sessions.whole(&token).await.map_err(surface)?;
    cx.actor = actor;
    Ok((cx, unit))
}

/// The context of a call that needs no session.
///
/// # Errors
/// [`ApiError::Internal`] where the server provides no context: a fault of ours.
pub fn visitor() -> ApiResult<(Backend, Visitor)> {
    match (use_context::<Backend>(), use_context::<Visitor>()) {
        (Some(backend), Some(visitor)) => Ok((backend, visitor)),
        _ => Err(surface(ServiceError::internal("no request context"))),
    }
}

/// The one boundary between services and the browser: logs what is ours to repair, once,
/// with an incident number, and sets the HTTP status.
pub fn surface(e: ServiceError) -> ApiError {
    let (status, error) = match e {
        ServiceError::Unauthenticated => (StatusCode::UNAUTHORIZED, ApiError::Unauthenticated),
        // Outside the scope looks the same as absent.
        ServiceError::Denied(domain::access::Denied::OutOfScope) | ServiceError::NotFound => {
            (StatusCode::NOT_FOUND, ApiError::NotFound)
        }
        ServiceError::Denied(d) => (StatusCode::FORBIDDEN, ApiError::Denied(d)),
        ServiceError::Invalid(fields) => {
            (StatusCode::UNPROCESSABLE_ENTITY, ApiError::Invalid(fields))
        }
        ServiceError::Conflict(c) => (StatusCode::CONFLICT, ApiError::Conflict(c)),
        ServiceError::SignIn(r) => (StatusCode::UNAUTHORIZED, ApiError::SignIn(r)),
        ServiceError::Code(r) => (StatusCode::UNPROCESSABLE_ENTITY, ApiError::Code(r)),
        ServiceError::File(f) => (StatusCode::UNPROCESSABLE_ENTITY, ApiError::File(f)),
        ServiceError::Internal(source) => {
            let incident = incident();
            tracing::error!(%incident, error = %chain(source.as_ref()), "a call failed");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                ApiError::Internal { incident },
            )
        }
    };
    // While a page is rendered the status belongs to the page, not to one of its parts.
    let is_page = use_context::<axum::http::request::Parts>()
        .is_none_or(|p| accepts_html(&p.headers) || !p.uri.path().starts_with("/api/"));
    if !is_page && let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
    error
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.contains("text/html"))
}

/// Eight hexadecimal digits that a person can read out.
fn incident() -> String {
    use_context::<Backend>()
        .map(|b| {
            b.core
                .entropy
                .bytes::<4>()
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect()
        })
        .unwrap_or_default()
}

fn chain(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut source = e.source();
    while let Some(s) = source {
        text.push_str(": ");
        text.push_str(&s.to_string());
        source = s.source();
    }
    text
}
