//! What a signed-in person's screens know of their session.

use crate::{
    Locale, OrganisationId, ProfileId, UnitId,
    access::{Actor, Held, Right},
    organisation::OrganisationKind,
    page::PageSize,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Colours of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// «Chiaro».
    Light,
    /// «Scuro».
    Dark,
}

/// Height of rows and controls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// «Comoda».
    #[default]
    Comfortable,
    /// «Compatta».
    Compact,
}

impl Theme {
    /// Value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Density {
    /// Value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }
}

/// The text names no such preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown preference")]
pub struct UnknownPreference;

impl FromStr for Theme {
    type Err = UnknownPreference;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        [Self::Auto, Self::Light, Self::Dark]
            .into_iter()
            .find(|t| t.code() == s)
            .ok_or(UnknownPreference)
    }
}

impl FromStr for Density {
    type Err = UnknownPreference;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        [Self::Comfortable, Self::Compact]
            .into_iter()
            .find(|t| t.code() == s)
            .ok_or(UnknownPreference)
    }
}

/// How a person likes the screens. It follows the person to every device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Colours.
    pub theme: Theme,
    /// Height of rows.
    pub density: Density,
    /// Language of the screens, where one was chosen.
    pub locale: Option<Locale>,
    /// «Righe per pagina», where one was chosen.
    pub rows_per_page: Option<PageSize>,
}

/// One change of a preference; the others stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// Colours.
    Theme(Theme),
    /// Height of rows.
    Density(Density),
    /// Language.
    Locale(Locale),
    /// «Righe per pagina».
    RowsPerPage(PageSize),
}

/// A unit somebody can work in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkUnit {
    /// The unit.
    pub id: UnitId,
    /// Its name in the reader's language.
    pub name: String,
    /// How deep it stands in the tree; 0 is a root.
    pub depth: u16,
}

/// Up to so many units the header offers a plain list; more of them are searched.
pub const UNITS_IN_SELECT: usize = 15;

/// What the frame around the pages shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// «COGNOME NOME».
    pub name: String,
    /// «Nome utente».
    pub username: String,
    /// The organisation signed in to.
    pub organisation: OrganisationId,
    /// «Ente» as typed at sign-in.
    pub organisation_code: String,
    /// «IC Esempio».
    pub organisation_name: String,
    /// School or canton.
    pub kind: OrganisationKind,
    /// Whom to ask; may be empty.
    pub contact: String,
    /// Rights held anywhere in the organisation.
    pub rights: Vec<Right>,
    /// Names of the units the rights are limited to; empty is the whole organisation.
    pub units: Vec<String>,
    /// The unit worked in, where one was chosen: everything shown lies in it.
    pub unit: Option<WorkUnit>,
    /// The units that can be worked in, up to [`UNITS_IN_SELECT`] + 1 in the order of the
    /// tree; empty where there is nothing to choose.
    pub choices: Vec<WorkUnit>,
    /// The terms of use wait to be accepted.
    pub must_accept_terms: bool,
    /// Another profile can be chosen (X20).
    pub several_profiles: bool,
    /// Who administers the organisation, to be asked for a missing right (at most five).
    pub administrators: Vec<String>,
    /// Preferences kept.
    pub preferences: Preferences,
    /// Signed in with a temporary password.
    pub must_change_password: bool,
    /// Characters that an own password has at least.
    pub password_min: usize,
    /// Demo data.
    pub demo: bool,
    /// Operations waiting or running.
    pub running_jobs: u32,
    /// Discrepancies of a canton that nobody has decided, as far as the person may see them.
    pub open_discrepancies: u32,
    /// Seconds until the session ends if nothing is done.
    pub seconds_left: u32,
}

impl SessionView {
    /// Whether the right is held anywhere; [`Right::Administer`] includes all others. For
    /// what is shown only: every act is decided again by the service.
    pub fn holds(&self, right: Right) -> bool {
        self.rights
            .iter()
            .any(|r| *r == right || *r == Right::Administer)
    }
}

/// A live session found by its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// Who asks, with the rights in the unit worked in.
    pub actor: Actor,
    /// The rights without that limit: for choosing another unit.
    pub whole: Vec<Held>,
    /// The unit worked in.
    pub unit: Option<UnitId>,
    /// Active profiles of the person that hold something today.
    pub profiles: u32,
    /// Until when it lives if nothing more is done.
    pub ends_at: Timestamp,
}

/// One of the person's own profiles, to work in (X20).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProfile {
    /// Its number.
    pub id: ProfileId,
    /// Its name; may be empty.
    pub name: String,
    /// Names of its roles.
    pub roles: Vec<String>,
    /// The one worked in.
    pub current: bool,
}

/// One of the person's own sessions, for «esci da tutti i dispositivi».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSession {
    /// Names the session; it is no secret and opens nothing.
    pub reference: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// What the browser calls itself.
    pub user_agent: String,
    /// The one that asks.
    pub current: bool,
}
