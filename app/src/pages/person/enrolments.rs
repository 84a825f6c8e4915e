//! «Iscrizioni»: one a school year, added, changed and taken away in place.

use super::sheet::Sheet;
use crate::{
    api::{
        ApiError,
        registry::{enrol, unenrol},
    },
    i18n::{api_error, field_error, t},
    ui::{
        Button, ButtonKind, ChoiceOption, Dialog, DialogActions, ErrorSummary, FieldError, Notice,
        SelectField, TextField, Tone, dom,
    },
};
use domain::{
    UnitId,
    person::{Enrolment, EnrolmentDraft, school_year_words},
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeSet;

/// What the dialog holds.
#[derive(Clone, Copy)]
struct Editor {
    sheet: Sheet,
    open: RwSignal<bool>,
    /// The year that is changed; `None` adds one.
    fixed: RwSignal<Option<i16>>,
    year: RwSignal<String>,
    site: RwSignal<String>,
    class: RwSignal<String>,
    errors: RwSignal<Vec<FieldError>>,
    refused: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

/// The table of enrolments, newest year first.
#[component]
pub fn Enrolments(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let editor = Editor {
        sheet,
        open: RwSignal::new(false),
        fixed: RwSignal::new(None),
        year: RwSignal::default(),
        site: RwSignal::default(),
        class: RwSignal::default(),
        errors: RwSignal::default(),
        refused: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    let body = move || {
        let (all, may) = sheet.data.with(|p| (p.enrolments.clone(), p.may_edit));
        if all.is_empty() {
            return view! { <p class="muted">{t::registry::no_enrolments(l)}</p> }.into_any();
        }
        let rows = all.into_iter().map(|e| row(editor, e, may)).collect_view();
        view! {
            // A group: the section around it is the landmark of this name.
            <div class="table-region" role="group" tabindex="0" aria-label=t::registry::enrolments(l)>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">{t::registry::school_year(l)}</th>
                            <th scope="col">{t::registry::site(l)}</th>
                            <th scope="col">{t::registry::class(l)}</th>
                            {may.then(|| view! { <th scope="col">{t::registry::commands(l)}</th> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="enrolments-title">
            <div class="section__head">
                <h2 class="section__title" id="enrolments-title">{t::registry::enrolments(l)}</h2>
                <div class="section__actions">
                    {move || {
                        sheet
                            .may_edit()
                            .then(|| {
                                view! {
                                    <Button id="enrolment-add" on_click=move || editor.show(None)>
                                        {t::registry::enrolment_add(l)}
                                    </Button>
                                }
                            })
                    }}
                </div>
            </div>
            <div class="section__body">{body}</div>
        </section>
        <EnrolmentDialog editor=editor />
    }
}

fn row(editor: Editor, e: Enrolment, may: bool) -> impl IntoView {
    let l = editor.sheet.l;
    let year = e.school_year;
    let words = school_year_words(year);
    let dash = |text: String| {
        if text.is_empty() {
            "–".to_owned()
        } else {
            text
        }
    };
    let edited = e.clone();
    let commands = may.then(|| {
        let of = words.clone();
        let also = words.clone();
        view! {
            <td>
                <div class="registry-row__commands">
                    <Button on_click=move || editor.show(Some(edited.clone()))>
                        {t::registry::edit(l)} <span class="visually-hidden">" " {of}</span>
                    </Button>
                    <Button kind=ButtonKind::Quiet on_click=move || editor.remove(year)>
                        {t::registry::remove(l)} <span class="visually-hidden">" " {also}</span>
                    </Button>
                </div>
            </td>
        }
    });
    view! {
        <tr>
            <th scope="row">{words.clone()}</th>
            <td>{dash(e.site.map(|(_, name)| name).unwrap_or_default())}</td>
            <td>{dash(e.class)}</td>
            {commands}
        </tr>
    }
}

#[component]
fn EnrolmentDialog(editor: Editor) -> impl IntoView {
    let l = editor.sheet.l;
    let title = Signal::derive(move || match editor.fixed.get() {
        None => t::registry::enrolment_new(l).to_owned(),
        Some(year) => t::registry::enrolment_edit(l, school_year_words(year)),
    });
    let years = Signal::derive(move || {
        if let Some(year) = editor.fixed.get() {
            return vec![ChoiceOption::new(year.to_string(), school_year_words(year))];
        }
        let taken: BTreeSet<i16> = editor
            .sheet
            .data
            .with(|p| p.enrolments.iter().map(|e| e.school_year).collect());
        let now = editor.sheet.frame.with_value(|f| f.year);
        (now - 12..=now + 1)
            .rev()
            .filter(|y| !taken.contains(y))
            .map(|y| ChoiceOption::new(y.to_string(), school_year_words(y)))
            .collect()
    });
    let sites = Signal::derive(move || {
        let mut all = vec![ChoiceOption::new("", t::registry::no_site(l))];
        editor.sheet.frame.with_value(|f| {
            let sites = f.sites.iter();
            all.extend(sites.map(|(id, name)| ChoiceOption::new(id.to_string(), name.clone())));
        });
        all
    });
    let error = move |id: &'static str| {
        Signal::derive(move || {
            editor.errors.with(|e| {
                e.iter()
                    .find(|e| e.field_id == id)
                    .map(|e| e.message.clone())
            })
        })
    };
    view! {
        <Dialog id="enrolment" open=editor.open title=title fallback_focus="enrolment-add">
            <form
                class="form dialog__body"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    editor.save();
                }
            >
                <ErrorSummary id="enrolment-errors" title=t::user::problem(l) errors=editor.errors />
                <div role="alert">
                    {move || {
                        editor.refused.get().map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })
                    }}
                </div>
                <SelectField id="enrolment-school_year" label=t::registry::school_year(l) value=editor.year options=years error=error("enrolment-school_year") />
                <SelectField id="enrolment-site" label=t::registry::site(l) value=editor.site options=sites error=error("enrolment-site") />
                <TextField
                    id="enrolment-class"
                    label=t::registry::class(l)
                    value=editor.class
                    hint=Some(t::registry::class_hint(l).to_owned())
                    error=error("enrolment-class")
                    autocomplete="off"
                    plain=true
                />
                <DialogActions>
                    <Button on_click=move || editor.open.set(false)>{t::user::cancel(l)}</Button>
                    <Button submit=true kind=ButtonKind::Primary busy=editor.busy>{t::user::save(l)}</Button>
                </DialogActions>
            </form>
        </Dialog>
    }
}

impl Editor {
    fn show(self, enrolment: Option<Enrolment>) {
        self.errors.set(Vec::new());
        self.refused.set(None);
        match enrolment {
            Some(e) => {
                self.fixed.set(Some(e.school_year));
                self.year.set(e.school_year.to_string());
                self.site
                    .set(e.site.map(|(id, _)| id.to_string()).unwrap_or_default());
                self.class.set(e.class);
            }
            None => {
                self.fixed.set(None);
                let now = self.sheet.frame.with_value(|f| f.year);
                let taken = |y: i16| {
                    self.sheet
                        .data
                        .with_untracked(|p| p.enrolments.iter().any(|e| e.school_year == y))
                };
                let first = [now, now + 1].into_iter().find(|y| !taken(*y));
                let first = first.or_else(|| (now - 12..now).rev().find(|y| !taken(*y)));
                self.year.set(first.unwrap_or(now).to_string());
                self.site.set(String::new());
                self.class.set(String::new());
            }
        }
        self.open.set(true);
    }

    fn draft(self) -> EnrolmentDraft {
        EnrolmentDraft {
            school_year: self.year.with_untracked(|y| y.parse().unwrap_or_default()),
            site: self.site.with_untracked(|s| s.parse().ok()).map(UnitId),
            class: self.class.get_untracked(),
        }
    }

    fn save(self) {
        if self.busy.get_untracked() {
            return;
        }
        let l = self.sheet.l;
        self.errors.set(Vec::new());
        self.refused.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let answer = enrol(self.sheet.id(), self.draft()).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(_) => {
                    self.sheet.read_again(false).await;
                    let _ = self.open.try_set(false);
                }
                Err(ApiError::Invalid(errors)) => self.errors.set(
                    errors
                        .0
                        .iter()
                        .map(|(field, e)| {
                            FieldError::new(format!("enrolment-{field}"), field_error(l, e))
                        })
                        .collect(),
                ),
                Err(e) => self.refused.set(Some(api_error(l, &e))),
            }
        });
    }

    /// Takes a year away; the message brings it back.
    fn remove(self, year: i16) {
        let (sheet, l) = (self.sheet, self.sheet.l);
        spawn_local(async move {
            let id = sheet.id();
            match unenrol(id, year).await {
                Ok(was) => {
                    sheet.read_again(false).await;
                    dom::focus_id("enrolment-add");
                    let Some(toasts) = sheet.toasts else { return };
                    let words = t::registry::enrolment_removed(l, school_year_words(year));
                    toasts.push_with_action(Tone::Ok, words, t::registry::undo(l), move || {
                        let was = was.clone();
                        spawn_local(async move {
                            match enrol(id, was).await {
                                Ok(_) => sheet.read_again(false).await,
                                Err(e) => toasts.push(Tone::Error, api_error(l, &e)),
                            }
                        });
                    });
                }
                Err(e) => sheet.refused.set(Some(api_error(l, &e))),
            }
        });
    }
}
