//! The loaded page: its sections and what they share.

use super::{
    conflict::ConflictView,
    data::Data,
    enrolments::Enrolments,
    facts::{LinkedUserView, OldCodes, Same},
    folders::Folders,
    history::History,
};
use crate::{
    api::{
        ApiError,
        registry::{RegistryFrame, delete_person, read_person, restore_person, save_person},
    },
    i18n::{api_error, t, use_locale},
    state::Toasts,
    ui::{Button, ButtonKind, Notice, PageHeader, Tone, dom},
    widgets::{
        LeaveGuard, Leaving, PageTitle, PersonForm,
        person_words::{active_view, kinds_word, same_list, warning_words},
        use_leave_guard,
    },
};
use domain::{
    AuditId, Locale, PersonId,
    person::{PersonDraft, PersonPage, PersonRow, PersonSaved, RegistryConflict, padded_code},
    problem::Conflict,
    user::FieldErrors,
};
use leptos::{prelude::*, task::spawn_local};

/// What the sections share. The page as read is the truth; the form is a draft beside it.
#[derive(Clone, Copy)]
pub struct Sheet {
    /// Language of the page.
    pub l: Locale,
    /// The page as it was read last.
    pub data: RwSignal<PersonPage>,
    /// Sites and years to enrol in.
    pub frame: StoredValue<RegistryFrame>,
    /// «Dati», as typed.
    pub form: PersonForm,
    /// Something typed differs from what was read.
    pub dirty: Signal<bool>,
    /// Saving.
    pub busy: RwSignal<bool>,
    /// What somebody else saved meanwhile.
    pub conflict: RwSignal<Option<PersonRow>>,
    /// Why saving or deleting was refused, where no field is to blame.
    pub refused: RwSignal<Option<String>>,
    /// What the last change left behind.
    pub told: RwSignal<Option<PersonSaved>>,
    /// «+ Fascicolo», while it is half written: saves it, and with `true` leaves then.
    pub folder: RwSignal<Option<Callback<(bool,)>>>,
    /// Holds back who leaves.
    pub leaving: Leaving,
    /// Messages.
    pub toasts: Option<Toasts>,
    deleting: RwSignal<bool>,
}

/// The page of a person that was read.
#[component]
pub fn SheetView(person: PersonPage, frame: RegistryFrame) -> impl IntoView {
    let l = use_locale();
    let form = PersonForm::of(PersonDraft::from(&person.row));
    let data = RwSignal::new(person);
    let dirty = Memo::new(move |_| {
        let typed = form.draft();
        data.with(|page| page.may_edit && typed != PersonDraft::from(&page.row))
    });
    let folder = RwSignal::new(None);
    let sheet = Sheet {
        l,
        data,
        frame: StoredValue::new(frame),
        form,
        dirty: dirty.into(),
        busy: RwSignal::new(false),
        conflict: RwSignal::new(None),
        refused: RwSignal::new(None),
        told: RwSignal::new(None),
        folder,
        leaving: use_leave_guard(Signal::derive(move || {
            dirty.get() || folder.with(Option::is_some)
        })),
        toasts: use_context(),
        deleting: RwSignal::new(false),
    };
    let title = move || {
        let title = t::registry::sheet_title(l);
        if form.errors.with(FieldErrors::is_empty) {
            title.to_owned()
        } else {
            t::user::title_with_error(l, title)
        }
    };
    let may_edit = data.with_untracked(|p| p.may_edit);
    view! {
        // The name stands in the heading, not in the title: titles are not escaped.
        <PageTitle text=title />
        <PageHeader title=Signal::derive(move || data.with(|p| p.row.full_name()))>
            {may_edit
                .then(|| {
                    view! {
                        <Button id="person-delete" kind=ButtonKind::Quiet busy=sheet.deleting on_click=move || sheet.delete()>
                            {t::registry::delete(l)}
                        </Button>
                    }
                })}
        </PageHeader>
        <div class="user-head">
            <span>{t::registry::code(l)} " " <span class="mono">{move || data.with(|p| padded_code(p.row.code))}</span></span>
            <span>{move || data.with(|p| kinds_word(l, p.row.kind))}</span>
            {move || active_view(l, data.with(|p| p.row.active))}
            <span>{t::registry::not_in_cs(l)}</span>
        </div>
        <div class="page">
            <div id="person-refused" role="alert" tabindex="-1">
                {move || {
                    sheet.refused.get().map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })
                }}
            </div>
            {move || told(sheet)}
            <ConflictView sheet=sheet />
            <Same sheet=sheet />
            <div class="user-page">
                <div class="user-page__data section-list">
                    <Data sheet=sheet />
                    <Enrolments sheet=sheet />
                    <Folders sheet=sheet />
                </div>
                <div class="user-page__side section-list">
                    <LinkedUserView sheet=sheet />
                    <OldCodes sheet=sheet />
                </div>
                <div class="user-page__log section-list">
                    <History sheet=sheet />
                </div>
            </div>
        </div>
        <LeaveGuard
            leaving=sheet.leaving
            section=Signal::derive(move || sheet.unsaved())
            busy=sheet.busy
            on_save=move || sheet.save_and_leave()
        />
    }
}

