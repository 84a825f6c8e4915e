//! «Elimina gruppo»: of a group that was made here and that nobody is in.

use crate::{
    api::{ApiError, group_page::delete_group},
    i18n::{t, use_locale},
    pages::groups::name_in,
    state::Toasts,
    ui::{Button, ButtonKind, ConfirmDialog, Tone},
    widgets::Leaving,
};
use domain::group::GroupView;
use leptos::{prelude::*, task::spawn_local};

/// «Elimina gruppo», or why it stays.
#[component]
pub fn Deletion(group: GroupView, asking: RwSignal<bool>) -> impl IntoView {
    let l = use_locale();
    let why = match (group.seeded, group.empty) {
        (true, _) => Some(t::group_page::keep_seeded(l).to_owned()),
        (false, false) => Some(t::group_page::keep_used(l).to_owned()),
        (false, true) => None,
    };
    view! {
        <Button
            id="group-delete"
            kind=ButtonKind::Danger
            disabled_reason=Signal::stored(why)
            on_click=move || asking.set(true)
        >
            {t::group_page::delete(l)}
        </Button>
    }
}

/// Asks before the group goes.
#[component]
pub fn Question(
    /// Which group.
    group: GroupView,
    /// Whether it is asked.
    asking: RwSignal<bool>,
    /// The way out of the form.
    leaving: Leaving,
    /// Where a refusal is told.
    refused: RwSignal<Option<ApiError>>,
) -> impl IntoView {
    let l = use_locale();
    let toasts = use_context::<Toasts>();
    let (id, name) = (group.id, name_in(l, &group.names));
    let busy = RwSignal::new(false);
    let title = t::group_page::delete_title(l, &name);
    let confirm = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let name = name.clone();
        spawn_local(async move {
            let answer = delete_group(id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            asking.set(false);
            match answer {
                Ok(()) => {
                    if let Some(toasts) = toasts {
                        toasts.push(Tone::Ok, t::group_page::deleted(l, name));
                    }
                    leaving.go("/gruppi");
                }
                Err(e) => refused.set(Some(e)),
            }
        });
    };
    view! {
        <ConfirmDialog
            id="group-question"
            open=asking
            title=Signal::stored(title)
            cancel_label=Signal::stored(t::group_page::cancel(l).to_owned())
            confirm_label=Signal::stored(t::group_page::delete(l).to_owned())
            danger=true
            busy=busy
            on_confirm=confirm
        >
            <p>{t::group_page::delete_text(l)}</p>
        </ConfirmDialog>
    }
}
