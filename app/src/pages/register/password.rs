//! Third page: the own password, or the proof that one knows it. Its post is the one act
//! that uses the code up.

mod confirm;

use self::confirm::Confirm;
use super::{Steps, WithTicket, go};
use crate::{
    api::{
        ApiError,
        redemption::{finish_redemption, suggest_first_password},
    },
    i18n::{self, t, use_locale},
    state::Announcer,
    ui::{Button, ButtonKind, ErrorSummary, FieldError as SummaryError, LinkButton, PasswordField},
    widgets::{PageTitle, least_asked},
};
use domain::{
    redemption::TicketView,
    user::{FieldError, FieldErrors},
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

/// `/registrazione/password`
#[component]
pub fn FirstPassword() -> impl IntoView {
    let l = use_locale();
    view! {
        <WithTicket
            title=t::redemption::step_password(l).to_owned()
            view=|ticket| {
                if ticket.has_password {
                    view! { <Confirm ticket=ticket /> }.into_any()
                } else {
                    view! { <Choose ticket=ticket /> }.into_any()
                }
            }
        />
    }
}

#[component]
fn Choose(ticket: TicketView) -> impl IntoView {
    let l = use_locale();
    let announcer = use_context::<Announcer>();
    let (outcome, least) =
        use_query_map().with_untracked(|q| (q.get("esito").unwrap_or_default(), least_asked(q)));
    let new = RwSignal::new(String::new());
    let refused = RwSignal::new(posted_refusal(&outcome, least));
    let suggested = RwSignal::new(None::<String>);
    let save = Action::new(move |_: &()| {
        let chosen = new.get_untracked();
        async move {
            match finish_redemption(chosen).await {
                Ok(()) => {
                    go("/registrazione/fatto");
                    true
                }
                // There is an own password meanwhile: the page asks for it.
                Err(ApiError::Invalid(fields)) if fields.of("current").is_some() => {
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
    let suggest = Action::new(move |_: &()| async move {
        match suggest_first_password().await {
            Ok(phrase) => {
                if let Some(announcer) = announcer {
                    announcer.outcome(t::session::suggested(l, &phrase));
                }
                new.set(phrase.clone());
                suggested.set(Some(phrase));
            }
            Err(e) => refused.set(Some(e)),
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !save.pending().get_untracked() && save.value().get_untracked() != Some(true) {
            refused.set(None);
            save.dispatch(());
        }
    };
    let wrong = Signal::derive(move || match refused.get() {
        Some(ApiError::Invalid(fields)) => fields.of("new").map(|e| i18n::field_error(l, e)),
        _ => None,
    });
    let errors = Signal::derive(move || match refused.get() {
        None => Vec::new(),
        Some(ApiError::Invalid(FieldErrors(list))) => list
            .iter()
            .map(|(_, e)| SummaryError::new("nuova-password", i18n::field_error(l, e)))
            .collect(),
        Some(e) => vec![SummaryError::new("", i18n::api_error(l, &e))],
    });
    view! {
        <PageTitle text=t::redemption::password_title(l).to_owned() />
        <div class="public-card">
            <Steps current=2 />
            <h1 class="public-card__title" tabindex="-1">{t::redemption::password_title(l)}</h1>
            <p class="public-card__lead">{t::redemption::password_lead(l, &ticket.username)}</p>
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
                    id="nuova-password"
                    name="nuova"
                    label=t::session::new(l)
                    hint=Some(t::session::new_hint(l, least))
                    value=new
                    show_label=t::session::show(l)
                    autocomplete="new-password"
                    error=wrong
                />
                <div class="suggestion">
                    <Button id="suggerisci" on_click=move || { suggest.dispatch(()); } busy=suggest.pending()>
                        {t::session::suggest(l)}
                    </Button>
                    {move || {
                        suggested
                            .get()
                            .map(|phrase| view! { <p class="suggestion__text">{t::session::suggested(l, phrase)}</p> })
                    }}
                </div>
                <div class="form__actions">
                    <LinkButton href="/registrazione/dati" external=true>{t::redemption::back(l)}</LinkButton>
                    <Button
                        id="attiva"
                        kind=ButtonKind::Primary
                        submit=true
                        busy=Signal::derive(move || save.pending().get() || save.value().get() == Some(true))
                    >
                        {t::redemption::activate(l)}
                    </Button>
                </div>
            </form>
        </div>
    }
}

/// The refusal of a plain post, as the server wrote it into the address.
fn posted_refusal(outcome: &str, least: usize) -> Option<ApiError> {
    let error = match outcome {
        "vuota" => FieldError::Required,
        "corta" => FieldError::TooShort(least),
        "lunga" => FieldError::TooLong(128),
        "comune" => FieldError::Guessable,
        _ => return None,
    };
    Some(ApiError::Invalid(FieldErrors::one("new", error)))
}
