//! «Aiuto»: whom to ask, and the keyboard.

use crate::{
    i18n::{t, use_locale},
    state::use_session,
    ui::{Button, Dialog, DialogActions},
};
use leptos::prelude::*;

/// The dialog.
#[component]
pub fn HelpDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let l = use_locale();
    let session = use_session();
    let who = move || match session.administrators() {
        names if names.is_empty() => t::shell::forbidden_nobody(l).to_owned(),
        names => t::shell::forbidden_who(l, names.join(", ")),
    };
    let contact = move || {
        Some(session.contact())
            .filter(|c| !c.is_empty())
            .map(|c| t::shell::contact(l, c))
    };
    view! {
        <Dialog id="finestra-aiuto" open=open title=t::shell::help_title(l) fallback_focus="aiuto">
            <div class="dialog__body prose">
                <h3>{t::shell::help_who(l)}</h3>
                <p>{who}</p>
                {move || contact().map(|text| view! { <p>{text}</p> })}
                <h3>{t::shell::help_keys(l)}</h3>
                <dl class="facts">
                    <div>
                        <dt>{t::shell::help_key_list(l)}</dt>
                        <dd>{t::shell::help_list(l)}</dd>
                    </div>
                    <div>
                        <dt>{t::shell::help_key_menu(l)}</dt>
                        <dd>{t::shell::help_menu(l)}</dd>
                    </div>
                    <div>
                        <dt>{t::shell::help_key_dialog(l)}</dt>
                        <dd>{t::shell::help_dialog(l)}</dd>
                    </div>
                </dl>
                <p>{t::shell::help_nothing_else(l)}</p>
            </div>
            <DialogActions>
                <Button on_click=move || open.set(false)>{t::shell::close(l)}</Button>
            </DialogActions>
        </Dialog>
    }
}
