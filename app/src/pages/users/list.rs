//! What the parts of the page share: what is wanted, what is there, what is ticked.

use super::address::Wanted;
use crate::{api::users::ListFrame, state::Selected};
use domain::{
    Locale, UserId,
    page::{Page, PageSize},
    user::{Selection, UserRow},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Something that waits until a person says what becomes of the selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// A list with other filters.
    Go(Box<Wanted>),
    /// A tick while everyone of another filter is selected.
    Tick,
}

/// The list, as its parts see it.
#[derive(Clone, Copy)]
pub struct List {
    /// Language.
    pub l: Locale,
    /// What the address says.
    pub wanted: Memo<Wanted>,
    /// The last page that came.
    pub page: Memo<Option<Page<UserRow>>>,
    /// Groups and rights, once they are there.
    pub frame: Memo<Option<ListFrame>>,
    /// The selection.
    pub selected: Selected,
    /// What waits for an answer about the selection.
    pub waiting: RwSignal<Option<Waiting>>,
    /// Goes to another state of the list, without asking.
    pub navigate: Callback<(Wanted,)>,
    /// Loaded rows by their place in the list, for ranges.
    pub loaded: StoredValue<BTreeMap<u64, UserId>>,
    /// The row ticked last: where a range begins.
    pub anchor: StoredValue<Option<UserId>>,
    /// Rows changed on this page since they came, newest version last.
    pub edited: RwSignal<BTreeMap<UserId, UserRow>>,
}

impl List {
    /// Exact number of users found.
    pub fn total(self) -> u64 {
        self.page.with(|p| p.as_ref().map_or(0, |p| p.total))
    }

    /// Page shown and number of pages.
    pub fn pages(self) -> (u32, u32) {
        self.page
            .with(|p| p.as_ref().map_or((1, 1), |p| (p.number, p.pages())))
    }

    /// «Tutti» is shown.
    pub fn shows_all(self) -> bool {
        self.page
            .with(|p| p.as_ref().is_some_and(|p| p.size == PageSize::All))
    }

    /// Rows can be ticked: there is something to do with them.
    pub fn may_select(self) -> bool {
        self.frame
            .with(|f| f.as_ref().is_some_and(|f| f.may_send || f.may_edit))
    }

    /// Users can be changed.
    pub fn may_edit(self) -> bool {
        self.frame.with(|f| f.as_ref().is_some_and(|f| f.may_edit))
    }

    /// Credentials can be sent.
    pub fn may_send(self) -> bool {
        self.frame.with(|f| f.as_ref().is_some_and(|f| f.may_send))
    }

    /// Goes to `wanted`; where that changes the filters and somebody is selected, a
    /// person is asked first.
    pub fn go(self, wanted: Wanted) {
        let other = self
            .wanted
            .with_untracked(|w| w.query.filter != wanted.query.filter);
        if other && self.selected.with_untracked(|s| !s.is_empty()) {
            self.waiting.set(Some(Waiting::Go(Box::new(wanted))));
        } else {
            self.navigate.run((wanted,));
        }
    }

    /// Everyone of another filter is selected: which rows of this one are, is not known.
    pub fn elsewhere(self) -> bool {
        self.selected.with(|s| match s {
            Selection::Only(_) => false,
            Selection::AllFound { filter, .. } => self.wanted.with(|w| w.query.filter != *filter),
        })
    }

    /// Whether the row is ticked.
    pub fn is_ticked(self, id: UserId) -> bool {
        !self.elsewhere() && self.selected.with(|s| s.contains(id))
    }

    /// Ticks or unticks a row; with `shift` all from the row ticked last to this one.
    pub fn tick(self, id: UserId, on: bool, shift: bool) {
        if untrack(move || self.elsewhere()) {
            self.waiting.set(Some(Waiting::Tick));
            return;
        }
        let ids = self.loaded.with_value(|rows| {
            let place = |id: UserId| rows.iter().find(|(_, u)| **u == id).map(|(at, _)| *at);
            let from = self.anchor.get_value().filter(|_| shift).and_then(place);
            match (from, place(id)) {
                (Some(a), Some(b)) => rows.range(a.min(b)..=a.max(b)).map(|(_, u)| *u).collect(),
                _ => vec![id],
            }
        });
        self.selected.tick(ids, on);
        self.anchor.set_value(Some(id));
    }

    /// The row as it stands: the one that came, or a newer one saved on this page.
    pub fn newest(self, row: &UserRow) -> UserRow {
        self.edited
            .with(|e| e.get(&row.id).filter(|n| n.version >= row.version).cloned())
            .unwrap_or_else(|| row.clone())
    }

    /// Takes over a row that was saved on this page.
    pub fn saved(self, row: UserRow) {
        self.edited.update(|e| {
            e.insert(row.id, row);
        });
    }
}

/// The list of this page.
pub fn use_list() -> List {
    // Every part stands below the page that provides it.
    #[allow(
        clippy::expect_used,
        reason = "a part outside its page is a fault of the program"
    )]
    use_context().expect("the parts of the list stand below it")
}
