//! [Aggiungi mail]: the repair in place of «Casella mail non definita».

use super::board::Board;
use crate::{
    api::{ApiError, creation::add_person_mail},
    i18n::{api_error, field_error, t},
    ui::{Button, ButtonKind, Dialog, DialogActions, DialogSize, TextField, Tone},
};
use domain::user::EmailDraft;
use leptos::{prelude::*, task::spawn_local};

/// The dialog; it opens while the board holds a record.
#[component]
pub fn MailDialog() -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let open = RwSignal::new(false);
    let value = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        if board.mailing.with(Option::is_some) {
            value.set(String::new());
            error.set(None);
            open.set(true);
        }
    });
    let title = Signal::derive(move || {
        board.mailing.with(|c| {
            c.as_ref()
                .map(|c| t::creation::mail_title(l, c.full_name()))
                .unwrap_or_default()
        })
    });
    let save = move || {
        let Some(whom) = board.mailing.get_untracked() else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let draft = EmailDraft(value.get_untracked());
            let answer = add_person_mail(whom.id, whom.version, draft).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    open.set(false);
                    board
                        .focus
                        .set_value(Some(format!("candidate-{}", whom.id)));
                    if let Some(toasts) = board.toasts {
                        toasts.push(Tone::Ok, t::creation::mail_saved(l, whom.full_name()));
                    }
                    board.reload();
                }
                Err(ApiError::Invalid(fields)) => error.set(Some(
                    fields
                        .of("email")
                        .map_or_else(String::new, |e| field_error(l, e)),
                )),
                Err(e) => error.set(Some(api_error(l, &e))),
            }
        });
    };
    view! {
        <Dialog id="candidate-mail" open=open title=title size=DialogSize::Small>
            <form
                id="candidate-mail-form"
                class="dialog__body"
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <TextField
                    id="candidate-mail-field"
                    label=t::creation::mail_field(l)
                    value=value
                    error=error
                    input_type="text"
                    inputmode="email"
                    autocomplete="off"
                    required=true
                    plain=true
                    autofocus=true
                />
            </form>
            <DialogActions>
                <Button on_click=move || open.set(false)>{t::alignment::cancel(l)}</Button>
                <Button kind=ButtonKind::Primary busy=busy on_click=save>{t::creation::mail_save(l)}</Button>
            </DialogActions>
        </Dialog>
    }
}
