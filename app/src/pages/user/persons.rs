//! «Anagrafica collegata»: the linked records and how each came to be linked, «Dissocia» and
//! «Collega» with their way back.

use super::sheet::Sheet;
use crate::{
    api::{
        ApiError,
        alignment::{link_now, restore_links, unlink_user},
    },
    i18n::{api_error, number, pair_problem, t},
    state::use_session,
    ui::{Button, ChoiceOption, IconName, SelectField, Tag, Tone, VisuallyHidden, dom},
    widgets::{
        PersonSearch,
        groups_dialog::kind_word,
        person_search::{kind_name, method_name, method_tone},
    },
};
use domain::{
    access::Right,
    alignment::{Proposal, UserSide},
    organisation::OrganisationKind,
    person::{PersonKind, padded_code},
    sending::Key,
    user::{LinkedPerson, UserState},
};
use leptos::{prelude::*, task::spawn_local};

/// Linking from the page of a user.
#[derive(Clone, Copy)]
struct Links {
    sheet: Sheet,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<ApiError>>,
    searching: RwSignal<Option<UserSide>>,
}

/// The section.
#[component]
pub fn Persons(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let session = use_session();
    let school = session
        .view()
        .is_some_and(|v| v.kind == OrganisationKind::School);
    let keeps = school && session.holds(Right::ManageRegistry);
    // Accounts above one's own are out of reach here as everywhere.
    let may_link = Memo::new(move |_| keeps && sheet.data.with(|p| p.detail.may_edit));
    let links = Links {
        sheet,
        busy: RwSignal::new(false),
        refused: RwSignal::new(None),
        searching: RwSignal::new(None),
    };
    // One record of each kind at most.
    let free = Memo::new(move |_| {
        sheet.data.with(|p| {
            let taken = |k: &PersonKind| p.detail.persons.iter().any(|l| l.kind == k.code());
            let free = PersonKind::ALL.into_iter().filter(|k| !taken(k));
            free.collect::<Vec<_>>()
        })
    });
    let may_add = move || {
        may_link.get()
            && free.with(|f| !f.is_empty())
            && sheet.data.with(|p| p.detail.row.state == UserState::Active)
    };
    let kind = RwSignal::new(PersonKind::Employee.code().to_owned());
    let chosen = Signal::derive(move || kind.with(|k| k.parse().unwrap_or(PersonKind::Employee)));
    let options = Memo::new(move |_| {
        free.with(|f| {
            f.iter()
                .map(|k| ChoiceOption::new(k.code(), kind_name(l, *k)))
                .collect::<Vec<_>>()
        })
    });
    let ask = move || {
        let likely = free.with_untracked(|f| {
            let staff = f.iter().find(|k| **k == PersonKind::Employee);
            staff.or(f.first()).copied()
        });
        if let Some(first) = likely {
            kind.set(first.code().to_owned());
        }
        links.refused.set(None);
        let user = sheet.data.with_untracked(|p| UserSide {
            id: p.detail.row.id,
            username: p.detail.row.username.clone(),
            surname: p.detail.row.surname.clone(),
            given_name: p.detail.row.given_name.clone(),
            fiscal_code: p.detail.fiscal_code.clone(),
        });
        links.searching.set(Some(user));
    };
    let persons = move || {
        let all = sheet.data.with(|p| p.detail.persons.clone());
        if all.is_empty() {
            return view! { <p class="muted">{t::user::no_persons(l)}</p> }.into_any();
        }
        let may = may_link.get();
        let all = all
            .into_iter()
            .map(|p| linked(links, p, keeps, may))
            .collect_view();
        view! { <ul class="user-persons">{all}</ul> }.into_any()
    };
    // Dialogs hold elements of the browser: they come with it.
    let opened = RwSignal::new(false);
    Effect::new(move |_| opened.set(true));
    view! {
        <section class="section" aria-labelledby="persons-title">
            <div class="section__head">
                <h2 class="section__title" id="persons-title" tabindex="-1">{t::user::persons(l)}</h2>
                <div class="section__actions">
                    {move || {
                        may_add()
                            .then(|| {
                                view! {
                                    <Button id="link-person" icon=IconName::Link on_click=ask>
                                        {t::user::link_person(l)}
                                    </Button>
                                }
                            })
                    }}
                </div>
            </div>
            <div class="section__body">{persons}</div>
            {move || {
                (opened.get() && keeps)
                    .then(|| {
                        view! {
                            <PersonSearch
                                id="user-find"
                                l=l
                                target=links.searching
                                kind=chosen
                                busy=links.busy
                                refused=links.refused
                                on_pick=move |user: UserSide, p: Proposal| links.link(user, p)
                            >
                                <SelectField
                                    id="user-find-kind"
                                    label=t::alignment::kind(l)
                                    value=kind
                                    options=options
                                />
                            </PersonSearch>
                        }
                    })
            }}
        </section>
    }
}

