//! «Conferma che sei tu»: some acts want the password again, in the middle of a session.

use crate::{
    api::{ApiError, session::confirm_password},
    i18n::{api_error, field_error, t, use_locale},
    state::use_session,
    ui::{Button, ButtonKind, Dialog, DialogActions, DialogSize, PasswordField},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

/// The dialog; `on_done` runs once the password was right.
#[component]
pub fn ConfirmPassword(
    /// Whether it asks.
    open: RwSignal<bool>,
    /// What was held back.
    #[prop(into)]
    on_done: Callback<()>,
) -> impl IntoView {
    let l = use_locale();
    let username = use_session().view().map(|v| v.username).unwrap_or_default();
    let (password, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get() {
            password.set(String::new());
            error.set(None);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let answer = confirm_password(password.get_untracked()).await;
            if busy.try_set(false).is_some() {
                return;
            }
            let words = match &answer {
                Ok(()) => None,
                Err(ApiError::Invalid(fields)) => fields.of("current").map(|e| field_error(l, e)),
                Err(e) => Some(api_error(l, e)),
            };
            if answer.is_ok() {
                password.set(String::new());
                open.set(false);
                on_done.run(());
            } else {
                error.set(words);
                crate::ui::dom::focus_id("conferma-password");
            }
        });
    };
    view! {
        <Dialog
            id="conferma-identita"
            open=open
            title=t::session::confirm_title(l)
            size=DialogSize::Small
        >
            <form class="form dialog-form" novalidate=true on:submit=submit>
                <p>{t::session::confirm_text(l)}</p>
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
                    id="conferma-password"
                    label=t::session::password(l)
                    value=password
                    show_label=t::session::show(l)
                    autocomplete="current-password"
                    error=error
                />
                <DialogActions>
                    <Button on_click=move || open.set(false)>{t::shell::cancel(l)}</Button>
                    <Button kind=ButtonKind::Primary submit=true busy=busy>{t::session::confirm_do(l)}</Button>
                </DialogActions>
            </form>
        </Dialog>
    }
}
