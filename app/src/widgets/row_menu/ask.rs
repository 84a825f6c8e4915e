//! Effect and motivation before a user is deactivated or archived, and the undo after it.

use super::{RowMenu, reactivate::Reactivation};
use crate::{
    api::{ApiError, registrations::archive_user, user::set_user_state},
    i18n::{api_error, field_error, t},
    ui::{ConfirmDialog, Notice, TextAreaField, Tone},
    widgets::ConfirmPassword,
};
use domain::{
    access::Denied,
    registration::Command,
    user::{FieldError, REASON_MAX, check_reason},
};
use leptos::{prelude::*, task::spawn_local};

/// The questions; mounted once a page, in the browser.
#[component]
pub fn RowMenuDialogs(menu: RowMenu) -> impl IntoView {
    let l = menu.l;
    let open = RwSignal::new(false);
    let (reason, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let failed = RwSignal::new(None::<String>);
    let confirming = RwSignal::new(false);
    Effect::new(move |_| {
        if menu.asking.with(Option::is_some) {
            reason.set(String::new());
            error.set(None);
            failed.set(None);
            open.set(true);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let now = open.get();
        if was == Some(true) && !now {
            menu.asking.set(None);
        }
        now
    });
    let words = move |e: &FieldError| match e {
        FieldError::Required => t::commands::reason_required(l).to_owned(),
        e => field_error(l, e),
    };
    let act = move || {
        let Some((command, id, name)) = menu.asking.get_untracked() else {
            return;
        };
        let said = reason.get_untracked();
        if let Err(errors) = check_reason(&said, true) {
            error.set(errors.of("reason").map(words));
            crate::ui::dom::focus_id("command-reason");
            return;
        }
        error.set(None);
        failed.set(None);
        if menu.busy.get_untracked() {
            return;
        }
        menu.busy.set(true);
        spawn_local(async move {
            let answer = match command {
                Command::Archive => archive_user(id, said).await,
                _ => set_user_state(id, false, said).await,
            };
            if menu.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(saved) => {
                    open.set(false);
                    undo(menu, command, id, name);
                    menu.done(id, Some(saved.row));
                }
                Err(ApiError::Invalid(errors)) => error.set(errors.of("reason").map(words)),
                Err(ApiError::Denied(Denied::MustConfirm)) => confirming.set(true),
                Err(e) => failed.set(Some(api_error(l, &e))),
            }
        });
    };
    let text = move |deactivate: fn(domain::Locale, String) -> String,
                     archive: fn(domain::Locale, String) -> String| {
        Signal::derive(move || match menu.asking.get() {
            Some((Command::Archive, _, name)) => archive(l, name),
            Some((_, _, name)) => deactivate(l, name),
            None => String::new(),
        })
    };
    let title = text(t::commands::deactivate_title, t::commands::archive_title);
    let confirm = text(
        t::commands::deactivate_confirm,
        t::commands::archive_confirm,
    );
    view! {
        <ConfirmDialog
            id="command-dialog"
            open=open
            title=title
            cancel_label=t::commands::cancel(l)
            confirm_label=confirm
            danger=true
            busy=menu.busy
            on_confirm=act
        >
            <p>
                {move || match menu.asking.get() {
                    Some((Command::Archive, ..)) => t::commands::archive_effect(l),
                    _ => t::commands::deactivate_effect(l),
                }}
            </p>
            <TextAreaField
                id="command-reason"
                label=t::commands::reason(l)
                value=reason
                hint=Some(t::commands::reason_hint(l).to_owned())
                error=error
                required=true
                counter=Signal::derive(move || {
                    Some(t::commands::reason_count(l, REASON_MAX, reason.with(|r| r.trim().chars().count())))
                })
            />
            {move || {
                failed
                    .get()
                    .map(|words| view! { <div role="alert"><Notice tone=Tone::Error><p>{words}</p></Notice></div> })
            }}
        </ConfirmDialog>
        <ConfirmPassword open=confirming on_done=move |()| act() />
        <Reactivation menu=menu />
    }
}

/// Says what was done and offers the way back, where there is one for this reader.
fn undo(menu: RowMenu, command: Command, id: domain::UserId, name: String) {
    let Some(toasts) = menu.toasts else {
        return;
    };
    let l = menu.l;
    if command == Command::Deactivate {
        let words = t::commands::deactivated(l, &name);
        toasts.push_with_action(
            Tone::Ok,
            words,
            t::commands::undo_deactivate(l),
            move || {
                menu.undo_deactivation(id, name.clone());
            },
        );
    } else if menu.administers {
        let words = t::commands::archived(l, &name);
        toasts.push_with_action(Tone::Ok, words, t::commands::undo_archive(l), move || {
            menu.run(Command::Restore, id, None, name.clone());
        });
    } else {
        toasts.push(Tone::Ok, t::commands::archived(l, &name));
    }
}
