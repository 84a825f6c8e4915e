//! State, bar, mails by state, and the hold counted down.

use super::live::Live;
use crate::{
    i18n::{moment, number, t, use_locale},
    ui::{Notice, Progress, Status, Tone},
    widgets::job_words::{job_status, mails_in},
};
use domain::{
    Locale,
    job::{JobKind, JobState, JobView, MailState},
};
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*};
use std::time::Duration;

/// The upper part of the operation's box.
#[component]
pub fn ProgressBox(live: Live) -> impl IntoView {
    let l = use_locale();
    let job = live.job;
    let kind = job.with_untracked(|j| j.kind);
    let tone = Signal::derive(move || job.with(|j| job_status(l, j).0));
    let state = move || {
        let (_, icon, words) = job.with(|j| job_status(l, j));
        view! { <Status tone=tone icon=icon>{words}</Status> }
    };
    let label = Signal::derive(move || job.with(|j| progress_words(l, j)));
    let value = Signal::derive(move || job.with(|j| Some(u64::from(j.done))));
    let max = Signal::derive(move || job.with(|j| u64::from(j.total)));
    let stay = move || {
        let open = job.with(|j| !j.state.ended());
        open.then(|| {
            if kind == JobKind::Import {
                t::operations::leave_import(l)
            } else {
                t::operations::leave(l)
            }
        })
    };
    view! {
        <div class="job__head">
            <h2 class="job__state" id="job-state">{state}</h2>
        </div>
        <Hold live=live />
        <div class="job__meter">
            <Progress id="job-progress" label=label value=value max=max />
        </div>
        <ul class="job__counts">
            {move || {
                job.with(|j| j.mails.clone())
                    .into_iter()
                    .map(|(state, n)| {
                        view! {
                            <li>
                                <strong>{number(l, n.into())}</strong>
                                " "
                                {mails_in(l, state)}
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
        {move || {
            let deferred = job.with(|j| j.mails.iter().any(|(s, n)| *s == MailState::Deferred && *n > 0));
            deferred.then(|| view! { <p class="muted">{t::operations::deferred_note(l)}</p> })
        }}
        {move || stay().map(|words| view! { <p class="muted">{words}</p> })}
        {move || live.polling.get().then(|| view! { <Notice tone=Tone::Info>{t::operations::live_lost(l)}</Notice> })}
    }
}

/// «31 di 47 utenti (62 mail di 94)».
fn progress_words(l: Locale, job: &JobView) -> String {
    let n = |n: u32| number(l, n.into());
    match job.kind {
        JobKind::Import => t::operations::progress_rows(l, n(job.done), n(job.total)),
        JobKind::SendCredentials => {
            let all: u32 = job.mails.iter().map(|(_, n)| n).sum();
            let ended: u32 = job
                .mails
                .iter()
                .filter(|(s, _)| s.ended())
                .map(|(_, n)| n)
                .sum();
            t::operations::progress_users(l, n(all), n(job.done), n(ended), n(job.total))
        }
    }
}

/// How long the whole send can still be called back. The first view says the moment, so
/// that server and browser draw the same; then the seconds are counted.
#[component]
fn Hold(live: Live) -> impl IntoView {
    let l = use_locale();
    let job = live.job;
    let held = Memo::new(move |_| job.with(|j| (j.state == JobState::Held).then_some(j.run_after)));
    let queued = Memo::new(move |_| job.with(|j| j.state == JobState::Queued));
    let seconds = RwSignal::new(None::<i64>);
    Effect::new(move |_| {
        let Some(until) = held.get() else { return };
        #[allow(
            clippy::cast_possible_truncation,
            reason = "seconds of the next minutes"
        )]
        let count = move || {
            seconds.set(Some(
                (until.as_millisecond() - js_sys::Date::now() as i64)
                    .div_euclid(1000)
                    .max(0),
            ))
        };
        count();
        if let Ok(handle) = set_interval_with_handle(count, Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    });
    move || match (held.get(), seconds.get()) {
        (Some(until), None) => {
            Some(view! { <p>{t::operations::starts_at(l, moment(l, until))}</p> }.into_any())
        }
        (Some(_), Some(n)) if n > 0 => {
            Some(view! { <p>{t::operations::starts_in(l, n)}</p> }.into_any())
        }
        (Some(_), Some(_)) => Some(view! { <p>{t::operations::queued_soon(l)}</p> }.into_any()),
        (None, _) => queued
            .get()
            .then(|| view! { <p>{t::operations::queued_soon(l)}</p> }.into_any()),
    }
}
