//! Two minutes before a session ends a dialog offers to go on (WCAG 2.2.1).

use crate::{
    api::session::{continue_session, session_left},
    i18n::{self, t, use_locale},
    state::use_connection,
    ui::{Button, ButtonKind, Dialog, DialogActions, DialogSize},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::{rc::Rc, time::Duration};

/// How long before the end the warning comes.
const WARNING: u32 = 120;

/// Watches the time of the session. The countdown starts from what the server says; before
/// warning it asks again, because work in another window keeps the session alive.
#[component]
pub fn SessionWatch(
    /// Seconds until the session ends if nothing is done.
    seconds_left: u32,
) -> impl IntoView {
    let l = use_locale();
    let connection = use_connection();
    let open = RwSignal::new(false);
    let left = RwSignal::new(seconds_left);
    let next = RwSignal::new(Some(seconds_left));
    let timer = StoredValue::new(None::<TimeoutHandle>);

    let ended = move || {
        open.set(false);
        // Nobody has lost anything yet: after signing in the watch begins anew.
        connection.ask(Rc::new(move |signed_in| {
            if signed_in {
                next.set(Some(30 * 60));
            }
        }));
    };
    let ask = move || {
        leptos::task::spawn_local(async move {
            match session_left().await {
                Ok(0) => ended(),
                Ok(seconds) if seconds > WARNING + 5 => next.set(Some(seconds)),
                Ok(seconds) => {
                    left.set(seconds);
                    open.set(true);
                }
                // Offline: looks again in a while.
                Err(_) => next.set(Some(WARNING + 30)),
            }
        });
    };
    Effect::new(move |_| {
        let Some(seconds) = next.get() else { return };
        let wait = Duration::from_secs(u64::from(seconds.saturating_sub(WARNING)));
        let handle = set_timeout_with_handle(ask, wait).ok();
        timer.update_value(|old| {
            if let Some(old) = std::mem::replace(old, handle) {
                old.clear();
            }
        });
    });
    on_cleanup(move || {
        if let Some(Some(handle)) = timer.try_get_value() {
            handle.clear();
        }
    });
    // The countdown lives as long as the warning is open.
    Effect::new(move |_| {
        if !open.get() {
            return;
        }
        let ticking = set_interval_with_handle(
            move || {
                let seconds = left.try_get_untracked().unwrap_or(1).saturating_sub(1);
                let _ = left.try_set(seconds);
                if seconds == 0 {
                    ended();
                }
            },
            Duration::from_secs(1),
        );
        on_cleanup(move || {
            if let Ok(ticking) = ticking {
                ticking.clear();
            }
        });
    });
    let go_on = Action::new(move |_: &()| async move {
        match continue_session().await {
            Ok(seconds) if seconds > WARNING + 5 => {
                open.set(false);
                next.set(Some(seconds));
            }
            // Twelve hours are over: only the password helps.
            _ => ended(),
        }
    });
    view! {
        <Dialog
            id="sessione-in-scadenza"
            open=open
            title=t::shell::expiry_title(l)
            size=DialogSize::Small
            alert=true
            described_by="sessione-in-scadenza-testo"
            on_escape=Callback::new(move |()| { go_on.dispatch(()); })
        >
            <p class="dialog__body" id="sessione-in-scadenza-testo">
                {move || t::shell::expiry_text(l, i18n::wait(l, left.get()))}
            </p>
            <DialogActions>
                <a class="button" href="/accesso" rel="external">{t::shell::sign_out(l)}</a>
                <Button
                    kind=ButtonKind::Primary
                    autofocus=true
                    busy=go_on.pending()
                    on_click=move || { go_on.dispatch(()); }
                >
                    {t::shell::expiry_continue(l)}
                </Button>
            </DialogActions>
        </Dialog>
    }
}
