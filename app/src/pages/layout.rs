//! Being written.

use leptos::prelude::*;
use leptos_router::components::Outlet;

/// Being written.
#[component]
pub fn Layout() -> impl IntoView {
    view! { <Outlet /> }
}
