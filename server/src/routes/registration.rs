//! Plain form posts of `/registrazione`: each page works without JavaScript. What went wrong
//! travels as a word in the address, never what was typed.

use crate::state::AppState;
use app::ssr::{
    self, Visitor,
    redemption::{self, Typed},
};
use axum::{
    Extension, Form, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use backend::ServiceError;
use domain::{
    discrepancy::Identity, problem::SignInRefusal, redemption::NextStep, registration::CodeRefusal,
    user::FieldError,
};
use serde::Deserialize;

const START: &str = "/registrazione";

/// The posts of the pages below `/registrazione`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/registrazione/verifica", post(verify))
        .route("/registrazione/conferma", post(confirm))
        .route("/registrazione/rifiuta", post(refuse))
        .route("/registrazione/attiva", post(activate))
        .route("/registrazione/richiedi", post(request))
}

#[derive(Deserialize)]
struct Code {
    #[serde(default)]
    email: String,
    #[serde(default)]
    codice: String,
}

async fn verify(State(state): State<AppState>, Form(typed): Form<Code>) -> Response {
    match redemption::try_code(&state.backend, &typed.email, &typed.codice).await {
        Ok((NextStep::Check, cookies)) => leave("/registrazione/dati", cookies),
        Ok((NextStep::Expired, cookies)) => leave("/registrazione/scaduto", cookies),
        Err(e) => refused(e, START),
    }
}

#[derive(Deserialize)]
struct Stated {
    #[serde(default)]
    nome: String,
    #[serde(default)]
    cognome: String,
    #[serde(default)]
    email: String,
}

async fn confirm(
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(stated): Form<Stated>,
) -> Response {
    let identity = Identity {
        surname: stated.cognome,
        given_name: stated.nome,
        email: stated.email,
    };
    let ticket = redemption::ticket_in(&headers).unwrap_or_default();
    match state.backend.redemptions.state(&ticket, &identity).await {
        Ok(()) => leave("/registrazione/password", Vec::new()),
        Err(ServiceError::Invalid(fields)) => {
            let field = fields.0.first().map_or("", |(f, _)| f.as_str());
            leave(
                match field {
                    "surname" => "/registrazione/dati?esito=cognome",
                    "given_name" => "/registrazione/dati?esito=nome",
                    _ => "/registrazione/dati?esito=email",
                },
                Vec::new(),
            )
        }
        Err(e) => refused(e, START),
    }
}

async fn refuse(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let ticket = redemption::ticket_in(&headers).unwrap_or_default();
    match state.backend.redemptions.not_me(&ticket).await {
        Ok(()) => leave("/registrazione/segnalato", Vec::new()),
        Err(e) => refused(e, START),
    }
}

/// One of the two, by the form that the page showed.
#[derive(Deserialize)]
struct Password {
    #[serde(default)]
    nuova: String,
    attuale: Option<String>,
}

async fn activate(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Form(typed): Form<Password>,
) -> Response {
    let ticket = redemption::ticket_in(&headers).unwrap_or_default();
    let password = match &typed.attuale {
        Some(current) => Typed::Current(current, &visitor.address),
        None => Typed::New(&typed.nuova),
    };
    let outcome = match redemption::activate(&state.backend, &ticket, password).await {
        Ok(cookies) => return leave("/registrazione/fatto", cookies),
        Err(ServiceError::Invalid(fields)) => match fields.0.first() {
            Some((field, FieldError::Required)) if field == "current" => "senza-attuale".to_owned(),
            Some((field, _)) if field == "current" => "attuale".to_owned(),
            Some((_, FieldError::TooShort(n))) => format!("corta&minimo={n}"),
            Some((_, FieldError::Required)) => "vuota".to_owned(),
            Some((_, FieldError::TooLong(_))) => "lunga".to_owned(),
            _ => "comune".to_owned(),
        },
        Err(ServiceError::SignIn(SignInRefusal::Throttled { seconds })) => {
            format!("attesa&secondi={seconds}")
        }
        Err(e) => return refused(e, START),
    };
    leave(
        &format!("/registrazione/password?esito={outcome}"),
        Vec::new(),
    )
}

async fn request(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let ticket = redemption::ticket_in(&headers).unwrap_or_default();
    match state.backend.redemptions.request_code(&ticket).await {
        Ok(()) => leave("/registrazione/scaduto?esito=richiesto", Vec::new()),
        Err(e) => refused(e, START),
    }
}

/// Back to the first page, with a word of why.
fn refused(e: ServiceError, to: &str) -> Response {
    let outcome = match e {
        ServiceError::Code(CodeRefusal::NotRecognised) => "esito=negato".to_owned(),
        ServiceError::Code(CodeRefusal::Expired) => "esito=scaduto".to_owned(),
        ServiceError::Code(CodeRefusal::Locked { seconds }) => {
            format!("esito=attesa&secondi={seconds}")
        }
        other => {
            let _ = ssr::surface(other);
            "esito=errore".to_owned()
        }
    };
    leave(&format!("{to}?{outcome}"), Vec::new())
}

fn leave(to: &str, cookies: Vec<HeaderValue>) -> Response {
    let mut response = Redirect::to(to).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
