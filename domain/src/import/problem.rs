//! Why a row is left out.

use super::{Column, UnitLevel, VALUE_SHOWN};
use crate::{email::EmailError, person::FiscalCodeError, person::VatNumberError};
use serde::{Deserialize, Serialize};

/// What is wrong with a row: where, with which value, and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RowError {
    /// The column; `None` where the row as a whole is meant.
    pub column: Option<Column>,
    /// The value as it stands in the file, cut to [`VALUE_SHOWN`] characters.
    pub value: String,
    /// What is wrong; what to do follows from it.
    pub problem: Problem,
}

impl RowError {
    /// A problem of one cell.
    pub fn new(column: Column, value: &str, problem: Problem) -> Self {
        Self {
            column: Some(column),
            value: value.trim().chars().take(VALUE_SHOWN).collect(),
            problem,
        }
    }

    /// A problem of the whole row.
    pub fn of_row(problem: Problem) -> Self {
        Self {
            column: None,
            value: String::new(),
            problem,
        }
    }
}

/// What can be wrong with a row. Closed: every case has its sentence on screen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// A required cell is empty.
    Missing,
    /// Longer than this many characters.
    TooLong(u32),
    /// Line breaks or other control characters where none may stand.
    ControlCharacters,
    /// Not a whole number.
    NotANumber,
    /// Neither 16 characters of the right shape nor 11 digits.
    FiscalCodeShape,
    /// The last character should be another.
    FiscalCodeCheck(char),
    /// Not eleven digits.
    VatShape,
    /// The last digit should be another.
    VatCheck(char),
    /// Not written as a date.
    DateShape,
    /// Written as a date, but no such day exists.
    NoSuchDay,
    /// Not a school year such as 2026/2027.
    SchoolYear,
    /// Not a mail address.
    Email(EmailError),
    /// Unknown «Tipo anagrafica».
    UnknownKind,
    /// Unknown group or role.
    UnknownGroup,
    /// A group that the person who imports may not give.
    GroupNotAllowed,
    /// Roles of different categories on one profile.
    MixedCategories,
    /// Neither «Si» nor «No».
    NotYesOrNo,
    /// Unknown language.
    UnknownLanguage,
    /// Unknown unit.
    UnknownUnit,
    /// A unit outside those of the person who imports.
    UnitNotAllowed,
    /// Unknown level of a unit.
    UnknownLevel,
    /// The parent unit is neither in the file nor there already.
    UnknownParent,
    /// The parent's level does not stand above this one.
    ParentLevel(UnitLevel),
    /// The unit would stand below itself.
    Cycle,
    /// The row has more cells than the header: something shifted.
    TooManyCells,
    /// A quotation mark was opened and not closed.
    UnclosedQuote,
    /// The same record stands in this earlier line.
    DuplicateOf {
        /// The earlier line.
        line: u32,
        /// It stands there with other data.
        differs: bool,
    },
    /// The person is linked to a user as another kind of person.
    KindOfLinked,
    /// The user name belongs to an archived user and stays reserved.
    UsernameReserved,
    /// The account holds rights that the person who imports does not hold.
    StrongerAccount,
    /// Groups or state of the person who imports.
    OwnAccount,
    /// Somebody changed the record between preview and confirmation.
    ChangedMeanwhile,
}

impl From<FiscalCodeError> for Problem {
    fn from(error: FiscalCodeError) -> Self {
        match error {
            FiscalCodeError::Shape => Self::FiscalCodeShape,
            FiscalCodeError::Check { expected } | FiscalCodeError::NumericCheck { expected } => {
                Self::FiscalCodeCheck(expected)
            }
        }
    }
}

impl From<VatNumberError> for Problem {
    fn from(error: VatNumberError) -> Self {
        match error {
            VatNumberError::Shape => Self::VatShape,
            VatNumberError::Check { expected } => Self::VatCheck(expected),
        }
    }
}
