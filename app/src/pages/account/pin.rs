//! «Cambia il tuo PIN»: the password, then six to eight digits of one's own.

use crate::{
    api::{ApiError, account::change_pin},
    i18n::{self, t, use_locale},
    state::Toasts,
    ui::{
        Button, ButtonKind, Dialog, DialogActions, DialogSize, ErrorSummary,
        FieldError as SummaryError, PasswordField, Tone,
    },
};
use domain::{
    Locale,
    user::{FieldError, FieldErrors},
};
use leptos::{ev::SubmitEvent, prelude::*};

/// The dialog.
#[component]
pub fn PinDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Runs after the PIN was changed.
    on_saved: Callback<()>,
) -> impl IntoView {
    let l = use_locale();
    let toasts = use_context::<Toasts>();
    let (current, pin) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let refused = RwSignal::new(None::<ApiError>);
    Effect::new(move |_| {
        if open.get() {
            current.set(String::new());
            pin.set(String::new());
            refused.set(None);
        }
    });
    let save = Action::new(move |_: &()| {
        let (old, new) = (current.get_untracked(), pin.get_untracked());
        async move {
            match change_pin(old, new).await {
                Ok(()) => {
                    open.set(false);
                    if let Some(toasts) = toasts {
                        toasts.push(Tone::Ok, t::account::pin_saved(l));
                    }
                    on_saved.run(());
                }
                Err(e) => refused.set(Some(e)),
            }
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !save.pending().get_untracked() {
            refused.set(None);
            save.dispatch(());
        }
    };
    let wrong = move |field: &'static str| {
        Signal::derive(move || match refused.get() {
            Some(ApiError::Invalid(fields)) => fields.of(field).map(|e| words(l, field, e)),
            _ => None,
        })
    };
    let errors = Signal::derive(move || match refused.get() {
        None => Vec::new(),
        Some(ApiError::Invalid(FieldErrors(list))) => list
            .iter()
            .map(|(field, e)| {
                let id = if field == "pin" {
                    "nuovo-pin"
                } else {
                    "pin-password"
                };
                SummaryError::new(id, words(l, field, e))
            })
            .collect(),
        Some(e) => vec![SummaryError::new("", i18n::api_error(l, &e))],
    });
    view! {
        <Dialog
            id="pin"
            open=open
            title=t::account::pin_title(l)
            size=DialogSize::Small
            fallback_focus="cambia-pin"
        >
            <form class="form dialog-form" novalidate on:submit=submit>
                <p>{t::account::pin_lead(l)}</p>
                <ErrorSummary id="errori-pin" title=t::account::problem(l) errors=errors />
                <PasswordField
                    id="pin-password"
                    label=t::account::pin_current(l)
                    value=current
                    show_label=t::account::show(l)
                    autocomplete="current-password"
                    error=wrong("current")
                />
                <PasswordField
                    id="nuovo-pin"
                    label=t::account::pin_new(l)
                    hint=Some(t::account::pin_hint(l).to_owned())
                    value=pin
                    show_label=t::account::show(l)
                    autocomplete="off"
                    error=wrong("pin")
                />
                <DialogActions>
                    <Button on_click=move || open.set(false)>{t::account::cancel(l)}</Button>
                    <Button kind=ButtonKind::Primary submit=true busy=save.pending()>
                        {t::account::pin_save(l)}
                    </Button>
                </DialogActions>
            </form>
        </Dialog>
    }
}

fn words(l: Locale, field: &str, e: &FieldError) -> String {
    match (field, e) {
        ("pin", FieldError::TooShort(_) | FieldError::TooLong(_)) => {
            t::account::pin_short(l).to_owned()
        }
        ("pin", FieldError::Guessable) => t::account::pin_guessable(l).to_owned(),
        (_, e) => i18n::field_error(l, e),
    }
}
