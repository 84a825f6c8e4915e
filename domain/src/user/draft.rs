//! Forms about a user: the same check runs in the browser for quick feedback and in the
//! service as the truth.

use crate::{GroupId, email::Email, locale::Locale, person::FiscalCode};
use serde::{Deserialize, Serialize};

/// What is wrong with one field; the sentence is made in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldError {
    /// Nothing was written.
    Required,
    /// Longer than this many characters.
    TooLong(usize),
    /// Shorter than this many characters.
    TooShort(usize),
    /// Not a mail address.
    NotAnEmail,
    /// Not a codice fiscale (16 characters with a right check character, or 11 digits).
    NotAFiscalCode,
    /// Its last character should be this one.
    CheckCharacter(char),
    /// Not a partita IVA (11 digits with a right check digit).
    NotAVatNumber,
    /// Not a day that exists.
    NotADate,
    /// A file that is not taken, and why.
    File(crate::person::folder::FileProblem),
    /// Somebody else has it already.
    Taken,
    /// At least one must be chosen.
    ChooseOne,
    /// Has line breaks or control characters.
    ControlCharacters,
    /// Too easily guessed.
    Guessable,
    /// Not a telephone number.
    NotAPhone,
    /// Not exactly this many digits.
    Digits(usize),
    /// The present password is not right.
    WrongPassword,
}

/// Field name and what is wrong with it, in the order of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors(pub Vec<(String, FieldError)>);

impl FieldErrors {
    /// One field.
    pub fn one(field: &str, error: FieldError) -> Self {
        Self(vec![(field.to_owned(), error)])
    }

    /// Adds a field.
    pub fn add(&mut self, field: &str, error: FieldError) {
        self.0.push((field.to_owned(), error));
    }

    /// What is wrong with this field.
    pub fn of(&self, field: &str) -> Option<&FieldError> {
        self.0.iter().find(|(f, _)| f == field).map(|(_, e)| e)
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// «+ Nuovo utente» and «Dati» as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDraft {
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// «Codice fiscale», may be empty.
    pub fiscal_code: String,
    /// «Mail utente», may be empty.
    pub email: String,
    /// «Lingua».
    pub locale: Locale,
    /// «Gruppi», for a new user at least one.
    pub groups: Vec<GroupId>,
}

/// A checked new user; the codice utente is given by the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUser {
    /// Checked data.
    pub data: UserEdit,
    /// At least one group.
    pub groups: Vec<GroupId>,
}

/// Checked data of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserEdit {
    /// Trimmed, 1–100 characters.
    pub surname: String,
    /// Trimmed, 1–100 characters.
    pub given_name: String,
    /// Normalised.
    pub fiscal_code: Option<FiscalCode>,
    /// Checked address.
    pub email: Option<Email>,
    /// Language of mails.
    pub locale: Locale,
}

/// Only the mail address, from the row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailDraft(pub String);

/// Names at most this long (characters).
pub const NAME_MAX: usize = 100;

impl UserDraft {
    /// Checks a new user.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn check_new(&self) -> Result<NewUser, FieldErrors> {
        let (data, mut errors) = self.read();
        if self.groups.is_empty() {
            errors.add("groups", FieldError::ChooseOne);
        }
        if errors.is_empty() {
            Ok(NewUser {
                data,
                groups: self.groups.clone(),
            })
        } else {
            Err(errors)
        }
    }

    /// Checks an edit of the data; groups have a dialog of their own. Files of other systems
    /// bring people without a given name: where none stands today (`given_name_now`) none is
    /// asked for, so that a wrong address can be corrected by itself.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn check_edit(&self, given_name_now: &str) -> Result<UserEdit, FieldErrors> {
        let (data, mut errors) = self.read();
        if given_name_now.is_empty() && data.given_name.is_empty() {
            errors.0.retain(|(field, _)| field != "given_name");
        }
        if errors.is_empty() {
            Ok(data)
        } else {
            Err(errors)
        }
    }

    fn read(&self) -> (UserEdit, FieldErrors) {
        let mut errors = FieldErrors::default();
        let surname = name(&self.surname, "surname", &mut errors);
        let given_name = name(&self.given_name, "given_name", &mut errors);
        let fiscal_code = match self.fiscal_code.trim() {
            "" => None,
            code => FiscalCode::parse(code)
                .map_err(|_| errors.add("fiscal_code", FieldError::NotAFiscalCode))
                .ok(),
        };
        let email = email(&self.email, &mut errors);
        (
            UserEdit {
                surname,
                given_name,
                fiscal_code,
                email,
                locale: self.locale,
            },
            errors,
        )
    }
}

impl EmailDraft {
    /// Checks the address; empty means none.
    ///
    /// # Errors
    /// The field `email`.
    pub fn check(&self) -> Result<Option<Email>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let email = email(&self.0, &mut errors);
        if errors.is_empty() {
            Ok(email)
        } else {
            Err(errors)
        }
    }
}

fn name(typed: &str, field: &str, errors: &mut FieldErrors) -> String {
    let value = typed.trim();
    if value.is_empty() {
        errors.add(field, FieldError::Required);
    } else if value.chars().any(char::is_control) {
        errors.add(field, FieldError::ControlCharacters);
    } else if value.chars().count() > NAME_MAX {
        errors.add(field, FieldError::TooLong(NAME_MAX));
    }
    value.to_owned()
}

fn email(typed: &str, errors: &mut FieldErrors) -> Option<Email> {
    match typed.trim() {
        "" => None,
        value => Email::parse(value)
            .map_err(|_| errors.add("email", FieldError::NotAnEmail))
            .ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let draft = UserDraft {
            surname: "x".repeat(300),
            given_name: " ".into(),
            fiscal_code: "RSSMRA80A01H50MX".into(),
            email: "a@b.example\r\nBcc: c@d.example".into(),
            ..UserDraft::default()
        };
        let errors = draft.check_new().unwrap_err();
        let fields: Vec<_> = errors.0.iter().map(|(f, _)| f.as_str()).collect();
        assert_eq!(
            fields,
            ["surname", "given_name", "fiscal_code", "email", "groups"]
        );
        assert_eq!(errors.of("surname"), Some(&FieldError::TooLong(NAME_MAX)));
    }

    #[test]
    fn who_has_no_given_name_may_go_without_and_who_has_one_keeps_it() {
        let draft = UserDraft {
            surname: "Ente Esempio".into(),
            email: "ente@scuola.example".into(),
            ..UserDraft::default()
        };
        assert!(draft.check_edit("").is_ok());
        let errors = draft.check_edit("Anna").unwrap_err();
        assert_eq!(errors.of("given_name"), Some(&FieldError::Required));
    }
}
