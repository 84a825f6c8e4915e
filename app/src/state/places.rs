//! Places to come back to.

use leptos::prelude::*;

/// The address of the list of users as it was last seen in this tab, with its filters, so
/// that a user's page leads back to the same rows. Only in memory: it may hold the free text.
#[derive(Clone, Copy)]
pub struct ListAddress(RwSignal<String>);

impl ListAddress {
    /// Makes it and puts it into the context. Call once, in the root component.
    pub fn provide() {
        provide_context(Self(RwSignal::new("/utenti".to_owned())));
    }

    /// Where the list was left.
    pub fn get(self) -> String {
        self.0.get()
    }

    /// Notes where the list stands. Call from the page of the list, in effects only.
    pub fn set(self, address: String) {
        self.0.set(address);
    }
}
