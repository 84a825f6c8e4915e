//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn SignIn() -> impl IntoView {
    view! { <h1>"SignIn"</h1> }
}
