//! «Aggiungi un nuovo utente» of a canton (X9).

use super::{FieldError, FieldErrors, Saved};
use crate::{UnitId, UserId, email::Email, locale::Locale, user::UserState};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The form as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteeDraft {
    /// «Saluto»: `mr`, `ms` or nothing.
    pub salutation: String,
    /// «Nome», as on the identity document.
    pub given_name: String,
    /// «Cognome», as on the identity document.
    pub surname: String,
    /// «Data di nascita» as a date field gives it (2001-12-31), may be empty.
    pub birth_date: String,
    /// «Lingua di corrispondenza».
    pub locale: Locale,
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
    /// «Indirizzo e-mail», the business one.
    pub email: String,
    /// «N. cellulare», may be empty.
    pub mobile: String,
    /// «Osservazioni sulla modifica», at most 255 characters.
    pub note: String,
}

/// Checked data of an invitee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitee {
    /// `mr` or `ms`.
    pub salutation: Option<&'static str>,
    /// Trimmed, 1–100 characters.
    pub given_name: String,
    /// Trimmed, 1–100 characters.
    pub surname: String,
    /// Between 1900 and the day it was checked.
    pub birth_date: Option<Date>,
    /// Language of mails and letters.
    pub locale: Locale,
    /// At most 100 characters each.
    pub address: [String; 2],
    /// Two letters.
    pub country: Option<String>,
    /// At most 100 characters.
    pub city: String,
    /// At most 12 characters.
    pub postal_code: String,
    /// Checked address.
    pub email: Email,
    /// E.164: `+41791234567`.
    pub mobile: Option<String>,
    /// At most 255 characters.
    pub note: String,
}

/// Why somebody is thought to be known already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// The same mail address.
    Email,
    /// The same name and birth date.
    NameAndBirth,
}

/// Somebody who may be the same person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPerson {
    /// The user.
    pub id: UserId,
    /// Surname and given name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// Whether it may sign in.
    pub state: UserState,
    /// The home unit.
    pub unit: Option<String>,
    /// What is the same.
    pub by: KnownBy,
}

/// The answer to «Aggiungi un nuovo utente».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invitation {
    /// Created.
    Created(Box<Saved>),
    /// Nothing was created: these may be the same person. Asking again with `force`
    /// creates the user all the same.
    Known(Vec<KnownPerson>),
}

/// The unit a new user will belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeUnit {
    /// The unit; `None` where one must be chosen first.
    pub unit: Option<(UnitId, String)>,
}

/// «Osservazioni sulla modifica» have at most so many characters.
pub const NOTE_MAX: usize = 255;

/// Countries offered, the nearest first; codes of ISO 3166-1.
pub const COUNTRIES: [&str; 6] = ["CH", "IT", "LI", "DE", "FR", "AT"];

impl InviteeDraft {
    /// Checks the form; `today` is the last day somebody can have been born on.
    ///
    /// # Errors
    /// Every field that is wrong, in the order of the form.
    pub fn check(&self, today: Date) -> Result<Invitee, FieldErrors> {
        let mut errors = FieldErrors::default();
        let salutation = match self.salutation.as_str() {
            "" => None,
            "mr" => Some("mr"),
            "ms" => Some("ms"),
            _ => {
                errors.add("salutation", FieldError::ChooseOne);
                None
            }
        };
        let given_name = text(&self.given_name, "given_name", 100, true, &mut errors);
        let surname = text(&self.surname, "surname", 100, true, &mut errors);
        let birth_date = birth(&self.birth_date, today, &mut errors);
        let address = [
            text(&self.address_1, "address_1", 100, false, &mut errors),
            text(&self.address_2, "address_2", 100, false, &mut errors),
        ];
        let country = match self.country.as_str() {
            "" => None,
            code if COUNTRIES.contains(&code) => Some(code.to_owned()),
            _ => {
                errors.add("country", FieldError::ChooseOne);
                None
            }
        };
        let city = text(&self.city, "city", 100, false, &mut errors);
        let postal_code = text(&self.postal_code, "postal_code", 12, false, &mut errors);
        let email = match self.email.trim() {
            "" => {
                errors.add("email", FieldError::Required);
                None
            }
            typed => Email::parse(typed)
                .map_err(|_| errors.add("email", FieldError::NotAnEmail))
                .ok(),
        };
        let mobile = mobile(&self.mobile, country.as_deref(), &mut errors);
        let note = text(&self.note, "note", NOTE_MAX, false, &mut errors);
        match email {
            Some(email) if errors.is_empty() => Ok(Invitee {
                salutation,
                given_name,
                surname,
                birth_date,
                locale: self.locale,
                address,
                country,
                city,
                postal_code,
                email,
                mobile,
                note,
            }),
            _ => Err(errors),
        }
    }
}

fn text(typed: &str, field: &str, max: usize, required: bool, errors: &mut FieldErrors) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        jiff::civil::date(2026, 11, 22)
    }

    fn draft() -> InviteeDraft {
        InviteeDraft {
            given_name: "Lea".into(),
            surname: "Bianchi".into(),
            email: "lea.bianchi@ospedale.example".into(),
            ..InviteeDraft::default()
        }
    }

    #[test]
    fn only_name_surname_and_mail_are_asked_for() {
        assert!(draft().check(today()).is_ok());
        let errors = InviteeDraft::default().check(today()).unwrap_err();
        let fields: Vec<_> = errors.0.iter().map(|(f, _)| f.as_str()).collect();
        assert_eq!(fields, ["given_name", "surname", "email"]);
    }

    #[test]
    fn a_mobile_number_gets_its_country() {
        let number = |typed: &str, country: &str| {
            let mut d = draft();
            (d.mobile, d.country) = (typed.into(), country.into());
            d.check(today()).ok().and_then(|i| i.mobile)
        };
        assert_eq!(number("079 123 45 67", "").as_deref(), Some("+41791234567"));
        assert_eq!(
            number("0039 347 1234567", "CH").as_deref(),
            Some("+393471234567")
        );
        assert_eq!(
            number("347 1234567", "IT").as_deref(),
            Some("+393471234567")
        );
        assert_eq!(number("+41 (0)79", ""), None);
        assert_eq!(number("interno 12", ""), None);
    }

    #[test]
    fn nobody_is_born_tomorrow_and_a_note_ends_at_255_characters() {
        let mut d = draft();
        d.birth_date = "2026-11-23".into();
        d.note = "x".repeat(256);
        let errors = d.check(today()).unwrap_err();
        assert_eq!(errors.of("birth_date"), Some(&FieldError::NotADate));
        assert_eq!(errors.of("note"), Some(&FieldError::TooLong(NOTE_MAX)));
    }
}
