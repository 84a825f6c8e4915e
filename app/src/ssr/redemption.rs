//! The two cookies of `/registrazione`: the ticket, and whose registration was completed.
//! Server functions and plain form posts share them.

use super::cookie;
use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use backend::{Backend, Result};
use domain::redemption::{NextStep, Redeemed};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// Carries the ticket from page to page.
const TICKET: &str = "delega_registrazione";
/// Carries what the last page shows: no secret.
const DONE: &str = "delega_registrato";
/// Seconds that the cookies live.
const LIFE: u32 = 3600;

/// The ticket of the request, or nothing.
pub fn ticket() -> String {
    use_context::<Parts>()
        .and_then(|p| ticket_in(&p.headers))
        .unwrap_or_default()
}

/// The ticket in a request's headers.
pub fn ticket_in(headers: &HeaderMap) -> Option<String> {
    read(headers, TICKET)
}

/// Whose registration was completed in this browser.
pub fn done() -> Option<Redeemed> {
    let parts = use_context::<Parts>()?;
    backend::service::Redemptions::read_back(&read(&parts.headers, DONE)?)
}

/// Checks address and code. The cookies are for the answer.
///
/// # Errors
/// As the service.
pub async fn try_code(
    backend: &Backend,
    email: &str,
    code: &str,
) -> Result<(NextStep, Vec<HeaderValue>)> {
    let begun = backend.redemptions.begin(email, code).await?;
    let next = if begun.expired {
        NextStep::Expired
    } else {
        NextStep::Check
    };
    let base_url = &backend.core.settings.base_url;
    Ok((
        next,
        values([passing(base_url, TICKET, &begun.token, LIFE)]),
    ))
}

/// With what the last page comes.
#[derive(Clone, Copy)]
pub enum Typed<'a> {
    /// A new password.
    New(&'a str),
    /// The password the account has already, and where the request comes from.
    Current(&'a str, &'a str),
}

/// Uses the code up. The cookies are for the answer.
///
/// # Errors
/// As the service.
pub async fn activate(
    backend: &Backend,
    ticket: &str,
    typed: Typed<'_>,
) -> Result<Vec<HeaderValue>> {
    let redemptions = &backend.redemptions;
    let redeemed = match typed {
        Typed::New(password) => redemptions.finish(ticket, password).await?,
        Typed::Current(password, from) => redemptions.confirm(ticket, password, from).await?,
    };
    let base_url = &backend.core.settings.base_url;
    let shown = backend::service::Redemptions::write_down(&redeemed);
    Ok(values([
        passing(base_url, TICKET, "", 0),
        passing(base_url, DONE, &shown, LIFE),
    ]))
}

/// Checks address and code and lets the browser keep the ticket.
///
/// # Errors
/// As the service.
pub async fn begin(backend: &Backend, email: &str, code: &str) -> Result<NextStep> {
    let (next, cookies) = try_code(backend, email, code).await?;
    send(cookies);
    Ok(next)
}

/// Uses the code up and lets the browser keep what the last page shows.
///
/// # Errors
/// As the service.
pub async fn finish(backend: &Backend, password: &str) -> Result<()> {
    send(activate(backend, &ticket(), Typed::New(password)).await?);
    Ok(())
}

/// The same with the password the account has already.
///
/// # Errors
/// As the service.
pub async fn confirm(backend: &Backend, current: &str, address: &str) -> Result<()> {
    send(activate(backend, &ticket(), Typed::Current(current, address)).await?);
    Ok(())
}

fn passing(base_url: &str, name: &str, value: &str, seconds: u32) -> String {
    format!(
        "{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{}",
        cookie::secure(base_url)
    )
}

fn values<const N: usize>(cookies: [String; N]) -> Vec<HeaderValue> {
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

fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value.to_owned())
}
