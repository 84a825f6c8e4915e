//! From the closed enums of imports to sentences; no `_` arm, so a new case does not
//! compile unsaid. Also for the report and the command line.

use crate::i18n::{number, t};
use domain::{
    Locale,
    email::EmailError,
    import::{
        Change, Column, FileError, FoundInstead, ImportKind, ImportState, Problem, RowOutcome,
        UnitLevel,
    },
    person::PersonKind,
};

/// The sentence for a file that cannot be imported.
pub fn file_error(l: Locale, e: &FileError) -> String {
    match e {
        FileError::Empty => t::import::e_empty(l).into(),
        FileError::TooLarge { max_megabytes } => t::import::e_too_large(l, max_megabytes),
        FileError::TooManyRows { max } => t::import::e_too_many_rows(l, number(l, u64::from(*max))),
        FileError::TooLargeUnpacked => t::import::e_unpacked(l).into(),
        FileError::NotATable { found } => not_a_table(l, *found).into(),
        FileError::Damaged => t::import::e_damaged(l).into(),
        FileError::NoRows => t::import::e_no_rows(l).into(),
        FileError::MissingColumns {
            columns,
            looks_like,
        } => {
            let columns = columns_list(columns);
            match looks_like {
                Some(other) => t::import::e_looks_like(l, columns, kind(l, *other)),
                None => t::import::e_missing(l, columns),
            }
        }
        FileError::RepeatedColumn { column } => t::import::e_repeated(l, column.header()),
    }
}

fn not_a_table(l: Locale, found: FoundInstead) -> &'static str {
    match found {
        FoundInstead::Pdf => t::import::e_pdf(l),
        FoundInstead::Image => t::import::e_image(l),
        FoundInstead::Document => t::import::e_document(l),
        FoundInstead::OldExcel => t::import::e_old_excel(l),
        FoundInstead::Archive => t::import::e_archive(l),
        FoundInstead::Html => t::import::e_html(l),
        FoundInstead::Unknown => t::import::e_unknown(l),
    }
}

/// Headers as they stand in files: «Cognome, Nome, Tipo anagrafica».
pub fn columns_list(columns: &[Column]) -> String {
    columns
        .iter()
        .map(|c| format!("«{}»", c.header()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What a file holds.
pub fn kind(l: Locale, kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Persons => t::import::kind_persons(l),
        ImportKind::Users => t::import::kind_users(l),
        ImportKind::Units => t::import::kind_units(l),
    }
}

/// Where an import stands.
pub fn state(l: Locale, state: ImportState) -> &'static str {
    match state {
        ImportState::Previewed => t::import::state_previewed(l),
        ImportState::Confirmed => t::import::state_confirmed(l),
        ImportState::Applied => t::import::state_applied(l),
        ImportState::Failed => t::import::state_failed(l),
    }
}

/// «NUOVO», «MODIFICATO»…
pub fn outcome(l: Locale, outcome: RowOutcome) -> &'static str {
    match outcome {
        RowOutcome::New => t::import::o_new(l),
        RowOutcome::Changed => t::import::o_changed(l),
        RowOutcome::Unchanged => t::import::o_unchanged(l),
        RowOutcome::Duplicate => t::import::o_duplicate(l),
        RowOutcome::Error => t::import::o_error(l),
    }
}

/// Name of the column that tells the rows of a kind apart.
pub fn key(l: Locale, kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Persons => t::import::c_key_persons(l),
        ImportKind::Users => t::import::c_key_users(l),
        ImportKind::Units => t::import::c_key_units(l),
    }
}

