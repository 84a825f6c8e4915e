//! Whether the server can be reached, and the question for the password when a session has
//! ended in the middle of something.

use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc};

/// Connection and session as calls see them.
#[derive(Clone, Copy)]
pub struct Connection {
    offline_since: RwSignal<Option<String>>,
    asking: RwSignal<bool>,
    asks: StoredValue<bool>,
}

/// A call that waits for the password; it hears whether there is a session again.
pub type Waiting = Rc<dyn Fn(bool)>;

thread_local! {
    /// Callbacks of the browser, which belong to its one thread; empty on the server.
    static WAITING: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };
}

impl Connection {
    /// Makes it and puts it into the context. Call once, in the root component.
    pub fn provide() -> Self {
        let connection = Self {
            offline_since: RwSignal::new(None),
            asking: RwSignal::new(false),
            asks: StoredValue::new(false),
        };
        provide_context(connection);
        connection
    }

    /// While there is no connection: the time of day the data shown are from (`10:42`).
    pub fn offline_since(self) -> Signal<Option<String>> {
        self.offline_since.into()
    }

    /// Notes that the connection is gone or back.
    pub fn set_offline_since(self, time: Option<String>) {
        let _ = self.offline_since.try_set(time);
    }

    /// Whether «Accedi di nuovo» is open.
    pub fn asking(self) -> RwSignal<bool> {
        self.asking
    }

    /// Says that the frame with the dialog is mounted (or no longer).
    pub fn can_ask(self, yes: bool) {
        let _ = self.asks.try_update_value(|asks| *asks = yes);
    }

    /// Opens «Accedi di nuovo»; `then` hears `true` when the person is signed in again,
    /// `false` when they gave up. Without a frame it hears `false` at once.
    pub fn ask(self, then: Waiting) {
        if self.asks.try_get_value() != Some(true) {
            then(false);
            return;
        }
        WAITING.with_borrow_mut(|waiting| waiting.push(then));
        let _ = self.asking.try_set(true);
    }

    /// Answers everybody who waits, and closes the dialog.
    pub fn answer(self, signed_in: bool) {
        let _ = self.asking.try_set(false);
        for then in WAITING.take() {
            then(signed_in);
        }
    }
}

/// The connection of this page.
pub fn use_connection() -> Connection {
    use_context().unwrap_or_else(Connection::provide)
}
