//! What is ticked in the list, also across pages.

use super::UserFilter;
use crate::UserId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Ticked users: single ones, or «tutti gli N utenti trovati» as filter plus
/// exclusions, evaluated by the server when it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// These users.
    Only(BTreeSet<UserId>),
    /// Everyone the filter finds, but these.
    AllFound {
        /// The filter at the moment of the click.
        filter: UserFilter,
        /// Unticked afterwards.
        except: BTreeSet<UserId>,
        /// How many the filter found at that moment: a later difference is told.
        found: u64,
    },
}

impl Default for Selection {
    fn default() -> Self {
        Self::Only(BTreeSet::new())
    }
}

impl Selection {
    /// How many users are ticked, as far as the client knows.
    pub fn len(&self) -> u64 {
        match self {
            Self::Only(ids) => ids.len() as u64,
            Self::AllFound { except, found, .. } => found.saturating_sub(except.len() as u64),
        }
    }

    /// Nothing is ticked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether this user is ticked.
    pub fn contains(&self, id: UserId) -> bool {
        match self {
            Self::Only(ids) => ids.contains(&id),
            Self::AllFound { except, .. } => !except.contains(&id),
        }
    }

    /// Ticks or unticks a user.
    pub fn set(&mut self, id: UserId, ticked: bool) {
        match (self, ticked) {
            (Self::Only(ids), true) => ids.insert(id),
            (Self::Only(ids), false) => ids.remove(&id),
            (Self::AllFound { except, .. }, true) => except.remove(&id),
            (Self::AllFound { except, .. }, false) => except.insert(id),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unticking_one_of_all_found_leaves_one_less() {
        let mut s = Selection::AllFound {
            filter: UserFilter::default(),
            except: BTreeSet::new(),
            found: 417,
        };
        s.set(UserId(3), false);
        assert_eq!(s.len(), 416);
        assert!(!s.contains(UserId(3)) && s.contains(UserId(4)));
        s.set(UserId(3), true);
        assert_eq!(s.len(), 417);
    }
}
