//! A row of a users' file: of a school («Nome utente», «Gruppi») or of a canton («IDext», «Ruoli»).

use super::{Column, Problem, RowError, cell::Cells, fold, read_date, read_flag};
use crate::{GroupId, UnitId, email::Email, locale::Locale, person::FiscalCode};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The groups and units that rows may name, as the person who imports may use them.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    groups: HashMap<String, KnownGroup>,
    units: HashMap<String, KnownUnit>,
    /// Grants without unit reach the whole organisation: only who holds the right there may give them.
    whole_organisation: bool,
}

/// A group of the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownGroup {
    /// Its number.
    pub id: GroupId,
    /// Groups of different categories need different profiles.
    pub category: String,
    /// Whether the person who imports may give it.
    pub allowed: bool,
}

/// A unit of the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownUnit {
    /// Its number.
    pub id: UnitId,
    /// Whether it lies within the units of the person who imports.
    pub allowed: bool,
}

impl Directory {
    /// An empty one. `whole_organisation`: grants without unit may be given.
    pub fn new(whole_organisation: bool) -> Self {
        Self {
            whole_organisation,
            ..Self::default()
        }
    }

    /// Adds a group under one of its names or its code.
    pub fn add_group(&mut self, name: &str, group: KnownGroup) {
        self.groups.insert(fold(name), group);
    }

    /// Adds a unit under its code.
    pub fn add_unit(&mut self, code: &str, unit: KnownUnit) {
        self.units.insert(code.trim().to_lowercase(), unit);
    }

    fn unit(&self, code: &str) -> Option<KnownUnit> {
        self.units.get(&code.trim().to_lowercase()).copied()
    }

    /// The groups of a cell: one name, or several between `,`, `;`, `|` or line breaks.
    fn groups(&self, cell: &str) -> Result<Vec<&KnownGroup>, Problem> {
        let names: Vec<&str> = match self.groups.get(&fold(cell)) {
            Some(_) => vec![cell],
            None => cell
                .split([',', ';', '|', '\n'])
                .filter(|n| !n.trim().is_empty())
                .collect(),
        };
        let mut found: Vec<&KnownGroup> = Vec::new();
        for name in names {
            let group = self.groups.get(&fold(name)).ok_or(Problem::UnknownGroup)?;
            if !group.allowed {
                return Err(Problem::GroupNotAllowed);
            }
            if !found.iter().any(|g| g.id == group.id) {
                found.push(group);
            }
        }
        match found.first() {
            None => Err(Problem::Missing),
            Some(first) if found.iter().any(|g| g.category != first.category) => {
                Err(Problem::MixedCategories)
            }
            Some(_) => Ok(found),
        }
    }
}

/// A good row. `None` is an empty cell or an absent column: what is there already stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRecord {
    /// «Nome utente» as written; «IDext» where there is no other.
    pub username: String,
    /// «IDext».
    pub external_id: Option<i64>,
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// «Codice fiscale», normalised.
    pub fiscal_code: Option<FiscalCode>,
    /// It stood padded with zeros (or shorn of them) in the file.
    pub padded: bool,
    /// «Mail utente».
    pub email: Option<Email>,
    /// «Gruppi», all of them.
    pub groups: Vec<GroupId>,
    /// Their category.
    pub category: String,
    /// «ID unità»: the grants are limited to it.
    pub unit: Option<UnitId>,
    /// «Attivo».
    pub active: Option<bool>,
    /// «Scadenza password»: the last day.
    pub password_end: Option<Date>,
    /// «Lingua».
    pub locale: Option<Locale>,
}

