//! Importing registry, user and unit files: what a file is recognised as, what becomes of
//! each row, and why a row or a file is refused. Reading bytes and writing rows is `backend`'s.

mod cell;
mod column;
mod file;
mod person;
mod problem;
mod unit;
mod user;

pub use cell::{fold, read_date, read_flag, read_school_year};
pub use column::{Column, Header, HeaderProblem};
pub use file::{FileError, FileFormat, FoundInstead};
pub use person::PersonRecord;
pub use problem::{Problem, RowError};
pub use unit::{Levels, UnitLevel, UnitRecord};
pub use user::{Directory, KnownGroup, KnownUnit, UserRecord};

use crate::{ImportId, JobId, job::JobState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Bytes a file may have.
pub const MAX_BYTES: usize = 50 * 1024 * 1024;
/// Rows a file may have, its header not counted.
pub const MAX_ROWS: u32 = 200_000;
/// Characters kept of a wrong value in a report.
pub const VALUE_SHOWN: usize = 120;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// «Anagrafiche».
    Persons,
    /// «Utenti».
    Users,
    /// «Unità».
    Units,
}

impl ImportKind {
    /// All kinds, in the order shown.
    pub const ALL: [Self; 3] = [Self::Persons, Self::Users, Self::Units];

    /// The name in the database and on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Persons => "persons",
            Self::Users => "users",
            Self::Units => "units",
        }
    }

    /// Reads [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// «NUOVO»: not there yet.
    New,
    /// «MODIFICATO»: there, with other data.
    Changed,
    /// «INVARIATO»: there, with the same data.
    Unchanged,
    /// «DOPPIONE»: the same record stands in an earlier row.
    Duplicate,
    /// «ERRORE»: left out.
    Error,
}

impl RowOutcome {
    /// All outcomes, in the order shown.
    pub const ALL: [Self; 5] = [
        Self::New,
        Self::Changed,
        Self::Unchanged,
        Self::Duplicate,
        Self::Error,
    ];

    /// The name in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Duplicate => "duplicate",
            Self::Error => "error",
        }
    }

    /// Reads [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.code() == code)
    }
}

/// Rows by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    /// «NUOVO».
    pub new: u32,
    /// «MODIFICATO».
    pub changed: u32,
    /// «INVARIATO».
    pub unchanged: u32,
    /// «DOPPIONE».
    pub duplicate: u32,
    /// «ERRORE».
    pub error: u32,
}

impl ImportCounts {
    /// Rows with this outcome.
    pub const fn of(&self, outcome: RowOutcome) -> u32 {
        match outcome {
            RowOutcome::New => self.new,
            RowOutcome::Changed => self.changed,
            RowOutcome::Unchanged => self.unchanged,
            RowOutcome::Duplicate => self.duplicate,
            RowOutcome::Error => self.error,
        }
    }

    /// Counts rows with this outcome.
    pub const fn set(&mut self, outcome: RowOutcome, rows: u32) {
        match outcome {
            RowOutcome::New => self.new = rows,
            RowOutcome::Changed => self.changed = rows,
            RowOutcome::Unchanged => self.unchanged = rows,
            RowOutcome::Duplicate => self.duplicate = rows,
            RowOutcome::Error => self.error = rows,
        }
    }

    /// Rows of the file, its header not counted.
    pub const fn rows(&self) -> u32 {
        self.new + self.changed + self.unchanged + self.duplicate + self.error
    }

    /// Distinct good records.
    pub const fn valid(&self) -> u32 {
        self.new + self.changed + self.unchanged
    }

    /// What the confirmation will write.
    pub const fn to_write(&self) -> u32 {
        self.new + self.changed
    }
}

/// What a file is made of, and what is worth a look before confirming. Distinct records are
/// counted; a person left out for nothing but a wrong codice fiscale is counted too (the
/// office will want to correct it), and one whose name looks like a formula only in
/// [`Notes::formulas`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    /// Pupils.
    pub pupils: u32,
    /// Employees.
    pub employees: u32,
    /// Guardians.
    pub guardians: u32,
    /// External persons, legal ones included.
    pub externals: u32,
    /// Legal persons.
    pub legal: u32,
    /// Codici fiscali with letters in place of digits.
    pub omocodic: u32,
    /// Natural persons with an 11-digit code, written so.
    pub provisional: u32,
    /// 11-digit codes written longer, or shorn of a zero.
    pub padded: u32,
    /// Records without codice fiscale.
    pub missing_code: u32,
    /// Records without mailbox.
    pub missing_mail: u32,
    /// Records whose mailbox an earlier record of the file has already.
    pub shared_mail: u32,
    /// Pupils without school year: no enrolment comes of them.
    pub without_enrolment: u32,
    /// Good records with a text that begins like a formula.
    pub formulas: u32,
    /// Users whose codice fiscale is one of a person in the registry.
    pub linkable: u32,
    /// Users in a group that does not fit the kind of that person.
    pub wrong_group: u32,
    /// Users that are not active.
    pub inactive: u32,
    /// Users in several groups.
    pub several_groups: u32,
}

/// How a file was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recognised {
    /// CSV or XLSX.
    pub format: FileFormat,
    /// «UTF-8», «Windows-1252»…; empty for XLSX.
    pub encoding: String,
    /// `;`, `,`, tab; `None` for XLSX.
    pub delimiter: Option<char>,
    /// Line of the header.
    pub header_line: u32,
    /// Columns found.
    pub columns: Vec<Column>,
    /// Headers of columns that are not used.
    pub ignored: Vec<String>,
    /// School sites that the import creates.
    pub new_sites: Vec<String>,
    /// What is worth a look.
    pub notes: Notes,
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Nothing is written yet.
    Previewed,
    /// Confirmed; its job waits or runs.
    Confirmed,
    /// Written.
    Applied,
    /// The job ended without writing anything.
    Failed,
}

impl ImportState {
    /// The name in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Previewed => "previewed",
            Self::Confirmed => "confirmed",
            Self::Applied => "applied",
            Self::Failed => "failed",
        }
    }

    /// Reads [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [
            Self::Previewed,
            Self::Confirmed,
            Self::Applied,
            Self::Failed,
        ]
        .into_iter()
        .find(|s| s.code() == code)
    }
}

/// An import as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportView {
    /// Its number.
    pub id: ImportId,
    /// What the file holds.
    pub kind: ImportKind,
    /// Name of the file as uploaded.
    pub file_name: String,
    /// Where it stands.
    pub state: ImportState,
    /// Rows by outcome: of the preview, then of what was done.
    pub counts: ImportCounts,
    /// How the file was understood.
    pub recognised: Recognised,
    /// When the preview was made.
    pub created_at: Timestamp,
    /// The operation that writes it, once confirmed.
    pub job: Option<ImportJob>,
}

/// The operation behind a confirmed import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportJob {
    /// Its number.
    pub id: JobId,
    /// «2026-0142».
    pub number: String,
    /// Where it stands.
    pub state: JobState,
    /// Rows to write.
    pub total: u32,
    /// Rows written.
    pub done: u32,
}

/// A row of the preview's table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// Line in the file, from 1.
    pub line: u32,
    /// What becomes of it.
    pub outcome: RowOutcome,
    /// Name of the person, user or unit.
    pub label: String,
    /// Code, user name or unit code.
    pub key: String,
    /// What is wrong, for an error or a duplicate.
    pub errors: Vec<RowError>,
    /// What changes, for a changed row.
    pub changes: Vec<Change>,
}

/// One value that a changed row replaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The column.
    pub column: Column,
    /// Present value; empty when there is none.
    pub before: String,
    /// Value of the file.
    pub after: String,
}
