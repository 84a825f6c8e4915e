//! The password field.

use leptos::prelude::*;

use super::field::{FieldFrame, Text, described_by, invalid};

/// A password with a button that shows it. Pasting and password managers work.
#[component]
pub fn PasswordField(
    /// The id of the input.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// The password, both ways.
    value: RwSignal<String>,
    /// The visible word on the button: "Mostra".
    #[prop(into)]
    show_label: Signal<String>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// The form name. Default: the id.
    #[prop(optional, into)]
    name: Option<String>,
    /// A help text.
    #[prop(optional, into)]
    hint: Text,
    /// What to do about the error.
    #[prop(optional, into)]
    error: Text,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Input>::new();
    let (live, shown) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| {
        if let Some(input) = node.get() {
            let typed = input.value();
            if typed != value.get_untracked() {
                value.set(typed);
            }
            live.set(true);
        }
    });
    let name = name.unwrap_or_else(|| id.clone());
    let (described, controlled) = (id.clone(), id.clone());
    view! {
        <FieldFrame id=id.clone() label=label hint=hint error=error>
            <div class="input-group">
                <input
                    node_ref=node
                    class="input"
                    id=id
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    prop:value=move || live.get().then(|| value.get())
                    autocomplete=autocomplete
                    spellcheck="false"
                    autocapitalize="none"
                    aria-required="true"
                    aria-invalid=move || invalid(error)
                    aria-describedby=move || described_by(&described, hint, error)
                    on:input:target=move |event| value.set(event.target().value())
                />
                <button
                    type="button"
                    class="button input-group__button"
                    aria-controls=controlled
                    aria-pressed=move || shown.get().to_string()
                    on:click=move |_| shown.update(|s| *s = !*s)
                >
                    {show_label}
                </button>
            </div>
        </FieldFrame>
    }
}
