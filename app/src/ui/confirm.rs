//! Questions before an act that cannot be undone, and before losing changes.

use leptos::prelude::*;

use super::button::{Button, ButtonKind};
use super::dialog::{Dialog, DialogActions, DialogSize};

/// A question before an irreversible act. The focus starts on the harmless
/// answer; the other says the act itself ("Disattiva UTENTE DEMO").
#[component]
pub fn ConfirmDialog(
    /// The id.
    #[prop(into)]
    id: String,
    /// Whether it is open, both ways.
    open: RwSignal<bool>,
    /// The question.
    #[prop(into)]
    title: Signal<String>,
    /// The harmless answer: "Annulla".
    #[prop(into)]
    cancel_label: Signal<String>,
    /// The act.
    #[prop(into)]
    confirm_label: Signal<String>,
    /// True when the act takes something away.
    #[prop(optional)]
    danger: bool,
    /// True while the act runs: the dialog stays open.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it cannot be confirmed yet.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// Runs at confirmation. The caller closes the dialog when the act is done.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// The effect of the act, in words, and fields if any.
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    let (body, button) = (
        format!("{id}-body"),
        StoredValue::new(format!("{id}-confirm")),
    );
    let body_id = StoredValue::new(body.clone());
    let kind = if danger {
        ButtonKind::Danger
    } else {
        ButtonKind::Primary
    };
    view! {
        <Dialog id=id open=open title=title size=DialogSize::Small alert=true described_by=body>
            <div class="dialog__body" id=body_id.get_value()>{children.with_value(|c| c())}</div>
            <DialogActions>
                <Button autofocus=true on_click=move || open.set(false)>{cancel_label}</Button>
                <Button
                    id=button.get_value()
                    kind=kind
                    busy=busy
                    disabled_reason=disabled_reason
                    on_click=on_confirm
                >
                    {confirm_label}
                </Button>
            </DialogActions>
        </Dialog>
    }
}

/// «Hai modifiche non salvate»: save and leave, leave without saving, stay.
/// Esc stays.
#[component]
pub fn UnsavedGuard(
    /// The id.
    #[prop(into)]
    id: String,
    /// Whether it is open, both ways.
    open: RwSignal<bool>,
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// What would be lost.
    #[prop(into)]
    text: Signal<String>,
    /// "Salva ed esci".
    #[prop(into)]
    save_label: Signal<String>,
    /// "Esci senza salvare".
    #[prop(into)]
    leave_label: Signal<String>,
    /// "Resta qui".
    #[prop(into)]
    stay_label: Signal<String>,
    /// True while saving.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Saves, then leaves.
    #[prop(into)]
    on_save: Callback<()>,
    /// Leaves and forgets the changes.
    #[prop(into)]
    on_leave: Callback<()>,
) -> impl IntoView {
    let body = format!("{id}-body");
    let body_id = StoredValue::new(body.clone());
    view! {
        <Dialog id=id open=open title=title size=DialogSize::Small alert=true described_by=body>
            <p class="dialog__body" id=body_id.get_value()>{text}</p>
            <DialogActions>
                <Button autofocus=true on_click=move || open.set(false)>{stay_label}</Button>
                <Button kind=ButtonKind::Danger on_click=on_leave>{leave_label}</Button>
                <Button kind=ButtonKind::Primary busy=busy on_click=on_save>{save_label}</Button>
            </DialogActions>
        </Dialog>
    }
}
