//! Persons of the registry (anagrafica): what they are and how they are identified.

mod answer;
pub mod draft;
mod filter;
mod fiscal_code;
pub mod folder;
mod kind;
mod row;
mod vat_number;

pub use answer::{PersonCreation, PersonDeleted, PersonSaved, RegistryConflict};
pub use draft::{EnrolmentDraft, PersonDraft, PersonEdit, PersonWarning};
pub use filter::{PersonFilter, PersonQuery, school_year_words};
pub(crate) use fiscal_code::MONTHS;
pub use fiscal_code::{FiscalCode, FiscalCodeError, check_character};
pub use kind::{PersonKind, UnknownPersonKind};
pub use row::{
    CardUser, Enrolment, LinkMethod, LinkedUser, OldCode, PersonPage, PersonRow, SamePerson,
    UnknownLinkMethod,
};
pub use vat_number::{VatNumber, VatNumberError};

/// «Codice» of a person as people see it: 14 digits, zero-padded.
pub fn padded_code(code: i64) -> String {
    format!("{code:014}")
}
