//! «Stampa lettere con credenziali»: credentials on paper, for people without a mailbox or
//! on request. The values are made block by block while the office waits and shown once.

use crate::{
    JobId, Locale, UserId,
    sending::{ExcludedGroup, ExcludedUser},
    user::Selection,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Letters made in one call: hashing costs 25 ms a secret, and the page shows progress.
pub const BLOCK: i64 = 10;

/// Whom the letters are for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterTarget {
    /// Everybody selected.
    Selected(Selection),
    /// Of those selected, who has no mailbox or one that refuses mail.
    WithoutMailbox(Selection),
    /// Whoever a sending did not reach.
    Failed(JobId),
}

/// What would happen if the letters were made now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterCheck {
    /// Users looked at: those that exist and are visible.
    pub selected: u64,
    /// Letters that would be made.
    pub letters: u64,
    /// Of these, people who have a mailbox that takes mail: they could be mailed instead.
    pub with_mailbox: u64,
    /// Of these, people whose own password would end.
    pub own_passwords: u64,
    /// Who is left out, by reason.
    pub excluded: Vec<ExcludedGroup>,
    /// Letters by language.
    pub languages: Vec<(Locale, u64)>,
    /// The first recipients, in the order of printing, with their class.
    pub first: Vec<(ExcludedUser, String)>,
    /// Days the temporary password will be valid.
    pub password_days: u8,
}

/// How a run of letters stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// Being made, or made and not yet confirmed.
    Open,
    /// «Ho stampato le lettere».
    Printed,
    /// «La stampa è stata interrotta»: what was made is void.
    Interrupted,
}

impl LetterState {
    /// Value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Printed => "printed",
            Self::Interrupted => "interrupted",
        }
    }

    /// Reads a value of the database.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Open, Self::Printed, Self::Interrupted]
            .into_iter()
            .find(|s| s.code() == code)
    }
}

/// A run of letters, without any value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterRun {
    /// Its number in the address.
    pub id: i64,
    /// How it stands.
    pub state: LetterState,
    /// Letters in all.
    pub total: u64,
    /// Made so far.
    pub made: u64,
    /// Who prints, as letters say it.
    pub sender: LetterSender,
}

/// Who prints, as letters say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterSender {
    /// «IC Esempio».
    pub institution: String,
    /// What people type as «Ente».
    pub code: String,
    /// A school, or else a canton.
    pub school: bool,
    /// Phone and hours; may be empty.
    pub contact: String,
    /// Where one signs in.
    pub sign_in_url: String,
    /// The day of printing in the organisation's zone, for the head of the letter.
    pub day: Option<jiff::civil::Date>,
}

/// One letter with its values: they exist in this answer and on the page that shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Whose.
    pub user: UserId,
    /// Place in the run, from 1.
    pub position: u32,
    /// Surname and name.
    pub name: String,
    /// «3A», where the person stands in a class this school year.
    pub class: String,
    /// Language of the letter.
    pub locale: Locale,
    /// Codice utente.
    pub username: String,
    /// PIN in groups.
    pub pin: String,
    /// Temporary password in groups.
    pub password: String,
    /// End of the temporary password.
    pub until: Timestamp,
    /// The same in words of the letter's language and the organisation's zone.
    pub until_words: String,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({}, ••••)", self.position)
    }
}

/// Letters just made, and how many are left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterBlock {
    /// In the order of printing.
    pub letters: Vec<Letter>,
    /// Not made yet.
    pub left: u64,
    /// Left out since the check: deactivated, or out of reach by now.
    pub skipped: u64,
}

/// A run whose letters are in force and that nobody confirmed or called back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRun {
    /// The run.
    pub id: i64,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// Letters made.
    pub made: u64,
}
