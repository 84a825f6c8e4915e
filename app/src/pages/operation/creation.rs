//! An operation that created users: who was skipped, and the way back.

use super::live::Live;
use crate::{
    api::creation::{read_creation_result, undo_creation},
    i18n::{api_error, number, t, use_locale},
    state::Toasts,
    ui::{Button, ButtonKind, ConfirmDialog, LinkButton, Notice, Tone},
};
use domain::{
    Locale,
    alignment::{CreationResult, SkipReason},
};
use leptos::{prelude::*, task::spawn_local};

/// «12 utenti creati», those skipped, «Elimina i 12 utenti creati».
#[component]
pub fn CreationFigures(live: Live) -> impl IntoView {
    let id = live.job.with_untracked(|j| j.id);
    let again = RwSignal::new(0_u32);
    let result = Resource::new(move || again.get(), move |_| read_creation_result(id));
    view! {
        <Transition>
            {move || {
                result
                    .get()
                    .and_then(Result::ok)
                    .map(|found| view! { <Found live=live result=found again=again /> })
            }}
        </Transition>
    }
}

#[component]
fn Found(live: Live, result: CreationResult, again: RwSignal<u32>) -> impl IntoView {
    let l = use_locale();
    let asking = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let toasts = use_context::<Toasts>();
    let removed = live
        .job
        .with_untracked(|j| j.result.get("removed").copied().unwrap_or(0));
    let id = result.job;
    let undo = move || {
        busy.set(true);
        spawn_local(async move {
            let answer = undo_creation(id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            asking.set(false);
            let (tone, words) = match answer {
                Ok(done) if done.kept == 0 => {
                    (Tone::Ok, t::creation::undo_done(l, number(l, done.removed)))
                }
                Ok(done) => (
                    Tone::Warning,
                    t::creation::undo_kept(l, number(l, done.kept), number(l, done.removed)),
                ),
                Err(e) => (Tone::Error, api_error(l, &e)),
            };
            if let Some(toasts) = toasts {
                toasts.push(tone, words);
            }
            again.update(|n| *n += 1);
            live.reload();
        });
    };
    let words = match result.removable {
        1 => t::creation::undo_one(l).to_owned(),
        n => t::creation::undo(l, number(l, n)),
    };
    let skipped = result
        .skipped
        .iter()
        .map(|p| view! { <li>{format!("{}: {}", p.name, why(l, p.reason))}</li> })
        .collect_view();
    let more = result
        .skipped_total
        .saturating_sub(result.skipped.len() as u64);
    let act = words.clone();
    view! {
        <ul class="job__counts">
            <li>
                <strong>{number(l, result.standing)}</strong>
                " "
                {t::creation::job_created(l)}
            </li>
            {(removed > 0)
                .then(|| {
                    view! {
                        <li>
                            <strong>{number(l, u64::try_from(removed).unwrap_or(0))}</strong>
                            " "
                            {t::creation::job_removed(l)}
                        </li>
                    }
                })}
        </ul>
        {(result.skipped_total > 0)
            .then(|| {
                view! {
                    <Notice
                        tone=Tone::Info
                        title=t::creation::job_skipped_title(l, number(l, result.skipped_total))
                    >
                        <ul class="list">{skipped}</ul>
                        {(more > 0).then(|| view! { <p class="muted">{t::creation::job_skipped_more(l, number(l, more))}</p> })}
                    </Notice>
                }
            })}
        {(result.letters > 0)
            .then(|| {
                view! {
                    <Notice tone=Tone::Warning title=t::creation::job_letters_title(l, number(l, result.letters))>
                        <p>{t::creation::job_letters(l)}</p>
                        <div class="notice__actions">
                            <LinkButton href=format!("/utenti/lettere?operazione={id}")>
                                {t::letters::for_unmailed(l)}
                            </LinkButton>
                        </div>
                    </Notice>
                }
            })}
        {(result.may_undo && result.removable > 0)
            .then(|| {
                view! {
                    <div class="job__actions">
                        <Button id="creation-undo" kind=ButtonKind::Danger on_click=move || asking.set(true)>
                            {words}
                        </Button>
                    </div>
                }
            })}
        <ConfirmDialog
            id="creation-undo-question"
            open=asking
            title=t::creation::undo_title(l)
            cancel_label=t::alignment::cancel(l)
            confirm_label=act
            danger=true
            busy=busy
            on_confirm=undo
        >
            <p>{t::creation::undo_text(l)}</p>
        </ConfirmDialog>
    }
}

fn why(l: Locale, reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Linked => t::creation::why_linked(l),
        SkipReason::SameCode => t::creation::why_same_code(l),
        SkipReason::Inactive => t::creation::why_inactive(l),
        SkipReason::Twice => t::creation::why_twice(l),
    }
}
