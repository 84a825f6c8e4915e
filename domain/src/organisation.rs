//! The owner of all data: a school or a canton (decision 1).

mod settings;

pub use settings::{HouseSettings, REMINDER_DAYS_MAX, REMINDERS_MAX, SettingsDraft};

use crate::{Locale, OrganisationId};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What kind of house it is. It decides the groups it starts with and its time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// A school: institute and plessi.
    School,
    /// A canton: enterprises and sites.
    Canton,
}

impl OrganisationKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::School, Self::Canton];

    /// Value in the database and on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Canton => "canton",
        }
    }

    /// The time zone (IANA) in which days begin and passwords end.
    pub const fn time_zone(self) -> &'static str {
        match self {
            Self::School => "Europe/Rome",
            Self::Canton => "Europe/Zurich",
        }
    }
}

/// The text names no kind of organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of organisation: school or canton")]
pub struct UnknownKind;

impl FromStr for OrganisationKind {
    type Err = UnknownKind;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|k| k.code() == s)
            .ok_or(UnknownKind)
    }
}

/// An organisation as services and pages need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its number.
    pub id: OrganisationId,
    /// «Ente» as typed at sign-in: `scuola-demo`.
    pub code: String,
    /// School or canton.
    pub kind: OrganisationKind,
    /// «IC Esempio».
    pub name: String,
    /// Language of those who have not chosen one.
    pub locale: Locale,
    /// IANA name.
    pub time_zone: String,
    /// Whom to ask; may be empty.
    pub contact: String,
    /// Days a temporary password lives (1–30).
    pub temporary_password_days: i16,
    /// Holds demo data: never served in production.
    pub demo: bool,
}

/// Whether the text can be an organisation's code: lower-case letters, digits and hyphens,
/// 1 to 40 characters, not beginning with a hyphen.
pub fn is_code(code: &str) -> bool {
    (1..=40).contains(&code.len())
        && !code.starts_with('-')
        && code
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
