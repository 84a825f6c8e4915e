//! Discrepancies (P12–P15): what an invited person stated is not what was prepared.

mod compare;
mod row;

pub use compare::{compare, differences, same_name};
pub use row::{
    DISCREPANCIES_LATE_DAYS, Difference, Discrepancy, DiscrepancyCounts, DiscrepancyField,
    DiscrepancyRow, Hint, Identity, Steps,
};

use serde::{Deserialize, Serialize};

/// The three causes (P13, P14, P15), from the harmless to the grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscrepancyClass {
    /// «Errore trascurabile»: second name, accent, slip of the keyboard.
    Negligible,
    /// «E-mail privata invece che professionale».
    WrongEmail,
    /// «È un'altra persona».
    OtherPerson,
}

impl DiscrepancyClass {
    /// All, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Negligible, Self::WrongEmail, Self::OtherPerson];

    /// Value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Negligible => "negligible",
            Self::WrongEmail => "wrong_email",
            Self::OtherPerson => "other_person",
        }
    }

    /// Reads a value of the database.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}
