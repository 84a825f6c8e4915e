//! How far something is.

use leptos::prelude::*;

/// A labelled progress bar. The label says the numbers in words.
#[component]
pub fn Progress(
    /// The id of the bar.
    #[prop(into)]
    id: String,
    /// The label: "31 di 47 utenti".
    #[prop(into)]
    label: Signal<String>,
    /// Done so far; `None` while it cannot be known.
    #[prop(into)]
    value: Signal<Option<u64>>,
    /// The whole.
    #[prop(into)]
    max: Signal<u64>,
) -> impl IntoView {
    view! {
        <div class="progress">
            <label class="progress__label" for=id.clone()>{label}</label>
            <progress
                class="progress__bar"
                id=id
                max=move || max.get().max(1).to_string()
                value=move || value.get().map(|n| n.to_string())
            ></progress>
        </div>
    }
}

/// The thin bar over a table that is being fetched again. Appears after one
/// second (by the style sheet) and says nothing: the table has `aria-busy`.
#[component]
pub fn BusyBar(
    /// True while fetching.
    #[prop(into)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! { <div class="busy-bar" class:busy-bar--on=busy aria-hidden="true"></div> }
}
