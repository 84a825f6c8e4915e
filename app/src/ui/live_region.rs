//! The two places where the product speaks to screen readers.

use leptos::prelude::*;

use crate::state::Announcer;

/// One polite region and one alert, always in the page. Mounted once, by the
/// shell.
#[component]
pub fn LiveRegion(
    /// What is to be said.
    announcer: Announcer,
) -> impl IntoView {
    let (polite, alert) = (announcer.polite_text(), announcer.alert_text());
    view! {
        <div class="visually-hidden" role="status" aria-live="polite" aria-atomic="true">{polite}</div>
        <div class="visually-hidden" role="alert" aria-atomic="true">{alert}</div>
    }
}
