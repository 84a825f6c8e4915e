//! Keeping an operation up to date: server-sent events, and polling where they fail.

use crate::{
    api::operations::read_operation,
    i18n::{number, t, use_locale},
    state::Announcer,
    widgets::job_words::job_status,
};
use domain::{
    Locale,
    job::{JobKind, JobState, JobView},
};
use leptos::{
    leptos_dom::helpers::set_interval_with_handle,
    prelude::*,
    task::spawn_local,
    web_sys::{EventSource, MessageEvent},
};
use std::time::Duration;
use wasm_bindgen::{JsCast, closure::Closure};

/// How often the operation is asked for where events do not come.
const POLL: Duration = Duration::from_secs(3);

/// An operation that is watched.
#[derive(Clone, Copy)]
pub struct Live {
    /// As it stands.
    pub job: RwSignal<JobView>,
    /// Events do not come: it is asked for now and then.
    pub polling: RwSignal<bool>,
}

impl Live {
    /// Watches from `first` on, as long as something may still happen.
    pub fn follow(first: JobView) -> Self {
        let l = use_locale();
        let live = Self {
            job: RwSignal::new(first),
            polling: RwSignal::new(false),
        };
        let open = Memo::new(move |_| live.job.with(is_open));
        Effect::new(move |_| {
            if open.get() {
                live.listen();
            }
        });
        Effect::new(move |_| {
            if live.polling.get() && open.get() {
                live.poll();
            }
        });
        live.announce(l);
        live
    }

    /// Reads the operation once more, such as after a retry.
    pub fn reload(self) {
        let id = self.job.with_untracked(|j| j.id);
        spawn_local(async move {
            if let Ok(view) = read_operation(id).await {
                self.take(view);
            }
        });
    }

    fn take(self, view: JobView) {
        if self.job.try_with_untracked(|j| *j != view).unwrap_or(false) {
            self.job.set(view);
        }
    }

    fn listen(self) {
        let id = self.job.with_untracked(|j| j.id);
        let Ok(source) = EventSource::new(&format!("/operazioni/{id}/eventi")) else {
            self.polling.set(true);
            return;
        };
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let view = event
                .data()
                .as_string()
                .and_then(|text| serde_json::from_str::<JobView>(&text).ok());
            if let Some(view) = view {
                let _ = self.polling.try_set(false);
                self.take(view);
            }
        });
        let failing = source.clone();
        let on_error = Closure::<dyn Fn()>::new(move || {
            // The browser connects again by itself unless the server said no.
            if failing.ready_state() == EventSource::CLOSED {
                let _ = self.polling.try_set(true);
            }
        });
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // The closures live as long as the source: both go when the page goes, or when
        // nothing more can happen.
        let kept = StoredValue::new_local((source, on_message, on_error));
        on_cleanup(move || {
            let _ = kept.try_with_value(|(source, ..)| {
                source.set_onmessage(None);
                source.set_onerror(None);
                source.close();
            });
        });
    }

    fn poll(self) {
        if let Ok(handle) = set_interval_with_handle(move || self.reload(), POLL) {
            on_cleanup(move || handle.clear());
        }
    }

    /// Says the start, each quarter and the end; nothing else.
    fn announce(self, l: Locale) {
        let announcer = use_context::<Announcer>();
        Effect::new(move |before: Option<Said>| {
            let now = self.job.with(Said::of);
            let (Some(announcer), Some(before)) = (announcer, before) else {
                return now;
            };
            if now.ended && !before.ended {
                let state = self.job.with_untracked(|j| job_status(l, j).2);
                announcer.outcome(t::operations::said_end(l, state));
            } else if now.running && !before.running {
                announcer.outcome(t::operations::said_start(l));
            } else if now.quarter > before.quarter && !now.ended {
                let (done, total) = self.job.with_untracked(|j| (j.done, j.total));
                let words = t::operations::said_percent(
                    l,
                    number(l, done.into()),
                    now.quarter * 25,
                    number(l, total.into()),
                );
                announcer.status(words);
            }
            now
        });
    }
}

/// What was said last.
#[derive(Clone, Copy)]
struct Said {
    running: bool,
    ended: bool,
    quarter: u32,
}

impl Said {
    fn of(job: &JobView) -> Self {
        let quarter = (job.done * 4).checked_div(job.total).unwrap_or(0);
        Self {
            running: job.state == JobState::Running,
            ended: job.state.ended(),
            quarter,
        }
    }
}

/// Whether something may still happen by itself: a cancelled send may have mails on the wire.
pub fn is_open(job: &JobView) -> bool {
    !job.state.ended()
        || (job.kind == JobKind::SendCredentials
            && job.mails.iter().any(|(s, n)| !s.ended() && *n > 0))
}
