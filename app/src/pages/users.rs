//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn Users() -> impl IntoView {
    view! { <h1>"Users"</h1> }
}
