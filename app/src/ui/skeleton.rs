//! Grey shapes where content will come. The words "Caricamento…" stand beside
//! them (table caption or live region); the shapes are hidden.

use leptos::prelude::*;

/// Rows for a `tbody`.
#[component]
pub fn SkeletonRows(
    /// How many rows.
    #[prop(default = 10)]
    rows: usize,
    /// How many columns.
    columns: usize,
) -> impl IntoView {
    (0..rows)
        .map(|_| {
            let cells = (0..columns)
                .map(|_| view! { <td><span class="skeleton"></span></td> })
                .collect_view();
            view! { <tr class="skeleton-row" aria-hidden="true">{cells}</tr> }
        })
        .collect_view()
}

/// Boxes for a list of cards or sections.
#[component]
pub fn SkeletonCards(
    /// How many boxes.
    #[prop(default = 4)]
    count: usize,
) -> impl IntoView {
    let cards = (0..count)
        .map(|_| view! { <div class="skeleton-card"><span class="skeleton"></span><span class="skeleton"></span></div> })
        .collect_view();
    view! { <div class="skeleton-cards" aria-hidden="true">{cards}</div> }
}
