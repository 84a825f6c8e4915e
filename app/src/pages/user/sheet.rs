//! The loaded page: its sections and what they share.

use super::{
    conflict::ConflictView,
    contact::Contact,
    data::Data,
    diagnosis::Diagnosis,
    facts::Groups,
    history::History,
    mails::Mails,
    persons::Persons,
    status::{Status, state_view},
};
use crate::{
    api::{
        ApiError,
        user::{read_user, save_user},
    },
    i18n::{api_error, t, use_locale},
    state::{Selected, Toasts, use_session},
    ui::{Button, LinkButton, MenuButton, Notice, PageHeader, Tone, dom},
    widgets::{
        GroupsDialog, LeaveGuard, Leaving, PageTitle, RowMenu, RowMenuDialogs, UserForm,
        email_hint::names, use_leave_guard, user_form::stored,
    },
};
use domain::{
    Locale, UserId,
    access::Right,
    problem::Conflict,
    user::{Saved, Selection, UserDetail, UserPage, UserRow, UserState},
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeSet;

/// What follows a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The page stays.
    Stay,
    /// «Salva e invia credenziali».
    Send,
    /// «Salva ed esci».
    Leave,
}

/// What the sections share. The page as read is the truth; the form is a draft beside it.
#[derive(Clone, Copy)]
pub struct Sheet {
    /// Language of the page.
    pub l: Locale,
    /// The page as it was read last.
    pub data: RwSignal<UserPage>,
    /// «Dati», as typed.
    pub form: UserForm,
    /// Something typed differs from what was read.
    pub dirty: Signal<bool>,
    /// Saving.
    pub busy: RwSignal<bool>,
    /// What somebody else saved meanwhile.
    pub conflict: RwSignal<Option<UserDetail>>,
    /// Why saving was refused, where no field is to blame.
    pub refused: RwSignal<Option<String>>,
    /// What the last change left behind.
    pub told: RwSignal<Option<Saved>>,
    /// Opens the groups dialog.
    pub groups: RwSignal<Option<(UserId, String)>>,
    /// Holds back who leaves.
    pub leaving: Leaving,
    /// Messages.
    pub toasts: Option<Toasts>,
    selected: Option<Selected>,
}

/// The page of a user that was read.
#[component]
pub fn SheetView(user: UserPage) -> impl IntoView {
    let l = use_locale();
    let form = UserForm::of(&user.detail);
    let data = RwSignal::new(user);
    let dirty = Memo::new(move |_| {
        let typed = form.draft(Vec::new());
        data.with(|page| page.detail.may_edit_data && typed != stored(&page.detail))
    });
    let sheet = Sheet {
        l,
        data,
        form,
        dirty: dirty.into(),
        busy: RwSignal::new(false),
        conflict: RwSignal::new(None),
        refused: RwSignal::new(None),
        told: RwSignal::new(None),
        groups: RwSignal::new(None),
        leaving: use_leave_guard(dirty.into()),
        toasts: use_context(),
        selected: use_context(),
    };
    let session = use_session();
    let canton = session.is_canton();
    let menu = (canton && session.holds(Right::ManageUsers)).then(|| {
        RowMenu::provide(move |row: Option<UserRow>| match row {
            Some(row) => sheet.changed(row),
            None => spawn_local(sheet.read_again(false)),
        })
    });
    let opened = RwSignal::new(false);
    Effect::new(move |_| {
        opened.set(true);
        if let Some(menu) = menu {
            menu.look_up(vec![(sheet.id(), None)]);
        }
    });
    let name = Signal::derive(move || sheet.name());
    let title = move || {
        let title = t::user::page_title(l);
        if form.errors.with(|e| e.is_empty()) {
            title.to_owned()
        } else {
            t::user::title_with_error(l, title)
        }
    };
    view! {
        // The name stands in the heading, not in the title: titles are not escaped.
        <PageTitle text=title />
        <PageHeader title=name>{move || actions(sheet, menu)}</PageHeader>
        <p class="user-head">
            <span>{t::user::username(l)} " " <span class="mono">{move || data.with(|p| p.detail.row.username.clone())}</span></span>
            {move || state_view(l, data.with(|p| p.detail.row.state))}
        </p>
        <div class="page">
            {move || told(sheet)}
            <ConflictView sheet=sheet />
            <div class="user-page">
                <div class="user-page__data">
                    <Data sheet=sheet />
                </div>
                <div class="user-page__side section-list">
                    <Status sheet=sheet />
                    <Groups sheet=sheet />
                    // A canton keeps no registry of persons, a school no contact data.
                    {if canton {
                        view! { <Contact sheet=sheet /> }.into_any()
                    } else {
                        view! { <Persons sheet=sheet /> }.into_any()
                    }}
                </div>
                <div class="user-page__log section-list">
                    <Diagnosis sheet=sheet />
                    <Mails sheet=sheet />
                    <History sheet=sheet />
                </div>
            </div>
        </div>
        {move || opened.get().then(|| menu.map(|menu| view! { <RowMenuDialogs menu=menu /> }))}
        <GroupsDialog target=sheet.groups on_saved=move |row| sheet.changed(row) />
        <LeaveGuard leaving=sheet.leaving section=t::user::data(l) busy=sheet.busy on_save=move || sheet.save(Then::Leave) />
    }
}

