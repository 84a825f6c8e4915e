//! Views that every list of users has.

use super::UserFilter;
use serde::{Deserialize, Serialize};

/// A ready view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadyView {
    /// «Password scaduta».
    ExpiredPassword,
    /// «Mai entrati».
    NeverEntered,
    /// «Senza mail».
    WithoutMail,
    /// «Gruppo da verificare».
    UnlikelyGroup,
    /// «Mail respinte».
    BouncedMail,
}

impl ReadyView {
    /// All of them, in the order shown.
    pub const ALL: [Self; 5] = [
        Self::ExpiredPassword,
        Self::NeverEntered,
        Self::WithoutMail,
        Self::UnlikelyGroup,
        Self::BouncedMail,
    ];

    /// What it asks for.
    pub fn filter(self) -> UserFilter {
        let mut filter = UserFilter::default();
        match self {
            Self::ExpiredPassword => filter.expired = true,
            Self::NeverEntered => filter.never_entered = true,
            Self::WithoutMail => filter.without_mail = true,
            Self::UnlikelyGroup => filter.unlikely_group = true,
            Self::BouncedMail => filter.bounced = true,
        }
        filter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ready_view_asks_for_something_of_its_own() {
        let filters: std::collections::HashSet<_> =
            ReadyView::ALL.into_iter().map(ReadyView::filter).collect();
        assert_eq!(filters.len(), ReadyView::ALL.len());
        assert!(filters.iter().all(|f| !f.is_empty()));
    }
}
