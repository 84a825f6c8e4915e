//! Third tab: «Crea utenti da anagrafiche» (A15–A18).

use super::{
    address::Address,
    board::{Board, Body, Sheet},
    pairs::Pager,
};
use crate::{
    api::alignment::link_now,
    i18n::{number, t},
    state::Creation,
    ui::{
        Button, ButtonKind, ChoiceOption, EmptyState, IconName, Notice, RowCheckbox, SelectField,
        Status, TextField, Tone, TriState, TriStateCheckbox, VisuallyHidden, dom,
    },
    widgets::{GroupsDialog, person_search::kind_name},
};
use domain::{
    GroupId, PersonId, UnitId, UserId,
    alignment::{
        Candidate, CandidateCheck, CandidateFilter, CandidatePick, CreationFrame, Occupied,
    },
    person::PersonKind,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::collections::BTreeSet;

/// The panel.
#[component]
pub fn Candidates(sheet: Sheet) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let Body::Candidates(page, creatable, frame) = sheet.body else {
        return ().into_any();
    };
    if !sheet.counters.may_create {
        return view! {
            <h2>{t::alignment::create_title(l)}</h2>
            <Notice tone=Tone::Info>{t::creation::forbidden(l)}</Notice>
        }
        .into_any();
    }
    let (total, present, pages) = (page.total, page.number, page.pages());
    let filtered = board
        .address
        .with_untracked(|a| a.unit.is_some() || a.year.is_some() || a.class.is_some())
        || board.text.with_untracked(|t| !t.is_empty());
    let clear = move || {
        board.text.set(String::new());
        board.forget_pick();
        board.go(Address {
            unit: None,
            year: None,
            class: None,
            page: 1,
            ..board.address.get_untracked()
        });
    };
    let empty = page.items.is_empty();
    let ids: Vec<PersonId> = page
        .items
        .iter()
        .filter(|c| c.check.can_create())
        .map(|c| c.id)
        .collect();
    let groups = RwSignal::new(None::<(UserId, String)>);
    let rows = page
        .items
        .into_iter()
        .map(|c| view! { <Row candidate=c groups=groups /> })
        .collect_view();
    view! {
        <h2 class="visually-hidden">{t::alignment::create_title(l)}</h2>
        <Notice tone=Tone::Info>{t::creation::warning(l)}</Notice>
        <Filters frame=frame.clone() />
        <Submit frame=frame />
        {if empty {
            let words = if filtered { t::creation::empty_filter(l) } else { t::creation::empty(l) };
            let icon = if filtered { IconName::Search } else { IconName::Check };
            view! {
                <EmptyState title=words icon=icon>
                    {filtered.then(|| view! { <Button on_click=clear>{t::alignment::clear(l)}</Button> })}
                </EmptyState>
            }
                .into_any()
        } else {
            view! {
                <Slot total=total creatable=creatable present=present pages=pages />
                <div class="table-region" role="region" aria-label=t::creation::table(l) tabindex="0">
                    <table class="table table--candidates">
                        <caption class="visually-hidden">{t::creation::table(l)}</caption>
                        <thead>
                            <tr>
                                <th scope="col" class="cell-check">
                                    <PageTick ids=ids />
                                </th>
                                <th scope="col">{t::alignment::col_surname(l)}</th>
                                <th scope="col">{t::alignment::col_name(l)}</th>
                                <th scope="col" class="only-wide">{t::alignment::col_code(l)}</th>
                                <th scope="col">{t::creation::col_mail(l)}</th>
                                <th scope="col">{t::creation::col_check(l)}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <Pager present=present pages=pages />
            }
                .into_any()
        }}
        <GroupsDialog target=groups on_saved=move |_: domain::user::UserRow| board.reload() />
    }
    .into_any()
}

/// The filter as the address and the search say it.
fn filter_now(board: Board) -> CandidateFilter {
    let a = board.address.get_untracked();
    CandidateFilter {
        kind: a.chosen(),
        unit: a.unit.map(UnitId),
        year: a.year,
        class: a.class,
        text: board.text.get_untracked(),
    }
}

