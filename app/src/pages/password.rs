//! `/password`: the own password, forced after a temporary one or changed at will.

use crate::{
    api::{
        ApiError,
        session::{change_password, suggest_password},
    },
    i18n::{self, t, use_locale},
    state::{Announcer, use_session},
    ui::{Button, ButtonKind, ErrorSummary, FieldError as SummaryError, LinkButton, PasswordField},
    widgets::{PublicPage, least_asked},
};
use domain::{
    group::PASSWORD_MIN,
    user::{FieldError, FieldErrors},
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

/// The page.
#[component]
pub fn ChangePassword() -> impl IntoView {
    let view = use_session().view();
    let forced = view.as_ref().is_some_and(|v| v.must_change_password);
    let least = view
        .as_ref()
        .map_or(PASSWORD_MIN.into(), |v| v.password_min);
    let username = view.map(|v| v.username).unwrap_or_default();
    view! { <Form forced=forced username=username least=least /> }
}

#[component]
fn Form(
    /// Signed in with a temporary password: it was typed a moment ago.
    forced: bool,
    /// For password managers, which file the new password under it.
    username: String,
    /// Characters at least.
    least: usize,
) -> impl IntoView {
    let l = use_locale();
    let announcer = use_context::<Announcer>();
    let query = use_query_map();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let refused =
        RwSignal::new(query.with_untracked(|q| {
            posted_refusal(&q.get("esito").unwrap_or_default(), least_asked(q))
        }));
    let suggested = RwSignal::new(None::<String>);

    let save = Action::new(move |_: &()| {
        let old = (!forced).then(|| current.get_untracked());
        let chosen = new.get_untracked();
        async move {
            match change_password(old, chosen).await {
                Ok(()) => {
                    let _ = window().location().replace("/?esito=password");
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
        match suggest_password().await {
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
        if !save.pending().get_untracked() {
            refused.set(None);
            save.dispatch(());
        }
    };
    let busy = Signal::derive(move || save.pending().get() || save.value().get() == Some(true));
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
            .map(|(field, e)| {
                let id = if field == "current" {
                    "password-attuale"
                } else {
                    "nuova-password"
                };
                SummaryError::new(id, i18n::field_error(l, e))
            })
            .collect(),
        Some(e) => vec![SummaryError::new("", i18n::api_error(l, &e))],
    });
    let words = if forced {
        t::session::new_title(l)
    } else {
        t::session::change_title(l)
    };
    let title = Signal::derive(move || {
        if errors.with(Vec::is_empty) {
            words.to_owned()
        } else {
            t::session::error_prefix(l, words)
        }
    });
    view! {
        <PublicPage title=title>
            <div class="public-card">
                <h1 class="public-card__title" tabindex="-1">{words}</h1>
                <p class="public-card__lead">
                    {if forced { t::session::new_lead(l) } else { t::session::change_lead(l) }}
                </p>
                <ErrorSummary id="errori" title=t::session::problem(l) errors=errors />
                <form class="form" method="post" action="/cambia-password" novalidate on:submit=submit>
                    // Seen by password managers, not by people.
                    <input
                        class="visually-hidden"
                        type="text"
                        name="utente"
                        value=username
                        autocomplete="username"
                        tabindex="-1"
                        aria-hidden="true"
                        readonly
                    />
                    {(!forced)
                        .then(|| {
                            view! {
                                <PasswordField
                                    id="password-attuale"
                                    name="attuale"
                                    label=t::session::current(l)
                                    value=current
                                    show_label=t::session::show(l)
                                    autocomplete="current-password"
                                    error=wrong("current")
                                />
                            }
                        })}
                    <PasswordField
                        id="nuova-password"
                        name="nuova"
                        label=t::session::new(l)
                        hint=Some(t::session::new_hint(l, least))
                        value=new
                        show_label=t::session::show(l)
                        autocomplete="new-password"
                        error=wrong("new")
                    />
                    <div class="suggestion">
                        <Button id="suggerisci" on_click=move || { suggest.dispatch(()); } busy=suggest.pending()>
                            {t::session::suggest(l)}
                        </Button>
                        {move || {
                            suggested.get().map(|phrase| view! { <p class="suggestion__text">{t::session::suggested(l, phrase)}</p> })
                        }}
                    </div>
                    <div class="form__actions">
                        <Button id="salva" kind=ButtonKind::Primary submit=true busy=busy>
                            {t::session::save(l)}
                        </Button>
                        {if forced {
                            ().into_any()
                        } else {
                            view! { <LinkButton href="/" external=true>{t::session::back(l)}</LinkButton> }.into_any()
                        }}
                    </div>
                </form>
            </div>
        </PublicPage>
    }
}

/// The refusal of a plain post, as the server wrote it into the address.
fn posted_refusal(outcome: &str, least: usize) -> Option<ApiError> {
    let one = |field, e| Some(ApiError::Invalid(FieldErrors::one(field, e)));
    match outcome {
        "vuota" => one("new", FieldError::Required),
        "corta" => one("new", FieldError::TooShort(least)),
        "lunga" => one("new", FieldError::TooLong(128)),
        "comune" => one("new", FieldError::Guessable),
        "attuale" => one("current", FieldError::WrongPassword),
        "errore" => Some(ApiError::Unreachable),
        _ => None,
    }
}
