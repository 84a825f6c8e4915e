//! The pager of a list and the number of rows a page.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::field::ChoiceOption;

/// `[Primo] [Precedente] Pagina [n] di m [Successivo] [Ultimo]` in a labelled
/// landmark. At the edge a button is `aria-disabled` and stays focusable, so
/// that the focus does not vanish. Nothing is shown for a single page.
#[component]
pub fn Pagination(
    /// The id; the parts are `{id}-first`, `-previous`, `-page`, `-next`, `-last`.
    #[prop(into)]
    id: String,
    /// The name of the landmark: "Pagine degli utenti".
    #[prop(into)]
    label: Signal<String>,
    /// The present page, from 1.
    #[prop(into)]
    page: Signal<u64>,
    /// How many pages.
    #[prop(into)]
    pages: Signal<u64>,
    /// "Primo".
    #[prop(into)]
    first: Signal<String>,
    /// "Precedente".
    #[prop(into)]
    previous: Signal<String>,
    /// "Pagina", the label of the number.
    #[prop(into)]
    page_label: Signal<String>,
    /// "di 9", after the number.
    #[prop(into)]
    of_total: Signal<String>,
    /// "Successivo".
    #[prop(into)]
    next: Signal<String>,
    /// "Ultimo".
    #[prop(into)]
    last: Signal<String>,
    /// Runs with the page to show, always within 1 and `pages`.
    #[prop(into)]
    on_go: Callback<(u64,)>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Input>::new();
    let id = StoredValue::new(id);
    let part = move |name: &str| id.with_value(|id| format!("{id}-{name}"));
    let at_start = Signal::derive(move || page.get() <= 1);
    let at_end = Signal::derive(move || page.get() >= pages.get());
    let several = Memo::new(move |_| pages.get() > 1);
    let go = move |wanted: u64| {
        let wanted = wanted.clamp(1, pages.get_untracked().max(1));
        if wanted != page.get_untracked() {
            on_go.run((wanted,));
        }
    };
    let typed = move || {
        let Some(input) = node.get_untracked() else {
            return;
        };
        let present = page.get_untracked();
        let wanted = input.value().trim().parse::<u64>().unwrap_or(present);
        let wanted = wanted.clamp(1, pages.get_untracked().max(1));
        // Show what was taken, also where it is the page already shown.
        input.set_value(&wanted.to_string());
        go(wanted);
    };
    view! {
        <Show when=move || several.get()>
            <nav class="pagination" aria-label=label>
                <EdgeButton id=part("first") label=first off=at_start on_click=move || go(1)/>
                <EdgeButton
                    id=part("previous")
                    label=previous
                    off=at_start
                    on_click=move || go(page.get_untracked().saturating_sub(1))
                />
                <form
                    class="pagination__form"
                    on:submit=move |event: SubmitEvent| {
                        event.prevent_default();
                        typed();
                    }
                >
                    <label for=part("page")>{page_label}</label>
                    <input
                        node_ref=node
                        class="input pagination__input"
                        id=part("page")
                        inputmode="numeric"
                        autocomplete="off"
                        maxlength="7"
                        aria-describedby=part("total")
                        value=page.get_untracked().to_string()
                        prop:value=move || page.get().to_string()
                        on:change=move |_| typed()
                    />
                    <span id=part("total")>{of_total}</span>
                </form>
                <EdgeButton
                    id=part("next")
                    label=next
                    off=at_end
                    on_click=move || go(page.get_untracked() + 1)
                />
                <EdgeButton
                    id=part("last")
                    label=last
                    off=at_end
                    on_click=move || go(pages.get_untracked())
                />
            </nav>
        </Show>
    }
}

/// A button of the pager; does nothing while `off`, yet takes the focus.
#[component]
fn EdgeButton(
    id: String,
    label: Signal<String>,
    off: Signal<bool>,
    #[prop(into)] on_click: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button pagination__button"
            id=id
            aria-disabled=move || off.get().then_some("true")
            on:click=move |_| {
                if !off.get_untracked() {
                    on_click.run(());
                }
            }
        >
            {label}
        </button>
    }
}

/// «Righe per pagina», on one line.
#[component]
pub fn PageSizeSelect(
    /// The id of the select.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The sizes, as the URL writes them, and their words.
    options: Vec<ChoiceOption>,
    /// The present size.
    #[prop(into)]
    value: Signal<String>,
    /// Runs with the size chosen.
    #[prop(into)]
    on_change: Callback<(String,)>,
) -> impl IntoView {
    let choices = options
        .into_iter()
        .map(|option| {
            let own = StoredValue::new(option.value.clone());
            let is_chosen = move || own.with_value(|own| value.with(|v| v == own));
            view! {
                <option value=option.value selected=untrack(is_chosen) prop:selected=is_chosen>
                    {option.label}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="page-size">
            <label class="page-size__label" for=id.clone()>{label}</label>
            <select
                class="select"
                id=id
                on:change:target=move |event| on_change.run((event.target().value(),))
            >
                {choices}
            </select>
        </div>
    }
}