/// What is wrong and what to do.
pub fn problem(l: Locale, problem: &Problem) -> String {
    match problem {
        Problem::Missing => t::import::p_missing(l).into(),
        Problem::TooLong(n) => t::import::p_too_long(l, n),
        Problem::ControlCharacters => t::import::p_control(l).into(),
        Problem::NotANumber => t::import::p_number(l).into(),
        Problem::FiscalCodeShape => t::import::p_code_shape(l).into(),
        Problem::FiscalCodeCheck(expected) => t::import::p_code_check(l, expected),
        Problem::VatShape => t::import::p_vat_shape(l).into(),
        Problem::VatCheck(expected) => t::import::p_vat_check(l, expected),
        Problem::DateShape => t::import::p_date_shape(l).into(),
        Problem::NoSuchDay => t::import::p_no_such_day(l).into(),
        Problem::SchoolYear => t::import::p_school_year(l).into(),
        Problem::Email(EmailError::ControlCharacters) => t::import::p_email_control(l).into(),
        Problem::Email(EmailError::TooLong) => t::import::p_email_long(l).into(),
        Problem::Email(EmailError::At | EmailError::Mailbox | EmailError::Domain) => {
            t::import::p_email(l).into()
        }
        Problem::UnknownKind => t::import::p_kind(l).into(),
        Problem::UnknownGroup => t::import::p_group(l).into(),
        Problem::GroupNotAllowed => t::import::p_group_not_allowed(l).into(),
        Problem::MixedCategories => t::import::p_categories(l).into(),
        Problem::NotYesOrNo => t::import::p_yes_no(l).into(),
        Problem::UnknownLanguage => t::import::p_language(l).into(),
        Problem::UnknownUnit => t::import::p_unit(l).into(),
        Problem::UnitNotAllowed => t::import::p_unit_not_allowed(l).into(),
        Problem::UnknownLevel => t::import::p_level(l).into(),
        Problem::UnknownParent => t::import::p_parent(l).into(),
        Problem::ParentLevel(is) => t::import::p_parent_level(l, level(l, *is)),
        Problem::Cycle => t::import::p_cycle(l).into(),
        Problem::TooManyCells => t::import::p_cells(l).into(),
        Problem::UnclosedQuote => t::import::p_quote(l).into(),
        Problem::DuplicateOf {
            line,
            differs: false,
        } => t::import::p_duplicate(l, line),
        Problem::DuplicateOf {
            line,
            differs: true,
        } => t::import::p_duplicate_differs(l, line),
        Problem::KindOfLinked => t::import::p_kind_of_linked(l).into(),
        Problem::UsernameReserved => t::import::p_reserved(l).into(),
        Problem::StrongerAccount => t::import::p_stronger(l).into(),
        Problem::OwnAccount => t::import::p_own_account(l).into(),
        Problem::ChangedMeanwhile => t::import::p_meanwhile(l).into(),
    }
}

fn level(l: Locale, level: UnitLevel) -> &'static str {
    match level {
        UnitLevel::Institute => t::import::level_institute(l),
        UnitLevel::SchoolSite => t::import::level_school_site(l),
        UnitLevel::Canton => t::import::level_canton(l),
        UnitLevel::Enterprise => t::import::level_enterprise(l),
        UnitLevel::Site => t::import::level_site(l),
    }
}

/// «da «1A» a «2B»».
pub fn change(l: Locale, change: &Change) -> String {
    let shown = |value: &str| match change.column {
        Column::PersonKind => value
            .parse::<PersonKind>()
            .map_or(value.to_owned(), |k| person_kind(l, k).to_owned()),
        Column::Level => value
            .parse::<UnitLevel>()
            .map_or(value.to_owned(), |v| level(l, v).to_owned()),
        _ => value.to_owned(),
    };
    if change.before.is_empty() {
        t::import::change_new(l, shown(&change.after))
    } else {
        t::import::change(l, shown(&change.after), shown(&change.before))
    }
}

fn person_kind(l: Locale, kind: PersonKind) -> &'static str {
    match kind {
        PersonKind::Pupil => t::import::n_pupils(l),
        PersonKind::Employee => t::import::n_employees(l),
        PersonKind::Guardian => t::import::n_guardians(l),
        PersonKind::External => t::import::n_externals(l),
    }
}
