//! The header of a column that sorts.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

/// The direction of a sorted column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortDirection {
    /// From A to Z, from old to new.
    Ascending,
    /// From Z to A, from new to old.
    Descending,
}

/// A `th` with a button. `aria-sort` stands only on the sorted column.
#[component]
pub fn SortHeader(
    /// The id of the button, so that the focus survives a new list.
    #[prop(into)]
    id: String,
    /// The name of the column.
    #[prop(into)]
    label: Signal<String>,
    /// The direction, when the list is sorted by this column.
    #[prop(into)]
    direction: Signal<Option<SortDirection>>,
    /// Sorts by this column, or turns the direction round.
    #[prop(into)]
    on_sort: Callback<()>,
    /// Class names of the cell, for widths and for hiding at small sizes.
    #[prop(optional, into)]
    class: Option<&'static str>,
) -> impl IntoView {
    let aria = move || {
        direction.get().map(|d| match d {
            SortDirection::Ascending => "ascending",
            SortDirection::Descending => "descending",
        })
    };
    let icon = Signal::derive(move || match direction.get() {
        Some(SortDirection::Ascending) => IconName::CaretUp,
        Some(SortDirection::Descending) => IconName::CaretDown,
        None => IconName::SortBoth,
    });
    view! {
        <th scope="col" class=class aria-sort=aria>
            <button type="button" class="sort" id=id on:click=move |_| on_sort.run(())>
                <span class="sort__label">{label}</span>
                <Icon name=icon/>
            </button>
        </th>
    }
}
