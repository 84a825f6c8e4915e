//! From closed enums to sentences; no `_` arm, so a new case does not compile unsaid.

use super::{number, t};
use crate::api::ApiError;
use domain::{
    Locale,
    access::{Denied, Right},
    person::{
        RegistryConflict,
        folder::{FILE_MAX, FILES_MAX, FileProblem},
    },
    problem::{Conflict, SignInRefusal},
    user::FieldError,
};

/// The sentence for a failed call.
pub fn api_error(l: Locale, e: &ApiError) -> String {
    match e {
        ApiError::Unauthenticated => t::errors::unauthenticated(l).into(),
        ApiError::Denied(d) => denied(l, *d),
        ApiError::Invalid(fields) => fields
            .0
            .first()
            .map(|(_, e)| field_error(l, e))
            .unwrap_or_else(|| t::errors::bad_request(l).into()),
        ApiError::NotFound => t::errors::not_found(l).into(),
        ApiError::Conflict(c) => conflict(l, c),
        ApiError::SignIn(SignInRefusal::NotRecognised) => t::errors::sign_in(l).into(),
        ApiError::SignIn(SignInRefusal::Throttled { seconds }) => {
            t::errors::throttled(l, wait(l, *seconds))
        }
        ApiError::Code(r) => crate::pages::register::code_refusal(l, *r),
        ApiError::SignIn(SignInRefusal::PasswordOff { since }) => {
            t::group_page::password_off(l, super::day(l, *since))
        }
        ApiError::File(e) => crate::pages::import::file_error(l, e),
        ApiError::BadRequest => t::errors::bad_request(l).into(),
        ApiError::Unreachable => t::errors::unreachable(l).into(),
        ApiError::Internal { incident } => t::errors::internal(l, incident),
    }
}

/// Seconds in words: «45 secondi», «5 minuti».
pub fn wait(l: Locale, seconds: u32) -> String {
    if seconds < 90 {
        t::errors::seconds(l, seconds.max(1))
    } else {
        t::errors::minutes(l, seconds.div_ceil(60))
    }
}

fn denied(l: Locale, d: Denied) -> String {
    match d {
        Denied::Missing(right) => t::errors::denied_right(l, right_name(l, right)),
        Denied::MustChangePassword => t::errors::denied_must_change(l).into(),
        Denied::MustAcceptTerms => t::errors::denied_terms(l).into(),
        Denied::MustChooseProfile => t::errors::denied_profile(l).into(),
        Denied::Unmotivated => t::errors::denied_unmotivated(l).into(),
        Denied::MustConfirm => t::errors::denied_confirm(l).into(),
        Denied::Stronger => t::errors::denied_stronger(l).into(),
        Denied::OwnAccount => t::errors::denied_own_account(l).into(),
        Denied::OutOfScope => t::errors::not_found(l).into(),
    }
}

/// What a right allows, in words.
pub fn right_name(l: Locale, r: Right) -> &'static str {
    match r {
        Right::ReadUsers => t::errors::right_read_users(l),
        Right::ManageUsers => t::errors::right_manage_users(l),
        Right::ManageAuthorisations => t::errors::right_manage_authorisations(l),
        Right::ManageUnits => t::errors::right_manage_units(l),
        Right::ManageRegistry => t::errors::right_manage_registry(l),
        Right::SendCredentials => t::errors::right_send_credentials(l),
        Right::ReadAudit => t::errors::right_read_audit(l),
        Right::Administer => t::errors::right_administer(l),
    }
}

fn conflict(l: Locale, c: &Conflict) -> String {
    match c {
        Conflict::Changed(_) => t::errors::conflict_changed(l).into(),
        Conflict::UsernameTaken => t::errors::conflict_username(l).into(),
        Conflict::SelectionChanged { expected, now } => {
            t::errors::conflict_selection(l, number(l, *expected), number(l, *now))
        }
        Conflict::Registry(c) => registry(l, c),
        Conflict::UnitChanged => t::errors::conflict_unit_changed(l).into(),
        Conflict::GroupChanged => t::group_page::changed(l).into(),
        Conflict::RoleFixed => t::house::role_fixed(l).into(),
        Conflict::NotActive => t::house::not_active(l).into(),
        Conflict::UnitInUse => t::errors::conflict_unit_in_use(l).into(),
        Conflict::Pair(p) => super::pair_problem(l, p),
        Conflict::Contested => t::alignment::conflict_contested(l).into(),
        Conflict::ViewsFull {
            most,
            shared: false,
        } => t::views::too_many(l, most),
        Conflict::ViewsFull { most, shared: true } => t::views::too_many_shared(l, most),
        Conflict::TooLate => t::errors::conflict_too_late(l).into(),
        Conflict::Draft(p) => super::registration::draft_problem(l, p),
        Conflict::Registration(h) => {
            t::registration::refused(l, super::registration::hindrance(l, h))
        }
    }
}

/// Why a change of the registry does not fit.
fn registry(l: Locale, c: &RegistryConflict) -> String {
    match c {
        RegistryConflict::Changed(_) => t::errors::conflict_changed(l).into(),
        RegistryConflict::Linked => t::registry::conflict_linked(l).into(),
        RegistryConflict::HasFolders(1) => t::registry::conflict_folder(l).into(),
        RegistryConflict::HasFolders(n) => t::registry::conflict_folders(l, n),
        RegistryConflict::NotRestorable => t::registry::conflict_restore(l).into(),
    }
}

/// Why a file is not taken.
pub fn file_problem(l: Locale, problem: &FileProblem) -> String {
    match problem {
        FileProblem::TooLarge { name } => t::registry::file_large(l, FILE_MAX >> 20, name),
        FileProblem::Empty { name } => t::registry::file_empty(l, name),
        FileProblem::WebPage { name } => t::registry::file_page(l, name),
        FileProblem::OtherType { name } => t::registry::file_other(l, name),
        FileProblem::TooMany => t::registry::file_many(l, FILES_MAX),
    }
}

/// What to do about a field.
pub fn field_error(l: Locale, e: &FieldError) -> String {
    match e {
        FieldError::Required => t::errors::field_required(l).into(),
        FieldError::TooLong(n) => t::errors::field_too_long(l, n),
        FieldError::TooShort(n) => t::errors::field_too_short(l, n),
        FieldError::NotAnEmail => t::errors::field_not_an_email(l).into(),
        FieldError::NotAFiscalCode => t::errors::field_not_a_fiscal_code(l).into(),
        FieldError::CheckCharacter(right) => t::registry::field_check(l, right),
        FieldError::NotAVatNumber => t::registry::field_vat(l).into(),
        FieldError::NotADate => t::registry::field_date(l).into(),
        FieldError::File(problem) => file_problem(l, problem),
        FieldError::Taken => t::errors::field_taken(l).into(),
        FieldError::ChooseOne => t::errors::field_choose_one(l).into(),
        FieldError::ControlCharacters => t::errors::field_control_characters(l).into(),
        FieldError::Guessable => t::errors::field_guessable(l).into(),
        FieldError::NotAPhone => t::errors::field_not_a_phone(l).into(),
        FieldError::Digits(n) => t::errors::field_digits(l, n),
        FieldError::WrongPassword => t::errors::field_wrong_password(l).into(),
    }
}
