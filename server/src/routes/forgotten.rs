//! Plain form posts of «Password dimenticata?»: they work without JavaScript. The answer to
//! a request is the same whoever is asked for; a token never stands in a query.

use crate::state::AppState;
use app::ssr::{self, Visitor};
use axum::{
    Extension, Form, Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use backend::{
    ServiceError,
    service::{Asked, Reset},
};
use domain::user::FieldError;
use serde::Deserialize;

/// `/chiedi-password` and `/imposta-password`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/chiedi-password", post(ask))
        .route("/imposta-password", post(reset))
}

#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    ente: String,
    #[serde(default)]
    chi: String,
}

async fn ask(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Form(typed): Form<Question>,
) -> Response {
    if typed.ente.trim().is_empty() || typed.chi.trim().is_empty() {
        return lead("/password-dimenticata?esito=vuota");
    }
    let asked = Asked {
        organisation: typed.ente,
        who: typed.chi,
        address: visitor.address,
    };
    match state.backend.forgotten.ask(asked).await {
        Ok(()) => lead("/password-dimenticata?esito=inviata"),
        Err(e) => {
            let _ = ssr::surface(e);
            lead("/password-dimenticata?esito=errore")
        }
    }
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    codice: String,
    #[serde(default)]
    nuova: String,
}

async fn reset(State(state): State<AppState>, Form(typed): Form<Choice>) -> Response {
    let token: String = typed
        .codice
        .trim()
        .rsplit('#')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        .take(120)
        .collect();
    let typed = Reset {
        token: token.clone(),
        new: typed.nuova,
    };
    let outcome = match state.backend.forgotten.reset(typed).await {
        Ok(()) => return lead("/reimposta-password?esito=fatto"),
        Err(ServiceError::NotFound) => return lead("/reimposta-password?esito=non-valido"),
        Err(ServiceError::Invalid(fields)) => match fields.of("new") {
            Some(FieldError::Required) | None => "vuota".to_owned(),
            Some(FieldError::TooShort(n)) => format!("corta&minimo={n}"),
            Some(FieldError::TooLong(_)) => "lunga".to_owned(),
            Some(_) => "comune".to_owned(),
        },
        Err(e) => {
            let _ = ssr::surface(e);
            "errore".to_owned()
        }
    };
    // The link is as good as before; its token goes back where it was, in the fragment.
    lead(&format!("/reimposta-password?esito={outcome}#{token}"))
}

fn lead(to: &str) -> Response {
    Redirect::to(to).into_response()
}