impl UserRecord {
    /// Reads a row; `get` gives the cell of a column, `None` where the column is absent.
    ///
    /// # Errors
    /// Everything that is wrong with the row.
    pub fn read<'a>(
        directory: &Directory,
        get: impl Fn(Column) -> Option<&'a str>,
    ) -> Result<Self, Vec<RowError>> {
        let mut cells = Cells::new(get);
        let external_id = cells.read(Column::ExternalId, |text| match text.parse::<i64>() {
            Ok(id) if id > 0 && text.bytes().all(|b| b.is_ascii_digit()) => Ok(id),
            _ => Err(Problem::NotANumber),
        });
        let username = match (cells.raw(Column::Username), cells.raw(Column::ExternalId)) {
            (None, Some(id)) => id.to_owned(),
            (None, None) if (cells.get)(Column::Username).is_none() => {
                cells.required(Column::ExternalId, 20)
            }
            _ => cells.required(Column::Username, 64),
        };
        let surname = cells.required(Column::Surname, 100);
        let given_name = cells.required(Column::GivenName, 100);
        let written = cells.raw(Column::FiscalCode);
        let fiscal_code = cells.read(Column::FiscalCode, |text| {
            FiscalCode::parse(text).map_err(Problem::from)
        });
        let email = cells.read(Column::Email, |text| {
            Email::parse(text).map_err(Problem::Email)
        });
        if cells.raw(Column::Groups).is_none() {
            cells.error(Column::Groups, Problem::Missing);
        }
        let groups = cells.read(Column::Groups, |text| directory.groups(text));
        let unit = cells.read(Column::Unit, |text| match directory.unit(text) {
            None => Err(Problem::UnknownUnit),
            Some(unit) if !unit.allowed => Err(Problem::UnitNotAllowed),
            Some(unit) => Ok(unit.id),
        });
        if cells.raw(Column::Unit).is_none() && !directory.whole_organisation {
            cells.error(Column::Unit, Problem::UnitNotAllowed);
        }
        let active = cells.read(Column::Active, read_flag);
        let password_end = cells.read(Column::PasswordEnd, read_date);
        let locale = cells.read(Column::Language, |text| {
            text.parse().map_err(|_| Problem::UnknownLanguage)
        });
        match groups {
            Some(groups) if cells.errors.is_empty() => Ok(Self {
                username,
                external_id,
                surname,
                given_name,
                padded: match (&fiscal_code, written) {
                    (Some(code), Some(text)) => {
                        code.is_numeric() && text.bytes().filter(u8::is_ascii_digit).count() != 11
                    }
                    _ => false,
                },
                fiscal_code,
                email,
                category: groups
                    .first()
                    .map(|g| g.category.clone())
                    .unwrap_or_default(),
                groups: groups.into_iter().map(|g| g.id).collect(),
                unit,
                active,
                password_end,
                locale,
            }),
            _ => Err(cells.errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let mut directory = Directory::new(true);
        for (id, name, category, allowed) in [
            (1, "Docenti", "school", true),
            (2, "Tutori", "school", true),
            (3, "Amministratori", "school", false),
            (4, "KT_Read", "canton", true),
        ] {
            directory.add_group(
                name,
                KnownGroup {
                    id: GroupId(id),
                    category: category.to_owned(),
                    allowed,
                },
            );
        }
        directory.add_unit(
            "93023216",
            KnownUnit {
                id: UnitId(7),
                allowed: true,
            },
        );
        directory.add_unit(
            "TI",
            KnownUnit {
                id: UnitId(8),
                allowed: false,
            },
        );
        directory
    }

    fn read(cells: &[(Column, &str)]) -> Result<UserRecord, Vec<RowError>> {
        UserRecord::read(&directory(), |column| {
            cells.iter().find(|(c, _)| *c == column).map(|(_, v)| *v)
        })
    }

    fn with(column: Column, value: &str) -> Result<UserRecord, Vec<RowError>> {
        read(&[
            (column, value),
            (Column::Username, "0000205"),
            (Column::Surname, "BA"),
            (Column::GivenName, "DAMIANO"),
            (Column::Groups, "docenti"),
        ])
    }

    fn problem(column: Column, value: &str) -> Problem {
        with(column, value).unwrap_err().remove(0).problem
    }

    #[test]
    fn a_user_name_keeps_its_zeros() {
        assert_eq!(with(Column::Language, "de").unwrap().username, "0000205");
    }

    #[test]
    fn a_cell_holds_several_groups_and_an_unknown_one_is_an_error() {
        let user = with(Column::Groups, "Docenti, TUTORI, docenti").unwrap();
        assert_eq!(user.groups, [GroupId(1), GroupId(2)]);
        assert_eq!(
            problem(Column::Groups, "Docenti, Bidelli"),
            Problem::UnknownGroup
        );
        assert_eq!(problem(Column::Groups, " , "), Problem::Missing);
        assert_eq!(
            problem(Column::Groups, "Amministratori"),
            Problem::GroupNotAllowed
        );
        assert_eq!(
            problem(Column::Groups, "Docenti, KT_Read"),
            Problem::MixedCategories
        );
    }

    #[test]
    fn a_unit_must_be_known_and_within_reach() {
        assert_eq!(
            with(Column::Unit, "93023216").unwrap().unit,
            Some(UnitId(7))
        );
        assert_eq!(problem(Column::Unit, "1"), Problem::UnknownUnit);
        assert_eq!(problem(Column::Unit, "ti"), Problem::UnitNotAllowed);
    }

    #[test]
    fn an_external_id_serves_as_user_name() {
        let user = read(&[
            (Column::ExternalId, "3325001"),
            (Column::Surname, "Leone"),
            (Column::GivenName, "Noemi"),
            (Column::Groups, "KT_Read"),
        ])
        .unwrap();
        assert_eq!(
            (user.username.as_str(), user.external_id),
            ("3325001", Some(3_325_001))
        );
    }

    #[test]
    fn yes_no_dates_and_languages_are_checked() {
        assert_eq!(with(Column::Active, "No").unwrap().active, Some(false));
        assert_eq!(with(Column::Active, "Sì").unwrap().active, Some(true));
        assert_eq!(problem(Column::Active, "forse"), Problem::NotYesOrNo);
        assert_eq!(
            problem(Column::PasswordEnd, "31/11/2026"),
            Problem::NoSuchDay
        );
        assert_eq!(problem(Column::Language, "RM"), Problem::UnknownLanguage);
    }
}
