//! Skip links and text for screen readers only.

use leptos::prelude::*;

use super::dom;

/// The first links of the page, seen when focused: (id of the target, words).
#[component]
pub fn SkipLinks(
    /// Targets and words.
    #[prop(into)]
    links: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    view! {
        <div class="skip-links">
            {move || {
                links
                    .get()
                    .into_iter()
                    .map(|(target, words)| {
                        view! {
                            <a
                                class="skip-links__link"
                                href=format!("#{target}")
                                on:click=move |event| {
                                    // The fragment of a list holds its search: it must stay.
                                    event.prevent_default();
                                    event.stop_propagation();
                                    dom::focus_id(&target);
                                }
                            >
                                {words}
                            </a>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
}

/// Text that is read aloud and not seen. Its ancestor that scrolls must be
/// positioned (`.table-region` is), else it widens the document.
#[component]
pub fn VisuallyHidden(
    /// The text.
    children: Children,
) -> impl IntoView {
    view! { <span class="visually-hidden">{children()}</span> }
}
