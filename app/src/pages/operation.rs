//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn Operation() -> impl IntoView {
    view! { <h1>"Operation"</h1> }
}
