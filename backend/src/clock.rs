//! Time as a parameter: real when serving, still in tests.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// Tells the time. Two kinds exist today, so it is an enum and not a trait.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Stands still until moved: for tests.
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// A clock that stands at `now`.
    pub fn fixed(now: Timestamp) -> Self {
        Self::Fixed(Arc::new(Mutex::new(now)))
    }

    /// The present moment, to the microsecond (what Postgres keeps).
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine"
    )]
    pub fn now(&self) -> Timestamp {
        let now = match self {
            Self::System => Timestamp::now(),
            Self::Fixed(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        };
        now.round(jiff::Unit::Microsecond).unwrap_or(now)
    }

    /// Moves a fixed clock forward; a system clock cannot be moved.
    pub fn advance(&self, by: SignedDuration) {
        if let Self::Fixed(at) = self {
            let mut at = at.lock().unwrap_or_else(PoisonError::into_inner);
            *at = at.checked_add(by).unwrap_or(*at);
        }
    }
}
