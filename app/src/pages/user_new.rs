//! «+ Nuovo utente»: `/utenti/nuovo`.

mod groups;
mod records;

use crate::{
    api::{ApiError, ApiResult, groups::groups_for_new, user::create_user},
    i18n::{api_error, t, use_locale},
    state::{ListAddress, Selected, Toasts, use_session},
    ui::{
        Button, ButtonKind, ErrorSummary, LinkButton, Notice, PageHeader, SkeletonCards, Tone, dom,
    },
    widgets::{
        Forbidden, LeaveGuard, Leaving, PageTitle, UserFields, UserForm, use_leave_guard,
        user_form::stored_empty,
    },
};
use domain::{
    GroupId, Locale,
    access::{Denied, Right},
    person::SamePerson,
    user::{Creation, FieldErrors, GroupChoice, Namesake, NewcomerRecord, Saved, Selection},
};
use groups::GroupChoices;
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeSet;

/// `/utenti/nuovo`
#[component]
pub fn NewUser() -> impl IntoView {
    let l = use_locale();
    let groups = Resource::new(|| (), |()| groups_for_new());
    let errors = RwSignal::new(false);
    let title = move || match errors.get() {
        false => t::user::new_title(l).to_owned(),
        true => t::user::title_with_error(l, t::user::new_title(l)),
    };
    view! {
        <PageTitle text=title />
        <Suspense fallback=|| view! { <Head /> <SkeletonCards count=1 /> }>
            {move || groups.get().map(|answer| loaded(answer, errors, move || groups.refetch()))}
        </Suspense>
    }
}

/// The heading.
#[component]
fn Head() -> impl IntoView {
    let l = use_locale();
    view! {
        <PageHeader title=t::user::new_title(l) lead=t::user::new_lead(l) />
    }
}

fn loaded(
    answer: ApiResult<Vec<GroupChoice>>,
    has_errors: RwSignal<bool>,
    retry: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let l = use_locale();
    match answer {
        Ok(groups) => {
            view! { <Head /> <NewUserForm groups=groups has_errors=has_errors /> }.into_any()
        }
        Err(ApiError::Denied(Denied::Missing(right))) => {
            view! { <Forbidden right=right /> }.into_any()
        }
        Err(e) => {
            let again = !matches!(e, ApiError::Denied(_));
            let words = if again {
                t::groups::load_failed(l)
            } else {
                t::user::forbidden(l)
            };
            view! {
                <Head />
                <Notice tone=if again { Tone::Error } else { Tone::Info } title=words>
                    <p>{api_error(l, &e)}</p>
                    {again.then(|| view! { <Button on_click=retry>{t::user::retry(l)}</Button> })}
                </Notice>
            }
            .into_any()
        }
    }
}

/// How the user is asked for: what was confirmed so far, and what follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ask {
    /// Also where the codice fiscale is there already.
    force: bool,
    /// What to do about a record of the registry.
    record: NewcomerRecord,
    /// «Salva e invia credenziali».
    send: bool,
}

/// What the form shares with its parts.
#[derive(Clone, Copy)]
struct Sheet {
    l: Locale,
    form: UserForm,
    chosen: RwSignal<BTreeSet<GroupId>>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
    same: RwSignal<Vec<Namesake>>,
    records: RwSignal<Vec<SamePerson>>,
    leaving: Leaving,
    asked: RwSignal<Ask>,
    may_keep_registry: bool,
    selected: Option<Selected>,
    toasts: Option<Toasts>,
}

#[component]
fn NewUserForm(groups: Vec<GroupChoice>, has_errors: RwSignal<bool>) -> impl IntoView {
    let l = use_locale();
    let form = UserForm::empty(l);
    let chosen = RwSignal::new(BTreeSet::new());
    let dirty = Memo::new(move |_| {
        form.draft(Vec::new()) != stored_empty(l) || !chosen.with(BTreeSet::is_empty)
    });
    let sheet = Sheet {
        l,
        form,
        chosen,
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        same: RwSignal::new(Vec::new()),
        records: RwSignal::new(Vec::new()),
        leaving: use_leave_guard(dirty.into()),
        asked: RwSignal::new(Ask::default()),
        may_keep_registry: use_session().holds(Right::ManageRegistry),
        selected: use_context(),
        toasts: use_context(),
    };
    Effect::new(move |_| has_errors.set(form.errors.with(|e| !e.is_empty())));
    let list = use_context::<ListAddress>();
    view! {
        <form
            class="form form--panel"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                sheet.save(Ask::default());
            }
        >
            <ErrorSummary id="user-errors" title=t::user::problem(l) errors=Signal::derive(move || form.summary(l)) />
            {move || sheet.refused.get().map(refused)}
            {move || duplicate(sheet)}
            {move || records::offered(sheet)}
            <UserFields form=form />
            <GroupChoices groups=groups chosen=chosen error=form.error(l, "groups") />
            <div class="form__actions">
                <Button submit=true kind=ButtonKind::Primary busy=sheet.busy>{t::user::save(l)}</Button>
                <Button busy=sheet.busy on_click=move || sheet.save(Ask { send: true, ..Ask::default() })>{t::user::save_and_send(l)}</Button>
                <LinkButton
                    kind=ButtonKind::Quiet
                    href=Signal::derive(move || list.map_or_else(|| "/utenti".to_owned(), ListAddress::get))
                >
                    {t::user::cancel(l)}
                </LinkButton>
            </div>
        </form>
        <LeaveGuard leaving=sheet.leaving section=t::user::new_title(l) busy=sheet.busy on_save=move || sheet.save(Ask::default()) />
    }
}

