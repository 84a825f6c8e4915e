//! Modal dialogs on the native `<dialog>` element.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::web_sys::Event;

use super::dom;

/// How wide a dialog is at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DialogSize {
    /// 440 px: a question.
    Small,
    /// 560 px: a form, the groups.
    #[default]
    Medium,
    /// 880 px: a search with results.
    Large,
}

impl DialogSize {
    const fn class(self) -> &'static str {
        match self {
            Self::Small => "dialog dialog--small",
            Self::Medium => "dialog",
            Self::Large => "dialog dialog--large",
        }
    }
}

/// A modal dialog. The content exists only while it is open.
///
/// The focus goes to the element with `autofocus`, else to the first control,
/// and returns to where it was (else to `fallback_focus`, else to the page's
/// heading). A click on the backdrop does nothing. Esc closes, or runs
/// `on_escape` when given, which then decides.
#[component]
pub fn Dialog(
    /// The id.
    #[prop(into)]
    id: String,
    /// Whether it is open, both ways.
    open: RwSignal<bool>,
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// The width.
    #[prop(optional)]
    size: DialogSize,
    /// True for a question that must be answered (`role="alertdialog"`).
    #[prop(optional)]
    alert: bool,
    /// The id of the text that explains an alert.
    #[prop(optional, into)]
    described_by: Option<String>,
    /// What Esc does instead of closing.
    #[prop(optional, into)]
    on_escape: Option<Callback<()>>,
    /// The id that takes the focus when the opener is gone.
    #[prop(optional, into)]
    fallback_focus: Option<String>,
    /// The content; end it with `DialogActions`.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Dialog>::new();
    let fallback = StoredValue::new(fallback_focus);
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        let Some(dialog) = node.get() else {
            return is_open;
        };
        if is_open && !dialog.open() {
            // The browser notes who had the focus, and gives it back at close.
            // The content is mounted by an effect of its own: show afterwards.
            request_animation_frame(move || {
                if open.try_get_untracked() == Some(true) && !dialog.open() {
                    let _ = dialog.show_modal();
                }
            });
        } else if !is_open && was_open == Some(true) {
            dialog.close();
            request_animation_frame(move || rescue_focus(fallback.try_get_value().flatten()));
        }
        is_open
    });
    let escape = move || match on_escape {
        Some(decide) => decide.run(()),
        None => open.set(false),
    };
    let title_id = format!("{id}-title");
    let labelled = title_id.clone();
    view! {
        <dialog
            node_ref=node
            id=id
            class=size.class()
            role=alert.then_some("alertdialog")
            aria-labelledby=labelled
            aria-describedby=described_by
            on:keydown=move |event: KeyboardEvent| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    event.stop_propagation();
                    escape();
                }
            }
            on:cancel=move |event: Event| {
                event.prevent_default();
                escape();
            }
            on:close=move |_| {
                if open.get_untracked() {
                    open.set(false);
                }
            }
        >
            <Show when=move || open.get()>
                <h2 class="dialog__title" id=title_id.clone()>{title}</h2>
                {children()}
            </Show>
        </dialog>
    }
}

/// When the element that opened the dialog is gone, the focus would fall on the
/// body: puts it in the nearest sensible place.
fn rescue_focus(fallback: Option<String>) {
    if dom::focused().is_none() && !fallback.is_some_and(|id| dom::focus_id(&id)) {
        dom::focus_heading();
    }
}

/// The line of buttons at the end of a dialog; the primary one comes last.
#[component]
pub fn DialogActions(
    /// The buttons.
    children: Children,
) -> impl IntoView {
    view! { <div class="dialog__actions">{children()}</div> }
}
