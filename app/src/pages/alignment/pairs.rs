//! First tab: users without a record, what is staged and what is proposed for them.

use super::{
    address::Address,
    board::{Board, Body, Sheet},
    dissolve::DissolveAll,
    facts::problem,
    row::PairRow,
};
use crate::{
    api::ApiError,
    api::alignment::{link_proposals, save_pairs, stage_pair},
    i18n::{number, t},
    ui::{
        Button, ButtonKind, ChoiceOption, EmptyState, IconName, Notice, Pagination, SelectField,
        TextField, Tone,
    },
    widgets::{LeaveGuard, PersonSearch, person_search::kind_name, use_leave_guard},
};
use domain::{
    UserId,
    alignment::{AlignmentRow, Proposal, Proposed, SaveResult, UserSide},
    person::PersonKind,
};
use leptos::{prelude::*, task::spawn_local};

/// Proposals for the rows shown: still on their way, there, or not to be had.
#[derive(Clone, Copy)]
pub struct Proposals(pub RwSignal<Option<Result<Vec<Proposed>, ApiError>>>);

impl Proposals {
    /// The proposals for a user; `None` while they are on their way.
    pub fn of(self, user: UserId) -> Option<Vec<Proposal>> {
        self.0.with(|all| {
            let all = all.as_ref()?.as_ref().ok()?;
            let found = all.iter().find(|p| p.user == user);
            Some(found.map(|p| p.proposals.clone()).unwrap_or_default())
        })
    }
}

/// The panel.
#[component]
pub fn Pairs(sheet: Sheet) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let Body::Pairs(page) = sheet.body else {
        return ().into_any();
    };
    let counters = sheet.counters;
    let staged = counters.staged;
    let proposals = Proposals(RwSignal::new(None));
    let open: Vec<UserId> = page
        .items
        .iter()
        .filter(|r| r.staged.is_none())
        .map(|r| r.user.id)
        .collect();
    let kind = board.kind();
    Effect::new(move |_| {
        let open = open.clone();
        if open.is_empty() {
            proposals.0.set(Some(Ok(Vec::new())));
            return;
        }
        spawn_local(async move {
            let answer = link_proposals(kind, open).await;
            let _ = proposals.0.try_set(Some(answer));
        });
    });
    let searching = RwSignal::new(None::<UserSide>);
    let refused = RwSignal::new(None::<ApiError>);
    let picking = RwSignal::new(false);
    let pick = move |user: UserSide, p: Proposal| {
        picking.set(true);
        refused.set(None);
        spawn_local(async move {
            let answer = stage_pair(user.id, p.person.id).await;
            if picking.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    searching.set(None);
                    board.focus.set_value(Some(format!("unlink-{}", user.id)));
                    board.say(t::alignment::said_staged(l, user.full_name()));
                    board.reload();
                }
                Err(e) => refused.set(Some(e)),
            }
        });
    };
    let leaving = use_leave_guard(Signal::stored(counters.may_link && staged > 0));
    let save = move |leave: bool| {
        if board.busy.get_untracked() {
            return;
        }
        board.busy.set(true);
        spawn_local(async move {
            let answer = save_pairs(kind).await;
            if board.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(result) => {
                    if leave && result.failed_total == 0 {
                        leaving.leave();
                        return;
                    }
                    leaving.stay();
                    board.say(saved_words(l, &result));
                    board.result.set(Some(result));
                    board.focus.set_value(Some("align-result".into()));
                    board.reload();
                }
                Err(e) => {
                    leaving.stay();
                    board.fail(&e);
                }
            }
        });
    };
    let nothing = (staged == 0).then(|| t::alignment::save_nothing(l).to_owned());
    let (total, present, pages) = (page.total, page.number, page.pages());
    let filtered = board.address.with_untracked(|a| a.staged.is_some())
        || board.text.with_untracked(|t| !t.is_empty());
    let empty = page.items.is_empty();
    let rows = page.items;
    view! {
        <h2 class="visually-hidden">{t::alignment::pairs_title(l)}</h2>
        <Filters />
        {counters
            .may_link
            .then(|| {
                view! {
                    <div class="align-actions">
                        <DissolveAll kind=kind links=counters.links staged=staged />
                        <Button
                            id="align-save"
                            kind=ButtonKind::Primary
                            busy=board.busy
                            disabled_reason=Signal::stored(nothing)
                            on_click=move || save(false)
                        >
                            {t::alignment::save(l, number(l, staged))}
                        </Button>
                    </div>
                }
            })}
        <Saved />
        {if empty {
            let words = if filtered { t::alignment::none_found(l) } else { t::alignment::all_linked(l) };
            let icon = if filtered { IconName::Search } else { IconName::Check };
            view! { <EmptyState title=words icon=icon /> }.into_any()
        } else {
            view! {
                <div class="slot-a">
                    <span class="slot-a__total">{t::alignment::found(l, number(l, total))}</span>
                    <span class="slot-a__pages">
                        {t::alignment::pages(l, number(l, present.into()), number(l, pages.into()))}
                    </span>
                </div>
                <Table rows=rows proposals=proposals may_link=counters.may_link searching=searching />
                <Pager present=present pages=pages />
            }
                .into_any()
        }}
        <PersonSearch
            id="align-find"
            l=l
            target=searching
            kind=Signal::stored(kind)
            busy=picking
            refused=refused
            on_pick=pick
        />
        <LeaveGuard leaving=leaving section=t::alignment::unsaved(l) busy=board.busy on_save=move || save(true) />
    }
    .into_any()
}