/// What can be done with the user: in a canton the wizard and the row menu's acts, in a
/// school «Invia credenziali».
fn actions(sheet: Sheet, menu: Option<RowMenu>) -> AnyView {
    let l = sheet.l;
    if let Some(menu) = menu {
        let id = sheet.id();
        let name = sheet.name();
        let said = name.clone();
        let entries = Signal::derive(move || menu.entries((id, None), said.clone()));
        return view! {
            {menu
                .authorises()
                .then(|| {
                    view! {
                        <LinkButton href=format!("/utenti/{id}/abilitazione/autorizzazioni")>
                            {t::commands::authorise(l)}
                        </LinkButton>
                    }
                })}
            <MenuButton id="user-commands" label=t::commands::more(l) entries=entries />
        }
        .into_any();
    }
    let may = sheet.data.with(|p| {
        p.detail.may_send && p.detail.row.email.is_some() && p.detail.row.state == UserState::Active
    });
    may.then(|| view! { <Button on_click=move || sheet.send()>{t::user::send(l)}</Button> })
        .into_any()
}

/// What the last change left behind: cancelled mails, shared addresses, a void password.
fn told(sheet: Sheet) -> Option<impl IntoView> {
    let l = sheet.l;
    let saved = sheet.told.get()?;
    let (code, email) = (names(&saved.shared.fiscal_code), names(&saved.shared.email));
    let lines = [
        (saved.cancelled_mails > 0).then(|| t::user::cancelled_mails(l, saved.cancelled_mails)),
        saved
            .voided_password
            .then(|| t::user::voided_password(l).to_owned()),
        (!code.is_empty()).then(|| t::user::shared_code(l, code)),
        (!email.is_empty()).then(|| t::user::shared_email(l, email)),
    ];
    let lines: Vec<_> = lines.into_iter().flatten().collect();
    (!lines.is_empty()).then(|| {
        let lines = lines
            .into_iter()
            .map(|words| view! { <p>{words}</p> })
            .collect_view();
        view! { <Notice tone=Tone::Info>{lines}</Notice> }
    })
}

impl Sheet {
    /// The user.
    pub fn id(self) -> UserId {
        self.data.with_untracked(|p| p.detail.row.id)
    }

    /// Surname and name, tracked.
    pub fn name(self) -> String {
        self.data.with(|p| p.detail.row.full_name())
    }

    /// Surname and name, untracked.
    pub fn name_now(self) -> String {
        untrack(move || self.name())
    }

