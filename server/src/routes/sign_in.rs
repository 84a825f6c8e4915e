//! Plain form posts of the public pages: they work before the client is alive and without
//! JavaScript. What went wrong travels as a word in the address, never what was typed.

use crate::state::AppState;
use app::{
    api::session::safe_return,
    ssr::{self, Visitor},
};
use axum::{
    Extension, Form, Router,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use backend::ServiceError;
use domain::{Locale, problem::SignInRefusal, user::FieldError};
use serde::Deserialize;

/// `/entra`, `/cambia-password` and `/lingua`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/entra", post(enter))
        .route("/cambia-password", post(change_password))
        .route("/lingua", post(language))
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    ente: String,
    #[serde(default)]
    utente: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    ritorno: String,
}

async fn enter(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Form(entry): Form<Entry>,
) -> Response {
    let back = safe_return(Some(&entry.ritorno)).to_owned();
    match ssr::begin_session(
        &state.backend,
        &visitor,
        entry.ente,
        entry.utente,
        entry.password,
    )
    .await
    {
        Ok((done, cookies)) => leave(
            if done.must_change_password {
                "/password"
            } else {
                &back
            },
            cookies,
        ),
        Err(e) => {
            let outcome = match e {
                ServiceError::SignIn(SignInRefusal::NotRecognised) => "esito=negato".to_owned(),
                ServiceError::SignIn(SignInRefusal::PasswordOff { since }) => {
                    format!("esito=spid&dal={since}")
                }
                ServiceError::SignIn(SignInRefusal::Throttled { seconds }) => {
                    format!("esito=attesa&secondi={seconds}")
                }
                other => {
                    let _ = ssr::surface(other);
                    "esito=errore".to_owned()
                }
            };
            leave(
                &format!("/accesso?{outcome}&ritorno={}", encode(&back)),
                Vec::new(),
            )
        }
    }
}

#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    attuale: Option<String>,
    #[serde(default)]
    nuova: String,
}

async fn change_password(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Form(change): Form<Change>,
) -> Response {
    match ssr::replace_password(
        &state.backend,
        &visitor,
        change.attuale.as_deref(),
        &change.nuova,
    )
    .await
    {
        Ok(cookies) => leave("/?esito=password", cookies),
        Err(ServiceError::Unauthenticated) => leave("/accesso?ritorno=/password", Vec::new()),
        Err(ServiceError::Invalid(fields)) => {
            let outcome = match fields.0.first() {
                Some((_, FieldError::TooShort(n))) => format!("corta&minimo={n}"),
                Some((_, FieldError::Required)) if fields.of("new").is_some() => "vuota".to_owned(),
                Some((_, FieldError::TooLong(_))) => "lunga".to_owned(),
                Some((_, FieldError::Guessable)) => "comune".to_owned(),
                _ => "attuale".to_owned(),
            };
            leave(&format!("/password?esito={outcome}"), Vec::new())
        }
        Err(e) => {
            let _ = ssr::surface(e);
            leave("/password?esito=errore", Vec::new())
        }
    }
}

#[derive(Deserialize)]
struct Choice {
    lingua: String,
    #[serde(default)]
    ritorno: String,
}

async fn language(State(state): State<AppState>, Form(choice): Form<Choice>) -> Response {
    // Unlike after signing in, the way back may well be the sign-in page.
    let back = match choice.ritorno.strip_prefix("/accesso") {
        Some(rest) if rest.is_empty() || rest.starts_with('?') => choice.ritorno.as_str(),
        _ => safe_return(Some(&choice.ritorno)),
    };
    let back = if back.chars().any(char::is_control) {
        "/"
    } else {
        back
    };
    let cookie = choice
        .lingua
        .parse::<Locale>()
        .ok()
        .map(|l| ssr::cookie::language(&state.site.base_url, l));
    leave(
        back,
        cookie
            .and_then(|c| HeaderValue::try_from(c).ok())
            .into_iter()
            .collect(),
    )
}

fn leave(to: &str, cookies: Vec<HeaderValue>) -> Response {
    let mut response = Redirect::to(to).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Percent-encodes a path for use as a query's value.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
