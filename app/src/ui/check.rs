//! Checkboxes and radio buttons.

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;

use super::field::{ChoiceOption, Text, described_by, invalid};
use super::icon::{Icon, IconName};

/// A checkbox with its label.
#[component]
pub fn CheckboxField(
    /// The id of the input.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it is ticked.
    #[prop(into)]
    checked: Signal<bool>,
    /// Runs with the new state.
    #[prop(into)]
    on_change: Callback<(bool,)>,
    /// The form name.
    #[prop(optional, into)]
    name: Option<String>,
    /// A word after the label, such as "(aggiunto)".
    #[prop(optional, into)]
    note: Text,
    /// A help text.
    #[prop(optional, into)]
    hint: Text,
) -> impl IntoView {
    let (described, hint_id) = (id.clone(), format!("{id}-hint"));
    let node = NodeRef::<leptos::html::Input>::new();
    let live = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(input) = node.get() {
            // A tick made before the page came alive counts.
            if input.checked() != checked.get_untracked() {
                on_change.run((input.checked(),));
            }
            live.set(true);
        }
    });
    view! {
        <div class="check">
            <input
                node_ref=node
                class="check__input"
                type="checkbox"
                id=id.clone()
                name=name
                value="true"
                checked=checked.get_untracked()
                prop:checked=move || live.get().then(|| checked.get())
                aria-describedby=move || described_by(&described, hint, Text::default())
                on:change:target=move |event| on_change.run((event.target().checked(),))
            />
            <label class="check__label" for=id>
                {label}
                {move || note.get().map(|text| view! { <span class="check__note">" "{text}</span> })}
            </label>
            {move || {
                hint.get().map(|text| view! { <p class="check__hint" id=hint_id.clone()>{text}</p> })
            }}
        </div>
    }
}

/// The state of a checkbox that stands for several things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TriState {
    /// None of them.
    #[default]
    None,
    /// Some of them: drawn as a line, announced as "mixed".
    Some,
    /// All of them.
    All,
}

impl TriState {
    /// The state for `chosen` things out of `total`.
    pub const fn of(chosen: usize, total: usize) -> Self {
        if chosen == 0 || total == 0 {
            Self::None
        } else if chosen < total {
            Self::Some
        } else {
            Self::All
        }
    }
}

/// A checkbox of three states, native `indeterminate`. With `label_hidden` it
/// is the header of a column of checkboxes.
#[component]
pub fn TriStateCheckbox(
    /// The id of the input.
    #[prop(into)]
    id: String,
    /// The name: "Seleziona tutti gli utenti di questa pagina".
    #[prop(into)]
    label: Signal<String>,
    /// The state.
    #[prop(into)]
    state: Signal<TriState>,
    /// True for "all of them", false for "none of them".
    #[prop(into)]
    on_change: Callback<(bool,)>,
    /// True in a table header, where the label is not shown.
    #[prop(optional)]
    label_hidden: bool,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Input>::new();
    let draw = move || {
        if let Some(input) = node.get() {
            input.set_checked(state.get() == TriState::All);
            input.set_indeterminate(state.get() == TriState::Some);
        }
    };
    Effect::new(move |_| draw());
    view! {
        <span class=if label_hidden { "check-cell" } else { "check" }>
            <input
                node_ref=node
                class="check__input"
                type="checkbox"
                id=id.clone()
                checked=state.get_untracked() == TriState::All
                aria-label=move || label_hidden.then(|| label.get())
                on:change:target=move |event| {
                    on_change.run((event.target().checked(),));
                    untrack(draw);
                }
            />
            {(!label_hidden).then(|| view! { <label class="check__label" for=id>{label}</label> })}
        </span>
    }
}

/// The checkbox of a table row. Says whether Shift was held, by mouse or by
/// Shift+Space, so that the page can select a range.
#[component]
pub fn RowCheckbox(
    /// The id of the input.
    #[prop(into)]
    id: String,
    /// The name: "Seleziona UTENTE DEMO".
    #[prop(into)]
    label: Signal<String>,
    /// Whether the row is selected.
    #[prop(into)]
    checked: Signal<bool>,
    /// Runs with the new state, and whether Shift was held.
    #[prop(into)]
    on_toggle: Callback<(bool, bool)>,
) -> impl IntoView {
    let shift = StoredValue::new(false);
    view! {
        <span class="check-cell">
            <input
                class="check__input"
                type="checkbox"
                id=id
                aria-label=label
                checked=checked.get_untracked()
                prop:checked=checked
                on:keydown=move |event: KeyboardEvent| {
                    if event.key() == " " {
                        shift.set_value(event.shift_key());
                    }
                }
                on:click:target=move |event| {
                    let mouse: &MouseEvent = &event;
                    let held = mouse.shift_key() || shift.get_value();
                    shift.set_value(false);
                    on_toggle.run((event.target().checked(), held));
                }
            />
        </span>
    }
}

/// A group of radio buttons in a fieldset.
#[component]
pub fn RadioGroup(
    /// The id of the group; each button is `{id}-{value}`.
    #[prop(into)]
    id: String,
    /// The question.
    #[prop(into)]
    legend: Signal<String>,
    /// The choices.
    options: Vec<ChoiceOption>,
    /// The chosen value, both ways.
    value: RwSignal<String>,
    /// True to lay the choices out in one line.
    #[prop(optional)]
    inline: bool,
    /// What to do about the error.
    #[prop(optional, into)]
    error: Text,
    /// Runs after a choice.
    #[prop(optional, into)]
    on_change: Option<Callback<(String,)>>,
) -> impl IntoView {
    let (described, error_id, name) = (id.clone(), format!("{id}-error"), id.clone());
    let choices = options
        .into_iter()
        .map(|option| radio(&name, option, value, on_change))
        .collect_view();
    view! {
        <fieldset
            class="fieldset"
            class:fieldset--inline=inline
            id=id
            aria-invalid=move || invalid(error)
            aria-describedby=move || described_by(&described, Text::default(), error)
        >
            <legend class="fieldset__legend">{legend}</legend>
            <div class="fieldset__choices">{choices}</div>
            {move || {
                error
                    .get()
                    .map(|text| {
                        view! {
                            <p class="field__error" id=error_id.clone()>
                                <Icon name=IconName::Warning/>
                                <span>{text}</span>
                            </p>
                        }
                    })
            }}
        </fieldset>
    }
}

/// One radio button with its label.
fn radio(
    name: &str,
    option: ChoiceOption,
    value: RwSignal<String>,
    on_change: Option<Callback<(String,)>>,
) -> impl IntoView + use<> {
    let (name, button) = (name.to_string(), format!("{name}-{}", option.value));
    let own = StoredValue::new(option.value.clone());
    let is_chosen = move || own.with_value(|own| value.with(|v| v == own));
    let choose = move || {
        value.set(own.get_value());
        if let Some(act) = on_change {
            act.run((own.get_value(),));
        }
    };
    let node = NodeRef::<leptos::html::Input>::new();
    let live = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(input) = node.get() {
            // A choice made before the page came alive counts.
            if input.checked() && !untrack(is_chosen) {
                choose();
            }
            live.set(true);
        }
    });
    view! {
        <div class="check">
            <input
                node_ref=node
                class="check__input"
                type="radio"
                id=button.clone()
                name=name
                value=option.value
                checked=untrack(is_chosen)
                prop:checked=move || live.get().then(is_chosen)
                on:change=move |_| choose()
            />
            <label class="check__label" for=button>{option.label}</label>
        </div>
    }
}
