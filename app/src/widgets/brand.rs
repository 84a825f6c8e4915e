//! The mark of the product.

use leptos::prelude::*;

/// A boat on two waves, drawn for a dark ground. Decorative: its neighbour says the name.
#[component]
pub fn BrandMark(
    /// The class name, for the size.
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=class viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
            <path
                d="M8.2 15.2c.6-4.6 4-7.7 8.2-7.7 4 0 6.9 2.3 7.6 6 .2 1.1-.6 2.1-1.8 2.1H9.6c-.9 0-1.5-.1-1.4-.4z"
                fill="#f2f6f8"
            ></path>
            <path
                d="M6 19.6c2.2-1.5 4.3-1.5 6.6 0s4.5 1.5 6.8 0 4.4-1.5 6.6 0"
                fill="none"
                stroke="#7cc4d6"
                stroke-width="2"
                stroke-linecap="round"
            ></path>
            <path
                d="M6 24.4c2.2-1.5 4.3-1.5 6.6 0s4.5 1.5 6.8 0 4.4-1.5 6.6 0"
                fill="none"
                stroke="#ffb067"
                stroke-width="2"
                stroke-linecap="round"
            ></path>
        </svg>
    }
}