/// Totals, or in the same place how many are ticked.
#[component]
fn Slot(total: u64, creatable: u64, present: u32, pages: u32) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let n = Memo::new(move |_| board.pick.with(CandidatePick::len));
    let all = move || {
        board.pick.set(CandidatePick::AllFound {
            filter: filter_now(board),
            except: BTreeSet::new(),
            found: creatable,
        });
    };
    view! {
        <div class="slot-a" class:slot-a--selection=move || { n.get() > 0 }>
            {move || {
                let n = n.get();
                if n == 0 {
                    view! {
                        <span class="slot-a__total">{t::alignment::found(l, number(l, total))}</span>
                        <span class="slot-a__pages">
                            {t::alignment::pages(l, number(l, present.into()), number(l, pages.into()))}
                        </span>
                    }
                        .into_any()
                } else {
                    view! {
                        <span class="slot-a__total">{t::creation::selected(l, number(l, n))}</span>
                        {(n < creatable)
                            .then(|| {
                                view! {
                                    <Button kind=ButtonKind::Quiet on_click=all>
                                        {t::creation::select_all(l, number(l, creatable))}
                                    </Button>
                                }
                            })}
                        <Button kind=ButtonKind::Quiet on_click=move || board.forget_pick()>
                            {t::creation::deselect(l)}
                        </Button>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// Ticks every creatable record of the page.
#[component]
fn PageTick(ids: Vec<PersonId>) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let ids = StoredValue::new(ids);
    let state = Signal::derive(move || {
        ids.with_value(|ids| {
            let n = board
                .pick
                .with(|p| ids.iter().filter(|id| p.contains(**id)).count());
            match n {
                0 => TriState::None,
                n if n == ids.len() => TriState::All,
                _ => TriState::Some,
            }
        })
    });
    view! {
        <TriStateCheckbox
            id="candidates-page"
            label=t::creation::select_page(l)
            label_hidden=true
            state=state
            on_change=move |(on,): (bool,)| {
                ids.with_value(|ids| board.pick.update(|p| ids.iter().for_each(|id| p.set(*id, on))));
            }
        />
    }
}

/// «Tipo anagrafica da collegare», «Plesso», «Anno Scolastico», «Classe», «Ricerca».
#[component]
fn Filters(frame: CreationFrame) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let a = board.address.get_untracked();
    let text = |n: Option<String>| RwSignal::new(n.unwrap_or_default());
    let kind = RwSignal::new(a.chosen().code().to_owned());
    let unit = text(a.unit.map(|n| n.to_string()));
    let year = text(a.year.map(|n| n.to_string()));
    let class = text(a.class.clone());
    let typed = RwSignal::new(board.text.get_untracked());
    let search = move || {
        board
            .text
            .set(typed.with_untracked(|t| t.trim().to_owned()));
        board.forget_pick();
        board.go(Address {
            kind: kind.with_untracked(|k| k.parse().ok()),
            unit: unit.with_untracked(|n| n.parse().ok()),
            year: year.with_untracked(|n| n.parse().ok()),
            class: class.with_untracked(|c| (!c.is_empty()).then(|| c.clone())),
            page: 1,
            ..board.address.get_untracked()
        });
    };
    // Kind, site and year decide what the others offer: they have their effect at once.
    let of_kind = move |(code,): (String,)| {
        kind.set(code);
        class.set(String::new());
        board.group.set(String::new());
        search();
    };
    let of_unit = move |(n,): (String,)| {
        unit.set(n);
        class.set(String::new());
        search();
    };
    let of_year = move |(n,): (String,)| {
        year.set(n);
        class.set(String::new());
        search();
    };
    let first = |words: &str| std::iter::once(ChoiceOption::new("", words));
    let kinds: Vec<ChoiceOption> = PersonKind::ALL
        .into_iter()
        .map(|k| ChoiceOption::new(k.code(), kind_name(l, k)))
        .collect();
    let units: Vec<ChoiceOption> = first(t::creation::all(l))
        .chain(
            frame
                .units
                .iter()
                .map(|u| ChoiceOption::new(u.id.to_string(), u.name.clone())),
        )
        .collect();
    let years: Vec<ChoiceOption> = first(t::creation::all(l))
        .chain(frame.years.iter().map(|y| {
            let words = format!("{y}/{:02}", (y + 1).rem_euclid(100));
            ChoiceOption::new(y.to_string(), words)
        }))
        .collect();
    // A class that no longer exists stays visible: it explains why nobody is found.
    let gone = a.class.filter(|c| !frame.classes.contains(c));
    let classes: Vec<ChoiceOption> = first(t::creation::all_f(l))
        .chain(
            gone.iter()
                .chain(frame.classes.iter())
                .map(|c| ChoiceOption::new(c.clone(), c.clone())),
        )
        .collect();
    view! {
        <form
            class="filters"
            role="search"
            aria-label=t::alignment::filters(l)
            on:submit=move |event| {
                event.prevent_default();
                search();
            }
        >
            <div class="filters__fields">
                <SelectField id="create-kind" label=t::alignment::kind(l) value=kind options=kinds on_change=of_kind />
                <SelectField id="create-unit" label=t::creation::unit(l) value=unit options=units on_change=of_unit />
                <SelectField id="create-year" label=t::creation::year(l) value=year options=years on_change=of_year />
                <SelectField id="create-class" label=t::creation::class(l) value=class options=classes />
                <div class="filters__search">
                    <TextField
                        id="create-text"
                        label=t::alignment::search(l)
                        value=typed
                        input_type="search"
                        autocomplete="off"
                        plain=true
                    />
                </div>
            </div>
            <div class="filters__actions">
                <Button submit=true icon=IconName::Search>{t::alignment::search_button(l)}</Button>
            </div>
        </form>
    }
}

/// The group, and «CREA UTENTI (12)».
#[component]
fn Submit(frame: CreationFrame) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let kind = board.kind();
    // The kind proposes its group: Tutori → Tutori.
    if board.group.with_untracked(String::is_empty) {
        let usual = match kind {
            PersonKind::Employee => None,
            _ => kind.usual_groups().first(),
        };
        let found = usual.and_then(|code| frame.groups.iter().find(|g| g.code == *code));
        board
            .group
            .set(found.map(|g| g.id.to_string()).unwrap_or_default());
    }
    let options: Vec<ChoiceOption> = std::iter::once(ChoiceOption::new("", t::creation::choose(l)))
        .chain(
            frame
                .groups
                .iter()
                .map(|g| ChoiceOption::new(g.id.to_string(), g.name.clone())),
        )
        .collect();
    let error = RwSignal::new(None::<String>);
    let n = Memo::new(move |_| board.pick.with(CandidatePick::len));
    let nobody =
        Signal::derive(move || (n.get() == 0).then(|| t::creation::select_one(l).to_owned()));
    let navigate = use_navigate();
    let go = move || {
        let Some(group) = board
            .group
            .with_untracked(|g| g.parse::<i64>().ok())
            .map(GroupId)
        else {
            error.set(Some(t::creation::group_required(l).to_owned()));
            dom::focus_id("create-group");
            return;
        };
        error.set(None);
        Creation {
            pick: board.pick.get_untracked(),
            group,
            back: board.address.with_untracked(Address::text),
        }
        .keep();
        navigate("/allineamento/creazione", NavigateOptions::default());
    };
    view! {
        <div class="align-actions align-actions--create">
            <SelectField
                id="create-group"
                label=t::creation::group(l)
                value=board.group
                options=options
                required=true
                error=error
            />
            <Button id="create-go" kind=ButtonKind::Primary disabled_reason=nobody on_click=go>
                {move || t::creation::create(l, number(l, n.get()))}
            </Button>
        </div>
    }
}

/// A record.
#[component]
fn Row(candidate: Candidate, groups: RwSignal<Option<(UserId, String)>>) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let c = candidate;
    let (id, name) = (c.id, c.full_name());
    let tick = c.check.can_create().then(|| {
        view! {
            <RowCheckbox
                id=format!("candidate-{id}")
                label=t::creation::select(l, &name)
                checked=Signal::derive(move || board.pick.with(|p| p.contains(id)))
                on_toggle=move |on: bool, _: bool| board.pick.update(|p| p.set(id, on))
            />
        }
    });
    let code = c.fiscal_code.clone().unwrap_or_else(|| "—".to_owned());
    let mail = match &c.email {
        Some(mail) => view! { <span class="align-mail">{mail.clone()}</span> }.into_any(),
        None => view! { <Status tone=Tone::Warning>{t::creation::no_mail(l)}</Status> }.into_any(),
    };
    view! {
        <tr>
            <td class="cell-check">{tick}</td>
            <th scope="row" class="cell-name">
                {c.surname.clone()}
                <span class="pop-in mono">{code.clone()}</span>
            </th>
            <td>
                {c.given_name.clone()}
                {(!c.class.is_empty()).then(|| view! { <span class="muted align-roles">{c.class.clone()}</span> })}
            </td>
            <td class="only-wide mono">{code}</td>
            <td>{mail}</td>
            <td>{check(board, c, groups)}</td>
        </tr>
    }
}

/// «pronto», or what stands in the way with its repair.
fn check(board: Board, c: Candidate, groups: RwSignal<Option<(UserId, String)>>) -> AnyView {
    let l = board.l;
    let name = c.full_name();
    match c.check.clone() {
        CandidateCheck::Ready => {
            view! { <Status tone=Tone::Ok>{t::creation::ready(l)}</Status> }.into_any()
        }
        CandidateCheck::NoMail => {
            let label = t::creation::add_mail_for(l, &name);
            view! {
                <Button on_click=move || board.mailing.set(Some(c.clone()))>
                    <span aria-hidden="true">{t::creation::add_mail(l)}</span>
                    <VisuallyHidden>{label}</VisuallyHidden>
                </Button>
                " "
                <span class="muted">{t::creation::or_letter(l)}</span>
            }
            .into_any()
        }
        CandidateCheck::MailUsed(by) => {
            view! { <Status tone=Tone::Info>{t::creation::mail_used(l, by)}</Status> }.into_any()
        }
        CandidateCheck::HasUser(there) => occupied(board, &name, c.id, there, groups),
    }
}

/// One person, one account: link it instead, and give it the group.
fn occupied(
    board: Board,
    name: &str,
    person: PersonId,
    there: Occupied,
    groups: RwSignal<Option<(UserId, String)>>,
) -> AnyView {
    let l = board.l;
    let user = there.user;
    let said = there.name.clone();
    let link = move || {
        if board.busy.get_untracked() {
            return;
        }
        board.busy.set(true);
        let said = said.clone();
        spawn_local(async move {
            let answer = link_now(user, person).await;
            if board.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(result) => {
                    let (tone, words) = match result.failed.first() {
                        Some(f) => (Tone::Warning, super::facts::problem(l, &f.problem)),
                        None => (Tone::Ok, t::alignment::linked_now(l, said)),
                    };
                    if let Some(toasts) = board.toasts {
                        toasts.push(tone, words);
                    }
                    board.focus.set_value(Some("create-text".into()));
                    board.reload();
                }
                Err(e) => board.fail(&e),
            }
        });
    };
    let kinds: Vec<&str> = there.kinds.iter().map(|k| kind_name(l, *k)).collect();
    let words = t::creation::has_user(l, &there.name, &there.username);
    let more = if there.taken {
        Some(t::creation::has_user_taken(l).to_owned())
    } else if kinds.is_empty() {
        None
    } else {
        Some(t::creation::has_user_kinds(l, kinds.join(", ")))
    };
    let label = t::creation::link_to(l, name, &there.username);
    let open = there.name.clone();
    let groups_label = t::creation::groups_of(l, &there.name);
    view! {
        <Status tone=Tone::Warning>{words}</Status>
        {more.map(|words| view! { <span class="muted align-roles">{words}</span> })}
        <div class="align-commands">
            {(!there.taken)
                .then(|| {
                    view! {
                        <Button icon=IconName::Link busy=board.busy on_click=link>
                            <span aria-hidden="true">{t::alignment::link(l)}</span>
                            <VisuallyHidden>{label}</VisuallyHidden>
                        </Button>
                    }
                })}
            <Button on_click=move || groups.set(Some((user, open.clone())))>
                <span aria-hidden="true">{t::creation::groups(l)}</span>
                <VisuallyHidden>{groups_label}</VisuallyHidden>
            </Button>
        </div>
    }
    .into_any()
}
