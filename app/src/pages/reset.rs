//! `/reimposta-password`: a new password by a mailed link. The token stands in the fragment,
//! which no server sees; without JavaScript it is copied into the field. Opening the page
//! uses nothing up: only the post does.

use crate::{
    i18n::{self, t, use_locale},
    ui::{
        Button, ButtonKind, ErrorSummary, FieldError as SummaryError, LinkButton, Notice,
        PasswordField, TextField, Tone,
    },
    widgets::{PublicPage, least_asked},
};
use domain::user::FieldError;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The page.
#[component]
pub fn ResetPassword() -> impl IntoView {
    let outcome = use_query_map()
        .with_untracked(|q| q.get("esito"))
        .unwrap_or_default();
    if outcome == "fatto" {
        view! { <Done /> }.into_any()
    } else {
        view! { <Form outcome=outcome /> }.into_any()
    }
}

#[component]
fn Form(outcome: String) -> impl IntoView {
    let l = use_locale();
    let (token, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    // The fragment is the browser's alone: it is read once the page is alive.
    let found = RwSignal::new(false);
    Effect::new(move |_| {
        let fragment = window().location().hash().unwrap_or_default();
        let value = fragment.trim_start_matches('#');
        if !value.is_empty() {
            token.set(value.to_owned());
            found.set(true);
        }
    });
    let least = use_query_map().with_untracked(least_asked);
    let void = outcome == "non-valido";
    let wrong = match outcome.as_str() {
        "vuota" => Some(i18n::field_error(l, &FieldError::Required)),
        "corta" => Some(i18n::field_error(l, &FieldError::TooShort(least))),
        "lunga" => Some(i18n::field_error(l, &FieldError::TooLong(128))),
        "comune" => Some(i18n::field_error(l, &FieldError::Guessable)),
        _ => None,
    };
    let errors = match (&wrong, outcome.as_str()) {
        (Some(words), _) => vec![SummaryError::new("nuova-password", words.clone())],
        (None, "errore") => vec![SummaryError::new("", t::forgotten::failed(l))],
        _ => Vec::new(),
    };
    let words = t::forgotten::reset_title(l);
    let title = if errors.is_empty() && !void {
        words.to_owned()
    } else {
        t::forgotten::error_prefix(l, words)
    };
    view! {
        <PublicPage title=Signal::stored(title)>
            <div class="public-card">
                <h1 class="public-card__title" tabindex="-1">{words}</h1>
                {if void {
                    view! {
                        <div class="form">
                            <Notice tone=Tone::Warning><p>{t::forgotten::void(l)}</p></Notice>
                            <div class="form__actions">
                                <LinkButton href="/password-dimenticata" external=true kind=ButtonKind::Primary>
                                    {t::forgotten::again(l)}
                                </LinkButton>
                                <LinkButton href="/accesso" external=true>{t::forgotten::back(l)}</LinkButton>
                            </div>
                        </div>
                    }
                        .into_any()
                } else {
                    view! {
                        <p class="public-card__lead">{t::forgotten::reset_lead(l)}</p>
                        <ErrorSummary id="errori" title=t::forgotten::problem(l) errors=Signal::stored(errors) />
                        <form class="form" method="post" action="/imposta-password" novalidate>
                            <div class:visually-hidden=move || found.get() inert=move || found.get()>
                                <TextField
                                    id="codice"
                                    label=t::forgotten::token(l)
                                    hint=Some(t::forgotten::token_hint(l).to_owned())
                                    value=token
                                    autocomplete="off"
                                    required=true
                                    plain=true
                                    maxlength=120u32
                                />
                            </div>
                            <PasswordField
                                id="nuova-password"
                                name="nuova"
                                label=t::forgotten::new(l)
                                hint=Some(t::forgotten::new_hint(l, least))
                                value=new
                                show_label=t::forgotten::show(l)
                                autocomplete="new-password"
                                error=Signal::stored(wrong)
                            />
                            <div class="form__actions">
                                <Button id="salva" kind=ButtonKind::Primary submit=true>{t::forgotten::save(l)}</Button>
                            </div>
                        </form>
                    }
                        .into_any()
                }}
            </div>
        </PublicPage>
    }
}

#[component]
fn Done() -> impl IntoView {
    let l = use_locale();
    view! {
        <PublicPage title=Signal::stored(t::forgotten::done_title(l).to_owned())>
            <div class="public-card public-card--narrow">
                <h1 class="public-card__title" tabindex="-1">{t::forgotten::done_title(l)}</h1>
                <p class="public-card__lead">{t::forgotten::done_text(l)}</p>
                <div class="form">
                    <LinkButton href="/accesso" external=true kind=ButtonKind::Primary>{t::forgotten::sign_in(l)}</LinkButton>
                </div>
            </div>
        </PublicPage>
    }
}
