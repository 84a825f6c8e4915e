//! Second page: «Controlla i tuoi dati».

use super::{Steps, WithTicket, go};
use crate::{
    api::{
        ApiError,
        redemption::{refuse_redemption, state_identity},
    },
    i18n::{self, t, use_locale},
    ui::{Button, ButtonKind, ErrorSummary, FieldError as SummaryError, TextField},
};
use domain::{
    discrepancy::Identity,
    redemption::TicketView,
    user::{FieldError, FieldErrors},
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

/// `/registrazione/dati`
#[component]
pub fn CheckData() -> impl IntoView {
    let l = use_locale();
    view! {
        <WithTicket
            title=t::redemption::check_title(l).to_owned()
            view=|ticket| view! { <Data ticket=ticket /> }.into_any()
        />
    }
}

/// Name of the field in the form.
fn control(field: &str) -> &'static str {
    match field {
        "given_name" => "nome",
        "surname" => "cognome",
        _ => "email",
    }
}

#[component]
fn Data(ticket: TicketView) -> impl IntoView {
    let l = use_locale();
    let outcome = use_query_map()
        .with_untracked(|q| q.get("esito"))
        .unwrap_or_default();
    let given = RwSignal::new(ticket.identity.given_name);
    let surname = RwSignal::new(ticket.identity.surname);
    let email = RwSignal::new(ticket.identity.email);
    let refused = RwSignal::new(posted_refusal(&outcome));
    let confirm = Action::new(move |_: &()| {
        let identity = Identity {
            surname: surname.get_untracked(),
            given_name: given.get_untracked(),
            email: email.get_untracked(),
        };
        async move {
            match identity.check() {
                Err(fields) => refused.set(Some(ApiError::Invalid(fields))),
                Ok(_) => match state_identity(identity).await {
                    Ok(()) => {
                        go("/registrazione/password");
                        return true;
                    }
                    Err(e) => refused.set(Some(e)),
                },
            }
            false
        }
    });
    let refuse = Action::new(move |_: &()| async move {
        match refuse_redemption().await {
            Ok(()) => {
                go("/registrazione/segnalato");
                true
            }
            Err(e) => {
                refused.set(Some(e));
                false
            }
        }
    });
    let busy = move || {
        confirm.pending().get_untracked()
            || refuse.pending().get_untracked()
            || confirm.value().get_untracked() == Some(true)
            || refuse.value().get_untracked() == Some(true)
    };
    let on_confirm = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy() {
            refused.set(None);
            confirm.dispatch(());
        }
    };
    let on_refuse = move |event: SubmitEvent| {
        event.prevent_default();
        if !busy() {
            refused.set(None);
            refuse.dispatch(());
        }
    };
    let wrong = move |field: &'static str| {
        Signal::derive(move || match refused.get() {
            Some(ApiError::Invalid(fields)) => fields.of(field).map(|e| i18n::field_error(l, e)),
            _ => None,
        })
    };
    let errors = Signal::derive(move || match refused.get() {
        None => Vec::new(),
        Some(ApiError::Invalid(FieldErrors(list))) => list
            .iter()
            .map(|(field, e)| SummaryError::new(control(field), i18n::field_error(l, e)))
            .collect(),
        Some(e) => vec![SummaryError::new("", i18n::api_error(l, &e))],
    });
    view! {
        <div class="public-card">
            <Steps current=1 />
            <h1 class="public-card__title" tabindex="-1">{t::redemption::check_title(l)}</h1>
            <p class="public-card__lead">{t::redemption::check_lead(l, ticket.organisation)}</p>
            <ErrorSummary id="errori" title=t::redemption::problem(l) errors=errors />
            <form class="form" method="post" action="/registrazione/conferma" novalidate on:submit=on_confirm>
                <TextField
                    id="nome"
                    label=t::redemption::given_name(l)
                    value=given
                    autocomplete="given-name"
                    required=true
                    maxlength=100u32
                    error=wrong("given_name")
                />
                <TextField
                    id="cognome"
                    label=t::redemption::surname(l)
                    value=surname
                    autocomplete="family-name"
                    required=true
                    maxlength=100u32
                    error=wrong("surname")
                />
                <TextField
                    id="email"
                    label=t::redemption::work_email(l)
                    value=email
                    input_type="email"
                    autocomplete="work email"
                    inputmode="email"
                    required=true
                    plain=true
                    maxlength=254u32
                    error=wrong("email")
                />
                <div class="form__actions">
                    <Button
                        id="corretti"
                        kind=ButtonKind::Primary
                        submit=true
                        busy=Signal::derive(move || {
                            confirm.pending().get() || confirm.value().get() == Some(true)
                        })
                    >
                        {t::redemption::correct(l)}
                    </Button>
                </div>
            </form>
            <form class="form public-card__help" method="post" action="/registrazione/rifiuta" on:submit=on_refuse>
                <p>{t::redemption::not_me_effect(l)}</p>
                <div class="form__actions">
                    <Button
                        id="non-sono-io"
                        submit=true
                        busy=Signal::derive(move || {
                            refuse.pending().get() || refuse.value().get() == Some(true)
                        })
                    >
                        {t::redemption::not_me(l)}
                    </Button>
                </div>
            </form>
        </div>
    }
}

/// The refusal of a plain post, as the server wrote it into the address.
fn posted_refusal(outcome: &str) -> Option<ApiError> {
    let field = match outcome {
        "nome" => "given_name",
        "cognome" => "surname",
        "email" => {
            let errors = FieldErrors::one("email", FieldError::NotAnEmail);
            return Some(ApiError::Invalid(errors));
        }
        _ => return None,
    };
    Some(ApiError::Invalid(FieldErrors::one(
        field,
        FieldError::Required,
    )))
}
