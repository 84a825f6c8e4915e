//! Sign-in and change of password as the server functions and the plain form posts share
//! them: the service, then the cookies.

use super::{Visitor, cookie};
use crate::api::session::SignInDone;
use axum::http::{HeaderValue, header};
use backend::{Backend, Result, service::SignIn};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// Signs in. The cookies are for the answer.
///
/// # Errors
/// As the service.
pub async fn begin_session(
    backend: &Backend,
    visitor: &Visitor,
    organisation: String,
    username: String,
    password: String,
) -> Result<(SignInDone, Vec<HeaderValue>)> {
    let typed = SignIn {
        organisation,
        username,
        password,
        address: visitor.address.clone(),
        user_agent: visitor.user_agent.clone(),
    };
    let signed_in = backend.sessions.sign_in(typed).await?;
    let base_url = &backend.core.settings.base_url;
    let view = backend.sessions.view(&signed_in.token).await?;
    let mut cookies = vec![cookie::session(base_url, &signed_in.token)];
    cookies.extend(cookie::preferences(base_url, &view.preferences));
    Ok((
        SignInDone {
            must_change_password: signed_in.must_change_password,
        },
        values(cookies),
    ))
}

/// Changes the person's own password. The cookies are for the answer.
///
/// # Errors
/// As the service.
pub async fn replace_password(
    backend: &Backend,
    visitor: &Visitor,
    current: Option<&str>,
    new: &str,
) -> Result<Vec<HeaderValue>> {
    let (Some(actor), Some(token)) = (&visitor.actor, &visitor.token) else {
        return Err(backend::ServiceError::Unauthenticated);
    };
    let fresh = backend
        .sessions
        .change_password(actor, token, current, new, &visitor.user_agent)
        .await?;
    Ok(values(vec![cookie::session(
        &backend.core.settings.base_url,
        &fresh,
    )]))
}

/// Signs in and lets the browser keep the session.
///
/// # Errors
/// As the service.
pub async fn sign_in(
    backend: &Backend,
    visitor: &Visitor,
    organisation: String,
    username: String,
    password: String,
) -> Result<SignInDone> {
    let (done, cookies) = begin_session(backend, visitor, organisation, username, password).await?;
    send(cookies);
    Ok(done)
}

/// Changes the own password and lets the browser keep the new session.
///
/// # Errors
/// As the service.
pub async fn change_password(
    backend: &Backend,
    visitor: &Visitor,
    current: Option<String>,
    new: String,
) -> Result<()> {
    send(replace_password(backend, visitor, current.as_deref(), &new).await?);
    Ok(())
}

fn values(cookies: Vec<String>) -> Vec<HeaderValue> {
    cookies
        .into_iter()
        .filter_map(|c| HeaderValue::try_from(c).ok())
        .collect()
}

fn send(cookies: Vec<HeaderValue>) {
    if let Some(response) = use_context::<ResponseOptions>() {
        for cookie in cookies {
            response.append_header(header::SET_COOKIE, cookie);
        }
    }
}
