//! Words in four languages: typed texts made by `build.rs` from `locales/`, and the
//! sentences for closed enums.

mod errors;
mod format;
mod pair;
pub mod registration;

pub use errors::{api_error, field_error, file_problem, right_name, wait};
pub use format::{day, moment, number};
pub use pair::pair_problem;

use domain::Locale;
use leptos::prelude::*;

/// The texts: `t::area::key(locale, placeholders…)`.
pub mod t {
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

/// The language of this page. It changes only with a full load, so it is a plain value.
pub fn use_locale() -> Locale {
    use_context().unwrap_or_default()
}

/// What the page was rendered in: the visitor's language on the server, `<html lang>` in
/// the browser. Both are the same text, so hydration finds what was sent.
pub fn page_locale() -> Locale {
    #[cfg(feature = "ssr")]
    {
        use_context::<crate::ssr::Visitor>()
            .map(|v| v.locale)
            .unwrap_or_default()
    }
    #[cfg(not(feature = "ssr"))]
    {
        document()
            .document_element()
            .and_then(|e| e.get_attribute("lang"))
            .and_then(|l| l.parse().ok())
            .unwrap_or_default()
    }
}