/// A linked record.
fn linked(links: Links, p: LinkedPerson, keeps: bool, may_link: bool) -> AnyView {
    let l = links.sheet.l;
    let kind = p.kind.parse::<PersonKind>();
    let word = kind.map(|k| kind_word(l, k)).unwrap_or_default();
    let (id, name) = (p.id, p.name.clone());
    let said = match kind {
        Ok(_) if keeps => view! { <a href=format!("/anagrafiche/{id}")>{p.name}</a> }.into_any(),
        _ => view! { {p.name} }.into_any(),
    };
    let command = kind.ok().filter(|_| may_link).map(|kind| {
        let label = name.clone();
        view! {
            <Button
                id=format!("unlink-person-{id}")
                icon=IconName::Unlink
                busy=links.busy
                on_click=move || links.unlink(kind, name.clone())
            >
                {t::alignment::unlink(l)}
                <VisuallyHidden>" " {label}</VisuallyHidden>
            </Button>
        }
    });
    view! {
        <li class="user-person">
            <span class="user-person__words">
                <span class="muted">{word}</span>
                <span>
                    {said} " " <Tag tone=method_tone(p.method)>{method_name(l, p.method)}</Tag>
                </span>
                <span class="muted">{t::user::person_code(l, padded_code(p.code))}</span>
            </span>
            {command}
        </li>
    }
    .into_any()
}

impl Links {
    fn link(self, user: UserSide, p: Proposal) {
        if self.busy.get_untracked() {
            return;
        }
        let l = self.sheet.l;
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = link_now(user.id, p.person.id).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(result) if result.saved > 0 => {
                    self.searching.set(None);
                    let words = t::alignment::linked_now(l, p.person.full_name());
                    let id = user.id;
                    if let Some(toasts) = self.sheet.toasts {
                        toasts.push_with_action(
                            Tone::Ok,
                            words,
                            t::alignment::undo(l),
                            move || {
                                self.take_back(id, p.person.id);
                            },
                        );
                    }
                    self.settle(Some(format!("unlink-person-{}", p.person.id)));
                }
                Ok(result) => {
                    self.searching.set(None);
                    let words = result.failed.first().map(|f| pair_problem(l, &f.problem));
                    self.tell(Tone::Error, words.unwrap_or_default());
                    self.settle(None);
                }
                Err(e) => self.refused.set(Some(e)),
            }
        });
    }

    /// «Annulla» after «Collega».
    fn take_back(self, user: domain::UserId, person: domain::PersonId) {
        let there = self.sheet.data.try_with_untracked(|p| {
            let found = p.detail.persons.iter().find(|l| l.id == person);
            found.and_then(|l| l.kind.parse::<PersonKind>().ok())
        });
        let Some(Some(kind)) = there else { return };
        let l = self.sheet.l;
        spawn_local(async move {
            match unlink_user(user, kind).await {
                Ok(_) => {
                    self.tell(
                        Tone::Ok,
                        t::alignment::dissolved_one(l, self.sheet.name_now()),
                    );
                    self.settle(Some("link-person".into()));
                }
                Err(e) => self.tell(Tone::Error, api_error(l, &e)),
            }
        });
    }

    fn unlink(self, kind: PersonKind, name: String) {
        if self.busy.get_untracked() {
            return;
        }
        let l = self.sheet.l;
        self.busy.set(true);
        spawn_local(async move {
            let answer = unlink_user(self.sheet.id(), kind).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(done) => {
                    let words = t::alignment::dissolved_one(l, name);
                    if let Some(toasts) = self.sheet.toasts {
                        toasts.push_with_action(
                            Tone::Ok,
                            words,
                            t::alignment::undo(l),
                            move || {
                                self.restore(done.batch);
                            },
                        );
                    }
                    self.settle(Some("link-person".into()));
                }
                Err(e) => self.tell(Tone::Error, api_error(l, &e)),
            }
        });
    }

    /// «Annulla» after «Dissocia».
    fn restore(self, batch: Key) {
        let l = self.sheet.l;
        spawn_local(async move {
            match restore_links(batch).await {
                Ok(back) if back.links > 0 => {
                    self.tell(Tone::Ok, t::alignment::restored(l, number(l, back.links)));
                    self.settle(None);
                }
                Ok(back) => self.tell(
                    Tone::Warning,
                    t::alignment::restored_some(l, number(l, back.kept), number(l, 0)),
                ),
                Err(e) => self.tell(Tone::Error, api_error(l, &e)),
            }
        });
    }

    fn tell(self, tone: Tone, words: String) {
        if let Some(toasts) = self.sheet.toasts {
            toasts.push(tone, words);
        }
    }

    /// Reads what changed; the focus goes where the act left it, or to the section's title.
    fn settle(self, focus: Option<String>) {
        spawn_local(async move {
            self.sheet.refresh().await;
            let Some(id) = focus else { return };
            request_animation_frame(move || {
                if !dom::focus_id(&id) {
                    dom::focus_id("persons-title");
                }
            });
        });
    }
}
