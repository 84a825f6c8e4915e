//! What is ticked in the list of users, on every page of it and until it is used.

use domain::{
    UserId,
    user::{Selection, UserFilter},
};
use leptos::prelude::*;
use leptos::web_sys::Storage;
use leptos_router::hooks::use_query_map;
use std::collections::BTreeSet;

const KEY: &str = "delega_selezione";
const READER: &str = "delega_selezione_di";

/// The selection of the tab. It survives paging, sorting, other pages and a reload; it
/// stays in the tab (`sessionStorage`).
#[derive(Clone, Copy)]
pub struct Selected(RwSignal<Selection>);

impl Selected {
    /// Makes it and puts it into the context. Call once, in the root component.
    pub fn provide() -> Self {
        let selected = Self(RwSignal::new(Selection::default()));
        // The server knows no selection: it is read after the page came alive.
        Effect::new(move |read: Option<()>| {
            let now = selected.0.get();
            match (storage(), read) {
                (Some(kept), None) => {
                    let earlier = kept
                        .get_item(KEY)
                        .ok()
                        .flatten()
                        .and_then(|s| serde_json::from_str(&s).ok());
                    if let Some(earlier) = earlier {
                        selected.0.set(earlier);
                    }
                }
                (Some(kept), Some(())) => {
                    if let Ok(text) = serde_json::to_string(&now) {
                        let _ = kept.set_item(KEY, &text);
                    }
                }
                (None, _) => {}
            }
        });
        provide_context(selected);
        selected
    }

    /// Whom a page is about: the user that its address names (`?utente=12`), for a command
    /// of a single row, else the selection of the tab, which stays as it is.
    pub fn of_page() -> Self {
        let one = use_query_map()
            .with_untracked(|q| q.get("utente"))
            .and_then(|id| id.parse().ok());
        match one {
            Some(id) => Self(RwSignal::new(Selection::Only(BTreeSet::from([UserId(id)])))),
            None => use_context().unwrap_or_else(Self::provide),
        }
    }

    /// The selection, tracked.
    pub fn get(self) -> Selection {
        self.0.get()
    }

    /// Looks at the selection, tracked.
    pub fn with<T>(self, f: impl FnOnce(&Selection) -> T) -> T {
        self.0.with(f)
    }

    /// Looks at the selection, untracked.
    pub fn with_untracked<T>(self, f: impl FnOnce(&Selection) -> T) -> T {
        self.0.with_untracked(f)
    }

    /// Replaces the selection.
    pub fn set(self, selection: Selection) {
        self.0.set(selection);
    }

    /// Forgets the selection: after it was used, and when somebody signs out.
    pub fn clear(self) {
        self.0.set(Selection::default());
    }

    /// Ticks or unticks these users at once.
    pub fn tick(self, ids: impl IntoIterator<Item = UserId>, on: bool) {
        self.0
            .update(|s| ids.into_iter().for_each(|id| s.set(id, on)));
    }

    /// Selects everyone a filter finds.
    pub fn take_all(self, filter: UserFilter, found: u64) {
        self.0.set(Selection::AllFound {
            filter,
            except: BTreeSet::new(),
            found,
        });
    }

    /// How many are selected, tracked.
    pub fn len(self) -> u64 {
        self.0.with(Selection::len)
    }

    /// Whether nobody is selected, tracked.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Forgets what another person selected in this tab. Call from an effect with a name
    /// of the person that is read.
    pub fn belongs_to(self, reader: &str) {
        let Some(kept) = storage() else { return };
        if kept
            .get_item(READER)
            .ok()
            .flatten()
            .is_some_and(|r| r != reader)
        {
            self.clear();
        }
        let _ = kept.set_item(READER, reader);
    }
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