fn refused(words: String) -> impl IntoView {
    view! {
        <div role="alert">
            <Notice tone=Tone::Error>
                <p>{words}</p>
            </Notice>
        </div>
    }
}

/// Somebody has the codice fiscale already: open them, or create all the same.
fn duplicate(sheet: Sheet) -> Option<impl IntoView> {
    let l = sheet.l;
    let same = sheet.same.get();
    (!same.is_empty()).then(|| {
        let links = same
            .into_iter()
            .map(|p| {
                let words = t::user::duplicate_open(l, p.name, p.username);
                view! { <li><a href=format!("/utenti/{}", p.id)>{words}</a></li> }
            })
            .collect_view();
        view! {
            <div id="duplicate" tabindex="-1" role="alert">
                <Notice tone=Tone::Warning title=t::user::duplicate_title(l)>
                    <p>{t::user::duplicate_text(l)}</p>
                    <ul class="plain-list">{links}</ul>
                    <div class="notice__actions">
                        <Button busy=sheet.busy on_click=move || sheet.save(Ask { force: true, ..sheet.asked.get_untracked() })>
                            {t::user::duplicate_force(l)}
                        </Button>
                    </div>
                </Notice>
            </div>
        }
    })
}

impl Sheet {
    fn save(self, ask: Ask) {
        if self.busy.get_untracked() {
            return;
        }
        let draft = self
            .form
            .draft_now(self.chosen.with_untracked(|c| c.iter().copied().collect()));
        self.refused.set(None);
        self.same.set(Vec::new());
        self.records.set(Vec::new());
        self.asked.set(ask);
        if let Err(errors) = draft.check_new() {
            self.refuse(errors);
            return;
        }
        self.form.errors.set(FieldErrors::default());
        self.busy.set(true);
        spawn_local(async move {
            let answer = create_user(draft, ask.force, ask.record).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(Creation::Created { saved, no_record }) => {
                    self.created(saved, no_record, ask.send);
                }
                Ok(Creation::HasRecord(records)) => {
                    self.leaving.stay();
                    self.records.set(records);
                    request_animation_frame(|| {
                        dom::focus_id("has-record");
                    });
                }
                Ok(Creation::SameFiscalCode(same)) => {
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

    /// No record has these data (A11): said on the page that follows, with the way to make one
    /// for who keeps the registry.
    fn tell_no_record(self, toasts: Toasts) {
        let words = t::user::no_record(self.l);
        if !self.may_keep_registry {
            toasts.push(Tone::Warning, words);
            return;
        }
        // With a full load: the page that would navigate is gone by then.
        toasts.push_for_next_page(Tone::Warning, words, t::registry::new(self.l), || {
            let _ = window().location().set_href("/anagrafiche/nuova");
        });
    }

    fn refuse(self, errors: FieldErrors) {
        self.leaving.stay();
        self.form.errors.set(errors);
    }

    fn created(self, saved: Saved, no_record: bool, send: bool) {
        if let Some(toasts) = self.toasts {
            toasts.push(
                Tone::Ok,
                t::user::created(self.l, saved.row.full_name(), &saved.row.username),
            );
            if no_record {
                self.tell_no_record(toasts);
            }
        }
        match self.selected.filter(|_| send) {
            Some(selected) => {
                selected.set(Selection::Only(BTreeSet::from([saved.row.id])));
                self.leaving.go("/utenti/invio");
            }
            None => self.leaving.go(&format!("/utenti/{}", saved.row.id)),
        }
    }
}
