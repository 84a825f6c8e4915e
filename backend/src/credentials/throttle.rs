//! How long to wait after failed sign-ins. The waits grow and have a ceiling: a stranger
//! who tries without end slows an account down, and never closes it.

use jiff::{SignedDuration, Timestamp};

/// A line of failures and how patient we are with it.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Failures without any wait: people mistype.
    pub free: u32,
    /// Seconds after the first failure beyond; each further one doubles it.
    pub base: u32,
    /// Longest wait in seconds.
    pub ceiling: u32,
}

/// One account, whoever tries.
pub const ACCOUNT: Patience = Patience {
    free: 5,
    base: 15,
    ceiling: 15 * 60,
};
/// One account from one address from which its owner has signed in before.
pub const KNOWN: Patience = Patience {
    free: 10,
    base: 15,
    ceiling: 5 * 60,
};
/// One address, whatever it tries: a whole school may share it.
pub const ADDRESS: Patience = Patience {
    free: 60,
    base: 10,
    ceiling: 15 * 60,
};

/// Failures so far and the last of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Failures {
    /// How many in a row.
    pub count: u32,
    /// When the last one was.
    pub last: Option<Timestamp>,
}

impl Patience {
    /// Seconds still to wait at `now`; 0 is none.
    pub fn wait(self, failures: Failures, now: Timestamp) -> u32 {
        let Some(last) = failures.last.filter(|_| failures.count >= self.free) else {
            return 0;
        };
        let doublings = (failures.count - self.free).min(16);
        let wait = self.base.saturating_mul(1 << doublings).min(self.ceiling);
        let left = last + SignedDuration::from_secs(i64::from(wait)) - now;
        // The moment itself is free; a part of a second still counts as one.
        let millis = left.total(jiff::Unit::Millisecond).unwrap_or(0.0);
        (millis / 1000.0).ceil().clamp(0.0, f64::from(self.ceiling)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_reach_a_ceiling_and_end_on_the_second() {
        let last: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let wait = |count| {
            ACCOUNT.wait(
                Failures {
                    count,
                    last: Some(last),
                },
                last,
            )
        };
        assert_eq!([0, 4, 5, 6, 7, 8].map(wait), [0, 0, 15, 30, 60, 120]);
        assert_eq!([11, 12, 500, u32::MAX].map(wait), [900, 900, 900, 900]);
        let six = Failures {
            count: 6,
            last: Some(last),
        };
        let after = |ms| ACCOUNT.wait(six, last + SignedDuration::from_millis(ms));
        assert_eq!([29_000, 29_999, 30_000, 40_000].map(after), [1, 1, 0, 0]);
        assert_eq!(ACCOUNT.wait(Failures::default(), last), 0);
    }
}
