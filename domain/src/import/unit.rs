//! A row of a units' file.

use super::{Column, Problem, RowError, cell::Cells, fold};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The level of a unit in its organisation's tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitLevel {
    /// «Istituto».
    Institute,
    /// «Plesso».
    SchoolSite,
    /// «Cantone».
    Canton,
    /// «Impresa».
    Enterprise,
    /// «Sede».
    Site,
}

/// The levels a level may stand under.
pub type Levels = &'static [UnitLevel];

impl UnitLevel {
    /// All levels.
    pub const ALL: [Self; 5] = [
        Self::Institute,
        Self::SchoolSite,
        Self::Canton,
        Self::Enterprise,
        Self::Site,
    ];

    /// The name in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Institute => "institute",
            Self::SchoolSite => "site_school",
            Self::Canton => "canton",
            Self::Enterprise => "enterprise",
            Self::Site => "site",
        }
    }

    /// Reads the word of a file.
    pub fn from_label(label: &str) -> Option<Self> {
        Some(match fold(label).as_str() {
            "istituto" => Self::Institute,
            "plesso" => Self::SchoolSite,
            "cantone" => Self::Canton,
            "impresa" | "ospedale" => Self::Enterprise,
            "sede" => Self::Site,
            _ => return None,
        })
    }

    /// The levels it may stand under; none for a root.
    pub const fn parents(self) -> Levels {
        match self {
            Self::Institute | Self::Canton => &[],
            Self::SchoolSite => &[Self::Institute],
            Self::Enterprise => &[Self::Canton],
            Self::Site => &[Self::Enterprise],
        }
    }
}

/// The text names no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown level of a unit")]
pub struct UnknownLevel;

impl FromStr for UnitLevel {
    type Err = UnknownLevel;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|l| l.code() == s)
            .ok_or(UnknownLevel)
    }
}

/// A good row, its place in the tree not yet checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRecord {
    /// «ID unità».
    pub code: String,
    /// «Unità superiore»; `None` for a root.
    pub parent: Option<String>,
    /// «Nome».
    pub name: String,
    /// «Livello».
    pub level: UnitLevel,
    /// «ENTID».
    pub ent_id: Option<i64>,
    /// «BUR».
    pub bur: Option<i64>,
}

impl UnitRecord {
    /// Reads a row; `get` gives the cell of a column, `None` where the column is absent.
    ///
    /// # Errors
    /// Everything that is wrong with the row.
    pub fn read<'a>(get: impl Fn(Column) -> Option<&'a str>) -> Result<Self, Vec<RowError>> {
        let mut cells = Cells::new(get);
        let code = cells.required(Column::Unit, 100);
        let parent = cells.text(Column::ParentUnit, 100);
        let name = cells.required(Column::UnitName, 200);
        if cells.raw(Column::Level).is_none() {
            cells.error(Column::Level, Problem::Missing);
        }
        let level = cells.read(Column::Level, |text| {
            UnitLevel::from_label(text).ok_or(Problem::UnknownLevel)
        });
        let ent_id = cells.read(Column::EntId, |text| register_number(text, 9));
        let bur = cells.read(Column::Bur, |text| register_number(text, 8));
        if parent.is_none()
            && level.is_some_and(|l| !l.parents().is_empty())
            && cells.raw(Column::ParentUnit).is_none()
        {
            cells.error(Column::ParentUnit, Problem::Missing);
        }
        match level {
            Some(level) if cells.errors.is_empty() => Ok(Self {
                code,
                parent,
                name,
                level,
                ent_id,
                bur,
            }),
            _ => Err(cells.errors),
        }
    }
}

/// A number of a federal register, with or without its prefix letter.
fn register_number(text: &str, digits: usize) -> Result<i64, Problem> {
    let number = text.strip_prefix(['A', 'B', 'a', 'b']).unwrap_or(text);
    if number.is_empty() || number.len() > digits || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::NotANumber);
    }
    number.parse().map_err(|_| Problem::NotANumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[(Column, &str)]) -> Result<UnitRecord, Vec<RowError>> {
        UnitRecord::read(|column| cells.iter().find(|(c, _)| *c == column).map(|(_, v)| *v))
    }

    #[test]
    fn a_site_needs_a_parent_and_a_canton_does_not() {
        let canton = [
            (Column::Unit, "TI"),
            (Column::UnitName, "Cantone Ticino"),
            (Column::Level, "Cantone"),
        ];
        assert_eq!(read(&canton).unwrap().parent, None);
        let errors = read(&[
            (Column::Unit, "1"),
            (Column::UnitName, "Sede"),
            (Column::Level, "Sede"),
        ])
        .unwrap_err();
        assert_eq!(
            errors,
            [RowError::new(Column::ParentUnit, "", Problem::Missing)]
        );
    }

    #[test]
    fn register_numbers_lose_their_prefix_and_must_be_numbers() {
        let unit = |bur| {
            read(&[
                (Column::Unit, "1"),
                (Column::ParentUnit, "2"),
                (Column::UnitName, "Sede 1"),
                (Column::Level, "Sede"),
                (Column::Bur, bur),
            ])
        };
        assert_eq!(unit("A26576465").unwrap().bur, Some(26_576_465));
        assert_eq!(unit("26 576").unwrap_err()[0].problem, Problem::NotANumber);
    }
}
