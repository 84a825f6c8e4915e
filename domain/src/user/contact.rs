//! Contact data of a canton's user: typed with «Aggiungi un nuovo utente» (X9), changed on
//! the user's page.

use super::{COUNTRIES, FieldError, FieldErrors, NOTE_MAX};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The fields as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactDraft {
    /// «Saluto»: `mr`, `ms` or nothing.
    pub salutation: String,
    /// «Data di nascita» as a date field gives it (2001-12-31), may be empty.
    pub birth_date: String,
    /// Address, first line.
    pub address_1: String,
    /// Address, second line.
    pub address_2: String,
    /// «Paese»: two letters, may be empty.
    pub country: String,
    /// «Località».
    pub city: String,
    /// «Codice postale».
    pub postal_code: String,
    /// «N. cellulare», may be empty.
    pub mobile: String,
    /// «Osservazioni sulla modifica», at most 255 characters.
    pub note: String,
}

/// Checked contact data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// `mr` or `ms`.
    pub salutation: Option<&'static str>,
    /// Between 1900 and the day it was checked.
    pub birth_date: Option<Date>,
    /// At most 100 characters each.
    pub address: [String; 2],
    /// Two letters.
    pub country: Option<String>,
    /// At most 100 characters.
    pub city: String,
    /// At most 12 characters.
    pub postal_code: String,
    /// E.164: `+41791234567`.
    pub mobile: Option<String>,
    /// At most 255 characters.
    pub note: String,
}

/// What the user's page shows, and the version that a change is made against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    /// Counts edits of the user.
    pub version: i32,
    /// The data, as the form would hold them.
    pub data: ContactDraft,
}

impl ContactDraft {
    /// Checks the fields; `today` is the last day somebody can have been born on.
    ///
    /// # Errors
    /// Every field that is wrong, in the order of the form.
    pub fn check(&self, today: Date) -> Result<Contact, FieldErrors> {
        let mut errors = FieldErrors::default();
        let contact = self.read(today, &mut errors);
        if errors.is_empty() {
            Ok(contact)
        } else {
            Err(errors)
        }
    }

    /// Reads the fields and adds what is wrong to `errors`.
    pub(super) fn read(&self, today: Date, errors: &mut FieldErrors) -> Contact {
        let salutation = match self.salutation.as_str() {
            "" => None,
            "mr" => Some("mr"),
            "ms" => Some("ms"),
            _ => {
                errors.add("salutation", FieldError::ChooseOne);
                None
            }
        };
        let birth_date = birth(&self.birth_date, today, errors);
        let address = [
            text(&self.address_1, "address_1", 100, false, errors),
            text(&self.address_2, "address_2", 100, false, errors),
        ];
        let country = match self.country.as_str() {
            "" => None,
            code if COUNTRIES.contains(&code) => Some(code.to_owned()),
            _ => {
                errors.add("country", FieldError::ChooseOne);
                None
            }
        };
        Contact {
            salutation,
            birth_date,
            address,
            city: text(&self.city, "city", 100, false, errors),
            postal_code: text(&self.postal_code, "postal_code", 12, false, errors),
            mobile: mobile(&self.mobile, country.as_deref(), errors),
            country,
            note: text(&self.note, "note", NOTE_MAX, false, errors),
        }
    }
}

/// A trimmed text of at most `max` characters.
pub(super) fn text(
    typed: &str,
    field: &str,
    max: usize,
    required: bool,
    errors: &mut FieldErrors,
) -> String {
    let value = typed.trim();
    if value.is_empty() && required {
        errors.add(field, FieldError::Required);
    } else if value.chars().any(char::is_control) {
        errors.add(field, FieldError::ControlCharacters);
    } else if value.chars().count() > max {
        errors.add(field, FieldError::TooLong(max));
    }
    value.to_owned()
}

fn birth(typed: &str, today: Date, errors: &mut FieldErrors) -> Option<Date> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    match typed.parse::<Date>() {
        Ok(day) if day <= today && day.year() >= 1900 => Some(day),
        _ => {
            errors.add("birth_date", FieldError::NotADate);
            None
        }
    }
}

/// A number with blanks, dots, brackets and hyphens in it; without a country code it is
/// taken as one of the address's country, Switzerland where there is none.
fn mobile(typed: &str, country: Option<&str>, errors: &mut FieldErrors) -> Option<String> {
    let plain: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '/' | '(' | ')' | '\''))
        .collect();
    if plain.is_empty() {
        return None;
    }
    let prefix = match country {
        Some("IT") => "+39",
        Some("DE") => "+49",
        Some("FR") => "+33",
        Some("AT") => "+43",
        Some("LI") => "+423",
        _ => "+41",
    };
    let whole = if plain.starts_with('+') {
        plain
    } else if let Some(rest) = plain.strip_prefix("00") {
        format!("+{rest}")
    } else if prefix == "+39" {
        // Italian numbers keep their first digit.
        format!("{prefix}{plain}")
    } else {
        format!("{prefix}{}", plain.strip_prefix('0').unwrap_or(&plain))
    };
    let digits = &whole[1..];
    if (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        Some(whole)
    } else {
        errors.add("mobile", FieldError::NotAPhone);
        None
    }
}
