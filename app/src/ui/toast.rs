//! Short messages at the bottom left, in the top layer.

use leptos::prelude::*;

use super::dom;
use super::icon::{Icon, IconName};
use crate::state::{Toast, Toasts};

/// The stack of toasts. Mounted once, by the shell. A toast is announced when
/// it is pushed (see [`Toasts`]); the stack itself is not live.
#[component]
pub fn ToastStack(
    /// The toasts.
    toasts: Toasts,
    /// The name of the region: "Messaggi".
    #[prop(into)]
    label: Signal<String>,
    /// The name of the closing button: "Chiudi il messaggio".
    #[prop(into)]
    close_label: Signal<String>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let list = toasts.list();
    Effect::new(move |_| {
        let count = list.with(Vec::len);
        let Some(stack) = node.get() else {
            return;
        };
        // Shown again at each message: the last one in the top layer lies
        // above a dialog opened in the meantime.
        let _ = stack.hide_popover();
        if count > 0 {
            let _ = stack.show_popover();
        }
    });
    let close = move |id: u64| {
        let had_focus = node.get_untracked().is_some_and(|stack| {
            dom::focused().is_some_and(|element| stack.contains(Some(&element)))
        });
        toasts.close(id);
        if had_focus {
            request_animation_frame(|| {
                if dom::focused().is_none() && !dom::focus_selector(".toast__close") {
                    dom::focus_heading();
                }
            });
        }
    };
    view! {
        <div node_ref=node class="toasts" popover="manual" role="region" aria-label=label>
            <For each=move || list.get() key=|toast| (toast.id, toast.times) let:toast>
                {toast_view(toast, close_label, close)}
            </For>
        </div>
    }
}

/// One toast.
fn toast_view(
    toast: Toast,
    close_label: Signal<String>,
    close: impl Fn(u64) + Copy + Send + 'static,
) -> impl IntoView {
    let id = toast.id;
    view! {
        <div class=format!("toast toast--{}", toast.tone.name())>
            <Icon name=toast.tone.icon()/>
            <p class="toast__text">
                {toast.text}
                {(toast.times > 1).then(|| format!(" (× {})", toast.times))}
            </p>
            {toast
                .action
                .map(|action| {
                    view! {
                        <button
                            type="button"
                            class="button toast__action"
                            on:click=move |_| {
                                action.run.run(());
                                close(id);
                            }
                        >
                            {action.label}
                        </button>
                    }
                })}
            <button
                type="button"
                class="button button--icon toast__close"
                aria-label=close_label
                on:click=move |_| close(id)
            >
                <Icon name=IconName::Cross/>
            </button>
        </div>
    }
}
