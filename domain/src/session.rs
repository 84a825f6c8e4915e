//! What a signed-in person's screens know of their session.

use crate::{
    Locale, OrganisationId,
    access::{Actor, Right},
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
    /// Who administers the organisation, to be asked for a missing right (at most five).
    pub administrators: Vec<String>,
    /// Preferences kept.
    pub preferences: Preferences,
    /// Signed in with a temporary password.
    pub must_change_password: bool,
    /// Demo data.
    pub demo: bool,
    /// Operations waiting or running.
    pub running_jobs: u32,
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
    /// Who asks.
    pub actor: Actor,
    /// Until when it lives if nothing more is done.
    pub ends_at: Timestamp,
    /// When a password was last given.
    pub authenticated_at: Timestamp,
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
