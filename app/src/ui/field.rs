//! Labelled fields: text, select and text area, with hint and error wired.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

/// One choice of a select, of a radio group or of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceOption {
    /// The value that is stored or sent.
    pub value: String,
    /// The words.
    pub label: String,
}

impl ChoiceOption {
    /// A choice from its value and its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// A hint or an error, absent when there is none. An empty text is none.
pub type Text = Signal<Option<String>>;

/// The ids of hint and error, as `aria-describedby` wants them.
pub(super) fn described_by(id: &str, hint: Text, error: Text) -> Option<String> {
    let present = |text: Text| text.with(|text| text.as_ref().is_some_and(|t| !t.is_empty()));
    let mut ids = Vec::new();
    if present(hint) {
        ids.push(format!("{id}-hint"));
    }
    if present(error) {
        ids.push(format!("{id}-error"));
    }
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// `aria-invalid` for a field with an error.
pub(super) fn invalid(error: Text) -> Option<&'static str> {
    error
        .with(|text| text.as_ref().is_some_and(|t| !t.is_empty()))
        .then_some("true")
}

/// The frame of a field: label, hint, the control itself, error under it.
#[component]
pub fn FieldFrame(
    /// The id of the control.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// A help text under the label.
    #[prop(optional, into)]
    hint: Text,
    /// What to do about the error.
    #[prop(optional, into)]
    error: Text,
    /// The control.
    children: Children,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="field" class:field--error=move || invalid(error).is_some()>
            <label class="field__label" for=id>{label}</label>
            {move || {
                hint.get()
                    .filter(|text| !text.is_empty())
                    .map(|text| view! { <p class="field__hint" id=hint_id.clone()>{text}</p> })
            }}
            <div class="field__control">{children()}</div>
            {move || {
                error
                    .get()
                    .filter(|text| !text.is_empty())
                    .map(|text| {
                        view! {
                            <p class="field__error" id=error_id.clone()>
                                <Icon name=IconName::Warning/>
                                <span>{text}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// A single-line field.
///
/// What a person typed before the page came alive is kept: at the first effect
/// the signal takes the value of the field, not the other way round.
#[component]
pub fn TextField(
    /// The id of the input.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The text, both ways.
    value: RwSignal<String>,
    /// The form name, for a post without JavaScript. Default: the id.
    #[prop(optional, into)]
    name: Option<String>,
    /// `text` (default), `email`, `search`, `tel`, `date`, `number`.
    #[prop(optional, into)]
    input_type: Option<&'static str>,
    /// A help text.
    #[prop(optional, into)]
    hint: Text,
    /// What to do about the error.
    #[prop(optional, into)]
    error: Text,
    /// True when an answer is required (`aria-required`).
    #[prop(optional)]
    required: bool,
    /// The autocomplete token; `off` when none fits.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    /// The keyboard of a phone: `numeric`, `email`…
    #[prop(optional, into)]
    inputmode: Option<&'static str>,
    /// An example inside the empty field; never instead of the label.
    #[prop(optional, into)]
    placeholder: Option<&'static str>,
    /// The longest text accepted by the browser.
    #[prop(optional, into)]
    maxlength: Option<u32>,
    /// True for codes and addresses: no spell checker, no capital at the start.
    #[prop(optional)]
    plain: bool,
    /// True to show without letting change.
    #[prop(optional, into)]
    readonly: Signal<bool>,
    /// Focused when the dialog that holds it opens.
    #[prop(optional)]
    autofocus: bool,
    /// Runs at the change event (on leaving, or Enter).
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Input>::new();
    let live = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(input) = node.get() {
            // A property without a value reads so in a field that the browser itself built.
            let typed = Some(input.value()).filter(|text| text != "undefined");
            let typed = typed.unwrap_or_else(|| input.default_value());
            // What differs from the drawn value was typed before the page came alive. The
            // rest may be older than the signal: a fragment is known only to the browser.
            if typed != input.default_value() && typed != value.get_untracked() {
                value.set(typed);
            }
            live.set(true);
        }
    });
    let name = name.unwrap_or_else(|| id.clone());
    let described = id.clone();
    view! {
        <FieldFrame id=id.clone() label=label hint=hint error=error>
            <input
                node_ref=node
                class="input"
                id=id
                name=name
                type=input_type.unwrap_or("text")
                value=value.get_untracked()
                prop:value=move || live.get().then(|| value.get())
                autocomplete=autocomplete
                inputmode=inputmode
                placeholder=placeholder
                maxlength=maxlength.map(|n| n.to_string())
                spellcheck=plain.then_some("false")
                autocapitalize=plain.then_some("none")
                autofocus=autofocus
                readonly=readonly
                aria-required=required.then_some("true")
                aria-invalid=move || invalid(error)
                aria-describedby=move || described_by(&described, hint, error)
                on:input:target=move |event| value.set(event.target().value())
                on:change=move |_| {
                    if let Some(act) = on_change {
                        act.run(());
                    }
                }
            />
        </FieldFrame>
    }
}

/// A native select.
#[component]
pub fn SelectField(
    /// The id of the select.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The value of the chosen option, both ways.
    value: RwSignal<String>,
    /// The choices.
    #[prop(into)]
    options: Signal<Vec<ChoiceOption>>,
    /// The form name. Default: the id.
    #[prop(optional, into)]
    name: Option<String>,
    /// A help text.
    #[prop(optional, into)]
    hint: Text,
    /// What to do about the error.
    #[prop(optional, into)]
    error: Text,
    /// True when an answer is required.
    #[prop(optional)]
    required: bool,
    /// Runs after a choice, with its value.
    #[prop(optional, into)]
    on_change: Option<Callback<(String,)>>,
) -> impl IntoView {
    let name = name.unwrap_or_else(|| id.clone());
    let described = id.clone();
    let node = NodeRef::<leptos::html::Select>::new();
    let live = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(select) = node.get() {
            // A choice made before the page came alive counts.
            let chosen = select.value();
            let known = options.with_untracked(|all| all.iter().any(|o| o.value == chosen));
            if known && chosen != value.get_untracked() {
                value.set(chosen.clone());
                if let Some(act) = on_change {
                    act.run((chosen,));
                }
            }
            live.set(true);
        }
    });
    view! {
        <FieldFrame id=id.clone() label=label hint=hint error=error>
            <select
                node_ref=node
                class="select"
                id=id
                name=name
                aria-required=required.then_some("true")
                aria-invalid=move || invalid(error)
                aria-describedby=move || described_by(&described, hint, error)
                on:change:target=move |event| {
                    let chosen = event.target().value();
                    value.set(chosen.clone());
                    if let Some(act) = on_change {
                        act.run((chosen,));
                    }
                }
            >
                {move || {
                    options
                        .get()
                        .into_iter()
                        .map(|option| option_view(option, value, live))
                        .collect_view()
                }}
            </select>
        </FieldFrame>
    }
}

/// One option of a select. The attribute is for the server's HTML, the property
/// for the live page: the attribute no longer counts once a person has chosen.
fn option_view(
    option: ChoiceOption,
    value: RwSignal<String>,
    live: RwSignal<bool>,
) -> impl IntoView {
    let own = StoredValue::new(option.value.clone());
    let is_chosen = move || own.with_value(|own| value.with(|v| v == own));
    view! {
        <option
            value=option.value
            selected=untrack(is_chosen)
            prop:selected=move || live.get().then(is_chosen)
        >
            {option.label}
        </option>
    }
}

/// A field of several lines. The text goes in through the property, never as a
/// child: a text area's child is not escaped on the server.
#[component]
pub fn TextAreaField(
    /// The id of the text area.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The text, both ways.
    value: RwSignal<String>,
    /// The form name. Default: the id.
    #[prop(optional, into)]
    name: Option<String>,
    /// A help text.
    #[prop(optional, into)]
    hint: Text,
    /// What to do about the error.
    #[prop(optional, into)]
    error: Text,
    /// True when an answer is required.
    #[prop(optional)]
    required: bool,
    /// Lines shown.
    #[prop(default = 3)]
    rows: u32,
    /// The longest text accepted by the browser.
    #[prop(optional, into)]
    maxlength: Option<u32>,
    /// The count under the field, such as "47 / 500". Not announced.
    #[prop(optional, into)]
    counter: Text,
) -> impl IntoView {
    let name = name.unwrap_or_else(|| id.clone());
    let described = id.clone();
    let node = NodeRef::<leptos::html::Textarea>::new();
    let live = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(area) = node.get() {
            let typed = area.value();
            if !typed.is_empty() && typed != "undefined" && typed != value.get_untracked() {
                value.set(typed);
            }
            live.set(true);
        }
    });
    view! {
        <FieldFrame id=id.clone() label=label hint=hint error=error>
            <textarea
                node_ref=node
                class="input input--area"
                id=id
                name=name
                rows=rows.to_string()
                maxlength=maxlength.map(|n| n.to_string())
                prop:value=move || live.get().then(|| value.get())
                aria-required=required.then_some("true")
                aria-invalid=move || invalid(error)
                aria-describedby=move || described_by(&described, hint, error)
                on:input:target=move |event| value.set(event.target().value())
            ></textarea>
            {move || counter.get().map(|text| view! { <p class="field__counter">{text}</p> })}
        </FieldFrame>
    }
}
