//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn Accessibility() -> impl IntoView {
    view! { <h1>"Accessibility"</h1> }
}
