//! Tabs with manual activation: arrows move, Enter or Space activates, because
//! the panels fetch.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::dom;

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TabItem {
    /// The key, also what stands in the URL.
    pub key: String,
    /// The words, with a count if any.
    pub label: String,
}

impl TabItem {
    /// A tab from its key and its words.
    pub fn new(key: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
        }
    }
}

/// The list of tabs. One tab stop; the panels are [`TabPanel`]s with the same
/// `id` as `tabs`.
#[component]
pub fn Tabs(
    /// The id; a tab is `{id}-tab-{key}`, a panel `{id}-panel-{key}`.
    #[prop(into)]
    id: String,
    /// The name of the list.
    #[prop(into)]
    label: Signal<String>,
    /// The tabs. Only the labels may change later, not keys or order.
    #[prop(into)]
    tabs: Signal<Vec<TabItem>>,
    /// The key of the tab shown.
    #[prop(into)]
    selected: Signal<String>,
    /// Runs with the key of the tab activated.
    #[prop(into)]
    on_select: Callback<(String,)>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let keys = move |event: KeyboardEvent| {
        let Some(list) = node.get_untracked() else {
            return;
        };
        let items = dom::all(&list, "[role=tab]");
        let focused = dom::focused();
        let Some(current) = items.iter().position(|tab| focused.as_ref() == Some(tab)) else {
            return;
        };
        let next = match event.key().as_str() {
            "ArrowRight" => (current + 1) % items.len(),
            "ArrowLeft" => (current + items.len() - 1) % items.len(),
            "Home" => 0,
            "End" => items.len() - 1,
            _ => return,
        };
        event.prevent_default();
        let _ = items[next].focus();
    };
    let buttons = tabs
        .get_untracked()
        .into_iter()
        .enumerate()
        .map(|(index, tab)| {
            let (tab_id, panel) = (
                format!("{id}-tab-{}", tab.key),
                format!("{id}-panel-{}", tab.key),
            );
            let (own, sent) = (tab.key.clone(), tab.key);
            let is_selected = Memo::new(move |_| selected.with(|key| *key == own));
            let label = move || tabs.with(|all| all.get(index).map(|tab| tab.label.clone()));
            view! {
                <button
                    type="button"
                    role="tab"
                    class="tabs__tab"
                    id=tab_id
                    aria-selected=move || is_selected.get().to_string()
                    aria-controls=move || is_selected.get().then(|| panel.clone())
                    tabindex=move || if is_selected.get() { "0" } else { "-1" }
                    on:click=move |_| on_select.run((sent.clone(),))
                >
                    {label}
                </button>
            }
        })
        .collect_view();
    view! {
        <div node_ref=node class="tabs" role="tablist" aria-label=label on:keydown=keys>
            {buttons}
        </div>
    }
}

/// The panel of a tab. Render only the panel of the selected tab.
#[component]
pub fn TabPanel(
    /// The id of the [`Tabs`].
    #[prop(into)]
    tabs: String,
    /// The key of the tab.
    #[prop(into)]
    key: String,
    /// The content; give it an `h2`.
    children: Children,
) -> impl IntoView {
    view! {
        <div
            class="tabs__panel"
            role="tabpanel"
            tabindex="0"
            id=format!("{tabs}-panel-{key}")
            aria-labelledby=format!("{tabs}-tab-{key}")
        >
            {children()}
        </div>
    }
}
