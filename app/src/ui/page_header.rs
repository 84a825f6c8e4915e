//! The heading of a page and its actions.

use leptos::prelude::*;

/// The one `h1`, able to take the focus at a change of page, with the page's
/// buttons on the same line.
#[component]
pub fn PageHeader(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// One line under the heading.
    #[prop(optional, into)]
    lead: Option<String>,
    /// The buttons, or nothing.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="page-header">
            <div class="page-header__text">
                <h1 class="page-header__title" tabindex="-1">{title}</h1>
                {lead.map(|words| view! { <p class="page-header__lead">{words}</p> })}
            </div>
            {children.map(|content| view! { <div class="page-header__actions">{content()}</div> })}
        </div>
    }
}
