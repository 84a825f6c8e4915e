//! «Dissocia tutti»: the number typed, a motivation, the way back.

use super::board::Board;
use crate::{
    api::{
        ApiError, ApiResult,
        alignment::{restore_links, unlink_all, unstage_pair},
    },
    i18n::{api_error, field_error, number, t},
    ui::{Button, ButtonKind, ConfirmDialog, IconName, Notice, TextAreaField, TextField, Tone},
    widgets::{ConfirmPassword, person_search::kind_name},
};
use domain::{
    access::Denied,
    alignment::{Counters, Dissolved},
    person::PersonKind,
    sending::Key,
};
use leptos::{prelude::*, task::spawn_local};

/// The button and its question.
#[component]
pub fn DissolveAll(counters: Memo<Option<Counters>>, kind: Memo<PersonKind>) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let links = Memo::new(move |_| counters.with(|c| c.map_or(0, |c| c.links)));
    let staged = Memo::new(move |_| counters.with(|c| c.map_or(0, |c| c.staged)));
    let open = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let reason = RwSignal::new(String::new());
    let typed_error = RwSignal::new(None::<String>);
    let reason_error = RwSignal::new(None::<String>);
    let refused = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let confirming = RwSignal::new(false);
    let ask = move || {
        typed.set(String::new());
        reason.set(String::new());
        for e in [typed_error, reason_error, refused] {
            e.set(None);
        }
        open.set(true);
    };
    let confirm = move || {
        let (kind, links) = (kind.get_untracked(), links.get_untracked());
        let number_typed = typed.with_untracked(|t| {
            let digits: String = t.chars().filter(char::is_ascii_digit).collect();
            digits.parse::<u64>().ok()
        });
        for e in [typed_error, reason_error, refused] {
            e.set(None);
        }
        if links > 0 && number_typed != Some(links) {
            typed_error.set(Some(t::alignment::all_type_wrong(l, number(l, links))));
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = dissolve(kind, links, reason.get_untracked()).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(done) => {
                    open.set(false);
                    board.result.set(None);
                    board.focus.set_value(Some("align-kind".into()));
                    if let Some(done) = done {
                        offer_undo(
                            board,
                            t::alignment::dissolved(l, number(l, done.links)),
                            done.batch,
                        );
                    }
                    board.reload();
                }
                Err(ApiError::Invalid(fields)) => reason_error.set(Some(
                    fields
                        .of("reason")
                        .map_or_else(String::new, |e| field_error(l, e)),
                )),
                Err(ApiError::Denied(Denied::MustConfirm)) => confirming.set(true),
                Err(e) => refused.set(Some(api_error(l, &e))),
            }
        });
    };
    let nothing = Signal::derive(move || {
        (links.get() + staged.get() == 0).then(|| t::alignment::all_nothing(l).to_owned())
    });
    view! {
        <Button
            id="align-dissolve"
            kind=ButtonKind::Danger
            icon=IconName::Unlink
            disabled_reason=nothing
            on_click=ask
        >
            {t::alignment::dissolve_all(l)}
        </Button>
        <ConfirmDialog
            id="align-dissolve-all"
            open=open
            title=Signal::derive(move || t::alignment::all_title(l, kind_name(l, kind.get())))
            cancel_label=t::alignment::cancel(l)
            confirm_label=t::alignment::all_yes(l)
            danger=true
            busy=busy
            on_confirm=confirm
        >
            {move || {
                let n = links.get();
                (n > 0).then(|| view! { <p>{t::alignment::all_text(l, number(l, n))}</p> })
            }}
            {move || {
                let n = staged.get();
                (n > 0).then(|| view! { <p>{t::alignment::all_staged(l, number(l, n))}</p> })
            }}
            {move || {
                let n = links.get();
                (n > 0).then(|| {
                    view! {
                        <TextField
                            id="align-dissolve-typed"
                            label=t::alignment::all_type(l, number(l, n))
                            value=typed
                            error=typed_error
                            inputmode="numeric"
                            autocomplete="off"
                            required=true
                        />
                        <TextAreaField
                            id="align-dissolve-reason"
                            label=t::alignment::motivation(l)
                            value=reason
                            hint=t::alignment::reason_hint(l)
                            error=reason_error
                            required=true
                            maxlength=500_u32
                        />
                    }
                })
            }}
            {move || refused.get().map(|words| view! { <Notice tone=Tone::Error>{words}</Notice> })}
        </ConfirmDialog>
        <ConfirmPassword open=confirming on_done=confirm />
    }
}

async fn dissolve(kind: PersonKind, links: u64, reason: String) -> ApiResult<Option<Dissolved>> {
    let done = if links > 0 {
        Some(unlink_all(kind, links, reason).await?)
    } else {
        None
    };
    unstage_pair(kind, None).await?;
    Ok(done)
}

/// The toast with [Annulla].
pub fn offer_undo(board: Board, words: String, batch: Key) {
    let l = board.l;
    let Some(toasts) = board.toasts else { return };
    toasts.push_with_action(Tone::Ok, words, t::alignment::undo(l), move || {
        spawn_local(async move {
            match restore_links(batch).await {
                Ok(back) => {
                    let words = if back.kept == 0 {
                        t::alignment::restored(l, number(l, back.links))
                    } else {
                        t::alignment::restored_some(l, number(l, back.kept), number(l, back.links))
                    };
                    toasts.push(Tone::Ok, words);
                    board.reload();
                }
                Err(e) => board.fail(&e),
            }
        });
    });
}
