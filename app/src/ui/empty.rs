//! What stands where a list has nothing to show.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

/// A sentence and what to do next. Never shown when loading failed.
#[component]
pub fn EmptyState(
    /// The sentence: "Nessun utente corrisponde ai filtri."
    #[prop(into)]
    title: Signal<String>,
    /// The icon.
    #[prop(default = IconName::List)]
    icon: IconName,
    /// The buttons, or nothing.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon/>
            <p class="empty__title">{title}</p>
            {children.map(|content| view! { <div class="empty__actions">{content()}</div> })}
        </div>
    }
}
