//! Forms about a person: «Nuova anagrafica», «Dati», an enrolment.

use super::{FiscalCode, FiscalCodeError, PersonKind, PersonRow, VatNumber, VatNumberError};
use crate::{
    UnitId,
    email::Email,
    user::{FieldError, FieldErrors},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Longest surname (or name of a firm), in characters.
pub const SURNAME_MAX: usize = 200;
/// Longest given name, in characters.
pub const GIVEN_NAME_MAX: usize = 100;
/// Longest class, in characters.
pub const CLASS_MAX: usize = 20;

/// A person as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDraft {
    /// «Tipo».
    pub kind: Option<PersonKind>,
    /// A firm or body.
    pub legal: bool,
    /// «Cognome», or the name of a firm.
    pub surname: String,
    /// «Nome»; empty for a firm.
    pub given_name: String,
    /// «Codice fiscale», may be empty.
    pub fiscal_code: String,
    /// «Partita IVA», may be empty.
    pub vat_number: String,
    /// «Data di nascita», `1980-01-31`, may be empty.
    pub birth_date: String,
    /// «Mail», may be empty.
    pub email: String,
    /// «ATTIVO».
    pub active: bool,
}

impl Default for PersonDraft {
    fn default() -> Self {
        Self {
            kind: None,
            legal: false,
            surname: String::new(),
            given_name: String::new(),
            fiscal_code: String::new(),
            vat_number: String::new(),
            birth_date: String::new(),
            email: String::new(),
            active: true,
        }
    }
}

impl From<&PersonRow> for PersonDraft {
    fn from(row: &PersonRow) -> Self {
        Self {
            kind: Some(row.kind),
            legal: row.legal,
            surname: row.surname.clone(),
            given_name: row.given_name.clone(),
            fiscal_code: row.fiscal_code.clone().unwrap_or_default(),
            vat_number: row.vat_number.clone().unwrap_or_default(),
            birth_date: row.birth_date.map(|d| d.to_string()).unwrap_or_default(),
            email: row.email.clone().unwrap_or_default(),
            active: row.active,
        }
    }
}

/// A checked person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonEdit {
    /// «Tipo».
    pub kind: PersonKind,
    /// A firm or body: only among the external.
    pub legal: bool,
    /// Trimmed.
    pub surname: String,
    /// Trimmed; empty for a firm.
    pub given_name: String,
    /// Normalised.
    pub fiscal_code: Option<FiscalCode>,
    /// Normalised.
    pub vat_number: Option<VatNumber>,
    /// Day of birth.
    pub birth_date: Option<Date>,
    /// Checked address.
    pub email: Option<Email>,
    /// «ATTIVO».
    pub active: bool,
}

/// What does not fit together and is saved all the same: codes follow rules that life
/// does not (changed names, transliterations, wrong registrations).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonWarning {
    /// The code says another day of birth.
    BirthDate {
        /// Day of the code.
        day: u8,
        /// Month of the code.
        month: u8,
        /// Last two digits of its year.
        year: u8,
    },
    /// The first six letters are those of another name.
    Name,
    /// Eleven digits on a natural person: a provisional code.
    Provisional,
}

impl PersonDraft {
    /// Checks what was typed.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn check(&self) -> Result<PersonEdit, FieldErrors> {
        let mut errors = FieldErrors::default();
        if self.kind.is_none() {
            errors.add("kind", FieldError::ChooseOne);
        }
        let legal = self.legal && self.kind == Some(PersonKind::External);
        let surname = text(&self.surname, "surname", SURNAME_MAX, true, &mut errors);
        let given_name = if legal {
            String::new()
        } else {
            let most = GIVEN_NAME_MAX;
            text(&self.given_name, "given_name", most, true, &mut errors)
        };
        let fiscal_code = match self.fiscal_code.trim() {
            "" => None,
            code => FiscalCode::parse(code)
                .map_err(|e| errors.add("fiscal_code", e.into()))
                .ok(),
        };
        let vat_number = match self.vat_number.trim() {
            "" => None,
            number => VatNumber::parse(number)
                .map_err(|e| errors.add("vat_number", e.into()))
                .ok(),
        };
        let birth_date = match self.birth_date.trim() {
            _ if legal => None,
            "" => None,
            day => read_day(day).map_err(|e| errors.add("birth_date", e)).ok(),
        };
        let email = match self.email.trim() {
            "" => None,
            value => Email::parse(value)
                .map_err(|_| errors.add("email", FieldError::NotAnEmail))
                .ok(),
        };
        match self.kind {
            Some(kind) if errors.is_empty() => Ok(PersonEdit {
                kind,
                legal,
                surname,
                given_name,
                fiscal_code,
                vat_number,
                birth_date,
                email,
                active: self.active,
            }),
            _ => Err(errors),
        }
    }
}