/// What does not fit together after the last save. (Who has the same code stands in a
/// notice of its own.)
fn told(sheet: Sheet) -> Option<impl IntoView> {
    let l = sheet.l;
    let saved = sheet.told.get()?;
    let lines: Vec<_> = saved
        .warnings
        .into_iter()
        .map(|w| view! { <p>{warning_words(l, w)}</p> })
        .collect();
    (!lines.is_empty()).then(|| {
        view! { <Notice tone=Tone::Warning title=t::registry::saved_with_warnings(l)>{lines}</Notice> }
    })
}

impl Sheet {
    /// The person.
    pub fn id(self) -> PersonId {
        self.data.with_untracked(|p| p.row.id)
    }

    /// Whether the reader may change the person.
    pub fn may_edit(self) -> bool {
        self.data.with(|p| p.may_edit)
    }

    /// Reads the page again; with `fill` the form takes it over.
    pub async fn read_again(self, fill: bool) {
        let Some(id) = self.data.try_with_untracked(|p| p.row.id) else {
            return;
        };
        if let Ok(page) = read_person(id).await
            && !self.data.is_disposed()
        {
            if fill {
                self.form.fill(PersonDraft::from(&page.row));
            }
            self.data.set(page);
        }
    }

    /// What would be lost, for the dialog.
    fn unsaved(self) -> String {
        let folder = self.folder.with(Option::is_some);
        match (self.dirty.get(), folder) {
            (true, true) => format!(
                "{}, {}",
                t::registry::data(self.l),
                t::registry::folder_new(self.l)
            ),
            (false, true) => t::registry::folder_new(self.l).to_owned(),
            _ => t::registry::data(self.l).to_owned(),
        }
    }

    /// «Salva ed esci». The upload of a folder shows its progress on the page, so the dialog
    /// closes first; with both half done the data are saved and the folder is left to write.
    fn save_and_leave(self) {
        let Some(folder) = self.folder.get_untracked() else {
            return self.save(true);
        };
        self.leaving.stay();
        if self.dirty.get_untracked() {
            self.save(false);
            request_animation_frame(|| {
                dom::focus_id("folder-title");
            });
        } else {
            folder.run((true,));
        }
    }

    /// Puts the form back to what was read.
    pub fn revert(self) {
        let stored = self.data.with_untracked(|p| PersonDraft::from(&p.row));
        self.form.fill(stored);
        self.conflict.set(None);
        self.refused.set(None);
    }

    /// «Salva»; with `leave` the page that was asked for follows.
    pub fn save(self, leave: bool) {
        if self.busy.get_untracked() {
            return;
        }
        let draft = self.form.draft_now();
        self.refused.set(None);
        if let Err(errors) = draft.check() {
            self.refuse_fields(errors);
            return;
        }
        self.form.errors.set(FieldErrors::default());
        let (id, version) = self.data.with_untracked(|p| (p.row.id, p.row.version));
        self.busy.set(true);
        spawn_local(async move {
            let answer = save_person(id, version, draft).await;
            if self.busy.is_disposed() {
                return;
            }
            match answer {
                Ok(saved) => self.saved(saved, version, leave).await,
                Err(ApiError::Invalid(errors)) => self.refuse_fields(errors),
                Err(ApiError::Conflict(Conflict::Registry(RegistryConflict::Changed(row)))) => {
                    self.leaving.stay();
                    self.conflict.set(Some(*row));
                    request_animation_frame(|| {
                        dom::focus_id("conflict");
                    });
                }
                Err(e) => self.refuse(api_error(self.l, &e)),
            }
            self.busy.try_set(false);
        });
    }

