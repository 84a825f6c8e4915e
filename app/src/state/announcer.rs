//! What screen readers are told.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

/// How long a count may still change before it is said.
const CALM: Duration = Duration::from_millis(500);

/// Speaks through the two live regions of the shell. Only counts and outcomes
/// belong here, nothing per key stroke.
#[derive(Clone, Copy)]
pub struct Announcer {
    polite: RwSignal<String>,
    alert: RwSignal<String>,
    pending: StoredValue<Pending>,
}

#[derive(Default)]
struct Pending {
    status: Option<String>,
    outcomes: Vec<String>,
    timer: Option<TimeoutHandle>,
}

impl Announcer {
    /// Makes it and puts it into the context. Call once, in the root component.
    pub fn provide() -> Self {
        let announcer = Self {
            polite: RwSignal::new(String::new()),
            alert: RwSignal::new(String::new()),
            pending: StoredValue::new(Pending::default()),
        };
        provide_context(announcer);
        announcer
    }

    /// Says a state, such as a count of results. A later state within half a
    /// second takes its place. Call from events and effects only.
    pub fn status(self, text: impl Into<String>) {
        let text = text.into();
        self.pending
            .update_value(|pending| pending.status = Some(text));
        self.wait();
    }

    /// Says an outcome, such as "Collegamento salvato". Outcomes within half a
    /// second are said one after the other.
    pub fn outcome(self, text: impl Into<String>) {
        let text = text.into();
        self.pending
            .update_value(|pending| pending.outcomes.push(text));
        self.wait();
    }

    /// Interrupts, for what cannot wait: the connection is gone.
    pub fn alert(self, text: impl Into<String>) {
        let text = text.into();
        self.alert.set(String::new());
        set_timeout(
            move || {
                let _ = self.alert.try_set(text);
            },
            Duration::from_millis(50),
        );
    }

    /// The text of the polite region.
    pub fn polite_text(self) -> Signal<String> {
        self.polite.into()
    }

    /// The text of the alert region.
    pub fn alert_text(self) -> Signal<String> {
        self.alert.into()
    }

    /// Empties the region and fills it when calm: the same words are then said
    /// again, which an unchanged text would not be.
    fn wait(self) {
        self.polite.set(String::new());
        let timer = set_timeout_with_handle(move || self.speak(), CALM).ok();
        self.pending.update_value(|pending| {
            if let Some(old) = std::mem::replace(&mut pending.timer, timer) {
                old.clear();
            }
        });
    }

    fn speak(self) {
        let said = self.pending.try_update_value(|pending| {
            let mut parts = std::mem::take(&mut pending.outcomes);
            parts.extend(pending.status.take());
            parts.join(". ")
        });
        if let Some(text) = said {
            let _ = self.polite.try_set(text);
        }
    }
}
