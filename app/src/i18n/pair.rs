//! Why a user and a record cannot be linked, in words.

use super::t;
use domain::{Locale, alignment::PairProblem};

/// «anagrafica già collegata a 0000311».
pub fn pair_problem(l: Locale, problem: &PairProblem) -> String {
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
