//! Words for levels and locks.

use crate::i18n::t;
use domain::{
    Locale,
    unit::{UnitLevel, UnitLock},
};

/// «Impresa».
pub fn level_word(l: Locale, level: UnitLevel) -> &'static str {
    match level {
        UnitLevel::Institute => t::units::level_institute(l),
        UnitLevel::SchoolSite => t::units::level_site_school(l),
        UnitLevel::Canton => t::units::level_canton(l),
        UnitLevel::Enterprise => t::units::level_enterprise(l),
        UnitLevel::Site => t::units::level_site(l),
    }
}

/// Why a unit cannot be edited.
pub fn lock_words(l: Locale, lock: UnitLock) -> &'static str {
    match lock {
        UnitLock::Above => t::units::locked_above(l),
        UnitLock::ReadOnly => t::units::locked_read_only(l),
        UnitLock::Closed => t::units::locked_closed(l),
    }
}
