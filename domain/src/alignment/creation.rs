//! «Crea utenti da anagrafiche» (A11, A13–A18).

use crate::{
    JobId, PersonId, UnitId, UserId,
    person::PersonKind,
    user::{GroupName, full_name},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The filters of the third tab (A15).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CandidateFilter {
    /// «Tipo anagrafica da collegare».
    pub kind: PersonKind,
    /// «Plesso».
    pub unit: Option<UnitId>,
    /// «Anno Scolastico»: its first calendar year.
    pub year: Option<i16>,
    /// «Classe».
    pub class: Option<String>,
    /// «Ricerca».
    pub text: String,
}

/// Which records are ticked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidatePick {
    /// These.
    Only(BTreeSet<PersonId>),
    /// Everyone the filter finds.
    AllFound {
        /// The filter at the moment of the click.
        filter: CandidateFilter,
        /// Unticked afterwards.
        except: BTreeSet<PersonId>,
        /// How many could be created at that moment.
        found: u64,
    },
}

impl Default for CandidatePick {
    fn default() -> Self {
        Self::Only(BTreeSet::new())
    }
}

impl CandidatePick {
    /// How many are ticked, as far as the client knows.
    pub fn len(&self) -> u64 {
        match self {
            Self::Only(ids) => ids.len() as u64,
            Self::AllFound { except, found, .. } => found.saturating_sub(except.len() as u64),
        }
    }

    /// Nothing is ticked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether this record is ticked.
    pub fn contains(&self, id: PersonId) -> bool {
        match self {
            Self::Only(ids) => ids.contains(&id),
            Self::AllFound { except, .. } => !except.contains(&id),
        }
    }

    /// Ticks or unticks a record.
    pub fn set(&mut self, id: PersonId, ticked: bool) {
        match (self, ticked) {
            (Self::Only(ids), true) => ids.insert(id),
            (Self::Only(ids), false) => ids.remove(&id),
            (Self::AllFound { except, .. }, true) => except.remove(&id),
            (Self::AllFound { except, .. }, false) => except.insert(id),
        };
    }
}

/// A user that stands in the way of creating another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupied {
    /// The user.
    pub user: UserId,
    /// Surname and name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// It is linked to another record of this kind already, so it cannot take this one.
    pub taken: bool,
    /// Kinds of the records it is linked to: one person, several roles.
    pub kinds: Vec<PersonKind>,
}

/// «Controllo».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateCheck {
    /// «pronto».
    Ready,
    /// «Casella mail non definita»: repair in place, or a letter.
    NoMail,
    /// «mail già usata da …»: possible (two parents share a mailbox), told all the same.
    MailUsed(String),
    /// «esiste già un utente con questo CF»: no second account; link instead.
    HasUser(Occupied),
}

impl CandidateCheck {
    /// A user can be created.
    pub const fn can_create(&self) -> bool {
        !matches!(self, Self::HasUser(_))
    }
}

/// A row of the third tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The record.
    pub id: PersonId,
    /// «Codice».
    pub code: i64,
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// «Codice fiscale».
    pub fiscal_code: Option<String>,
    /// «Mail».
    pub email: Option<String>,
    /// The class of the year asked about, or of the latest one.
    pub class: String,
    /// Version of the record, for the repair in place.
    pub version: i32,
    /// «Controllo».
    pub check: CandidateCheck,
}

impl Candidate {
    /// «COGNOME NOME».
    pub fn full_name(&self) -> String {
        full_name(&self.surname, &self.given_name)
    }
}

/// A plesso to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitChoice {
    /// The unit.
    pub id: UnitId,
    /// Its name.
    pub name: String,
}

/// What the filters of the third tab offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreationFrame {
    /// «Plesso».
    pub units: Vec<UnitChoice>,
    /// «Anno Scolastico»: first calendar years, newest first.
    pub years: Vec<i16>,
    /// «Classe», by year and unit asked about.
    pub classes: Vec<String>,
    /// Groups whose rights the reader holds.
    pub groups: Vec<GroupName>,
}

/// What would happen if users were created now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreationCheck {
    /// Ticked records that still exist.
    pub picked: u64,
    /// Users that would be created.
    pub create: u64,
    /// Of which without mailbox: they get a letter.
    pub letters: u64,
    /// Of which with a mailbox that somebody else uses too.
    pub shared: u64,
    /// Left out, by reason.
    pub skipped: Vec<(SkipReason, u64)>,
    /// The first rows left out.
    pub first: Vec<SkippedPerson>,
    /// The kinds of the records.
    pub kinds: Vec<PersonKind>,
    /// The group, where it exists and may be given.
    pub group: GroupName,
    /// The group is unusual for these records: it needs a confirmation.
    pub unlikely: bool,
    /// Days the temporary password will be valid.
    pub password_days: u8,
}

impl CreationCheck {
    /// The number must be typed before creating.
    pub fn must_type(&self) -> bool {
        self.create > crate::sending::TYPED_ABOVE
    }
}

/// Why no user is created for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// It is linked to a user by now.
    Linked,
    /// A user with its codice fiscale exists.
    SameCode,
    /// It is no longer active.
    Inactive,
    /// Another ticked record has the same codice fiscale: one person, one user.
    Twice,
}

impl SkipReason {
    /// All reasons in the order shown.
    pub const ALL: [Self; 4] = [Self::Linked, Self::SameCode, Self::Inactive, Self::Twice];

    /// Value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::SameCode => "same_code",
            Self::Inactive => "inactive",
            Self::Twice => "twice",
        }
    }

    /// Reads a value of the database.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

/// A record that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedPerson {
    /// The record.
    pub id: PersonId,
    /// Surname and name.
    pub name: String,
    /// Why.
    pub reason: SkipReason,
}

/// What a creation did, for the page of its operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreationResult {
    /// The operation.
    pub job: JobId,
    /// Users that were created and still exist.
    pub standing: u64,
    /// Of which have never entered: «Elimina i 12 utenti creati» removes these.
    pub removable: u64,
    /// Users without mailbox and password that the reader may print letters for.
    pub letters: u64,
    /// Records left out, at most [`SKIPPED_MAX`].
    pub skipped: Vec<SkippedPerson>,
    /// All records left out.
    pub skipped_total: u64,
    /// The reader may undo it.
    pub may_undo: bool,
}

/// Left-out records named at most.
pub const SKIPPED_MAX: i64 = 100;

/// What the undo did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// Users removed.
    pub removed: u64,
    /// Kept: they have entered already.
    pub kept: u64,
}
