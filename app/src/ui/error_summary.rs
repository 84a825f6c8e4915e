//! The list of errors at the top of a form.

use leptos::prelude::*;

use super::dom;
use super::icon::{Icon, IconName};

/// One error and the field it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The id of the control.
    pub field_id: String,
    /// What to do.
    pub message: String,
}

impl FieldError {
    /// An error from the id of its control and its words.
    pub fn new(field_id: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field_id: field_id.into(),
            message: message.into(),
        }
    }
}

/// «C'è un problema»: shown after a refused submit, also for one error. It
/// takes the focus each time the errors are set, and each error leads to its
/// field. An error with an empty `field_id` is plain text.
#[component]
pub fn ErrorSummary(
    /// The id of the box.
    #[prop(into)]
    id: String,
    /// The heading: "C'è un problema".
    #[prop(into)]
    title: Signal<String>,
    /// The errors; nothing is shown while there are none.
    #[prop(into)]
    errors: Signal<Vec<FieldError>>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if errors.with(Vec::is_empty) {
            return;
        }
        // The box is drawn by an effect of its own: focus it afterwards.
        request_animation_frame(move || {
            if let Some(Some(element)) = node.try_get_untracked() {
                let _ = element.focus();
            }
        });
    });
    let title_id = format!("{id}-title");
    view! {
        {move || {
            let list = errors.get();
            (!list.is_empty())
                .then(|| {
                    let items = list
                        .into_iter()
                        .map(|error| view! { <li>{error_line(error)}</li> })
                        .collect_view();
                    view! {
                        <div
                            node_ref=node
                            id=id.clone()
                            class="error-summary"
                            role="group"
                            tabindex="-1"
                            aria-labelledby=title_id.clone()
                        >
                            <h2 class="error-summary__title" id=title_id.clone()>
                                <Icon name=IconName::Warning/>
                                <span>{title}</span>
                            </h2>
                            <ul class="error-summary__list">{items}</ul>
                        </div>
                    }
                })
        }}
    }
}

/// The words of an error, as a link when a field is known.
fn error_line(error: FieldError) -> AnyView {
    if error.field_id.is_empty() {
        return view! { <span>{error.message}</span> }.into_any();
    }
    let target = error.field_id.clone();
    view! {
        <a
            href=format!("#{}", error.field_id)
            on:click=move |event| {
                event.prevent_default();
                event.stop_propagation();
                dom::focus_id(&target);
            }
        >
            {error.message}
        </a>
    }
    .into_any()
}