    async fn saved(self, saved: PersonSaved, version: i32, leave: bool) {
        let changed = saved.row.version != version;
        self.conflict.set(None);
        self.data.update(|p| p.row = saved.row.clone());
        self.read_again(true).await;
        if self.data.is_disposed() {
            return;
        }
        if let Some(toasts) = self.toasts {
            let words = if changed {
                t::registry::saved(self.l, saved.row.full_name())
            } else {
                t::user::unchanged(self.l).to_owned()
            };
            toasts.push(Tone::Ok, words);
        }
        self.told.set(Some(saved));
        if leave {
            self.leaving.leave();
        }
    }

    fn refuse_fields(self, errors: FieldErrors) {
        self.leaving.stay();
        self.form.errors.set(errors);
    }

    fn refuse(self, words: String) {
        self.leaving.stay();
        self.refused.set(Some(words));
        request_animation_frame(|| {
            dom::focus_id("person-refused");
        });
    }

    /// «Ricarica»: takes what the other saved, and drops the draft.
    pub fn take_theirs(self) {
        self.conflict.set(None);
        spawn_local(async move {
            self.read_again(true).await;
            dom::focus_heading();
        });
    }

    /// «Sovrascrivi»: saves the draft over what the other saved.
    pub fn keep_mine(self) {
        if let Some(theirs) = self.conflict.get_untracked() {
            self.data.update(|p| p.row.version = theirs.version);
            self.save(false);
        }
    }

    /// «Elimina»: at once, and it can be undone from the list.
    fn delete(self) {
        if self.deleting.get_untracked() {
            return;
        }
        let l = self.l;
        self.refused.set(None);
        let (id, toasts) = (self.id(), self.toasts);
        self.deleting.set(true);
        spawn_local(async move {
            let answer = delete_person(id).await;
            if self.deleting.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(gone) => {
                    if let Some(toasts) = toasts {
                        let undo = gone.undo;
                        toasts.push_for_next_page(
                            Tone::Ok,
                            t::registry::deleted(l, &gone.name),
                            t::registry::undo(l),
                            move || restore(l, toasts, undo),
                        );
                    }
                    self.leaving.go("/anagrafiche");
                }
                Err(e) => self.refuse(api_error(l, &e)),
            }
        });
    }
}

/// Brings the person back and opens its page: with a full load, because the page that
/// would navigate is gone.
fn restore(l: Locale, toasts: Toasts, entry: AuditId) {
    spawn_local(async move {
        match restore_person(entry).await {
            Ok(row) => {
                let _ = window()
                    .location()
                    .set_href(&format!("/anagrafiche/{}", row.id));
            }
            Err(e) => toasts.push(Tone::Error, api_error(l, &e)),
        }
    });
}

/// Records with the same codice fiscale, for the notice.
pub fn same_records(sheet: Sheet) -> Option<AnyView> {
    let l = sheet.l;
    let (same, kind) = sheet.data.with(|p| (p.same.clone(), p.row.kind));
    if same.is_empty() {
        return None;
    }
    let double = same.iter().any(|p| p.kind == kind);
    let user = same.iter().find_map(|p| p.user.clone());
    let free = sheet.data.with(|p| p.user.is_none());
    let advice = user.filter(|_| free).map(|user| {
        view! { <p>{t::registry::same_advice(l, user.username)}</p> }
    });
    let (title, text) = if double {
        (t::registry::double_title(l), t::registry::double_text(l))
    } else {
        (t::registry::same_title(l), t::registry::same_text(l))
    };
    Some(
        view! {
            <Notice tone=if double { Tone::Warning } else { Tone::Info } title=title>
                <p>{text}</p>
                {same_list(l, same)}
                {advice}
            </Notice>
        }
        .into_any(),
    )
}
