//! «Allineamento Anagrafiche con utenti di Scuola Digitale»: linking users with the records
//! of the registry (A12, A23–A28).

mod creation;
mod score;

pub use creation::{
    Candidate, CandidateCheck, CandidateFilter, CandidatePick, CreationCheck, CreationFrame,
    CreationResult, Occupied, SKIPPED_MAX, SkipReason, SkippedPerson, Undone, UnitChoice,
};
pub use score::{
    BirthKeys, BirthMatch, CodeMatch, Facts, Likelihood, NameMatch, Score, birth_keys, differing,
    near_codes, score,
};

use crate::{PersonId, UserId, page::PageRequest, person::PersonKind, user::full_name};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// How a link came about (decision 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkMethod {
    /// Both bear the same codice fiscale (A25).
    Automatic,
    /// Picked by a person (A26).
    Manual,
    /// Picked by a person although the codici fiscali differ: «forzato».
    Forced,
}

impl LinkMethod {
    /// How a pair that a person picks would be linked. Codes that differ make it forced,
    /// also where one of them is no codice fiscale of a person; an absent one decides nothing.
    pub fn picked(user: Option<&str>, person: Option<&str>) -> Self {
        match (user, person) {
            (Some(user), Some(person)) if user != person => Self::Forced,
            _ => Self::Manual,
        }
    }

    /// Value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
            Self::Forced => "forced",
        }
    }

    /// Reads a value of the database.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Automatic, Self::Manual, Self::Forced]
            .into_iter()
            .find(|m| m.code() == code)
    }
}

/// The numbers above the tabs (A13, A23), and whether the reader may link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// «Totale utenti non collegati alle anagrafiche»: active users without any link.
    pub unlinked_users: u64,
    /// «Utenti collegati».
    pub linked_users: u64,
    /// «Totale anagrafiche non collegate agli utenti»: active records without a user.
    pub unlinked_persons: u64,
    /// Pairs of the chosen kind that wait to be saved.
    pub staged: u64,
    /// Stored links of the chosen kind: what «Dissocia tutti» would dissolve.
    pub links: u64,
    /// The reader may link and unlink.
    pub may_link: bool,
    /// The reader may create users from records.
    pub may_create: bool,
}

/// The left half of the table: a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSide {
    /// The user.
    pub id: UserId,
    /// «Id Utente»: the codice utente.
    pub username: String,
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// «Codice fiscale».
    pub fiscal_code: Option<String>,
}

impl UserSide {
    /// «COGNOME NOME», the name used in every control of the row.
    pub fn full_name(&self) -> String {
        full_name(&self.surname, &self.given_name)
    }
}

/// The right half of the table: a record of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonSide {
    /// The record.
    pub id: PersonId,
    /// «Id Anagrafica».
    pub code: i64,
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// «Codice fiscale».
    pub fiscal_code: Option<String>,
    /// «Data di nascita».
    pub birth_date: Option<Date>,
}

impl PersonSide {
    /// «COGNOME NOME».
    pub fn full_name(&self) -> String {
        full_name(&self.surname, &self.given_name)
    }
}

/// Why a staged pair could not be saved. It stays staged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairProblem {
    /// The record was deleted meanwhile.
    PersonGone,
    /// The record is no longer active.
    PersonInactive,
    /// «anagrafica già collegata a 0000311».
    PersonLinked(String),
    /// The user got another record of this kind meanwhile: its number.
    UserLinked(String),
    /// The user was deactivated or archived meanwhile.
    UserInactive,
    /// The account holds more rights than the person who links.
    Stronger,
    /// Staged because the codes were equal; they no longer are.
    CodeChanged,
}

impl PairProblem {
    /// Reads the value of the database with the number it collides with.
    pub fn from_code(code: &str, other: Option<String>) -> Option<Self> {
        Some(match code {
            "person_gone" => Self::PersonGone,
            "person_inactive" => Self::PersonInactive,
            "person_linked" => Self::PersonLinked(other.unwrap_or_default()),
            "user_linked" => Self::UserLinked(other.unwrap_or_default()),
            "user_inactive" => Self::UserInactive,
            "stronger" => Self::Stronger,
            "code_changed" => Self::CodeChanged,
            _ => return None,
        })
    }
}

