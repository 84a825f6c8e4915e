//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn Operations() -> impl IntoView {
    view! { <h1>"Operations"</h1> }
}
