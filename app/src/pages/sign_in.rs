//! `/accesso`: «Ente», «Nome utente», «Password». The form is a plain post that works
//! before the page is alive; alive, it keeps what was typed when the answer is no.

use crate::{
    api::{
        ApiError,
        session::{safe_return, sign_in},
    },
    i18n::{self, t, use_locale},
    ui::{Button, ButtonKind, ErrorSummary, FieldError, PasswordField, TextField},
    widgets::PublicPage,
};
use domain::problem::SignInRefusal;
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

/// Where the browser keeps the last «Ente»: it is no secret and spares typing.
const REMEMBERED: &str = "delega_ente";

/// The sign-in page.
#[component]
pub fn SignIn() -> impl IntoView {
    let l = use_locale();
    let query = use_query_map();
    let asked = move |key: &str| query.with_untracked(|q| q.get(key)).unwrap_or_default();
    let (organisation, username, password) = (
        RwSignal::new(asked("ente")),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
    );
    let refused = RwSignal::new(posted_refusal(
        &asked("esito"),
        &asked("secondi"),
        &asked("dal"),
    ));
    let missing = RwSignal::new(Vec::<&'static str>::new());

    Effect::new(move |_| {
        if organisation.with_untracked(String::is_empty)
            && let Some(known) = storage().and_then(|s| s.get_item(REMEMBERED).ok().flatten())
        {
            organisation.set(known);
        }
    });
    let enter = Action::new(move |_: &()| {
        let typed = (
            organisation.get_untracked(),
            username.get_untracked(),
            password.get_untracked(),
        );
        async move {
            let code = typed.0.trim().to_owned();
            match sign_in(typed.0, typed.1, typed.2).await {
                Ok(done) => {
                    if let Some(storage) = storage() {
                        let _ = storage.set_item(REMEMBERED, &code);
                    }
                    let to = if done.must_change_password {
                        "/password".to_owned()
                    } else {
                        safe_return(query.with_untracked(|q| q.get("ritorno")).as_deref())
                            .to_owned()
                    };
                    // A full load: language, colours and session are the server's to tell.
                    let _ = window().location().replace(&to);
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
        if enter.pending().get_untracked() {
            return;
        }
        let empty: Vec<&'static str> = [
            ("ente", organisation),
            ("nome-utente", username),
            ("password", password),
        ]
        .into_iter()
        .filter(|(_, value)| value.with_untracked(|v| v.trim().is_empty()))
        .map(|(id, _)| id)
        .collect();
        refused.set(None);
        missing.set(empty.clone());
        if empty.is_empty() {
            enter.dispatch(());
        }
    };
    // The page is leaving: the button stays busy until the next one is there.
    let busy = Signal::derive(move || enter.pending().get() || enter.value().get() == Some(true));
    let field = move |id: &'static str, words: &'static str| {
        Signal::derive(move || missing.with(|m| m.contains(&id)).then(|| words.to_owned()))
    };
    let errors = Signal::derive(move || {
        let mut list: Vec<FieldError> = missing
            .get()
            .into_iter()
            .map(|id| FieldError::new(id, ask_for(l, id)))
            .collect();
        if let Some(e) = refused.get() {
            let at = if matches!(e, ApiError::SignIn(SignInRefusal::NotRecognised)) {
                "nome-utente"
            } else {
                ""
            };
            list.push(FieldError::new(at, i18n::api_error(l, &e)));
        }
        list
    });
    let title = Signal::derive(move || {
        let words = t::session::title(l);
        if errors.with(Vec::is_empty) {
            words.to_owned()
        } else {
            t::session::error_prefix(l, words)
        }
    });
    let back = asked("ritorno");
    view! {
        <PublicPage title=title>
            <div class="public-card public-card--narrow">
                <h1 class="public-card__title" tabindex="-1">{t::session::heading(l)}</h1>
                <p class="public-card__lead">{t::session::lead(l)}</p>
                <ErrorSummary id="errori" title=t::session::problem(l) errors=errors />
                <form class="form" method="post" action="/entra" novalidate on:submit=submit>
                    <input type="hidden" name="ritorno" value=back />
                    <TextField
                        id="ente"
                        label=t::session::organisation(l)
                        hint=Some(t::session::organisation_hint(l).to_owned())
                        value=organisation
                        autocomplete="organization"
                        required=true
                        plain=true
                        maxlength=60u32
                        error=field("ente", ask_for(l, "ente"))
                    />
                    <TextField
                        id="nome-utente"
                        name="utente"
                        label=t::session::username(l)
                        value=username
                        autocomplete="username"
                        required=true
                        plain=true
                        maxlength=100u32
                        error=field("nome-utente", ask_for(l, "nome-utente"))
                    />
                    <PasswordField
                        id="password"
                        label=t::session::password(l)
                        value=password
                        show_label=t::session::show(l)
                        autocomplete="current-password"
                        error=field("password", ask_for(l, "password"))
                    />
                    <Button id="accedi" kind=ButtonKind::Primary submit=true busy=busy>
                        {t::session::submit(l)}
                    </Button>
                </form>
                <div class="public-card__help">
                    <p><a href="/password-dimenticata" rel="external">{t::forgotten::link(l)}</a></p>
                    <p>{t::session::first_time(l)}</p>
                    <p>{t::session::help(l)}</p>
                </div>
            </div>
        </PublicPage>
    }
}

/// What to do about an empty field.
fn ask_for(l: domain::Locale, id: &str) -> &'static str {
    match id {
        "ente" => t::session::organisation_missing(l),
        "nome-utente" => t::session::username_missing(l),
        _ => t::session::password_missing(l),
    }
}

/// The refusal of a plain post, as the server wrote it into the address.
fn posted_refusal(outcome: &str, seconds: &str, since: &str) -> Option<ApiError> {
    match outcome {
        "negato" => Some(ApiError::SignIn(SignInRefusal::NotRecognised)),
        "attesa" => {
            let seconds = seconds.parse().unwrap_or(60);
            Some(ApiError::SignIn(SignInRefusal::Throttled { seconds }))
        }
        "spid" => {
            let since = since.parse().ok()?;
            Some(ApiError::SignIn(SignInRefusal::PasswordOff { since }))
        }
        "errore" => Some(ApiError::Unreachable),
        _ => None,
    }
}

/// The browser's store, where it allows one.
fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
