//! Words of the table: how a link came about, why a pair was not saved.

use crate::i18n::t;
use domain::{
    Locale,
    alignment::{LinkMethod, PairProblem},
};

/// «forzato».
pub fn method_name(l: Locale, method: LinkMethod) -> &'static str {
    match method {
        LinkMethod::Automatic => t::alignment::method_automatic(l),
        LinkMethod::Manual => t::alignment::method_manual(l),
        LinkMethod::Forced => t::alignment::method_forced(l),
    }
}

/// «anagrafica già collegata a 0000311».
pub fn problem(l: Locale, problem: &PairProblem) -> String {
    match problem {
        PairProblem::PersonGone => t::alignment::person_gone(l).to_owned(),
        PairProblem::PersonInactive => t::alignment::person_inactive(l).to_owned(),
        PairProblem::PersonLinked(n) => t::alignment::person_linked(l, n),
        PairProblem::UserLinked(n) => t::alignment::user_linked(l, n),
        PairProblem::UserInactive => t::alignment::user_inactive(l).to_owned(),
        PairProblem::Stronger => t::alignment::stronger(l).to_owned(),
        PairProblem::CodeChanged => t::alignment::code_changed(l).to_owned(),
    }
}