impl PersonEdit {
    /// What does not fit together.
    pub fn warnings(&self) -> Vec<PersonWarning> {
        let Some(code) = &self.fiscal_code else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if code.is_numeric() {
            if !self.legal && self.kind != PersonKind::External {
                found.push(PersonWarning::Provisional);
            }
            return found;
        }
        if let (Some((day, month, year)), Some(born)) = (code.birth(), self.birth_date) {
            let same = i16::from(year) == born.year().rem_euclid(100)
                && u8::try_from(born.month()) == Ok(month)
                && u8::try_from(born.day()) == Ok(day);
            if !same {
                found.push(PersonWarning::BirthDate { day, month, year });
            }
        }
        if !self.legal && !code.fits_name(&self.surname, &self.given_name) {
            found.push(PersonWarning::Name);
        }
        found
    }
}

impl From<FiscalCodeError> for FieldError {
    fn from(e: FiscalCodeError) -> Self {
        match e {
            FiscalCodeError::Shape => Self::NotAFiscalCode,
            FiscalCodeError::Check { expected } | FiscalCodeError::NumericCheck { expected } => {
                Self::CheckCharacter(expected)
            }
        }
    }
}

impl From<VatNumberError> for FieldError {
    fn from(e: VatNumberError) -> Self {
        match e {
            VatNumberError::Shape => Self::NotAVatNumber,
            VatNumberError::Check { expected } => Self::CheckCharacter(expected),
        }
    }
}

/// Reads a day as a date field gives it (`1980-01-31`) or as people write it
/// (`31/01/1980`, `31.01.1980`), between 1900 and 2100.
///
/// # Errors
/// [`FieldError::NotADate`].
pub fn read_day(text: &str) -> Result<Date, FieldError> {
    let text = text.trim();
    let day = text.parse::<Date>().ok().or_else(|| {
        let mut parts = text.split(['/', '.', '-']);
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || year.len() != 4 {
            return None;
        }
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    });
    day.filter(|d| (1900..2100).contains(&d.year()))
        .ok_or(FieldError::NotADate)
}

fn text(typed: &str, field: &str, most: usize, required: bool, errors: &mut FieldErrors) -> String {
    let value = typed.trim();
    if value.is_empty() && required {
        errors.add(field, FieldError::Required);
    } else if value.chars().any(char::is_control) {
        errors.add(field, FieldError::ControlCharacters);
    } else if value.chars().count() > most {
        errors.add(field, FieldError::TooLong(most));
    }
    value.to_owned()
}

/// An enrolment as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentDraft {
    /// «Anno scolastico», its first calendar year.
    pub school_year: i16,
    /// «Plesso».
    pub site: Option<UnitId>,
    /// «Classe», may be empty.
    pub class: String,
}

impl EnrolmentDraft {
    /// Checks what was typed; gives the class as it is kept.
    ///
    /// # Errors
    /// `school_year`, `class`.
    pub fn check(&self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::default();
        if !(1990..2200).contains(&self.school_year) {
            errors.add("school_year", FieldError::ChooseOne);
        }
        let class = text(&self.class, "class", CLASS_MAX, false, &mut errors);
        if errors.is_empty() {
            Ok(class)
        } else {
            Err(errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rossi() -> PersonDraft {
        PersonDraft {
            kind: Some(PersonKind::Employee),
            surname: "Rossi".into(),
            given_name: "Maria".into(),
            fiscal_code: "rssmra80a41h501y".into(),
            birth_date: "1980-01-01".into(),
            ..PersonDraft::default()
        }
    }

    #[test]
    fn a_wrong_last_letter_is_told_with_the_right_one() {
        let draft = PersonDraft {
            fiscal_code: "RSSMRA80A41H501X".into(),
            vat_number: "06331261006".into(),
            birth_date: "31/02/1980".into(),
            ..rossi()
        };
        let errors = draft.check().unwrap_err();
        assert_eq!(
            errors.of("fiscal_code"),
            Some(&FieldError::CheckCharacter('Y'))
        );
        assert_eq!(
            errors.of("vat_number"),
            Some(&FieldError::CheckCharacter('5'))
        );
        assert_eq!(errors.of("birth_date"), Some(&FieldError::NotADate));
    }

    #[test]
    fn another_day_or_name_than_the_codes_only_warns() {
        assert_eq!(rossi().check().unwrap().warnings(), []);
        let other = PersonDraft {
            surname: "Bianchi".into(),
            birth_date: "02/01/1980".into(),
            ..rossi()
        };
        assert_eq!(
            other.check().unwrap().warnings(),
            [
                PersonWarning::BirthDate {
                    day: 1,
                    month: 1,
                    year: 80
                },
                PersonWarning::Name
            ]
        );
    }

    #[test]
    fn a_firm_needs_no_given_name_and_only_the_external_are_firms() {
        let firm = PersonDraft {
            kind: Some(PersonKind::External),
            legal: true,
            surname: "Axios Italia Service srl".into(),
            fiscal_code: "0000006331261005".into(),
            vat_number: "IT06331261005".into(),
            ..PersonDraft::default()
        };
        let checked = firm.check().unwrap();
        assert_eq!(checked.fiscal_code.unwrap().as_str(), "06331261005");
        let pupil = PersonDraft {
            kind: Some(PersonKind::Pupil),
            ..firm
        };
        assert!(pupil.check().unwrap_err().of("given_name").is_some());
    }
}
