//! The four languages of the product. Italian is the first.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A language of screens, mails and letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Italian.
    #[default]
    It,
    /// German, Swiss spelling.
    De,
    /// French.
    Fr,
    /// English.
    En,
}

impl Locale {
    /// All languages, in the order shown to people.
    pub const ALL: [Self; 4] = [Self::It, Self::De, Self::Fr, Self::En];

    /// The two-letter code (ISO 639-1).
    pub const fn code(self) -> &'static str {
        match self {
            Self::It => "it",
            Self::De => "de",
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language's name in itself.
    pub const fn endonym(self) -> &'static str {
        match self {
            Self::It => "Italiano",
            Self::De => "Deutsch",
            Self::Fr => "Français",
            Self::En => "English",
        }
    }
}

/// The text is not one of the four language codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language code")]
pub struct UnknownLocale;

impl FromStr for Locale {
    type Err = UnknownLocale;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|l| l.code().eq_ignore_ascii_case(s))
            .ok_or(UnknownLocale)
    }
}
