//! First page: address and code.

use super::{Steps, go};
use crate::{
    api::{ApiError, redemption::begin_redemption},
    i18n::{self, t, use_locale},
    ui::{Button, ButtonKind, ErrorSummary, FieldError, TextField},
    widgets::PublicPage,
};
use domain::{redemption::NextStep, registration::CodeRefusal};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

/// `/registrazione`
#[component]
pub fn EnterCode() -> impl IntoView {
    let l = use_locale();
    let query = use_query_map();
    let asked = move |key: &str| query.with_untracked(|q| q.get(key)).unwrap_or_default();
    let (email, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let refused = RwSignal::new(posted_refusal(&asked("esito"), &asked("secondi")));
    let missing = RwSignal::new(Vec::<&'static str>::new());
    let send = Action::new(move |_: &()| {
        let typed = (email.get_untracked(), code.get_untracked());
        async move {
            match begin_redemption(typed.0, typed.1).await {
                Ok(next) => {
                    go(match next {
                        NextStep::Check => "/registrazione/dati",
                        NextStep::Expired => "/registrazione/scaduto",
                    });
                    true
                }
                Err(e) => {
                    refused.set(Some(e));
                    false
                }
            }
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if send.pending().get_untracked() {
            return;
        }
        let empty: Vec<&'static str> = [("email", email), ("codice", code)]
            .into_iter()
            .filter(|(_, value)| value.with_untracked(|v| v.trim().is_empty()))
            .map(|(id, _)| id)
            .collect();
        refused.set(None);
        missing.set(empty.clone());
        if empty.is_empty() {
            send.dispatch(());
        }
    };
    let busy = Signal::derive(move || send.pending().get() || send.value().get() == Some(true));
    let ask_for = move |id: &str| match id {
        "email" => t::redemption::email_missing(l),
        _ => t::redemption::code_missing(l),
    };
    let field = move |id: &'static str| {
        Signal::derive(move || {
            missing
                .with(|m| m.contains(&id))
                .then(|| ask_for(id).to_owned())
        })
    };
    let errors = Signal::derive(move || {
        let mut list: Vec<FieldError> = missing
            .get()
            .into_iter()
            .map(|id| FieldError::new(id, ask_for(id)))
            .collect();
        if let Some(e) = refused.get() {
            let at = if matches!(e, ApiError::Code(CodeRefusal::NotRecognised)) {
                "codice"
            } else {
                ""
            };
            list.push(FieldError::new(at, i18n::api_error(l, &e)));
        }
        list
    });
    let title = Signal::derive(move || {
        if errors.with(Vec::is_empty) {
            t::redemption::title(l).to_owned()
        } else {
            t::redemption::error_prefix(l, t::redemption::title(l))
        }
    });
    view! {
        <PublicPage title=title>
            <div class="public-card">
                <Steps current=0 />
                <h1 class="public-card__title" tabindex="-1">{t::redemption::title(l)}</h1>
                <p class="public-card__lead">{t::redemption::lead(l)}</p>
                <ErrorSummary id="errori" title=t::redemption::problem(l) errors=errors />
                <form class="form" method="post" action="/registrazione/verifica" novalidate on:submit=submit>
                    <TextField
                        id="email"
                        label=t::redemption::email(l)
                        value=email
                        input_type="email"
                        autocomplete="email"
                        inputmode="email"
                        required=true
                        plain=true
                        maxlength=254u32
                        error=field("email")
                    />
                    <TextField
                        id="codice"
                        label=t::redemption::code(l)
                        hint=Some(t::redemption::code_hint(l).to_owned())
                        value=code
                        autocomplete="one-time-code"
                        required=true
                        plain=true
                        maxlength=120u32
                        error=field("codice")
                    />
                    <div class="form__actions">
                        <Button id="continua" kind=ButtonKind::Primary submit=true busy=busy>
                            {t::redemption::continue_(l)}
                        </Button>
                    </div>
                </form>
                <div class="public-card__help">
                    <p>{t::redemption::no_code(l)}</p>
                </div>
            </div>
        </PublicPage>
    }
}

/// The refusal of a plain post, as the server wrote it into the address.
fn posted_refusal(outcome: &str, seconds: &str) -> Option<ApiError> {
    match outcome {
        "negato" => Some(ApiError::Code(CodeRefusal::NotRecognised)),
        "scaduto" => Some(ApiError::Code(CodeRefusal::Expired)),
        "attesa" => {
            let seconds = seconds.parse().unwrap_or(60);
            Some(ApiError::Code(CodeRefusal::Locked { seconds }))
        }
        "errore" => Some(ApiError::Unreachable),
        _ => None,
    }
}
