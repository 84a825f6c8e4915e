//! Being written.

use domain::{Locale, import::FileError};
use leptos::prelude::*;

/// The sentence for a file that is not a table.
pub fn file_error(_l: Locale, e: &FileError) -> String {
    format!("{e:?}")
}

/// Being written.
#[component]
pub fn Import() -> impl IntoView {
    view! { <h1>"Importa"</h1> }
}

/// Being written.
#[component]
pub fn ImportPreview() -> impl IntoView {
    view! { <h1>"Importa"</h1> }
}
