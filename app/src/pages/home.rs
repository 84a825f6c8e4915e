//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn Home() -> impl IntoView {
    view! { <h1>"Home"</h1> }
}
