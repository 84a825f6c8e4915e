//! Codice fiscale: the 16-character code of a natural person, or the 11 digits of a legal
//! person or of a provisional code. Rules of DM 23.12.1976, omocodia included.
//!
//! It is an attribute, never a key: it may be missing, provisional, or change.

use super::vat_number::{VatNumber, VatNumberError};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A checked codice fiscale in its canonical form: upper case, without padding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalCode(String);

/// Why a text is no codice fiscale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
pub enum FiscalCodeError {
    /// Neither 16 characters of the right shape nor 11 digits.
    #[error("not the shape of a codice fiscale")]
    Shape,
    /// Sixteen characters of the right shape whose last one should be another.
    #[error("the check character should be {expected}")]
    Check {
        /// The letter that would be right.
        expected: char,
    },
    /// Eleven digits whose last one should be another.
    #[error("the check digit should be {expected}")]
    NumericCheck {
        /// The digit that would be right.
        expected: char,
    },
}

/// Positions (from 0) of the seven digits, from the right: the order in which omocodia
/// replaces them.
const DIGITS: [usize; 7] = [14, 13, 12, 10, 9, 7, 6];
/// What omocodia writes for 0…9.
const OMOCODE: &[u8; 10] = b"LMNPQRSTUV";
/// Values of 0…9 (or A…J) and K…Z in odd positions.
const ODD: [u8; 26] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];
pub(crate) const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";

