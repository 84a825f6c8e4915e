//! Partita IVA, which is also the form of the numeric codice fiscale: 11 digits with a
//! check digit. Legal persons bear it for good, natural persons while their code is provisional.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Eleven digits with a right check digit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VatNumber(String);

/// Why a text is no 11-digit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
pub enum VatNumberError {
    /// Not eleven digits.
    #[error("not eleven digits")]
    Shape,
    /// Eleven digits whose last one should be another.
    #[error("the check digit should be {expected}")]
    Check {
        /// The digit that would be right.
        expected: char,
    },
}

impl VatNumber {
    /// Reads eleven digits; blanks, dots, dashes and a leading `IT` are ignored.
    ///
    /// # Errors
    /// [`VatNumberError`].
    pub fn parse(text: &str) -> Result<Self, VatNumberError> {
        let compact: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.'))
            .collect();
        let digits = compact
            .strip_prefix("IT")
            .or_else(|| compact.strip_prefix("it"))
            .unwrap_or(&compact);
        Self::from_digits(digits)
    }

    pub(super) fn from_digits(digits: &str) -> Result<Self, VatNumberError> {
        if digits.len() != 11 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(VatNumberError::Shape);
        }
        let expected = check_digit(&digits.as_bytes()[..10]);
        if digits.as_bytes()[10] != expected {
            return Err(VatNumberError::Check {
                expected: char::from(expected),
            });
        }
        Ok(Self(digits.to_owned()))
    }

    /// The eleven digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The eleven digits, taken out.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for VatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Luhn over ten ASCII digits: those in even positions are doubled, less nine above nine.
fn check_digit(ten: &[u8]) -> u8 {
    let sum: u8 = ten
        .iter()
        .enumerate()
        .map(|(i, b)| match (i % 2, b - b'0') {
            (0, v) => v,
            (_, v) if v > 4 => v * 2 - 9,
            (_, v) => v * 2,
        })
        .sum();
    b'0' + (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_known_numbers_are_valid() {
        for text in [
            "06331261005",
            "00743110157",
            "02180610137",
            "01234567897",
            "IT 007 431 101 57",
        ] {
            assert!(VatNumber::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_wrong_last_digit_is_named() {
        assert_eq!(
            VatNumber::parse("06331261006"),
            Err(VatNumberError::Check { expected: '5' })
        );
        assert_eq!(VatNumber::parse("0633126100"), Err(VatNumberError::Shape));
        assert_eq!(VatNumber::parse("٠٦٣٣١٢٦١٠٠٥"), Err(VatNumberError::Shape));
    }

    proptest! {
        #[test]
        fn one_changed_digit_is_always_noticed(ten in "[0-9]{10}", at in 0usize..10, add in 1u8..10) {
            let mut digits = ten.into_bytes();
            digits.push(check_digit(&digits));
            prop_assert!(VatNumber::parse(std::str::from_utf8(&digits).unwrap()).is_ok());
            digits[at] = b'0' + (digits[at] - b'0' + add) % 10;
            prop_assert!(VatNumber::parse(std::str::from_utf8(&digits).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,24}") {
            let _ = VatNumber::parse(&text);
        }
    }
}
