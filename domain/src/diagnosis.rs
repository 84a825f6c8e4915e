//! «Perché non riesce ad accedere?»: the ordered checks of one user (decision 11, A19, A20).

use crate::{
    Locale, PersonId,
    job::MailState,
    person::PersonKind,
    user::{GroupName, UserState},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// At most this many sign-in attempts are told.
pub const ATTEMPTS: i64 = 5;

/// What was found, in the order in which it is repaired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// One entry a check that applies to this user.
    pub findings: Vec<Finding>,
    /// The newest sign-in attempts, the last one first.
    pub attempts: Vec<Attempt>,
    /// When a file of persons was last applied: what is missing may only be late (§8.16).
    pub imported_at: Option<Timestamp>,
    /// For the explanation: given name and surname.
    pub name: String,
    /// For the explanation: the user's own language.
    pub locale: Locale,
    /// For the explanation: «IC Esempio».
    pub institution: String,
    /// For the explanation: the office; may be empty.
    pub contact: String,
}

impl Diagnosis {
    /// The first check that keeps the user out.
    pub fn first_obstacle(&self) -> Option<&Finding> {
        self.findings.iter().find(|f| !f.is_good())
    }
}

/// One check with what it saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// «Utente attivo».
    State(UserState),
    /// «Password non scaduta».
    Password(PasswordFinding),
    /// «Mail consegnata».
    Mail(MailFinding),
    /// «Codice di registrazione valido» (canton).
    Code(CodeFinding),
    /// «COLLEGATO UTENTE» (A19): the records; empty reads «anagrafica non allineata».
    Linked(Vec<Record>),
    /// «Gruppo coerente con il tipo di anagrafica»: the groups that are not; `None` where
    /// the user is in no group at all.
    Groups(Option<Vec<GroupName>>),
    /// «Curriculum presente» (A20).
    Enrolment(EnrolmentFinding),
}

impl Finding {
    /// Nothing to repair here.
    pub fn is_good(&self) -> bool {
        match self {
            Self::State(state) => *state == UserState::Active,
            Self::Password(p) => matches!(
                p,
                PasswordFinding::Own { .. } | PasswordFinding::Temporary { .. }
            ),
            Self::Mail(m) => matches!(
                m,
                MailFinding::Delivered { .. } | MailFinding::NotNeeded | MailFinding::Underway
            ),
            Self::Code(c) => matches!(c, CodeFinding::Valid { .. } | CodeFinding::Redeemed),
            Self::Linked(records) => !records.is_empty(),
            Self::Groups(odd) => odd.as_ref().is_some_and(Vec::is_empty),
            Self::Enrolment(e) => matches!(e, EnrolmentFinding::Present { .. }),
        }
    }
}

/// How the password stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordFinding {
    /// Chosen by the person; ends only under a rotation policy.
    Own {
        /// Last day.
        until: Option<Date>,
    },
    /// Made by the system, still good.
    Temporary {
        /// Last day.
        until: Option<Date>,
    },
    /// It has ended.
    Expired {
        /// Last day on which it worked.
        on: Date,
    },
    /// There is none yet, or it was voided.
    Missing,
    /// None would be taken: all groups enter with SPID or CIE (X49).
    Off {
        /// Since this day.
        since: Date,
    },
}

/// How the last credentials mail stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailFinding {
    /// Accepted by the mail server.
    Delivered {
        /// When.
        at: Timestamp,
    },
    /// On its way.
    Underway,
    /// None was sent, and none is needed: the person has a password of their own, or got a letter.
    NotNeeded,
    /// None was sent although one is needed.
    Never,
    /// «Casella mail non definita».
    NoMailbox,
    /// The mailbox refused mail for good.
    Bounced,
    /// Rejected, uncertain or called back.
    Failed {
        /// Which of them.
        state: MailState,
        /// The server's words.
        reply: Option<String>,
    },
}

/// How the registration code stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeFinding {
    /// Live.
    Valid {
        /// Until when.
        until: Timestamp,
    },
    /// Has been used: the registration is complete.
    Redeemed,
    /// Its month has passed.
    Expired {
        /// When it ended.
        at: Timestamp,
    },
    /// Void: a newer code, another address, deactivation.
    Void,
}

/// A linked registry record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The record.
    pub id: PersonId,
    /// «Tipo anagrafica».
    pub kind: PersonKind,
    /// Surname and name.
    pub name: String,
}

/// Whether the record stands in a class of the current school year (1 September – 31 August).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentFinding {
    /// It does.
    Present {
        /// First calendar year of the school year.
        year: i16,
        /// «3A», may be empty.
        class: String,
        /// «Plesso», may be empty.
        site: String,
    },
    /// «nessun curriculum presente».
    Missing {
        /// First calendar year of the school year.
        year: i16,
        /// The record without one.
        record: Record,
    },
}

/// A sign-in attempt in words of the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub outcome: AttemptOutcome,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// Signed in.
    Ok,
    /// The password was wrong.
    WrongPassword,
    /// Right, but ended.
    Expired,
    /// Right, but the account is not active.
    Inactive,
    /// The account had no password.
    NoPassword,
    /// Right, but none of the person's groups may enter with a password any more.
    PasswordOff,
    /// Too many tries: not looked at.
    Throttled,
}

impl AttemptOutcome {
    /// Reads a value of the database; a code of another release counts as a wrong password.
    pub fn from_code(code: &str) -> Self {
        match code {
            "ok" => Self::Ok,
            "expired" => Self::Expired,
            "inactive" => Self::Inactive,
            "no_password" => Self::NoPassword,
            "password_off" => Self::PasswordOff,
            "throttled" => Self::Throttled,
            _ => Self::WrongPassword,
        }
    }
}

/// First calendar year of the school year of a day: it begins on 1 September.
pub fn school_year(day: Date) -> i16 {
    if day.month() >= 9 {
        day.year()
    } else {
        day.year() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_school_year_begins_on_the_first_of_september() {
        assert_eq!(school_year(date(2026, 8, 31)), 2025);
        assert_eq!(school_year(date(2026, 9, 1)), 2026);
        assert_eq!(school_year(date(2027, 1, 15)), 2026);
    }

    #[test]
    fn a_finding_without_fault_needs_no_repair() {
        assert!(Finding::Groups(Some(Vec::new())).is_good());
        assert!(!Finding::Groups(None).is_good());
        assert!(!Finding::Linked(Vec::new()).is_good());
        assert!(!Finding::Mail(MailFinding::NoMailbox).is_good());
        assert!(Finding::Mail(MailFinding::NotNeeded).is_good());
    }
}
