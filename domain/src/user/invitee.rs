//! «Aggiungi un nuovo utente» of a canton (X9).

use super::{Contact, ContactDraft, FieldError, FieldErrors, Saved, contact::text};
use crate::{UnitId, UserId, email::Email, locale::Locale, user::UserState};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The form as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteeDraft {
    /// «Nome», as on the identity document.
    pub given_name: String,
    /// «Cognome», as on the identity document.
    pub surname: String,
    /// «Lingua di corrispondenza».
    pub locale: Locale,
    /// «Indirizzo e-mail», the business one.
    pub email: String,
    /// All else that is known of the person.
    pub contact: ContactDraft,
}

/// Checked data of an invitee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitee {
    /// Trimmed, 1–100 characters.
    pub given_name: String,
    /// Trimmed, 1–100 characters.
    pub surname: String,
    /// Language of mails and letters.
    pub locale: Locale,
    /// Checked address.
    pub email: Email,
    /// All else that is known of the person.
    pub contact: Contact,
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
        let given_name = text(&self.given_name, "given_name", 100, true, &mut errors);
        let surname = text(&self.surname, "surname", 100, true, &mut errors);
        let email = match self.email.trim() {
            "" => {
                errors.add("email", FieldError::Required);
                None
            }
            typed => Email::parse(typed)
                .map_err(|_| errors.add("email", FieldError::NotAnEmail))
                .ok(),
        };
        let contact = self.contact.read(today, &mut errors);
        match email {
            Some(email) if errors.is_empty() => Ok(Invitee {
                given_name,
                surname,
                locale: self.locale,
                email,
                contact,
            }),
            _ => Err(errors),
        }
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
            (d.contact.mobile, d.contact.country) = (typed.into(), country.into());
            d.check(today()).ok().and_then(|i| i.contact.mobile)
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
        d.contact.birth_date = "2026-11-23".into();
        d.contact.note = "x".repeat(256);
        let errors = d.check(today()).unwrap_err();
        assert_eq!(errors.of("birth_date"), Some(&FieldError::NotADate));
        assert_eq!(errors.of("note"), Some(&FieldError::TooLong(NOTE_MAX)));
    }
}
