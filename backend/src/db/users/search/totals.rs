//! Totals counted once and given again while nothing has changed.

use domain::{access::Scope, user::UserFilter};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Totals kept at most; past that they are counted anew.
const MOST: usize = 10_000;

/// A total, and the state of the organisation's list in which it was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// Sum over `list_changes`; it grows with every change of what lists find.
    pub state: i64,
    /// Users found.
    pub total: i64,
}

impl Default for Counted {
    /// A state that no list is ever in.
    fn default() -> Self {
        Self {
            state: -1,
            total: 0,
        }
    }
}

type Key = (i64, Option<Vec<i64>>, UserFilter);

/// The totals of one process. They are exact: a statement takes a kept total only where it
/// sees, in the same snapshot as its rows, that the list still is in the state in which
/// the total was counted, whichever process has changed it meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Totals(Arc<Mutex<HashMap<Key, Counted>>>);

impl Totals {
    pub(super) fn known(&self, scope: &Scope, filter: &UserFilter) -> Option<Counted> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key(scope, filter))
            .copied()
    }

    pub(super) fn keep(&self, scope: &Scope, filter: &UserFilter, counted: Counted) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key(scope, filter), counted);
    }
}

fn key(scope: &Scope, filter: &UserFilter) -> Key {
    (scope.organisation().0, scope.unit_numbers(), filter.clone())
}
