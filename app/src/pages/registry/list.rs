//! What the parts of the page share: what is wanted, what is there.

use super::address::Wanted;
use crate::{
    api::registry::{PersonList, RegistryFrame},
    state::Toasts,
};
use domain::{Locale, person::PersonFilter};
use leptos::prelude::*;

/// The list, as its parts see it.
#[derive(Clone, Copy)]
pub struct List {
    /// Language.
    pub l: Locale,
    /// What the address says.
    pub wanted: Memo<Wanted>,
    /// The last page that came.
    pub page: Memo<Option<PersonList>>,
    /// Sites, classes and rights, once they are there.
    pub frame: Memo<Option<RegistryFrame>>,
    /// Goes to another state of the list.
    pub navigate: Callback<(Wanted,)>,
    /// Reads the same state again.
    pub refetch: Callback<()>,
    /// Messages.
    pub toasts: Option<Toasts>,
}

impl List {
    /// Exact number of persons found.
    pub fn total(self) -> u64 {
        self.page.with(|p| p.as_ref().map_or(0, |p| p.page.total))
    }

    /// How many of what the other filters find have no user.
    pub fn unlinked(self) -> u64 {
        self.page.with(|p| p.as_ref().map_or(0, |p| p.unlinked))
    }

    /// Page shown and number of pages.
    pub fn pages(self) -> (u32, u32) {
        self.page.with(|p| {
            p.as_ref()
                .map_or((1, 1), |p| (p.page.number, p.page.pages()))
        })
    }

    /// Persons can be changed.
    pub fn may_edit(self) -> bool {
        self.frame.with(|f| f.as_ref().is_some_and(|f| f.may_edit))
    }

    /// Persons can be added.
    pub fn may_create(self) -> bool {
        self.frame
            .with(|f| f.as_ref().is_some_and(|f| f.may_create))
    }

    /// Persons can be linked.
    pub fn may_link(self) -> bool {
        self.frame.with(|f| f.as_ref().is_some_and(|f| f.may_link))
    }

    /// Takes all filters away.
    pub fn clear(self) {
        let mut wanted = self.wanted.get_untracked().first();
        wanted.query.filter = PersonFilter::default();
        self.navigate.run((wanted,));
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
