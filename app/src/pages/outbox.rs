//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn Outbox() -> impl IntoView {
    view! { <h1>"Outbox"</h1> }
}
