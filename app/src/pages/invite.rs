//! «Aggiungi nuovo utente» of a canton: `/utenti/nuovo` (X9).

mod fields;

use crate::{
    api::{
        ApiError, ApiResult,
        invite::{invite_user, read_home},
    },
    i18n::{api_error, t, use_locale},
    state::{ListAddress, Toasts},
    ui::{
        Button, ButtonKind, ErrorSummary, LinkButton, Notice, PageHeader, SkeletonCards, Tone, dom,
    },
    widgets::{Forbidden, LeaveGuard, Leaving, PageTitle, use_leave_guard},
};
use domain::{
    Locale,
    access::Denied,
    user::{FieldErrors, HomeUnit, Invitation, KnownBy, KnownPerson, Saved},
};
use fields::{Fields, InviteForm};
use leptos::{prelude::*, task::spawn_local};

/// The page of a canton.
#[component]
pub fn Invite() -> impl IntoView {
    let l = use_locale();
    let home = Resource::new(|| (), |()| read_home());
    view! {
        <PageTitle text=t::invite::title(l) />
        <Suspense fallback=|| view! { <Head /> <SkeletonCards count=1 /> }>
            {move || home.get().map(|answer| loaded(l, answer))}
        </Suspense>
    }
}

#[component]
fn Head() -> impl IntoView {
    let l = use_locale();
    view! { <PageHeader title=t::invite::title(l) lead=t::invite::lead(l) /> }
}

fn loaded(l: Locale, answer: ApiResult<HomeUnit>) -> AnyView {
    match answer {
        Ok(HomeUnit {
            unit: Some((_, unit)),
        }) => view! { <Head /> <Form unit=unit /> }.into_any(),
        Ok(HomeUnit { unit: None }) => view! {
            <Head />
            <Notice tone=Tone::Info title=t::invite::unit_none(l)>
                <div class="notice__actions">
                    <LinkButton href="/unita">{t::invite::unit_choose(l)}</LinkButton>
                </div>
            </Notice>
        }
        .into_any(),
        Err(ApiError::Denied(Denied::Missing(right))) => {
            view! { <Forbidden right=right /> }.into_any()
        }
        Err(e) => view! {
            <Head />
            <Notice tone=Tone::Error><p>{api_error(l, &e)}</p></Notice>
        }
        .into_any(),
    }
}

/// Where to go after saving.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    More,
    List,
    Authorise,
}

#[derive(Clone, Copy)]
struct Sheet {
    l: Locale,
    form: InviteForm,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<String>>,
    known: RwSignal<Vec<KnownPerson>>,
    next: RwSignal<Next>,
    leaving: Leaving,
    toasts: Option<Toasts>,
    list: Option<ListAddress>,
}

#[component]
fn Form(unit: String) -> impl IntoView {
    let l = use_locale();
    let form = InviteForm::empty(l);
    let dirty = Memo::new(move |_| form.is_dirty(l));
    let sheet = Sheet {
        l,
        form,
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        known: RwSignal::new(Vec::new()),
        next: RwSignal::new(Next::List),
        leaving: use_leave_guard(dirty.into()),
        toasts: use_context(),
        list: use_context(),
    };
    view! {
        <form
            class="form form--panel"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                sheet.save(Next::Authorise, false);
            }
        >
            <ErrorSummary id="invite-errors" title=t::invite::problem(l) errors=Signal::derive(move || form.summary(l)) />
            {move || {
                sheet
                    .refused
                    .get()
                    .map(|words| view! { <div role="alert"><Notice tone=Tone::Error><p>{words}</p></Notice></div> })
            }}
            {move || known(sheet)}
            <Fields form=form unit=unit />
            <div class="form__actions">
                <LinkButton
                    kind=ButtonKind::Quiet
                    href=Signal::derive(move || sheet.list.map_or_else(|| "/utenti".to_owned(), ListAddress::get))
                >
                    {t::invite::cancel(l)}
                </LinkButton>
                <Button busy=sheet.busy on_click=move || sheet.save(Next::More, false)>{t::invite::save_more(l)}</Button>
                <Button busy=sheet.busy on_click=move || sheet.save(Next::List, false)>{t::invite::save_list(l)}</Button>
                <Button submit=true kind=ButtonKind::Primary busy=sheet.busy>{t::invite::save_next(l)}</Button>
            </div>
        </form>
        <LeaveGuard
            leaving=sheet.leaving
            section=t::invite::title(l)
            busy=sheet.busy
            on_save=move || sheet.save(Next::List, false)
        />
    }
}

/// Somebody may be the same person: open them, or create all the same.
fn known(sheet: Sheet) -> Option<impl IntoView> {
    let l = sheet.l;
    let people = sheet.known.get();
    (!people.is_empty()).then(|| {
        let links = people
            .into_iter()
            .map(|p| {
                let name = match &p.unit {
                    Some(unit) => format!("{}, {unit}", p.name),
                    None => p.name.clone(),
                };
                let words = match p.by {
                    KnownBy::Email => t::invite::known_mail(l, p.username, name),
                    KnownBy::NameAndBirth => t::invite::known_birth(l, p.username, name),
                };
                view! { <li><a href=format!("/utenti/{}", p.id)>{words}</a></li> }
            })
            .collect_view();
        view! {
            <div id="known" tabindex="-1" role="alert">
                <Notice tone=Tone::Warning title=t::invite::known_title(l)>
                    <p>{t::invite::known_text(l)}</p>
                    <ul class="plain-list">{links}</ul>
                    <div class="notice__actions">
                        <Button busy=sheet.busy on_click=move || sheet.save(sheet.next.get_untracked(), true)>
                            {t::invite::known_force(l)}
                        </Button>
                    </div>
                </Notice>
            </div>
        }
    })
}

impl Sheet {
    fn save(self, next: Next, force: bool) {
        if self.busy.get_untracked() {
            return;
        }
        let draft = untrack(move || self.form.draft());
        self.refused.set(None);
        self.known.set(Vec::new());
        self.next.set(next);
        self.form.contact.errors.set(FieldErrors::default());
        self.busy.set(true);
        spawn_local(async move {
            let answer = invite_user(draft, force).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(Invitation::Created(saved)) => self.created(&saved, next),
                Ok(Invitation::Known(people)) => {
                    self.leaving.stay();
                    self.known.set(people);
                    request_animation_frame(|| {
                        dom::focus_id("known");
                    });
                }
                Err(ApiError::Invalid(errors)) => {
                    self.leaving.stay();
                    self.form.contact.errors.set(errors);
                }
                Err(e) => {
                    self.leaving.stay();
                    self.refused.set(Some(api_error(self.l, &e)));
                }
            }
        });
    }

    fn created(self, saved: &Saved, next: Next) {
        if let Some(toasts) = self.toasts {
            let words = t::invite::created(self.l, &saved.row.username, saved.row.full_name());
            toasts.push(Tone::Ok, words);
        }
        match next {
            Next::More => {
                self.form.clear(self.l);
                self.leaving.stay();
                dom::focus_id("invite-salutation");
            }
            Next::List => self.leaving.go("/utenti"),
            Next::Authorise => self.leaving.go(&format!(
                "/utenti/{}/abilitazione/autorizzazioni",
                saved.row.id
            )),
        }
    }
}
