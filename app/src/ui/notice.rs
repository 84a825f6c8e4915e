//! A banner inside the page.

use leptos::prelude::*;

use super::icon::Icon;
use super::status::Tone;

/// A coloured box with an icon, an optional heading, text and buttons. It is
/// not announced: use the live region for what happens later.
#[component]
pub fn Notice(
    /// The tone.
    #[prop(into)]
    tone: Signal<Tone>,
    /// The heading.
    #[prop(optional, into)]
    title: Option<String>,
    /// The id, when something points at it.
    #[prop(optional, into)]
    id: Option<String>,
    /// Text and buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=move || format!("notice notice--{}", tone.get().name()) id=id>
            <Icon name=Signal::derive(move || tone.get().icon())/>
            <div class="notice__body">
                {title.map(|words| view! { <p class="notice__title">{words}</p> })}
                {children()}
            </div>
        </div>
    }
}
