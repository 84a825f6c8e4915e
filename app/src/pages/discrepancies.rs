//! `/discrepanze`: people who stated other data than those prepared (P12–P15).

mod cause;
mod detail;
mod list;
mod steps;

pub use detail::DiscrepancyPage;
pub use list::DiscrepancyList;

use crate::i18n::t;
use domain::{
    Locale,
    discrepancy::{DiscrepancyClass, Hint},
};

/// The short name of a cause.
fn class_name(l: Locale, class: DiscrepancyClass) -> &'static str {
    match class {
        DiscrepancyClass::Negligible => t::discrepancies::negligible(l),
        DiscrepancyClass::WrongEmail => t::discrepancies::wrong_email(l),
        DiscrepancyClass::OtherPerson => t::discrepancies::other_person(l),
    }
}

/// «Esito».
fn hint_name(l: Locale, hint: Hint) -> &'static str {
    match hint {
        Hint::Same => t::discrepancies::hint_same(l),
        Hint::Spelling => t::discrepancies::hint_spelling(l),
        Hint::SecondName => t::discrepancies::hint_second_name(l),
        Hint::Slip => t::discrepancies::hint_slip(l),
        Hint::PrivateMailbox => t::discrepancies::hint_private(l),
        Hint::OtherMailbox => t::discrepancies::hint_other_mailbox(l),
        Hint::Other => t::discrepancies::hint_other(l),
    }
}
