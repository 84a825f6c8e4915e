//! The combobox of the ARIA Authoring Practices (list autocomplete, manual selection): a
//! field, and below it what fits the text typed, in the top layer.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::web_sys::Element;

use super::dom;
use super::field::{ChoiceOption, FieldFrame};

/// A field with a list of what fits its text.
///
/// Down and Up open the list and move in it, Enter chooses, Esc closes it and then empties
/// the field; the focus stays in the field throughout. Nothing is chosen by leaving it.
#[component]
pub fn Combobox(
    /// The id of the input; the list is `{id}-list`.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The text typed, both ways.
    value: RwSignal<String>,
    /// What fits the text, few enough to be read.
    #[prop(into)]
    options: Signal<Vec<ChoiceOption>>,
    /// What is said of the list: how many, none, or that it is on its way.
    #[prop(into)]
    status: Signal<String>,
    /// Runs when the list is asked for.
    #[prop(into)]
    on_open: Callback<()>,
    /// Runs with the value of the option chosen.
    #[prop(into)]
    on_choose: Callback<(String,)>,
    /// An example inside the empty field; never instead of the label.
    #[prop(optional, into)]
    placeholder: Option<String>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Input>::new();
    let open = RwSignal::new(false);
    // The place of the option that Enter would choose.
    let active = RwSignal::new(None::<usize>);
    let count = move || options.with(Vec::len);
    let show = move || {
        if !open.get_untracked() {
            active.set(None);
            open.set(true);
            on_open.run(());
        }
    };
    let choose = move |value_of: String| {
        open.set(false);
        value.set(String::new());
        on_choose.run((value_of,));
    };
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        key @ ("ArrowDown" | "ArrowUp") => {
            event.prevent_default();
            show();
            let many = untrack(count);
            active.update(|at| *at = next(*at, many, key == "ArrowDown"));
        }
        "Enter" if open.get_untracked() => {
            let chosen = active
                .get_untracked()
                .and_then(|at| options.with_untracked(|all| all.get(at).map(|o| o.value.clone())));
            if let Some(chosen) = chosen {
                event.prevent_default();
                choose(chosen);
            }
        }
        "Escape" if open.get_untracked() => {
            event.prevent_default();
            event.stop_propagation();
            open.set(false);
        }
        "Escape" => value.set(String::new()),
        _ => {}
    };
    let (list_id, option_id) = (format!("{id}-list"), format!("{id}-option"));
    let (controlled, pointed) = (list_id.clone(), option_id.clone());
    view! {
        <FieldFrame id=id.clone() label=label>
            <input
                node_ref=node
                class="input"
                id=id.clone()
                type="text"
                role="combobox"
                autocomplete="off"
                spellcheck="false"
                placeholder=placeholder
                aria-autocomplete="list"
                aria-expanded=move || open.get().to_string()
                aria-controls=move || open.get().then(|| controlled.clone())
                aria-activedescendant=move || {
                    active.get().filter(|_| open.get()).map(|at| format!("{pointed}-{at}"))
                }
                prop:value=value
                on:input:target=move |event| {
                    value.set(event.target().value());
                    active.set(None);
                    show();
                }
                on:click=move |_| show()
                on:keydown=keys
            />
        </FieldFrame>
        {move || {
            let (list_id, option_id) = (list_id.clone(), option_id.clone());
            open.get()
                .then(|| {
                    view! {
                        <Listbox
                            id=list_id
                            option_id=option_id
                            label=label
                            field=node
                            options=options
                            status=status
                            active=active
                            close=move || open.set(false)
                            choose=choose
                        />
                    }
                })
        }}
    }
}

/// The next place, round and round; the first or the last where there was none.
fn next(at: Option<usize>, many: usize, down: bool) -> Option<usize> {
    let last = many.checked_sub(1)?;
    Some(match (at, down) {
        (Some(at), true) if at < last => at + 1,
        (_, true) => 0,
        (Some(at), false) if at > 0 => at.min(last + 1) - 1,
        (_, false) => last,
    })
}

/// The open list. Its life is the time it is open.
#[component]
fn Listbox(
    id: String,
    option_id: String,
    label: Signal<String>,
    field: NodeRef<leptos::html::Input>,
    options: Signal<Vec<ChoiceOption>>,
    status: Signal<String>,
    active: RwSignal<Option<usize>>,
    #[prop(into)] close: Callback<()>,
    #[prop(into)] choose: Callback<(String,)>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let (Some(panel), Some(anchor)) = (node.get(), field.get_untracked()) else {
            return;
        };
        dom::show_beside(&panel, &anchor);
        let inside = move || -> Vec<Element> {
            [
                node.try_get_untracked().flatten().map(Element::from),
                field.try_get_untracked().flatten().map(Element::from),
            ]
            .into_iter()
            .flatten()
            .collect()
        };
        dom::on_leave(inside, move || close.run(()));
    });
    // The option pointed at is brought into sight: the focus, which would do it, is elsewhere.
    Effect::new(move |_| {
        let pointed = active.get().is_some();
        if let Some(panel) = node.get_untracked().filter(|_| pointed) {
            request_animation_frame(move || {
                if let Ok(Some(option)) = panel.query_selector("[aria-selected=true]") {
                    option.scroll_into_view_with_bool(false);
                }
            });
        }
    });
    let lines = move || {
        options
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, option)| {
                let value = option.value;
                view! {
                    <li
                        class="menu__item combobox__option"
                        role="option"
                        id=format!("{option_id}-{at}")
                        aria-selected=move || (active.get() == Some(at)).to_string()
                        // The focus stays in the field.
                        on:mousedown=move |event| event.prevent_default()
                        on:click=move |_| choose.run((value.clone(),))
                    >
                        {option.label}
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <div node_ref=node class="popover menu" popover="manual">
            <ul id=id class="combobox__list" role="listbox" aria-label=label>{lines}</ul>
            <p class="combobox__status" role="status">{status}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn the_arrows_go_round_and_survive_a_shorter_list() {
        assert_eq!(next(None, 3, true), Some(0));
        assert_eq!(next(Some(2), 3, true), Some(0));
        assert_eq!(next(Some(0), 3, true), Some(1));
        assert_eq!(next(None, 3, false), Some(2));
        assert_eq!(next(Some(0), 3, false), Some(2));
        assert_eq!(next(Some(2), 3, false), Some(1));
        assert_eq!(next(Some(9), 3, false), Some(2));
        assert_eq!(next(Some(9), 3, true), Some(0));
        assert_eq!(next(Some(1), 0, true), None);
    }
}
