//! «Accedi di nuovo»: the session has ended in the middle of something. The password is
//! asked in place, then what was under way goes on.

use super::calls;
use crate::{
    api::session::sign_in,
    i18n::{self, t, use_locale},
    state::{Announcer, use_connection},
    ui::{
        Button, ButtonKind, Dialog, DialogActions, DialogSize, ErrorSummary, FieldError,
        PasswordField,
    },
};
use leptos::{ev::SubmitEvent, prelude::*};

/// The dialog, and the watch over calls that opens it.
#[component]
pub fn SignInAgain(
    /// «Ente» of the session.
    organisation: String,
    /// «Nome utente» of the session: nobody else can take it over.
    username: String,
    /// The person's name.
    name: String,
) -> impl IntoView {
    let l = use_locale();
    let connection = use_connection();
    let announcer = use_context::<Announcer>();
    let open = connection.asking();
    let password = RwSignal::new(String::new());
    let refused = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        calls::watch(connection, announcer);
        connection.can_ask(true);
    });
    on_cleanup(move || connection.can_ask(false));

    let account = StoredValue::new((organisation, username.clone()));
    let enter = Action::new(move |_: &()| {
        let (organisation, username) = account.get_value();
        async move {
            refused.set(None);
            match sign_in(organisation, username, password.get_untracked()).await {
                Ok(done) if done.must_change_password => {
                    let _ = window().location().set_href("/password");
                }
                Ok(_) => {
                    password.set(String::new());
                    if let Some(announcer) = announcer {
                        announcer.outcome(t::shell::again_done(l));
                    }
                    connection.answer(true);
                }
                Err(e) => refused.set(Some(i18n::api_error(l, &e))),
            }
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !enter.pending().get_untracked() {
            enter.dispatch(());
        }
    };
    let give_up = move || {
        password.set(String::new());
        refused.set(None);
        connection.answer(false);
    };
    let errors = Signal::derive(move || {
        refused
            .get()
            .map(|text| vec![FieldError::new("password-di-nuovo", text)])
            .unwrap_or_default()
    });
    let text = t::shell::again_text(l, name);
    view! {
        <Dialog
            id="accedi-di-nuovo"
            open=open
            title=t::shell::again_title(l)
            size=DialogSize::Small
            on_escape=Callback::new(move |()| give_up())
        >
            <form class="form dialog-form" novalidate on:submit=submit>
                <p>{text.clone()}</p>
                <ErrorSummary id="errori-di-nuovo" title=t::session::problem(l) errors=errors />
                <input
                    class="visually-hidden"
                    type="text"
                    value=username.clone()
                    autocomplete="username"
                    tabindex="-1"
                    aria-hidden="true"
                    readonly
                />
                <PasswordField
                    id="password-di-nuovo"
                    label=t::session::password(l)
                    value=password
                    show_label=t::session::show(l)
                    autocomplete="current-password"
                />
                <DialogActions>
                    <Button on_click=give_up>{t::shell::cancel(l)}</Button>
                    <Button kind=ButtonKind::Primary submit=true busy=enter.pending()>
                        {t::session::submit(l)}
                    </Button>
                </DialogActions>
            </form>
        </Dialog>
    }
}
