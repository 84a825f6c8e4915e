//! The messages at the bottom left.

use std::time::Duration;

use leptos::prelude::*;

use super::announcer::Announcer;
use crate::ui::status::Tone;

/// How long a message without an action stays, unless the focus is on it.
const STAY: Duration = Duration::from_secs(12);

/// What a toast offers to do: "Annulla modifica".
#[derive(Clone)]
pub struct ToastAction {
    /// The word on the button.
    pub label: String,
    /// The act.
    pub run: Callback<()>,
}

/// One message.
#[derive(Clone)]
pub struct Toast {
    /// Its number.
    pub id: u64,
    /// Its tone.
    pub tone: Tone,
    /// Its words.
    pub text: String,
    /// What it offers.
    pub action: Option<ToastAction>,
    /// How many times the same message came.
    pub times: u32,
    /// It tells what led to the page that follows: the next change of page leaves it.
    pub carried: bool,
}

/// The messages, newest last. A toast is never the only place of a result.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
    announcer: Announcer,
}

impl Toasts {
    /// Makes it and puts it into the context. Call once, in the root component.
    pub fn provide(announcer: Announcer) -> Self {
        let toasts = Self {
            list: RwSignal::new(Vec::new()),
            next: StoredValue::new(1),
            announcer,
        };
        provide_context(toasts);
        toasts
    }

    /// A message without an action. It goes by itself after 12 seconds.
    pub fn push(self, tone: Tone, text: impl Into<String>) {
        let id = self.add(tone, text.into(), None);
        set_timeout(move || self.expire(id), STAY);
    }

    /// A message with an action. It stays until closed or the page changes.
    pub fn push_with_action(
        self,
        tone: Tone,
        text: impl Into<String>,
        label: impl Into<String>,
        run: impl Into<Callback<()>>,
    ) {
        let action = ToastAction {
            label: label.into(),
            run: run.into(),
        };
        self.add(tone, text.into(), Some(action));
    }

    /// The same for an act that leads to another page: it stays there until closed or the
    /// page changes again.
    pub fn push_for_next_page(
        self,
        tone: Tone,
        text: impl Into<String>,
        label: impl Into<String>,
        run: impl Into<Callback<()>>,
    ) {
        let action = ToastAction {
            label: label.into(),
            run: run.into(),
        };
        let id = self.add(tone, text.into(), Some(action));
        let _ = self.list.try_update(|list| {
            if let Some(toast) = list.iter_mut().find(|t| t.id == id) {
                toast.carried = true;
            }
        });
    }

    /// Takes a message away.
    pub fn close(self, id: u64) {
        let _ = self
            .list
            .try_update(|list| list.retain(|toast| toast.id != id));
    }

    /// Takes away the messages whose action belonged to the page left. Call it
    /// when the path changes.
    pub fn route_changed(self) {
        let stale = |toast: &Toast| toast.action.is_some();
        if self.list.with_untracked(|list| list.iter().any(stale)) {
            self.list.update(|list| {
                list.retain_mut(|toast| {
                    let stays = !stale(toast) || toast.carried;
                    toast.carried = false;
                    stays
                });
            });
        }
    }

    /// The messages, for the stack.
    pub fn list(self) -> Signal<Vec<Toast>> {
        self.list.into()
    }

    fn add(self, tone: Tone, text: String, action: Option<ToastAction>) -> u64 {
        self.announcer.outcome(text.clone());
        let fresh = self.next.try_update_value(|next| {
            *next += 1;
            *next
        });
        let mut id = fresh.unwrap_or_default();
        self.list.update(|list| {
            let same = |t: &&mut Toast| t.text == text && t.action.is_none() && action.is_none();
            if let Some(known) = list.iter_mut().find(same) {
                known.times += 1;
                id = known.id;
                return;
            }
            list.push(Toast {
                id,
                tone,
                text,
                action,
                times: 1,
                carried: false,
            });
        });
        id
    }

    /// Closes a message whose time is over, unless someone is on it.
    fn expire(self, id: u64) {
        let attended = document()
            .query_selector(".toasts:hover, .toasts:focus-within")
            .ok()
            .flatten()
            .is_some();
        if attended {
            set_timeout(move || self.expire(id), STAY);
        } else {
            self.close(id);
        }
    }
}
