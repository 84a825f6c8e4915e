//! Refusals that are nobody's fault and that a person can answer.

use crate::{
    alignment::PairProblem, authorisation::DraftProblem, person::RegistryConflict,
    registration::Hindrance, user::UserRow,
};
use serde::{Deserialize, Serialize};

/// The act does not fit what is stored now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// Somebody else saved meanwhile; what stands now is given, so that both can be shown.
    #[error("changed meanwhile")]
    Changed(Box<UserRow>),
    /// The user name is in use.
    #[error("user name taken")]
    UsernameTaken,
    /// The number of recipients changed since the check page.
    #[error("the selection changed from {expected} to {now}")]
    SelectionChanged {
        /// Recipients the person confirmed.
        expected: u64,
        /// Recipients now.
        now: u64,
    },
    /// A person of the registry.
    #[error("registry: {0}")]
    Registry(#[from] RegistryConflict),
    /// Somebody else changed the unit meanwhile.
    #[error("the unit changed meanwhile")]
    UnitChanged,
    /// Somebody else changed the group meanwhile.
    #[error("the group changed meanwhile")]
    GroupChanged,
    /// The role is one of the law's matrix: its names and rights stay as they are.
    #[error("the role is fixed")]
    RoleFixed,
    /// The user is not active: what is known of them is only read until they are again.
    #[error("the user is not active")]
    NotActive,
    /// People or active units stand in the unit that was to be closed.
    #[error("the unit is in use")]
    UnitInUse,
    /// The record is staged for another user: only one of the two can have it.
    #[error("contested")]
    Contested,
    /// User and record can no longer be linked: somebody was faster.
    #[error("the pair cannot be linked: {0:?}")]
    Pair(PairProblem),
    /// As many saved views as may be kept are there already.
    #[error("{most} views are kept at most")]
    ViewsFull {
        /// The limit.
        most: u8,
        /// Of those shared with the organisation, not of one's own.
        shared: bool,
    },
    /// The operation or import has already gone further.
    #[error("too late")]
    TooLate,
    /// A command about a registration does not fit where it stands.
    #[error("registration: {0}")]
    Registration(Hindrance),
    /// Edited authorisations that may not stand.
    #[error("authorisations: {0}")]
    Draft(DraftProblem),
}

/// Why a sign-in did not succeed. The sign-in page shows the same sentence for all but
/// [`SignInRefusal::Throttled`] and, once the password was right,
/// [`SignInRefusal::PasswordOff`]; the reason stands in the attempts, for the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum SignInRefusal {
    /// Unknown organisation or user, wrong or ended password, inactive account.
    #[error("not recognised")]
    NotRecognised,
    /// The password is right, or the session was begun with one, but none of the person's
    /// groups may enter with a password since this day (X49). Told in words: who hears it has
    /// proved who they are.
    #[error("no password since {since}")]
    PasswordOff {
        /// First day without.
        since: jiff::civil::Date,
    },
    /// Too many attempts; try again after this many seconds.
    #[error("throttled for {seconds} s")]
    Throttled {
        /// Seconds to wait.
        seconds: u32,
    },
}
