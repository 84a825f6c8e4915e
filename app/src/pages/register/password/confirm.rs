//! For an account that has a password already: it is asked for, and stays as it is.

use super::super::{Steps, go};
use crate::{
    api::{ApiError, redemption::confirm_redemption},
    i18n::{self, t, use_locale},
    ui::{Button, ButtonKind, ErrorSummary, FieldError as SummaryError, LinkButton, PasswordField},
    widgets::PageTitle,
};
use domain::{
    problem::SignInRefusal,
    redemption::TicketView,
    user::{FieldError, FieldErrors},
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

#[component]
pub(super) fn Confirm(ticket: TicketView) -> impl IntoView {
    let l = use_locale();
    let refused = RwSignal::new(use_query_map().with_untracked(|q| {
        let asked = |key: &str| q.get(key).unwrap_or_default();
        posted_refusal(&asked("esito"), &asked("secondi"))
    }));
    let current = RwSignal::new(String::new());
    let send = Action::new(move |_: &()| {
        let typed = current.get_untracked();
        async move {
            match confirm_redemption(typed).await {
                Ok(()) => {
                    go("/registrazione/fatto");
                    true
                }
                // There is no own password any more: the page asks for a new one.
                Err(ApiError::Invalid(fields)) if fields.of("new").is_some() => {
                    go("/registrazione/password");
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
        if !send.pending().get_untracked() && send.value().get_untracked() != Some(true) {
            refused.set(None);
            send.dispatch(());
        }
    };
    let wrong = Signal::derive(move || match refused.get() {
        Some(ApiError::Invalid(fields)) => fields.of("current").map(|e| i18n::field_error(l, e)),
        _ => None,
    });
    let errors = Signal::derive(move || match refused.get() {
        None => Vec::new(),
        Some(ApiError::Invalid(FieldErrors(list))) => list
            .iter()
            .map(|(_, e)| SummaryError::new("password-attuale", i18n::field_error(l, e)))
            .collect(),
        Some(e) => vec![SummaryError::new("", i18n::api_error(l, &e))],
    });
    let title = t::redemption::confirm_title(l);
    view! {
        <PageTitle text=title.to_owned() />
        <div class="public-card">
            <Steps current=2 />
            <h1 class="public-card__title" tabindex="-1">{title}</h1>
            <p class="public-card__lead">{t::redemption::confirm_lead(l, &ticket.username)}</p>
            <ErrorSummary id="errori" title=t::redemption::problem(l) errors=errors />
            <form class="form" method="post" action="/registrazione/attiva" novalidate on:submit=submit>
                // Seen by password managers, not by people.
                <input
                    class="visually-hidden"
                    type="text"
                    name="utente"
                    value=ticket.username.clone()
                    autocomplete="username"
                    tabindex="-1"
                    aria-hidden="true"
                    readonly
                />
                <PasswordField
                    id="password-attuale"
                    name="attuale"
                    label=t::session::current(l)
                    value=current
                    show_label=t::session::show(l)
                    autocomplete="current-password"
                    error=wrong
                />
                <div class="form__actions">
                    <LinkButton href="/registrazione/dati" external=true>{t::redemption::back(l)}</LinkButton>
                    <Button
                        id="conferma"
                        kind=ButtonKind::Primary
                        submit=true
                        busy=Signal::derive(move || send.pending().get() || send.value().get() == Some(true))
                    >
                        {t::redemption::activate(l)}
                    </Button>
                </div>
            </form>
            <div class="public-card__help">
                <p>
                    <a href="/password-dimenticata" rel="external">{t::forgotten::link(l)}</a>
                </p>
                <p>{t::redemption::forgotten_note(l)}</p>
            </div>
        </div>
    }
}

/// The refusal of a plain post, as the server wrote it into the address.
fn posted_refusal(outcome: &str, seconds: &str) -> Option<ApiError> {
    let error = match outcome {
        "senza-attuale" => FieldError::Required,
        "attuale" => FieldError::WrongPassword,
        "attesa" => {
            let seconds = seconds.parse().unwrap_or(60);
            return Some(ApiError::SignIn(SignInRefusal::Throttled { seconds }));
        }
        _ => return None,
    };
    Some(ApiError::Invalid(FieldErrors::one("current", error)))
}
