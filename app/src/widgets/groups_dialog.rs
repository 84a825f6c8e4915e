//! The «Gruppi» dialog (A29, A30). Ticks are a draft: CHIUDI saves, Annulla discards.

mod choices;
mod draft;

use crate::{
    api::{
        ApiError,
        groups::{change_groups, read_groups, undo_groups},
    },
    i18n::{api_error, t, use_locale},
    state::{Announcer, Toasts},
    ui::{Button, ButtonKind, Dialog, DialogActions, Notice, TextField, Tone, dom},
};
use choices::Choices;
pub use choices::kind_word;
use domain::{
    Locale, UserId,
    problem::Conflict,
    user::{FieldError, Saved, UserRow},
};
use draft::{Draft, list};
use leptos::{prelude::*, task::spawn_local};

/// What interrupts the dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Alert {
    /// Esc with changes.
    Unsaved,
    /// Saving was refused.
    Refused(String),
    /// Somebody else saved meanwhile.
    Conflict(Box<UserRow>),
}

/// Signals of the dialog.
#[derive(Clone, Copy)]
struct Groups {
    l: Locale,
    target: RwSignal<Option<(UserId, String)>>,
    open: RwSignal<bool>,
    draft: RwSignal<Option<Draft>>,
    failed: RwSignal<Option<ApiError>>,
    alert: RwSignal<Option<Alert>>,
    filter: RwSignal<String>,
    busy: RwSignal<bool>,
    on_saved: Callback<(UserRow,)>,
    toasts: Option<Toasts>,
    announcer: Option<Announcer>,
}

/// The dialog. Mounted once a page; it opens when `target` becomes a user (with the name
/// for its heading) and empties `target` when it closes. `on_saved` runs with the row as it
/// stands after a save or its undo.
#[component]
pub fn GroupsDialog(
    /// Whose groups.
    target: RwSignal<Option<(UserId, String)>>,
    /// Runs after a save, and after its undo.
    #[prop(into)]
    on_saved: Callback<(UserRow,)>,
) -> impl IntoView {
    let l = use_locale();
    let groups = Groups {
        l,
        target,
        open: RwSignal::new(false),
        draft: RwSignal::new(None),
        failed: RwSignal::new(None),
        alert: RwSignal::new(None),
        filter: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        on_saved,
        toasts: use_context(),
        announcer: use_context(),
    };
    Effect::new(move |_| {
        if target.with(Option::is_some) && !groups.open.get_untracked() {
            groups.filter.set(String::new());
            groups.open.set(true);
            groups.load();
        }
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_open = groups.open.get();
        if !is_open && was_open == Some(true) {
            target.set(None);
        }
        is_open
    });
    // The name stays while the dialog fades, after the target is gone.
    let name = Memo::new(move |before: Option<&String>| match target.get() {
        Some((_, name)) => name,
        None => before.cloned().unwrap_or_default(),
    });
    view! {
        <Dialog
            id="groups"
            open=groups.open
            title=Signal::derive(move || t::groups::title(l, name.get()))
            on_escape=move || groups.escape()
        >
            <div class="groups dialog__body">
                <p class="groups__lead">{t::groups::lead(l)}</p>
                <TextField
                    id="groups-filter"
                    label=t::groups::filter(l)
                    value=groups.filter
                    input_type="search"
                    autocomplete="off"
                    autofocus=true
                />
                {move || body(groups)}
                {move || groups.alert.get().map(|alert| alert_view(groups, alert))}
            </div>
            <DialogActions>
                <Button on_click=move || groups.discard()>{t::groups::cancel(l)}</Button>
                <Button id="groups-close" kind=ButtonKind::Primary busy=groups.busy on_click=move || groups.close()>
                    {t::groups::close(l)}
                </Button>
            </DialogActions>
        </Dialog>
    }
}

/// Loading, failed, or the checkboxes with what changes.
fn body(groups: Groups) -> AnyView {
    let l = groups.l;
    if let Some(e) = groups.failed.get() {
        return view! {
            <Notice tone=Tone::Error>
                <p>{t::groups::load_failed(l)}</p>
                <p>{api_error(l, &e)}</p>
                <Button on_click=move || groups.load()>{t::groups::retry(l)}</Button>
            </Notice>
        }
        .into_any();
    }
    if groups.draft.with(Option::is_none) {
        return view! { <p class="muted">{t::groups::loading(l)}</p> }.into_any();
    }
    let changes = move || {
        groups.draft.with(|draft| match draft {
            Some(draft) if draft.is_dirty() => t::groups::changes(l, draft.changes()),
            _ => t::groups::no_changes(l).to_owned(),
        })
    };
    view! {
        <Choices draft=groups.draft filter=groups.filter on_toggle=move || groups.alert.set(None) />
        <p class="groups__changes">{changes}</p>
    }
    .into_any()
}

