//! The access review: whose access somebody should look at again (X23).

use crate::{UnitId, UserId, page::PageRequest};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// Without a sign-in for so many days an access is idle.
pub const IDLE_DAYS: i64 = 90;
/// A role that ends within so many days is told before.
pub const ENDING_DAYS: i64 = 30;
/// A confirmed access rests for so many days.
pub const REST_DAYS: i64 = 90;

/// Why an access stands in the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewReason {
    /// «Mai entrato».
    NeverEntered,
    /// «Inattivo da più di 90 giorni».
    Idle,
    /// «Codice scaduto»: invited, and the month went by.
    CodeExpired,
    /// «In scadenza»: a role ends within 30 days.
    Ending,
}

impl ReviewReason {
    /// Every reason, in the order of the filter.
    pub const ALL: [Self; 4] = [
        Self::NeverEntered,
        Self::Idle,
        Self::CodeExpired,
        Self::Ending,
    ];

    /// Value in the address and from the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NeverEntered => "mai-entrati",
            Self::Idle => "inattivi",
            Self::CodeExpired => "codice-scaduto",
            Self::Ending => "in-scadenza",
        }
    }

    /// Reads [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// Which part of the review is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReviewQuery {
    /// Only for this reason.
    pub reason: Option<ReviewReason>,
    /// Which page.
    pub page: PageRequest,
}

/// An access to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRow {
    /// The user.
    pub user: UserId,
    /// Surname and given name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// The home unit, where there is one.
    pub unit: Option<String>,
    /// Names of the roles.
    pub roles: Vec<String>,
    /// Last successful sign-in.
    pub last_sign_in: Option<Timestamp>,
    /// The nearest end of a role, within [`ENDING_DAYS`].
    pub ends_on: Option<Date>,
    /// Why it stands here, at least one.
    pub reasons: Vec<ReviewReason>,
    /// The account holds more than the reader: it can only be looked at.
    pub stronger: bool,
    /// The reader's own account: somebody else decides about it.
    pub own: bool,
}

/// So many units without a second delegate are named; of the others the number is told.
pub const LONE_UNITS_MAX: u64 = 50;

/// An active unit where fewer than two people may manage users and authorisations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoneUnit {
    /// The unit.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// The one delegate, where there is one.
    pub delegate: Option<String>,
}

/// What `/revisione` shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Accesses to look at, one page.
    pub rows: crate::page::Page<ReviewRow>,
    /// How many there are for each reason.
    pub counts: Vec<(ReviewReason, u64)>,
    /// Units without a second delegate, at most [`LONE_UNITS_MAX`].
    pub lone_units: Vec<LoneUnit>,
    /// How many such units there are.
    pub lone_total: u64,
}