    /// A row that was saved elsewhere on the page (groups, state): it counts for the next
    /// save of the form, and history and mails are read again.
    pub fn changed(self, row: UserRow) {
        self.data.update(|p| p.detail.row = row);
        spawn_local(self.read_again(false));
    }

    /// Reads the page again; what is typed stays.
    pub async fn refresh(self) {
        self.read_again(false).await;
    }

    /// Reads the page again; with `fill` the form takes it over.
    async fn read_again(self, fill: bool) {
        let Some(id) = self.data.try_with_untracked(|p| p.detail.row.id) else {
            return;
        };
        if let Ok(page) = read_user(id).await
            && !self.data.is_disposed()
        {
            if fill {
                self.form.fill(&page.detail);
            }
            self.data.set(page);
        }
    }

    /// Puts the form back to what was read.
    pub fn revert(self) {
        self.data.with_untracked(|p| self.form.fill(&p.detail));
        self.conflict.set(None);
        self.refused.set(None);
    }

    /// Goes to the sending page with this user selected.
    pub fn send(self) {
        if let Some(selected) = self.selected {
            selected.set(Selection::Only(BTreeSet::from([self.id()])));
        }
        self.leaving.go("/utenti/invio");
    }

    /// «Salva».
    pub fn save(self, then: Then) {
        if self.busy.get_untracked() {
            return;
        }
        let draft = self.form.draft_now(Vec::new());
        self.refused.set(None);
        let name_now = self
            .data
            .with_untracked(|p| p.detail.row.given_name.clone());
        if let Err(errors) = draft.check_edit(&name_now) {
            self.refuse_fields(errors);
            return;
        }
        self.form.errors.set(Default::default());
        let (id, version) = self
            .data
            .with_untracked(|p| (p.detail.row.id, p.detail.row.version));
        self.busy.set(true);
        spawn_local(async move {
            let answer = save_user(id, version, draft).await;
            if self.busy.is_disposed() {
                return;
            }
            match answer {
                Ok(saved) => self.saved(saved, version, then).await,
                Err(ApiError::Invalid(errors)) => self.refuse_fields(errors),
                Err(ApiError::Conflict(Conflict::Changed(_))) => self.show_conflict().await,
                Err(e) => {
                    self.leaving.stay();
                    self.refused.set(Some(api_error(self.l, &e)));
                }
            }
            self.busy.try_set(false);
        });
    }

    async fn saved(self, saved: Saved, version: i32, then: Then) {
        let changed = saved.row.version != version;
        self.conflict.set(None);
        self.data.update(|p| p.detail.row = saved.row.clone());
        self.read_again(true).await;
        if self.data.is_disposed() {
            return;
        }
        if let Some(toasts) = self.toasts {
            let words = if changed {
                t::user::saved(self.l, saved.row.full_name())
            } else {
                t::user::unchanged(self.l).to_owned()
            };
            toasts.push(Tone::Ok, words);
        }
        self.told.set(Some(saved));
        match then {
            Then::Stay => {}
            Then::Send => self.send(),
            Then::Leave => self.leaving.leave(),
        }
    }

    fn refuse_fields(self, errors: domain::user::FieldErrors) {
        self.leaving.stay();
        self.form.errors.set(errors);
    }

    /// Somebody else saved: what they saved is read whole and shown beside the draft.
    async fn show_conflict(self) {
        self.leaving.stay();
        match read_user(self.id()).await {
            Ok(page) if !self.conflict.is_disposed() => {
                self.conflict.set(Some(page.detail));
                request_animation_frame(|| {
                    dom::focus_id("conflict");
                });
            }
            Ok(_) => {}
            Err(e) => drop(self.refused.try_set(Some(api_error(self.l, &e)))),
        }
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
            self.data
                .update(|p| p.detail.row.version = theirs.row.version);
            self.save(Then::Stay);
        }
    }
}
