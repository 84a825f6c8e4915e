//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn ChangePassword() -> impl IntoView {
    view! { <h1>"ChangePassword"</h1> }
}
