//! «Modifica gruppi degli utenti selezionati»: what the check says and what is asked for.

use super::{GroupLock, GroupName};
use crate::GroupId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Names given for a reason to leave somebody out; the count is exact.
pub const SKIPPED_NAMES: usize = 20;

/// What becomes of the groups of many users. Groups in neither set stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BulkChange {
    /// Everybody will be in these.
    pub add: BTreeSet<GroupId>,
    /// Nobody will be in these.
    pub remove: BTreeSet<GroupId>,
}

impl BulkChange {
    /// Nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// «tutti» (`Some(true)`), «nessuno» (`Some(false)`), as it is (`None`).
    pub fn of(&self, group: GroupId) -> Option<bool> {
        match (self.add.contains(&group), self.remove.contains(&group)) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }

    /// Asks for «tutti», «nessuno», or leaves it as it is.
    pub fn set(&mut self, group: GroupId, wanted: Option<bool>) {
        self.add.remove(&group);
        self.remove.remove(&group);
        match wanted {
            Some(true) => self.add.insert(group),
            Some(false) => self.remove.insert(group),
            None => false,
        };
    }
}

/// Why somebody selected is left as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkSkip {
    /// Archived: nothing changes there any more.
    Archived,
    /// Outside the units in which the reader manages users.
    OutOfScope,
    /// The account holds rights that the reader does not.
    Stronger,
    /// One's own account would lose rights.
    OwnAccount,
    /// No group would be left.
    NoGroup,
}

impl BulkSkip {
    /// All reasons, in the order told.
    pub const ALL: [Self; 5] = [
        Self::NoGroup,
        Self::Stronger,
        Self::OwnAccount,
        Self::OutOfScope,
        Self::Archived,
    ];
}

/// Those left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkSkipped {
    /// Why.
    pub reason: BulkSkip,
    /// How many.
    pub count: u64,
    /// The first of them, by name; at most [`SKIPPED_NAMES`].
    pub names: Vec<String>,
}

/// A line of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkGroup {
    /// The group.
    pub group: GroupName,
    /// How many of those who can be changed are in it now.
    pub members: u64,
    /// How many of them have a linked record that the group does not fit.
    pub unlikely: u64,
    /// It cannot be given or taken, and why.
    pub locked: Option<GroupLock>,
}

/// What a change would do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkCheck {
    /// How many are selected now.
    pub selected: u64,
    /// How many can be changed at all, before the change is looked at.
    pub eligible: u64,
    /// How many the change touches: confirmed with it.
    pub changed: u64,
    /// Who is left as they are, and why; no reason without somebody.
    pub skipped: Vec<BulkSkipped>,
    /// Every group, in the organisation's order.
    pub groups: Vec<BulkGroup>,
}

/// What a change did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkDone {
    /// How many users it changed.
    pub changed: u64,
    /// How many were left as they are.
    pub skipped: u64,
    /// Its number: by it the change is found in the trail, and undone.
    pub batch: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_given_taken_or_left_and_never_two_of_them() {
        let (mut change, group) = (BulkChange::default(), GroupId(3));
        change.set(group, Some(true));
        change.set(group, Some(false));
        assert_eq!(change.of(group), Some(false));
        assert!(change.add.is_empty());
        change.set(group, None);
        assert!(change.is_empty());
    }
}