impl FiscalCode {
    /// Reads a code as people and programs write it: any case, blanks and dashes ignored,
    /// a numeric code padded with zeros to 16 digits (or shorn of up to two leading zeros
    /// by a spreadsheet) brought back to 11.
    ///
    /// # Errors
    /// [`FiscalCodeError`] with the character that would be right.
    pub fn parse(text: &str) -> Result<Self, FiscalCodeError> {
        let code = compact(text);
        if !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()) {
            let digits = match code.len() {
                9 | 10 => format!("{code:0>11}"),
                12..=16 if code[..code.len() - 11].bytes().all(|b| b == b'0') => {
                    code[code.len() - 11..].to_owned()
                }
                _ => code,
            };
            return match VatNumber::from_digits(&digits) {
                Ok(number) => Ok(Self(number.into_string())),
                Err(VatNumberError::Shape) => Err(FiscalCodeError::Shape),
                Err(VatNumberError::Check { expected }) => {
                    Err(FiscalCodeError::NumericCheck { expected })
                }
            };
        }
        if !has_shape(code.as_bytes()) {
            return Err(FiscalCodeError::Shape);
        }
        let expected = check_character(&code.as_bytes()[..15]);
        if code.as_bytes()[15] != expected {
            return Err(FiscalCodeError::Check {
                expected: char::from(expected),
            });
        }
        Ok(Self(code))
    }

    /// Whether `text` is a numeric code written longer than its eleven digits.
    pub fn is_padded(text: &str) -> bool {
        let code = compact(text);
        code.len() > 11 && code.bytes().all(|b| b.is_ascii_digit())
    }

    /// The canonical form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Eleven digits: a legal person, or the provisional code of a natural one.
    pub fn is_numeric(&self) -> bool {
        self.0.len() == 11
    }

    /// Whether one of its digits was replaced by a letter because two persons had the same code.
    pub fn is_omocodic(&self) -> bool {
        !self.is_numeric()
            && DIGITS
                .iter()
                .any(|i| self.0.as_bytes()[*i].is_ascii_alphabetic())
    }

    /// The code before omocodia, with its own check character. Only for *suggesting* a
    /// match: codes with the same base belong to different persons.
    pub fn base(&self) -> Self {
        if !self.is_omocodic() {
            return self.clone();
        }
        let mut bytes = self.digits_decoded();
        bytes[15] = check_character(&bytes[..15]);
        Self(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The code as text.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Every other code with the same base: the 128 choices of omocodia. Empty for a
    /// numeric code. Only for *suggesting* a match.
    pub fn relatives(&self) -> Vec<Self> {
        if self.is_numeric() {
            return Vec::new();
        }
        let plain = self.digits_decoded();
        (0_u8..128)
            .map(|mask| {
                let mut bytes = plain.clone();
                for (bit, i) in DIGITS.into_iter().enumerate() {
                    if mask & (1 << bit) != 0 && bytes[i].is_ascii_digit() {
                        bytes[i] = OMOCODE[usize::from(bytes[i] - b'0')];
                    }
                }
                bytes[15] = check_character(&bytes[..15]);
                Self(String::from_utf8_lossy(&bytes).into_owned())
            })
            .filter(|code| code != self)
            .collect()
    }

    /// Day (1–31), month (1–12) and the last two digits of the year of birth. The century
    /// is not in the code. `None` for a numeric code.
    pub fn birth(&self) -> Option<(u8, u8, u8)> {
        if self.is_numeric() {
            return None;
        }
        let bytes = self.digits_decoded();
        let two = |i: usize| (bytes[i] - b'0') * 10 + (bytes[i + 1] - b'0');
        let month = MONTHS.iter().position(|m| *m == bytes[8])?;
        Some((two(9) % 40, u8::try_from(month).ok()? + 1, two(6)))
    }

    /// Whether it is the code of a woman; `None` for a numeric code.
    pub fn is_female(&self) -> Option<bool> {
        if self.is_numeric() {
            return None;
        }
        let bytes = self.digits_decoded();
        Some(bytes[9] >= b'4')
    }

    /// Whether the first six letters are those of this name. Accents count as the letter
    /// below them. Names that changed or were transliterated do not fit: only a hint.
    pub fn fits_name(&self, surname: &str, given_name: &str) -> bool {
        self.is_numeric()
            || self.0[..6] == format!("{}{}", letters(surname, false), letters(given_name, true))
    }

    fn digits_decoded(&self) -> Vec<u8> {
        let mut bytes = self.0.clone().into_bytes();
        for i in DIGITS {
            if let Some(digit) = OMOCODE.iter().position(|c| *c == bytes[i]) {
                bytes[i] = b'0' + u8::try_from(digit).unwrap_or(0);
            }
        }
        bytes
    }
}

impl fmt::Display for FiscalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Three letters for a surname or (with four consonants or more: the first, third and
/// fourth) a given name.
fn letters(name: &str, given: bool) -> String {
    let plain: Vec<char> = name.chars().filter_map(plain).collect();
    let vowel = |c: &char| matches!(c, 'A' | 'E' | 'I' | 'O' | 'U');
    let mut consonants: Vec<char> = plain.iter().copied().filter(|c| !vowel(c)).collect();
    if given && consonants.len() >= 4 {
        consonants.remove(1);
    }
    consonants.extend(plain.iter().copied().filter(vowel));
    consonants.extend(['X'; 3]);
    consonants.into_iter().take(3).collect()
}

/// A letter without its accent; anything else is none.
fn plain(c: char) -> Option<char> {
    Some(match c.to_uppercase().next()? {
        c @ 'A'..='Z' => c,
        'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' => 'A',
        'È' | 'É' | 'Ê' | 'Ë' => 'E',
        'Ì' | 'Í' | 'Î' | 'Ï' => 'I',
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' | 'Ø' => 'O',
        'Ù' | 'Ú' | 'Û' | 'Ü' => 'U',
        'Ç' => 'C',
        'Ñ' => 'N',
        _ => return None,
    })
}

fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.' | '\u{2010}'..='\u{2015}'))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn has_shape(code: &[u8]) -> bool {
    code.len() == 16
        && code.iter().enumerate().all(|(i, b)| match i {
            8 => MONTHS.contains(b),
            _ if DIGITS.contains(&i) => b.is_ascii_digit() || OMOCODE.contains(b),
            _ => b.is_ascii_uppercase(),
        })
}

/// The last letter for the first fifteen characters (`0-9A-Z` only), by DM 23.12.1976.
pub fn check_character(fifteen: &[u8]) -> u8 {
    let sum: u32 = fifteen
        .iter()
        .enumerate()
        .map(|(i, b)| {
            let value = if b.is_ascii_digit() {
                b - b'0'
            } else {
                b - b'A'
            };
            u32::from(if i % 2 == 0 {
                ODD[usize::from(value)]
            } else {
                value
            })
        })
        .sum();
    b'A' + u8::try_from(sum % 26).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHAIN: [&str; 8] = [
        "RSSMRA80A41H501Y",
        "RSSMRA80A41H50MQ",
        "RSSMRA80A41H5LMB",
        "RSSMRA80A41HRLMW",
        "RSSMRA80A4MHRLMO",
        "RSSMRA80AQMHRLMA",
        "RSSMRA8LAQMHRLML",
        "RSSMRAULAQMHRLMI",
    ];

    #[test]
    fn the_known_codes_are_valid() {
        for code in ["RSSMRA80A01H501U", "RSSMRA85T10A562S", "RCCMNL83S18D969H"]
            .iter()
            .chain(&CHAIN)
        {
            assert_eq!(FiscalCode::parse(code).unwrap().as_str(), *code);
        }
    }

    #[test]
    fn a_name_fits_its_code_and_another_does_not() {
        let code = FiscalCode::parse("RSSMRA80A41H501Y").unwrap();
        assert!(code.fits_name("Rossi", "Maria"));
        assert!(!code.fits_name("Bianchi", "Maria"));
        assert_eq!(letters("D'Angelò", false), "DNG");
        assert_eq!(letters("Fò", false), "FOX");
        assert_eq!(letters("Gianfranco", true), "GFR");
    }

    #[test]
    fn every_omocodic_variant_of_a_code_leads_back_to_its_base() {
        for code in CHAIN {
            let code = FiscalCode::parse(code).unwrap();
            assert_eq!(code.base().as_str(), CHAIN[0]);
            assert_eq!(code.is_omocodic(), code.as_str() != CHAIN[0]);
            assert_eq!(code.birth(), Some((1, 1, 80)));
            assert_eq!(code.is_female(), Some(true));
        }
    }

    #[test]
    fn a_wrong_check_character_is_refused_with_the_right_one() {
        assert_eq!(
            FiscalCode::parse("RSSMRA80A01H50MN"),
            Err(FiscalCodeError::Check { expected: 'M' })
        );
        assert_eq!(
            FiscalCode::parse("06331261006"),
            Err(FiscalCodeError::NumericCheck { expected: '5' })
        );
    }

    #[test]
    fn case_blanks_and_dashes_do_not_matter() {
        assert_eq!(
            FiscalCode::parse(" rss-mra 80a01 h501u ").unwrap().as_str(),
            "RSSMRA80A01H501U"
        );
    }

    #[test]
    fn a_numeric_code_loses_its_padding_and_keeps_its_own_zeros() {
        assert_eq!(
            FiscalCode::parse("0000002180610137").unwrap().as_str(),
            "02180610137"
        );
        assert_eq!(
            FiscalCode::parse("0000006331261005").unwrap().as_str(),
            "06331261005"
        );
        // A spreadsheet took it for a number.
        assert_eq!(
            FiscalCode::parse("743110157").unwrap().as_str(),
            "00743110157"
        );
        assert!(FiscalCode::is_padded("0000002180610137"));
        assert!(!FiscalCode::is_padded("02180610137"));
    }

    #[test]
    fn other_shapes_are_no_codes() {
        for text in [
            "",
            "8256420",
            "RSSMRA80A01H501",
            "RSSMRA80F01H501U",
            "1234567890123456",
            "RSSMRA80A01H501UX",
            "ßSSMRA80A01H501U",
        ] {
            assert_eq!(
                FiscalCode::parse(text),
                Err(FiscalCodeError::Shape),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,24}") {
            if let Ok(code) = FiscalCode::parse(&text) {
                let _ = (code.base(), code.birth(), code.is_female());
            }
        }

        #[test]
        fn any_omocodic_choice_decodes_to_the_same_base(
            letters in "[A-Z]{6}", year in 0u8..100, month in 0usize..12, day in 1u8..32,
            woman: bool, place in "[A-Z][0-9]{3}", mask in 0u8..128,
        ) {
            let day = if woman { day + 40 } else { day };
            let mut bytes = format!("{letters}{year:02}{}{day:02}{place}", char::from(MONTHS[month])).into_bytes();
            let mut plain = bytes.clone();
            plain.push(check_character(&plain));
            for (bit, i) in DIGITS.into_iter().enumerate() {
                if mask & (1 << bit) != 0 {
                    bytes[i] = OMOCODE[usize::from(bytes[i] - b'0')];
                }
            }
            bytes.push(check_character(&bytes));
            let code = FiscalCode::parse(std::str::from_utf8(&bytes).unwrap()).unwrap();
            prop_assert_eq!(code.is_omocodic(), mask != 0);
            let base = code.base();
            prop_assert_eq!(base.as_str(), std::str::from_utf8(&plain).unwrap());
            prop_assert_eq!(code.is_female(), Some(woman));
            let parsed = code.birth().unwrap();
            prop_assert_eq!(parsed, (if woman { day - 40 } else { day }, u8::try_from(month + 1).unwrap(), year));
        }
    }
}