/// The pager of every tab.
#[component]
pub fn Pager(present: u32, pages: u32) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    view! {
        <Pagination
            id="align-pager"
            label=t::alignment::pager(l)
            page=Signal::stored(u64::from(present))
            pages=Signal::stored(u64::from(pages))
            first=t::alignment::first(l)
            previous=t::alignment::previous(l)
            page_label=t::alignment::page(l)
            of_total=t::alignment::of(l, number(l, pages.into()))
            next=t::alignment::next(l)
            last=t::alignment::last(l)
            on_go=move |(n,): (u64,)| board.go_page(n)
        />
    }
}

fn saved_words(l: domain::Locale, result: &SaveResult) -> String {
    if result.failed_total > 0 {
        t::alignment::saved_some(l, number(l, result.failed_total), number(l, result.saved))
    } else if result.saved == 1 {
        t::alignment::saved_one(l).to_owned()
    } else {
        t::alignment::saved_all(l, number(l, result.saved))
    }
}

/// «11 collegamenti salvati, 1 non salvato: anagrafica già collegata a 0000311».
#[component]
fn Saved() -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    move || {
        board.result.get().map(|result| {
            let tone = if result.failed_total == 0 {
                Tone::Ok
            } else {
                Tone::Warning
            };
            let failed = result
                .failed
                .iter()
                .map(|f| {
                    let words = format!(
                        "{} {}: {}",
                        f.user.username,
                        f.user.full_name(),
                        problem(l, &f.problem)
                    );
                    view! { <li>{words}</li> }
                })
                .collect_view();
            view! {
                <div id="align-result" tabindex="-1">
                    <Notice tone=tone title=saved_words(l, &result)>
                        {(result.forced > 0)
                            .then(|| view! { <p>{t::alignment::saved_forced(l, number(l, result.forced))}</p> })}
                        {(result.failed_total > 0)
                            .then(|| {
                                view! {
                                    <p>{t::alignment::saved_failed(l)}</p>
                                    <ul class="list">{failed}</ul>
                                }
                            })}
                    </Notice>
                </div>
            }
        })
    }
}

/// «Tipo anagrafica da collegare», «Mostra», «Ricerca».
#[component]
fn Filters() -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let address = board.address.get_untracked();
    let kind = RwSignal::new(address.chosen().code().to_owned());
    let show = RwSignal::new(
        match address.staged {
            None => "",
            Some(true) => "s",
            Some(false) => "o",
        }
        .to_owned(),
    );
    let typed = RwSignal::new(board.text.get_untracked());
    let kinds: Vec<ChoiceOption> = PersonKind::ALL
        .into_iter()
        .map(|k| ChoiceOption::new(k.code(), kind_name(l, k)))
        .collect();
    let shows = vec![
        ChoiceOption::new("", t::alignment::show_all(l)),
        ChoiceOption::new("s", t::alignment::show_staged(l)),
        ChoiceOption::new("o", t::alignment::show_open(l)),
    ];
    let search = move || {
        board.result.set(None);
        board
            .text
            .set(typed.with_untracked(|t| t.trim().to_owned()));
        board.go(Address {
            kind: kind.with_untracked(|k| k.parse().ok()),
            staged: show.with_untracked(|s| match s.as_str() {
                "s" => Some(true),
                "o" => Some(false),
                _ => None,
            }),
            page: 1,
            ..board.address.get_untracked()
        });
    };
    // Choosing the kind is the first thing to do, and has its effect at once.
    let chosen = move |(code,): (String,)| {
        kind.set(code);
        search();
    };
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
                <SelectField id="align-kind" label=t::alignment::kind(l) value=kind options=kinds on_change=chosen />
                <SelectField id="align-show" label=t::alignment::show(l) value=show options=shows />
                <div class="filters__search">
                    <TextField
                        id="align-text"
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

/// Two column groups, what they have in common between them.
#[component]
fn Table(
    rows: Vec<AlignmentRow>,
    proposals: Proposals,
    may_link: bool,
    searching: RwSignal<Option<UserSide>>,
) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let rows = rows
        .into_iter()
        .map(|row| view! { <PairRow row=row proposals=proposals may_link=may_link searching=searching /> })
        .collect_view();
    view! {
        <div class="table-region" role="region" aria-label=t::alignment::table(l) tabindex="0">
            <table class="table table--align">
                <caption class="visually-hidden">{t::alignment::table(l)}</caption>
                <colgroup span="4" class="align-wide"></colgroup>
                <colgroup></colgroup>
                <colgroup span="4" class="align-wide"></colgroup>
                <colgroup></colgroup>
                <thead>
                    <tr class="align-wide-row">
                        <th scope="colgroup" colspan="4">{t::alignment::group_users(l)}</th>
                        <th scope="col" rowspan="2">{t::alignment::group_match(l)}</th>
                        <th scope="colgroup" colspan="4">{t::alignment::group_persons(l)}</th>
                        <th scope="col" rowspan="2" class="cell-commands">{t::alignment::group_commands(l)}</th>
                    </tr>
                    <tr class="align-wide-row">
                        <th scope="col">{t::alignment::col_user(l)}</th>
                        <th scope="col">{t::alignment::col_surname(l)}</th>
                        <th scope="col">{t::alignment::col_name(l)}</th>
                        <th scope="col">{t::alignment::col_code(l)}</th>
                        <th scope="col">{t::alignment::col_person(l)}</th>
                        <th scope="col">{t::alignment::col_surname(l)}</th>
                        <th scope="col">{t::alignment::col_name(l)}</th>
                        <th scope="col">{t::alignment::col_code(l)}</th>
                    </tr>
                    <tr class="align-narrow-row">
                        <th scope="col">{t::alignment::group_users(l)}</th>
                        <th scope="col">{t::alignment::group_match(l)}</th>
                        <th scope="col">{t::alignment::group_persons(l)}</th>
                        <th scope="col" class="cell-commands">{t::alignment::group_commands(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
