//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn Send() -> impl IntoView {
    view! { <h1>"Send"</h1> }
}
