//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn NotFound() -> impl IntoView {
    view! { <h1>"NotFound"</h1> }
}
