//! The act: its button says what it does and to how many.

use super::desk::Desk;
use crate::{
    i18n::{number, t},
    ui::{Button, ButtonKind, IconName, LinkButton, TextField},
};
use leptos::prelude::*;

/// The typed number above a hundred recipients, the button, the way back.
#[component]
pub fn Submit(desk: Desk) -> impl IntoView {
    let l = desk.l;
    let recipients =
        Memo::new(move |_| desk.found.with(|f| f.as_ref().map_or(0, |f| f.recipients)));
    let must_type = Memo::new(move |_| {
        desk.found
            .with(|f| f.as_ref().is_some_and(|f| f.must_type()))
    });
    let hold = Memo::new(move |_| {
        desk.found
            .with(|f| f.as_ref().map_or(0, |f| f.hold_seconds))
    });
    let label = move || match recipients.get() {
        1 => t::sending::submit_one(l).to_owned(),
        n => t::sending::submit(l, number(l, n)),
    };
    let hint = move || match hold.get() {
        0 => t::sending::no_hold(l).to_owned(),
        n => t::sending::hold(l, n),
    };
    let impossible =
        Signal::derive(move || (recipients.get() == 0).then(|| t::sending::nobody(l).to_owned()));
    view! {
        <form
            class="action-bar"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                desk.start();
            }
        >
            {move || {
                must_type
                    .get()
                    .then(|| {
                        view! {
                            <div class="type-number">
                                <TextField
                                    id="send-typed"
                                    label=Signal::derive(move || t::sending::typed_label(l, recipients.get()))
                                    value=desk.typed
                                    error=desk.typed_error
                                    inputmode="numeric"
                                    autocomplete="off"
                                    plain=true
                                />
                            </div>
                        }
                    })
            }}
            <Button
                id="send-start"
                kind=ButtonKind::Primary
                submit=true
                busy=desk.sending
                disabled_reason=impossible
                icon=IconName::Mail
            >
                {label}
            </Button>
            <LinkButton href="/utenti">{t::sending::back(l)}</LinkButton>
            <p class="muted">{hint}</p>
        </form>
    }
}
