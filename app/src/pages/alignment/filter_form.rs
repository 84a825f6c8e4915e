//! The frame of the three tabs' filters: their fields, «Ricerca», and the button.

use super::board::Board;
use crate::{
    i18n::t,
    ui::{Button, IconName, TextField},
};
use leptos::prelude::*;

/// The fields of a tab as children, the free text after them.
#[component]
pub fn FilterForm(
    /// The id of «Ricerca».
    id: &'static str,
    /// Its text.
    typed: RwSignal<String>,
    /// Asks for what stands in the fields.
    #[prop(into)]
    on_search: Callback<()>,
    /// The other fields.
    children: Children,
) -> impl IntoView {
    let l = expect_context::<Board>().l;
    view! {
        <form
            class="filters filters--flow"
            role="search"
            aria-label=t::alignment::filters(l)
            on:submit=move |event| {
                event.prevent_default();
                on_search.run(());
            }
        >
            <div class="filters__fields">
                {children()}
                <div class="filters__search">
                    <TextField
                        id=id
                        label=t::alignment::search(l)
                        value=typed
                        input_type="search"
                        autocomplete="off"
                        plain=true
                    />
                </div>
            </div>
            <div class="filters__actions">
                <Button submit=true icon=IconName::Search>{t::alignment::search_button(l)}</Button>
            </div>
        </form>
    }
}
