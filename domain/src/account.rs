//! `/io`: what people see of their own account, and what they may change there.

use crate::{
    diagnosis::Record,
    user::{FieldError, FieldErrors},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Digits of a PIN that a person chooses.
pub const PIN_DIGITS: std::ops::RangeInclusive<usize> = 6..=8;

/// The own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// Surname and name.
    pub name: String,
    /// «Nome utente».
    pub username: String,
    /// «Mail utente».
    pub email: Option<String>,
    /// Names of the groups, in the reader's language.
    pub groups: Vec<String>,
    /// Linked registry records with their class of this school year.
    pub records: Vec<(Record, Option<String>)>,
    /// What stands in the way, told after a correct sign-in only (A19, A20).
    pub notice: Option<AccessNotice>,
    /// «IC Esempio».
    pub institution: String,
    /// The office; may be empty.
    pub contact: String,
    /// Has a PIN.
    pub pin: bool,
    /// When password or PIN last changed.
    pub changed_at: Option<Timestamp>,
}

/// Why the applications behind the sign-in show nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessNotice {
    /// «anagrafica non allineata»: linked to no registry record.
    NotAligned,
    /// «nessun curriculum presente»: linked, but in no class of this school year.
    NoCurriculum,
}

/// A chosen PIN as it is hashed: six to eight digits, blanks and hyphens aside, none that
/// everybody would try (one digit over and over, a run, the own user name).
///
/// # Errors
/// The field `pin`.
pub fn check_pin(typed: &str, username: &str) -> Result<String, FieldErrors> {
    let refuse = |e| Err(FieldErrors::one("pin", e));
    let pin: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    if pin.is_empty() {
        return refuse(FieldError::Required);
    }
    if pin.len() < *PIN_DIGITS.start() || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return refuse(FieldError::TooShort(*PIN_DIGITS.start()));
    }
    if pin.len() > *PIN_DIGITS.end() {
        return refuse(FieldError::TooLong(*PIN_DIGITS.end()));
    }
    let digits = pin.as_bytes();
    let steps: Vec<i16> = digits
        .windows(2)
        .map(|w| i16::from(w[1]) - i16::from(w[0]))
        .collect();
    let run = [-1, 0, 1]
        .iter()
        .any(|step| steps.iter().all(|s| s == step));
    let pairs = (1..=3).any(|n| digits.iter().enumerate().all(|(i, d)| *d == digits[i % n]));
    if run || pairs || username.trim_start_matches('0') == pin.trim_start_matches('0') {
        return refuse(FieldError::Guessable);
    }
    Ok(pin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(typed: &str) -> Option<FieldError> {
        check_pin(typed, "0000205")
            .err()
            .and_then(|e| e.of("pin").cloned())
    }

    #[test]
    fn a_pin_has_six_to_eight_digits_and_is_none_that_everybody_tries() {
        assert_eq!(check_pin("4821 7093", "0000205").as_deref(), Ok("48217093"));
        assert_eq!(fault("  "), Some(FieldError::Required));
        assert_eq!(fault("48217"), Some(FieldError::TooShort(6)));
        assert_eq!(fault("48217a"), Some(FieldError::TooShort(6)));
        assert_eq!(fault("482170931"), Some(FieldError::TooLong(8)));
        for bad in ["111111", "123456", "87654321", "121212", "123123", "000205"] {
            assert_eq!(fault(bad), Some(FieldError::Guessable), "{bad}");
        }
    }
}
