//! «Nuova anagrafica»: `/anagrafiche/nuova`.

use crate::{
    api::{
        ApiError,
        registry::{create_person, read_registry_frame},
    },
    i18n::{api_error, t, use_locale},
    state::Toasts,
    ui::{
        Button, ButtonKind, ErrorSummary, LinkButton, Notice, PageHeader, SkeletonCards, Tone, dom,
    },
    widgets::{
        Forbidden, LeaveGuard, Leaving, PageTitle, PersonFields, PersonForm,
        person_words::{same_list, warning_words},
        use_leave_guard,
    },
};
use domain::{
    Locale,
    access::{Denied, Right},
    person::{PersonCreation, PersonDraft, PersonSaved, SamePerson, padded_code},
    user::FieldErrors,
};
use leptos::{prelude::*, task::spawn_local};

/// `/anagrafiche/nuova`
#[component]
pub fn NewPerson() -> impl IntoView {
    let l = use_locale();
    let frame = Resource::new(|| (), |()| read_registry_frame());
    let errors = RwSignal::new(false);
    let title = move || match errors.get() {
        false => t::registry::new_title(l).to_owned(),
        true => t::user::title_with_error(l, t::registry::new_title(l)),
    };
    view! {
        <PageTitle text=title />
        <Suspense fallback=|| view! { <Head /> <SkeletonCards count=1 /> }>
            {move || {
                frame
                    .get()
                    .map(|answer| match answer {
                        Ok(frame) if frame.may_create => {
                            view! { <Head /> <NewPersonForm has_errors=errors /> }.into_any()
                        }
                        Ok(_) => view! { <Forbidden right=Right::ManageRegistry /> }.into_any(),
                        Err(ApiError::Denied(Denied::Missing(right))) => {
                            view! { <Forbidden right=right /> }.into_any()
                        }
                        Err(e) => {
                            view! {
                                <Head />
                                <Notice tone=Tone::Error title=t::registry::sheet_failed(l)>
                                    <p>{api_error(l, &e)}</p>
                                    <Button on_click=move || frame.refetch()>{t::user::retry(l)}</Button>
                                </Notice>
                            }
                                .into_any()
                        }
                    })
            }}
        </Suspense>
    }
}

/// The heading.
#[component]
fn Head() -> impl IntoView {
    let l = use_locale();
    view! { <PageHeader title=t::registry::new_title(l) lead=t::registry::new_lead(l) /> }
}

/// What the form shares with its parts.
#[derive(Clone, Copy)]
struct Sheet {
    l: Locale,
    form: PersonForm,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
    same: RwSignal<Vec<SamePerson>>,
    leaving: Leaving,
    toasts: Option<Toasts>,
}

#[component]
fn NewPersonForm(has_errors: RwSignal<bool>) -> impl IntoView {
    let l = use_locale();
    let form = PersonForm::of(PersonDraft::default());
    let dirty = Memo::new(move |_| form.draft() != PersonDraft::default());
    let sheet = Sheet {
        l,
        form,
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        same: RwSignal::new(Vec::new()),
        leaving: use_leave_guard(dirty.into()),
        toasts: use_context(),
    };
    Effect::new(move |_| has_errors.set(form.errors.with(|e| !e.is_empty())));
    view! {
        <form
            class="form form--panel"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                sheet.save(false);
            }
        >
            <ErrorSummary id="person-errors" title=t::user::problem(l) errors=Signal::derive(move || form.summary(l)) />
            <div role="alert">
                {move || {
                    sheet.refused.get().map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })
                }}
            </div>
            {move || duplicate(sheet)}
            <PersonFields form=form />
            <div class="form__actions">
                <Button submit=true kind=ButtonKind::Primary busy=sheet.busy>{t::user::save(l)}</Button>
                <LinkButton kind=ButtonKind::Quiet href="/anagrafiche">{t::user::cancel(l)}</LinkButton>
            </div>
        </form>
        <LeaveGuard
            leaving=sheet.leaving
            section=t::registry::new_title(l)
            busy=sheet.busy
            on_save=move || sheet.save(false)
        />
    }
}

/// Somebody of this kind has the codice fiscale already: open them, or create all the same.
fn duplicate(sheet: Sheet) -> Option<impl IntoView> {
    let l = sheet.l;
    let same = sheet.same.get();
    (!same.is_empty()).then(|| {
        view! {
            <div id="duplicate" tabindex="-1" role="alert">
                <Notice tone=Tone::Warning title=t::registry::duplicate_title(l)>
                    <p>{t::registry::duplicate_text(l)}</p>
                    {same_list(l, same)}
                    <div class="notice__actions">
                        <Button busy=sheet.busy on_click=move || sheet.save(true)>{t::registry::duplicate_force(l)}</Button>
                    </div>
                </Notice>
            </div>
        }
    })
}

impl Sheet {
    fn save(self, force: bool) {
        if self.busy.get_untracked() {
            return;
        }
        let draft = self.form.draft_now();
        self.refused.set(None);
        self.same.set(Vec::new());
        if let Err(errors) = draft.check() {
            self.refuse(errors);
            return;
        }
        self.form.errors.set(FieldErrors::default());
        self.busy.set(true);
        spawn_local(async move {
            let answer = create_person(draft, force).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(PersonCreation::Created(saved)) => self.created(saved),
                Ok(PersonCreation::SameFiscalCode(same)) => {
                    self.leaving.stay();
                    self.same.set(same);
                    request_animation_frame(|| {
                        dom::focus_id("duplicate");
                    });
                }
                Err(ApiError::Invalid(errors)) => self.refuse(errors),
                Err(e) => {
                    self.leaving.stay();
                    self.refused.set(Some(api_error(self.l, &e)));
                }
            }
        });
    }

    fn refuse(self, errors: FieldErrors) {
        self.leaving.stay();
        self.form.errors.set(errors);
    }

    fn created(self, saved: PersonSaved) {
        let l = self.l;
        if let Some(toasts) = self.toasts {
            let code = padded_code(saved.row.code);
            toasts.push(
                Tone::Ok,
                t::registry::created(l, code, saved.row.full_name()),
            );
            for warning in saved.warnings {
                toasts.push(Tone::Warning, warning_words(l, warning));
            }
        }
        self.leaving.go(&format!("/anagrafiche/{}", saved.row.id));
    }
}
