//! Persons of the registry (anagrafica): what they are and how they are identified.

mod fiscal_code;
mod kind;
mod vat_number;

pub use fiscal_code::{FiscalCode, FiscalCodeError, check_character};
pub use kind::{PersonKind, UnknownPersonKind};
pub use vat_number::{VatNumber, VatNumberError};

/// «Codice» of a person as people see it: 14 digits, zero-padded.
pub fn padded_code(code: i64) -> String {
    format!("{code:014}")
}
