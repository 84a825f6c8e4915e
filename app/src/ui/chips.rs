//! What a list is filtered by, each removable.

use leptos::prelude::*;

use super::dom;
use super::icon::{Icon, IconName};

/// One removable chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// The key handed back when it is removed.
    pub key: String,
    /// The words: "Gruppo: Tutori".
    pub label: String,
    /// The name of its button: "Togli il filtro Gruppo: Tutori".
    pub remove_label: String,
}

/// A list of chips. When one is removed the focus goes to the next, else to
/// `fallback_focus`.
#[component]
pub fn ChipList(
    /// The id of the list.
    #[prop(into)]
    id: String,
    /// The name of the list: "Filtri attivi".
    #[prop(into)]
    label: Signal<String>,
    /// The chips; nothing is shown when there are none.
    #[prop(into)]
    chips: Signal<Vec<Chip>>,
    /// Runs with the key of the chip to remove.
    #[prop(into)]
    on_remove: Callback<(String,)>,
    /// The id that takes the focus after the last one.
    #[prop(into)]
    fallback_focus: String,
) -> impl IntoView {
    let fallback = StoredValue::new(fallback_focus);
    let list_id = StoredValue::new(id);
    let remove = move |key: String, index: usize| {
        on_remove.run((key,));
        request_animation_frame(move || {
            let (Some(list), Some(fallback)) = (list_id.try_get_value(), fallback.try_get_value())
            else {
                return;
            };
            let left = document()
                .get_element_by_id(&list)
                .map(|list| dom::all(&list, "button"))
                .unwrap_or_default();
            match left.get(index).or(left.last()) {
                Some(next) => {
                    let _ = next.focus();
                }
                None => {
                    dom::focus_id(&fallback);
                }
            }
        });
    };
    view! {
        {move || {
            let all = chips.get();
            (!all.is_empty())
                .then(|| {
                    let items = all
                        .into_iter()
                        .enumerate()
                        .map(|(index, chip)| {
                            let key = chip.key;
                            view! {
                                <li class="chip">
                                    <span class="chip__label">{chip.label}</span>
                                    <button
                                        type="button"
                                        class="chip__remove"
                                        aria-label=chip.remove_label
                                        on:click=move |_| remove(key.clone(), index)
                                    >
                                        <Icon name=IconName::Cross/>
                                    </button>
                                </li>
                            }
                        })
                        .collect_view();
                    view! { <ul class="chips" id=list_id.get_value() aria-label=label>{items}</ul> }
                })
        }}
    }
}
