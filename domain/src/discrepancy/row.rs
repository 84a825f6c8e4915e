//! What the pages hold about discrepancies.

use super::DiscrepancyClass;
use crate::{
    DiscrepancyId, ProfileId, UserId,
    email::Email,
    user::{FieldError, FieldErrors, NAME_MAX},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Open for longer than this, a discrepancy is «in ritardo».
pub const DISCREPANCIES_LATE_DAYS: i64 = 7;

/// Who somebody is, as prepared by the delegate or as stated at the registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// «Cognome», as on the identity document.
    pub surname: String,
    /// «Nome», as on the identity document.
    pub given_name: String,
    /// «Indirizzo e-mail».
    pub email: String,
}

impl Identity {
    /// Trims and checks what was stated; the answer is what is compared and kept.
    ///
    /// # Errors
    /// Every field that is wrong: `surname`, `given_name`, `email`.
    pub fn check(&self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut name = |field: &str, typed: &str| {
            let value = typed.split_whitespace().collect::<Vec<_>>().join(" ");
            if value.is_empty() {
                errors.add(field, FieldError::Required);
            } else if value.chars().any(char::is_control) {
                errors.add(field, FieldError::ControlCharacters);
            } else if value.chars().count() > NAME_MAX {
                errors.add(field, FieldError::TooLong(NAME_MAX));
            }
            value
        };
        let given_name = name("given_name", &self.given_name);
        let surname = name("surname", &self.surname);
        let email = match Email::parse(self.email.trim()) {
            Ok(email) => email.into_string(),
            Err(_) if self.email.trim().is_empty() => {
                errors.add("email", FieldError::Required);
                String::new()
            }
            Err(_) => {
                errors.add("email", FieldError::NotAnEmail);
                String::new()
            }
        };
        if errors.is_empty() {
            Ok(Self {
                surname,
                given_name,
                email,
            })
        } else {
            Err(errors)
        }
    }
}

/// A field that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscrepancyField {
    /// «Nome».
    GivenName,
    /// «Cognome».
    Surname,
    /// «E-mail».
    Email,
}

/// Why a field differs, in a word for the column «Esito».
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// The same.
    Same,
    /// Accents, apostrophes, hyphens or capitals.
    Spelling,
    /// One of the two has a further name.
    SecondName,
    /// At most two characters.
    Slip,
    /// A mailbox of a private person's provider.
    PrivateMailbox,
    /// Another mailbox at work.
    OtherMailbox,
    /// Nothing in common.
    Other,
}

impl Hint {
    /// What the difference alone suggests; `None` where there is none.
    pub const fn class(self) -> Option<DiscrepancyClass> {
        match self {
            Self::Same => None,
            Self::Spelling | Self::SecondName | Self::Slip => Some(DiscrepancyClass::Negligible),
            Self::PrivateMailbox | Self::OtherMailbox => Some(DiscrepancyClass::WrongEmail),
            Self::Other => Some(DiscrepancyClass::OtherPerson),
        }
    }
}

/// One line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which field.
    pub field: DiscrepancyField,
    /// «Nel portale».
    pub prepared: String,
    /// «Persona registrata».
    pub stated: String,
    /// «Esito».
    pub hint: Hint,
}

/// How far the guidance has come; each step stands on its own, so that it continues where
/// it stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// The profile was deactivated.
    pub deactivated_at: Option<Timestamp>,
    /// The delegate said to have contacted the person.
    pub contacted_at: Option<Timestamp>,
    /// The new profile.
    pub new_profile: Option<ProfileId>,
    /// The delegate said to have reported it (P15).
    pub reported_at: Option<Timestamp>,
}

impl Steps {
    /// When the first step of this cause was done: for another person it counts only while
    /// the account itself is off, not the profile alone.
    pub fn deactivated_for(&self, class: DiscrepancyClass, account_off: bool) -> Option<Timestamp> {
        self.deactivated_at
            .filter(|_| account_off || class != DiscrepancyClass::OtherPerson)
    }
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyRow {
    /// Its number.
    pub id: DiscrepancyId,
    /// Whose profile.
    pub user: UserId,
    /// «BIANCHI LEA».
    pub name: String,
    /// When it opened.
    pub opened_at: Timestamp,
    /// What the difference suggests.
    pub suggested: DiscrepancyClass,
    /// What was decided; `None` while it is open.
    pub decided: Option<DiscrepancyClass>,
    /// Open for more than a week.
    pub late: bool,
    /// Somebody has begun with the steps.
    pub begun: bool,
}

/// How many are open and closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscrepancyCounts {
    /// «Aperte».
    pub open: u64,
    /// «Chiuse».
    pub closed: u64,
}

/// A discrepancy, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discrepancy {
    /// As in the list.
    pub row: DiscrepancyRow,
    /// The profile that was redeemed.
    pub profile: ProfileId,
    /// The person pressed «Non sono io»: nothing was redeemed.
    pub not_me: bool,
    /// Field by field.
    pub differences: Vec<Difference>,
    /// How far the guidance has come.
    pub steps: Steps,
    /// Under which cause it was begun.
    pub begun_as: Option<DiscrepancyClass>,
    /// The account itself may not sign in.
    pub account_off: bool,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
    /// Whether the person who asks may decide it.
    pub may_decide: bool,
    /// Where another person is reported (P15); empty where none is set.
    pub report_to: String,
    /// Name of the organisation, for the texts to copy.
    pub organisation: String,
}
