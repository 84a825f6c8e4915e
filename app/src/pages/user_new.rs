//! Being written.

use leptos::prelude::*;

/// Being written.
#[component]
pub fn NewUser() -> impl IntoView {
    view! { <h1>"NewUser"</h1> }
}
