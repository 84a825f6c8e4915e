//! A row of a persons' file.

use super::{Column, Problem, RowError, cell::Cells, read_date, read_school_year};
use crate::email::Email;
use crate::person::{FiscalCode, PersonKind, VatNumber};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A good row. `None` is an empty cell or an absent column: what is there already stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRecord {
    /// «Codice» in the office's own register.
    pub code: Option<i64>,
    /// «Tipo anagrafica».
    pub kind: PersonKind,
    /// A firm or body: «Cognome» holds its name.
    pub legal: bool,
    /// «Cognome».
    pub surname: String,
    /// «Nome»; empty for a legal person.
    pub given_name: String,
    /// «Codice fiscale», normalised.
    pub fiscal_code: Option<FiscalCode>,
    /// It stood padded with zeros (or shorn of them) in the file.
    pub padded: bool,
    /// «Partita IVA».
    pub vat_number: Option<VatNumber>,
    /// «Data di nascita».
    pub birth_date: Option<Date>,
    /// «Mail».
    pub email: Option<Email>,
    /// «Plesso».
    pub site: Option<String>,
    /// «Anno scolastico», its first calendar year.
    pub school_year: Option<i16>,
    /// «Classe».
    pub class: Option<String>,
}

impl PersonRecord {
    /// Reads a row; `get` gives the cell of a column, `None` where the column is absent.
    ///
    /// # Errors
    /// Everything that is wrong with the row.
    pub fn read<'a>(get: impl Fn(Column) -> Option<&'a str>) -> Result<Self, Vec<RowError>> {
        let mut cells = Cells::new(get);
        let code = cells.read(Column::Code, read_code);
        let surname = cells.required(Column::Surname, 200);
        let given_name = cells.text(Column::GivenName, 100);
        let written = cells.raw(Column::FiscalCode);
        let fiscal_code = cells.read(Column::FiscalCode, |text| {
            FiscalCode::parse(text).map_err(Problem::from)
        });
        let vat_number = cells.read(Column::VatNumber, |text| {
            VatNumber::parse(text).map_err(Problem::from)
        });
        let birth_date = cells.read(Column::BirthDate, read_date);
        let email = cells.read(Column::Email, |text| {
            Email::parse(text).map_err(Problem::Email)
        });
        if cells.raw(Column::PersonKind).is_none() {
            cells.error(Column::PersonKind, Problem::Missing);
        }
        let kind = cells.read(Column::PersonKind, |text| {
            PersonKind::from_label(text).ok_or(Problem::UnknownKind)
        });
        let site = cells.text(Column::Site, 100);
        let school_year = cells.read(Column::SchoolYear, read_school_year);
        let class = cells.text(Column::Class, 20);

        let numbered =
            vat_number.is_some() || fiscal_code.as_ref().is_some_and(FiscalCode::is_numeric);
        let legal = kind == Some(PersonKind::External)
            && cells.raw(Column::GivenName).is_none()
            && numbered;
        if !legal && cells.raw(Column::GivenName).is_none() {
            cells.error(Column::GivenName, Problem::Missing);
        }
        match kind {
            Some(kind) if cells.errors.is_empty() => Ok(Self {
                code,
                kind,
                legal,
                surname,
                given_name: given_name.unwrap_or_default(),
                padded: match (&fiscal_code, written) {
                    (Some(code), Some(written)) => code.is_numeric() && digits(written) != 11,
                    _ => false,
                },
                fiscal_code,
                vat_number,
                birth_date,
                email,
                site,
                school_year,
                class,
            }),
            _ => Err(cells.errors),
        }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

fn read_code(text: &str) -> Result<i64, Problem> {
    match text.parse::<i64>() {
        // Fourteen digits: as many as «Codice» shows.
        Ok(code)
            if (1..100_000_000_000_000).contains(&code)
                && text.bytes().all(|b| b.is_ascii_digit()) =>
        {
            Ok(code)
        }
        _ => Err(Problem::NotANumber),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[(Column, &str)]) -> Result<PersonRecord, Vec<RowError>> {
        PersonRecord::read(|column| cells.iter().find(|(c, _)| *c == column).map(|(_, v)| *v))
    }

    const PUPIL: [(Column, &str); 3] = [
        (Column::Surname, "Fò"),
        (Column::GivenName, "Lea"),
        (Column::PersonKind, "Alunni"),
    ];

    fn pupil_with(column: Column, value: &str) -> Result<PersonRecord, Vec<RowError>> {
        let mut cells = PUPIL.to_vec();
        cells.insert(0, (column, value));
        read(&cells)
    }

    #[test]
    fn surname_given_name_and_kind_are_enough() {
        let person = read(&PUPIL).unwrap();
        assert_eq!(
            (person.code, person.fiscal_code, person.email),
            (None, None, None)
        );
    }

    #[test]
    fn a_natural_person_without_given_name_is_an_error_and_a_firm_is_not() {
        let errors = read(&[(Column::Surname, "Fò"), (Column::PersonKind, "Tutori")]).unwrap_err();
        assert_eq!(
            errors,
            [RowError::new(Column::GivenName, "", Problem::Missing)]
        );
        let firm = read(&[
            (Column::Surname, "ESEMPIO SERVICE SRL"),
            (Column::PersonKind, "Esterni"),
            (Column::VatNumber, "01234567897"),
        ])
        .unwrap();
        assert!(firm.legal);
    }

    #[test]
    fn every_wrong_cell_of_a_row_is_reported() {
        let errors = read(&[
            (Column::GivenName, "Lea"),
            (Column::FiscalCode, "HXHNCL70B51H703F"),
            (Column::BirthDate, "31/02/2010"),
            (Column::Email, "non-una-mail"),
            (Column::PersonKind, "Marziani"),
        ])
        .unwrap_err();
        let columns: Vec<_> = errors.iter().filter_map(|e| e.column).collect();
        assert_eq!(
            columns,
            [
                Column::Surname,
                Column::FiscalCode,
                Column::BirthDate,
                Column::Email,
                Column::PersonKind
            ]
        );
        assert!(matches!(errors[1].problem, Problem::FiscalCodeCheck(_)));
    }

    #[test]
    fn padding_is_noticed_and_removed() {
        let person = pupil_with(Column::FiscalCode, "0000076534162854").unwrap();
        assert!(person.padded);
        assert_eq!(person.fiscal_code.unwrap().as_str(), "76534162854");
        assert!(
            !pupil_with(Column::FiscalCode, "76534162854")
                .unwrap()
                .padded
        );
    }

    #[test]
    fn a_name_on_two_lines_becomes_one_line_and_hidden_control_characters_are_refused() {
        assert_eq!(
            pupil_with(Column::Surname, "De\r\nLuca ").unwrap().surname,
            "De Luca"
        );
        let errors = pupil_with(Column::Surname, "De\u{0}Luca").unwrap_err();
        assert_eq!(errors[0].problem, Problem::ControlCharacters);
        let errors = pupil_with(Column::Surname, &"x".repeat(300)).unwrap_err();
        assert_eq!(errors[0].problem, Problem::TooLong(200));
    }
}
