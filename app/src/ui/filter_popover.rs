//! A filter of several choices behind one button.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::web_sys::Element;

use super::button::{Button, ButtonKind};
use super::dom;
use super::field::ChoiceOption;
use super::icon::{Icon, IconName};

/// A button that opens a fieldset of checkboxes (any of them matches).
///
/// The ticks go into `value` at once, so that the page's own search button
/// takes them along; the list is searched at "Applica" (`on_apply`). Esc puts
/// the ticks back as they were at opening. Leaving by mouse or Tab closes and
/// keeps the ticks.
#[component]
pub fn FilterPopover(
    /// The id of the button; the panel is `{id}-panel`.
    #[prop(into)]
    id: String,
    /// The words on the button: "Seleziona il gruppo degli utenti", or a count.
    #[prop(into)]
    label: Signal<String>,
    /// The heading of the choices: "Gruppi".
    #[prop(into)]
    legend: Signal<String>,
    /// The choices.
    #[prop(into)]
    options: Signal<Vec<ChoiceOption>>,
    /// The values ticked, both ways.
    value: RwSignal<Vec<String>>,
    /// "Applica".
    #[prop(into)]
    apply_label: Signal<String>,
    /// "Nessuno": unticks all. Without it there is no such button.
    #[prop(optional, into)]
    clear_label: Option<String>,
    /// Searches.
    #[prop(into)]
    on_apply: Callback<()>,
) -> impl IntoView {
    let button = NodeRef::<leptos::html::Button>::new();
    let open = RwSignal::new(false);
    let before = StoredValue::new(Vec::<String>::new());
    let (panel_id, prefix) = (format!("{id}-panel"), format!("{id}-option"));
    let controlled = panel_id.clone();
    let toggle = move |_| {
        before.set_value(value.get_untracked());
        open.update(|o| *o = !*o);
    };
    let close = move |return_focus: bool| {
        if return_focus && let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
        open.set(false);
    };
    let clear_label = StoredValue::new(clear_label);
    view! {
        <button
            node_ref=button
            id=id
            type="button"
            class="select select--button"
            aria-expanded=move || open.get().to_string()
            aria-controls=move || open.get().then(|| controlled.clone())
            on:click=toggle
        >
            <span class="button__label">{label}</span>
            <Icon name=IconName::CaretDown/>
        </button>
        {move || {
            let (panel_id, prefix) = (panel_id.clone(), prefix.clone());
            open.get()
                .then(|| {
                    view! {
                        <Panel
                            id=panel_id
                            button=button
                            close=close
                            on_escape=move || {
                                value.set(before.get_value());
                                close(true);
                            }
                        >
                            <fieldset class="fieldset">
                                <legend class="fieldset__legend">{legend}</legend>
                                <div class="fieldset__choices">{choices(&prefix, options, value)}</div>
                            </fieldset>
                            <div class="filter-popover__actions">
                                {clear_label
                                    .get_value()
                                    .map(|words| {
                                        view! {
                                            <Button kind=ButtonKind::Quiet on_click=move || value.set(Vec::new())>
                                                {words}
                                            </Button>
                                        }
                                    })}
                                <Button
                                    kind=ButtonKind::Primary
                                    on_click=move || {
                                        close(true);
                                        on_apply.run(());
                                    }
                                >
                                    {apply_label}
                                </Button>
                            </div>
                        </Panel>
                    }
                })
        }}
    }
}

/// The checkboxes of the choices.
fn choices(
    prefix: &str,
    options: Signal<Vec<ChoiceOption>>,
    value: RwSignal<Vec<String>>,
) -> impl IntoView + use<> {
    options
        .get_untracked()
        .into_iter()
        .map(|option| {
            let id = format!("{prefix}-{}", option.value);
            let (own, ticked) = (option.value.clone(), option.value);
            view! {
                <div class="check">
                    <input
                        class="check__input"
                        type="checkbox"
                        id=id.clone()
                        prop:checked=move || value.with(|v| v.contains(&ticked))
                        on:change:target=move |event| {
                            let on = event.target().checked();
                            value.update(|chosen| {
                                chosen.retain(|v| *v != own);
                                if on {
                                    chosen.push(own.clone());
                                }
                            });
                        }
                    />
                    <label class="check__label" for=id>{option.label}</label>
                </div>
            }
        })
        .collect_view()
}

/// The open panel. Its life is the time it is open.
#[component]
fn Panel(
    id: String,
    button: NodeRef<leptos::html::Button>,
    close: impl Fn(bool) + Copy + Send + Sync + 'static,
    #[prop(into)] on_escape: Callback<()>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let (Some(panel), Some(anchor)) = (node.get(), button.get_untracked()) else {
            return;
        };
        dom::show_beside(&panel, &anchor);
        if let Some(first) = dom::all(&panel, "input").first() {
            let _ = first.focus();
        }
        let inside = move || -> Vec<Element> {
            [
                node.try_get_untracked().flatten().map(Element::from),
                button.try_get_untracked().flatten().map(Element::from),
            ]
            .into_iter()
            .flatten()
            .collect()
        };
        dom::on_leave(inside, move || close(false));
    });
    view! {
        <div
            node_ref=node
            id=id
            class="popover filter-popover"
            popover="manual"
            on:keydown=move |event: KeyboardEvent| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    event.stop_propagation();
                    on_escape.run(());
                }
            }
        >
            {children()}
        </div>
    }
}
