//! `/password-dimenticata`: a plain form that works without JavaScript. The answer is the
//! same page whatever exists, so nothing is to be learnt from it.

use crate::{
    i18n::{t, use_locale},
    ui::{Button, ButtonKind, ErrorSummary, FieldError, LinkButton, TextField},
    widgets::PublicPage,
};
use domain::Locale;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The page.
#[component]
pub fn Forgotten() -> impl IntoView {
    let l = use_locale();
    let query = use_query_map();
    let asked = move |key: &str| query.with_untracked(|q| q.get(key)).unwrap_or_default();
    match asked("esito").as_str() {
        "inviata" => view! { <Sent /> }.into_any(),
        "vuota" => {
            view! { <Form organisation=asked("ente") problem=Some(t::forgotten::missing(l)) /> }
                .into_any()
        }
        "errore" => {
            view! { <Form organisation=asked("ente") problem=Some(t::forgotten::failed(l)) /> }
                .into_any()
        }
        _ => view! { <Form organisation=asked("ente") problem=None /> }.into_any(),
    }
}

#[component]
fn Form(
    /// «Ente», where the address names it.
    organisation: String,
    /// What was wrong with the last try.
    problem: Option<&'static str>,
) -> impl IntoView {
    let l = use_locale();
    let (organisation, who) = (RwSignal::new(organisation), RwSignal::new(String::new()));
    let errors = problem
        .map(|words| vec![FieldError::new("ente", words)])
        .unwrap_or_default();
    view! {
        <PublicPage title=title(l, t::forgotten::title(l), problem.is_some())>
            <div class="public-card public-card--narrow">
                <h1 class="public-card__title" tabindex="-1">{t::forgotten::title(l)}</h1>
                <p class="public-card__lead">{t::forgotten::lead(l)}</p>
                <ErrorSummary id="errori" title=t::forgotten::problem(l) errors=Signal::stored(errors) />
                <form class="form" method="post" action="/chiedi-password" novalidate>
                    <TextField
                        id="ente"
                        label=t::forgotten::organisation(l)
                        hint=Some(t::forgotten::organisation_hint(l).to_owned())
                        value=organisation
                        autocomplete="organization"
                        required=true
                        plain=true
                        maxlength=60u32
                    />
                    <TextField
                        id="chi"
                        label=t::forgotten::who(l)
                        hint=Some(t::forgotten::who_hint(l).to_owned())
                        value=who
                        autocomplete="username"
                        required=true
                        plain=true
                        maxlength=254u32
                    />
                    <div class="form__actions">
                        <Button id="invia" kind=ButtonKind::Primary submit=true>{t::forgotten::submit(l)}</Button>
                        <LinkButton href="/accesso" external=true>{t::forgotten::back(l)}</LinkButton>
                    </div>
                </form>
            </div>
        </PublicPage>
    }
}

/// «Controlla la posta»: the same for everybody.
#[component]
fn Sent() -> impl IntoView {
    let l = use_locale();
    view! {
        <PublicPage title=title(l, t::forgotten::sent_title(l), false)>
            <div class="public-card public-card--narrow">
                <h1 class="public-card__title" tabindex="-1">{t::forgotten::sent_title(l)}</h1>
                <p class="public-card__lead">{t::forgotten::sent_text(l)}</p>
                <div class="public-card__help">
                    <p>{t::forgotten::sent_none(l)}</p>
                    <div class="form__actions">
                        <LinkButton href="/accesso" external=true>{t::forgotten::back(l)}</LinkButton>
                        <LinkButton href="/password-dimenticata" external=true>{t::forgotten::again(l)}</LinkButton>
                    </div>
                </div>
            </div>
        </PublicPage>
    }
}

/// The title of the document, marked where something was wrong.
fn title(l: Locale, words: &'static str, wrong: bool) -> Signal<String> {
    Signal::stored(if wrong {
        t::forgotten::error_prefix(l, words)
    } else {
        words.to_owned()
    })
}
