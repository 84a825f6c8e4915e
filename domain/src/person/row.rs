//! What a card, a page and a list of «Anagrafiche» show of a person.

use super::{PersonKind, folder::Folder};
use crate::{
    PersonId, UnitId, UserId,
    user::{HistoryEntry, full_name},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How a user came to be linked to a person (A25, A26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkMethod {
    /// The codici fiscali were the same.
    Automatic,
    /// A person of the office chose it; the codes agree or one of them is missing.
    Manual,
    /// A person of the office chose it although the codes differ.
    Forced,
}

impl LinkMethod {
    /// All methods.
    pub const ALL: [Self; 3] = [Self::Automatic, Self::Manual, Self::Forced];

    /// The name in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
            Self::Forced => "forced",
        }
    }
}

/// The text names no method of linking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown method of linking")]
pub struct UnknownLinkMethod;

impl FromStr for LinkMethod {
    type Err = UnknownLinkMethod;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|m| m.code() == s)
            .ok_or(UnknownLinkMethod)
    }
}

/// The user of a card («COLLEGATO UTENTE», A22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardUser {
    /// The user.
    pub id: UserId,
    /// «Nome utente».
    pub username: String,
    /// How they were linked.
    pub method: LinkMethod,
}

/// A card of «Anagrafiche» (A21).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The person.
    pub id: PersonId,
    /// «Codice», shown with [`super::padded_code`].
    pub code: i64,
    /// «Tipo anagrafica».
    pub kind: PersonKind,
    /// A firm or body: `surname` holds its name.
    pub legal: bool,
    /// «Cognome».
    pub surname: String,
    /// «Nome»; empty for a legal person.
    pub given_name: String,
    /// «Codice fiscale», normalised.
    pub fiscal_code: Option<String>,
    /// «Partita IVA».
    pub vat_number: Option<String>,
    /// «Data di nascita».
    pub birth_date: Option<Date>,
    /// «Mail»; `None` reads «Casella mail non definita».
    pub email: Option<String>,
    /// «ATTIVO».
    pub active: bool,
    /// «COLLEGATO UTENTE», or none.
    pub user: Option<CardUser>,
    /// «Fascicoli collegati».
    pub folders: u32,
    /// Counts edits; sent back with a change to notice somebody else's.
    pub version: i32,
}

impl PersonRow {
    /// «COGNOME NOME».
    pub fn full_name(&self) -> String {
        full_name(&self.surname, &self.given_name)
    }
}

/// A pupil's (or tutor's) place in a school year; it decides A20.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// First calendar year: 2026 is 2026/2027.
    pub school_year: i16,
    /// «Plesso», with its name.
    pub site: Option<(UnitId, String)>,
    /// «Classe»; empty where none is known.
    pub class: String,
}

/// A codice fiscale that the person had before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldCode {
    /// The code.
    pub code: String,
    /// When another took its place.
    pub replaced_at: Timestamp,
}

/// The linked user with the story of the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedUser {
    /// What the card shows.
    pub user: CardUser,
    /// Surname and given name of the user.
    pub name: String,
    /// When they were linked.
    pub linked_at: Timestamp,
    /// Who linked them, by the name of now; `None` for the system or somebody gone.
    pub linked_by: Option<String>,
    /// The user's codice fiscale at that time.
    pub user_code: Option<String>,
    /// The person's codice fiscale at that time.
    pub person_code: Option<String>,
}

/// Another record with the same codice fiscale: «possibile stessa persona» in another
/// kind, a probable double in the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamePerson {
    /// The record.
    pub id: PersonId,
    /// «Codice».
    pub code: i64,
    /// «Tipo anagrafica».
    pub kind: PersonKind,
    /// Surname and given name.
    pub name: String,
    /// Its user, if linked: that account is to be linked, no second one created.
    pub user: Option<CardUser>,
}

/// Everything `/anagrafiche/:id` shows, in one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonPage {
    /// What the card shows.
    pub row: PersonRow,
    /// Newest year first.
    pub enrolments: Vec<Enrolment>,
    /// Latest first.
    pub old_codes: Vec<OldCode>,
    /// The linked user.
    pub user: Option<LinkedUser>,
    /// Other records with the same codice fiscale.
    pub same: Vec<SamePerson>,
    /// Newest first; `None` where the reader may not see documents.
    pub folders: Option<Vec<Folder>>,
    /// Newest first; `None` where the reader may not see what was done.
    pub history: Option<Vec<HistoryEntry>>,
    /// The reader may change the person.
    pub may_edit: bool,
    /// The reader may link it.
    pub may_link: bool,
}