/// The interruption, inside the dialog.
fn alert_view(groups: Groups, alert: Alert) -> AnyView {
    let l = groups.l;
    match alert {
        Alert::Unsaved => view! {
            <div class="groups__alert" role="alert">
                <Notice tone=Tone::Warning title=t::groups::unsaved(l)>
                    <div class="notice__actions">
                        <Button id="groups-keep" kind=ButtonKind::Primary busy=groups.busy on_click=move || groups.close()>
                            {t::groups::close_and_save(l)}
                        </Button>
                        <Button on_click=move || groups.discard()>{t::groups::discard(l)}</Button>
                    </div>
                </Notice>
            </div>
        }
        .into_any(),
        Alert::Refused(words) => view! {
            <div class="groups__alert" role="alert">
                <Notice tone=Tone::Error>
                    <p>{words}</p>
                </Notice>
            </div>
        }
        .into_any(),
        Alert::Conflict(row) => {
            let named = |names: String| if names.is_empty() { t::groups::no_groups(l).to_owned() } else { names };
            let theirs = named(list(row.groups.iter().map(|g| g.name.as_str())));
            let yours = named(groups.draft.with_untracked(|d| d.as_ref().map(Draft::chosen_names).unwrap_or_default()));
            view! {
                <div class="groups__alert" role="alert">
                    <Notice tone=Tone::Warning title=t::groups::conflict(l)>
                        <p>{t::groups::conflict_theirs(l, theirs)}</p>
                        <p>{t::groups::conflict_yours(l, yours)}</p>
                        <div class="notice__actions">
                            <Button id="groups-reload" on_click=move || groups.load()>{t::groups::reload(l)}</Button>
                            <Button kind=ButtonKind::Danger busy=groups.busy on_click=move || groups.save(true)>
                                {t::groups::overwrite(l)}
                            </Button>
                        </div>
                    </Notice>
                </div>
            }
            .into_any()
        }
    }
}

impl Groups {
    fn load(self) {
        let Some((id, _)) = self.target.get_untracked() else {
            return;
        };
        self.draft.set(None);
        self.failed.set(None);
        self.alert.set(None);
        spawn_local(async move {
            let answer = read_groups(id).await;
            // Closed, or opened for somebody else meanwhile.
            if self
                .target
                .try_get_untracked()
                .flatten()
                .is_none_or(|(now, _)| now != id)
            {
                return;
            }
            match answer {
                Ok(view) => self.draft.set(Some(Draft::of(view))),
                Err(e) => self.failed.set(Some(e)),
            }
        });
    }

    fn is_dirty(self) -> bool {
        self.draft
            .with_untracked(|d| d.as_ref().is_some_and(Draft::is_dirty))
    }

    fn escape(self) {
        if self.busy.get_untracked() {
            return;
        }
        if self.is_dirty() {
            self.interrupt(Alert::Unsaved, "groups-keep");
        } else {
            self.discard();
        }
    }

    fn discard(self) {
        if !self.busy.get_untracked() {
            self.open.set(false);
        }
    }

    /// CHIUDI.
    fn close(self) {
        if self.is_dirty() {
            self.save(false);
        } else {
            self.discard();
        }
    }

    /// Shows what interrupts and moves the focus to its first answer.
    fn interrupt(self, alert: Alert, focus: &'static str) {
        self.show(alert);
        request_animation_frame(move || {
            dom::focus_id(focus);
        });
    }

    /// Shows an alert whole: in a small window it would lie under the buttons.
    fn show(self, alert: Alert) {
        self.alert.set(Some(alert));
        request_animation_frame(|| {
            if let Ok(Some(shown)) = document().query_selector(".groups__alert") {
                shown.scroll_into_view_with_bool(false);
            }
        });
    }

    fn refuse(self, words: String) {
        self.show(Alert::Refused(words));
    }

    fn save(self, force: bool) {
        let l = self.l;
        let (Some((id, name)), Some(draft)) =
            (self.target.get_untracked(), self.draft.get_untracked())
        else {
            return;
        };
        if draft.chosen.is_empty() {
            self.refuse(t::groups::choose_one(l).to_owned());
            return;
        }
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let answer =
                change_groups(id, draft.version, draft.chosen.into_iter().collect(), force).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(saved) => self.saved(id, name, saved),
                Err(ApiError::Conflict(Conflict::Changed(row))) => {
                    self.interrupt(Alert::Conflict(row), "groups-reload")
                }
                Err(ApiError::Invalid(fields))
                    if fields.of("groups") == Some(&FieldError::ChooseOne) =>
                {
                    self.refuse(t::groups::choose_one(l).to_owned());
                }
                Err(e) => self.refuse(api_error(l, &e)),
            }
        });
    }

    fn saved(self, id: UserId, name: String, saved: Saved) {
        let l = self.l;
        let version = saved.row.version;
        self.open.set(false);
        self.on_saved.run((saved.row,));
        if let Some(toasts) = self.toasts {
            let words = t::groups::saved(l, &name);
            toasts.push_with_action(Tone::Ok, words, t::groups::undo(l), move || {
                self.undo(id, name.clone(), version)
            });
        }
    }

    fn undo(self, id: UserId, name: String, version: i32) {
        let l = self.l;
        spawn_local(async move {
            let answer = undo_groups(id, version).await;
            let Some(toasts) = self.toasts else { return };
            match answer {
                Ok(saved) => {
                    toasts.push(Tone::Ok, t::groups::undone(l, name));
                    self.on_saved.try_run((saved.row,));
                }
                Err(e) => {
                    toasts.push(Tone::Error, api_error(l, &e));
                    if let Some(announcer) = self.announcer {
                        announcer.outcome(api_error(l, &e));
                    }
                }
            }
        });
    }
}