/// A pair that waits for «AGGIORNAMENTO COLLEGAMENTI».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedPair {
    /// The record; `None` where it was deleted meanwhile.
    pub person: Option<PersonSide>,
    /// How the link would come about.
    pub method: LinkMethod,
    /// How well the two fit.
    pub score: Option<Score>,
    /// Why it was not saved the last time.
    pub problem: Option<PairProblem>,
}

/// A row of the first tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlignmentRow {
    /// The user.
    pub user: UserSide,
    /// What is staged for it.
    pub staged: Option<StagedPair>,
    /// Kinds of the records it is linked to already: one person, several roles.
    pub linked_as: Vec<PersonKind>,
}

/// A record that may belong to a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The record.
    pub person: PersonSide,
    /// How well the two fit.
    pub score: Score,
    /// The record is proposed to, or staged for, another user too: «conteso».
    pub contested: bool,
}

/// The proposals for a user, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// The user.
    pub user: UserId,
    /// At most three records.
    pub proposals: Vec<Proposal>,
}

/// Proposals shown for one user at most.
pub const PROPOSALS_MAX: usize = 3;
/// Users for whom proposals are asked at once at most: a page of the table.
pub const PROPOSAL_USERS_MAX: usize = 100;
/// Records that the «RICERCA» dialog shows at most.
pub const SEARCH_MAX: i64 = 20;

/// What «RICERCA» found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The records, best fitting first.
    pub proposals: Vec<Proposal>,
    /// There are more than are shown.
    pub more: bool,
}

/// Which rows of the first or second tab.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AlignmentQuery {
    /// «Tipo anagrafica da collegare»; in the second tab `None` is every kind.
    pub kind: Option<PersonKind>,
    /// Part of a name, codice fiscale or codice utente.
    pub text: String,
    /// First tab: only rows with a staged pair, or only those without.
    pub staged: Option<bool>,
    /// Which part.
    pub page: PageRequest,
}

/// A pair that was not saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedPair {
    /// The user.
    pub user: UserSide,
    /// Why.
    pub problem: PairProblem,
}

/// «11 collegamenti salvati, 1 non salvato: anagrafica già collegata a 0000311».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveResult {
    /// Saved links.
    pub saved: u64,
    /// Of which forced: with different codes.
    pub forced: u64,
    /// All that were not saved; they stay staged.
    pub failed_total: u64,
    /// The first of them, at most [`FAILED_MAX`].
    pub failed: Vec<FailedPair>,
}

/// Failed pairs named in the answer at most; the table shows all of them first.
pub const FAILED_MAX: i64 = 50;

/// A row of «Utenti collegati».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedRow {
    /// The user.
    pub user: UserSide,
    /// The record.
    pub person: PersonSide,
    /// Its kind.
    pub kind: PersonKind,
    /// How the link came about.
    pub method: LinkMethod,
    /// When.
    pub linked_at: Timestamp,
    /// Who linked; empty where the name is no longer known.
    pub linked_by: String,
}

/// What was dissolved; the batch brings it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dissolved {
    /// Names the act, for [«Annulla»](Restored).
    pub batch: crate::sending::Key,
    /// Links that were dissolved.
    pub links: u64,
}

/// What «Annulla» brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// Links that stand again.
    pub links: u64,
    /// Not brought back: the user or the record has another link by now.
    pub kept: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_that_a_person_picks_is_forced_where_two_codes_differ_and_only_there() {
        let picked = LinkMethod::picked;
        assert_eq!(
            picked(Some("02180610137"), Some("06331261005")),
            LinkMethod::Forced
        );
        assert_eq!(picked(Some("A"), Some("A")), LinkMethod::Manual);
        assert_eq!(picked(None, Some("A")), LinkMethod::Manual);
        assert_eq!(picked(Some("A"), None), LinkMethod::Manual);
    }
}
