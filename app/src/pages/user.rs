//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn User() -> impl IntoView {
    view! { <h1>"User"</h1> }
}
