//! «Non è lei/lui»: asks why, remembers it, offers the way back.

use super::board::Board;
use crate::{
    api::{ApiError, alignment::refuse_pair},
    i18n::{api_error, field_error, t},
    ui::{Button, ButtonKind, Dialog, DialogActions, DialogSize, TextAreaField, Tone},
};
use leptos::{prelude::*, task::spawn_local};

/// The dialog; it opens while the board holds somebody.
#[component]
pub fn RefuseDialog() -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let open = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        if board.refusing.with(Option::is_some) {
            reason.set(String::new());
            error.set(None);
            open.set(true);
        }
    });
    let title = Signal::derive(move || {
        board.refusing.with(|r| {
            r.as_ref()
                .map(|r| t::alignment::refuse_title(l, &r.person_name))
                .unwrap_or_default()
        })
    });
    let text = move || {
        board.refusing.with(|r| {
            r.as_ref()
                .map(|r| t::alignment::refuse_text(l, &r.user_name))
        })
    };
    let confirm = move || {
        let Some(whom) = board.refusing.get_untracked() else {
            return;
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let answer = refuse_pair(whom.user, whom.person, Some(reason.get_untracked())).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    open.set(false);
                    board.focus.set_value(Some(format!("find-{}", whom.user)));
                    if let Some(toasts) = board.toasts {
                        toasts.push_with_action(
                            Tone::Ok,
                            t::alignment::refused(l),
                            t::alignment::undo(l),
                            move || {
                                spawn_local(async move {
                                    match refuse_pair(whom.user, whom.person, None).await {
                                        Ok(()) => board.reload(),
                                        Err(e) => board.fail(&e),
                                    }
                                });
                            },
                        );
                    }
                    board.reload();
                }
                Err(ApiError::Invalid(fields)) => error.set(Some(
                    fields
                        .of("reason")
                        .map_or_else(String::new, |e| field_error(l, e)),
                )),
                Err(e) => error.set(Some(api_error(l, &e))),
            }
        });
    };
    view! {
        <Dialog id="align-refuse" open=open title=title size=DialogSize::Small>
            <div class="dialog__body">
                <p>{text}</p>
                <TextAreaField
                    id="align-refuse-reason"
                    label=t::alignment::reason(l)
                    value=reason
                    hint=t::alignment::reason_hint(l)
                    error=error
                    required=true
                    maxlength=500_u32
                />
            </div>
            <DialogActions>
                <Button on_click=move || open.set(false)>{t::alignment::cancel(l)}</Button>
                <Button kind=ButtonKind::Primary busy=busy on_click=confirm>{t::alignment::refuse_yes(l)}</Button>
            </DialogActions>
        </Dialog>
    }
}
