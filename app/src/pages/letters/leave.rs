//! Whoever leaves while letters stand unconfirmed on the page would lose passwords that are
//! in force already.

use crate::{
    i18n::{t, use_locale},
    ui::ConfirmDialog,
    widgets::use_leave_guard,
};
use leptos::prelude::*;

/// Holds back who leaves while `held`.
#[component]
pub fn LettersGuard(
    /// Letters stand on the page and wait for a confirmation.
    held: Signal<bool>,
) -> impl IntoView {
    let l = use_locale();
    let leaving = use_leave_guard(held);
    view! {
        <ConfirmDialog
            id="letters-leave"
            open=leaving.asks()
            title=t::letters::leave_title(l)
            cancel_label=t::letters::leave_stay(l)
            confirm_label=t::letters::leave_go(l)
            danger=true
            on_confirm=move || leaving.leave()
        >
            <p>{t::letters::leave_text(l)}</p>
        </ConfirmDialog>
    }
}
