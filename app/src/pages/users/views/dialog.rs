//! «Salva vista», «Modifica vista», «Elimina vista».

use crate::{
    api::{
        ApiError,
        views::{change_view, delete_view, save_view},
    },
    i18n::{api_error, field_error, t},
    pages::users::{address::Wanted, list::use_list},
    state::Toasts,
    ui::{
        Button, ButtonKind, CheckboxField, ConfirmDialog, Dialog, DialogActions, DialogSize,
        Notice, TextField, Tone,
    },
};
use domain::{
    Locale, ViewId,
    user::{FieldError, ListQuery, SavedView, VIEW_NAME_MAX, ViewDraft},
};
use leptos::{prelude::*, task::spawn_local};

/// What the dialog is about; the default is a new view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Editing {
    id: Option<ViewId>,
    name: String,
    shared: bool,
}

impl Editing {
    /// A view as it stands.
    pub fn of(view: &SavedView) -> Self {
        Self {
            id: Some(view.id),
            name: view.name.clone(),
            shared: view.shared,
        }
    }
}

/// Name and sharing of a view; open while `editing` holds one.
#[component]
pub fn ViewDialog(editing: RwSignal<Option<Editing>>, reload: Callback<()>) -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let toasts = use_context::<Toasts>();
    let open = RwSignal::new(false);
    let (name, shared) = (RwSignal::new(String::new()), RwSignal::new(false));
    let (wrong, failed) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(now) = editing.get() else { return };
        name.set(now.name);
        shared.set(now.shared);
        wrong.set(None);
        failed.set(None);
        open.set(true);
    });
    Effect::new(move |was: Option<bool>| {
        let now = open.get();
        if was == Some(true) && !now {
            editing.set(None);
        }
        now
    });
    let save = move || {
        let Some(now) = editing.get_untracked().filter(|_| !busy.get_untracked()) else {
            return;
        };
        wrong.set(None);
        failed.set(None);
        busy.set(true);
        let query = list.wanted.with_untracked(|w| w.query.clone());
        let draft = ViewDraft {
            name: name.get_untracked(),
            shared: shared.get_untracked(),
            filter: query.filter,
            sort: query.sort,
        };
        spawn_local(async move {
            let words = draft.name.trim().to_owned();
            let answer = match now.id {
                Some(id) => change_view(id, draft.name, draft.shared)
                    .await
                    .map(|()| None),
                None => save_view(draft).await.map(Some),
            };
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(made) => {
                    open.set(false);
                    reload.run(());
                    if let Some(id) = made {
                        let query = ListQuery {
                            view: Some(id),
                            ..ListQuery::default()
                        };
                        list.navigate.run((Wanted { query, usual: true },));
                    }
                    if let Some(toasts) = toasts {
                        toasts.push(Tone::Ok, t::views::saved(l, words));
                    }
                }
                Err(ApiError::Invalid(fields)) if fields.of("name").is_some() => {
                    wrong.set(fields.of("name").map(|e| name_fault(l, e)));
                    crate::ui::dom::focus_id("view-name");
                }
                Err(e) => failed.set(Some(api_error(l, &e))),
            }
        });
    };
    let title = Signal::derive(move || match editing.get() {
        Some(Editing {
            id: Some(_), name, ..
        }) => t::views::edit_title(l, name),
        _ => t::views::save(l).to_owned(),
    });
    let is_new = move || editing.with(|e| e.as_ref().is_some_and(|e| e.id.is_none()));
    let may_share =
        Memo::new(move |_| list.frame.with(|f| f.as_ref().is_some_and(|f| f.may_share)));
    view! {
        <Dialog id="view-dialog" open=open title=title size=DialogSize::Small fallback_focus="users-search">
            <form
                class="view-form"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <div class="dialog__body">
                    {move || is_new().then(|| view! { <p class="muted">{t::views::save_lead(l)}</p> })}
                    {move || failed.get().map(failure)}
                    <TextField
                        id="view-name"
                        label=t::views::name(l)
                        value=name
                        error=wrong
                        required=true
                        autocomplete="off"
                        maxlength=u32::try_from(VIEW_NAME_MAX).unwrap_or(60)
                        autofocus=true
                    />
                    {move || {
                        may_share
                            .get()
                            .then(|| {
                                view! {
                                    <CheckboxField
                                        id="view-shared"
                                        label=t::views::share(l)
                                        checked=shared
                                        on_change=move |on: bool| shared.set(on)
                                        hint=Signal::stored(Some(t::views::share_hint(l).to_owned()))
                                    />
                                }
                            })
                    }}
                </div>
                <DialogActions>
                    <Button on_click=move || open.set(false)>{t::views::cancel(l)}</Button>
                    <Button kind=ButtonKind::Primary submit=true busy=busy>{t::views::confirm(l)}</Button>
                </DialogActions>
            </form>
        </Dialog>
    }
}

fn failure(words: String) -> impl IntoView {
    view! {
        <div role="alert">
            <Notice tone=Tone::Error>
                <p>{words}</p>
            </Notice>
        </div>
    }
}

/// What to do about the name.
fn name_fault(l: Locale, e: &FieldError) -> String {
    match e {
        FieldError::Required => t::views::name_required(l).to_owned(),
        FieldError::Taken => t::views::name_taken(l).to_owned(),
        other => field_error(l, other),
    }
}

/// Asks before a view goes; open while `deleting` holds one.
#[component]
pub fn DeleteDialog(deleting: RwSignal<Option<SavedView>>, reload: Callback<()>) -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let toasts = use_context::<Toasts>();
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if deleting.with(Option::is_some) {
            failed.set(None);
            open.set(true);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let now = open.get();
        if was == Some(true) && !now {
            deleting.set(None);
        }
        now
    });
    let title = Signal::derive(move || {
        deleting.with(|v| {
            let name = v.as_ref().map(|v| v.name.as_str()).unwrap_or_default();
            t::views::delete_title(l, name)
        })
    });
    let effect = move || match deleting.with(|v| v.as_ref().is_some_and(|v| v.shared)) {
        true => t::views::delete_shared(l),
        false => t::views::delete_own(l),
    };
    let confirm = move || {
        let Some(view) = deleting.get_untracked().filter(|_| !busy.get_untracked()) else {
            return;
        };
        failed.set(None);
        busy.set(true);
        spawn_local(async move {
            let answer = delete_view(view.id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            // Somebody else was quicker: it is gone all the same.
            if let Err(e) = answer
                && e != ApiError::NotFound
            {
                failed.set(Some(api_error(l, &e)));
                return;
            }
            open.set(false);
            list.navigate.run((Wanted {
                usual: true,
                ..Wanted::default()
            },));
            reload.run(());
            if let Some(toasts) = toasts {
                toasts.push(Tone::Ok, t::views::deleted(l, &view.name));
            }
        });
    };
    view! {
        <ConfirmDialog
            id="view-question"
            open=open
            title=title
            cancel_label=t::views::cancel(l)
            confirm_label=t::views::delete(l)
            danger=true
            busy=busy
            on_confirm=confirm
        >
            <p>{effect}</p>
            {move || failed.get().map(failure)}
        </ConfirmDialog>
    }
}
