//! First tab: users without a record, what is staged and what is proposed for them.

mod fields;

use super::{
    address::Address,
    board::{Board, Body, Sheet, Shown},
    dissolve::DissolveAll,
    row::PairRow,
};
use crate::{
    api::ApiError,
    api::alignment::{link_proposals, save_pairs, stage_pair},
    i18n::{number, pair_problem, t},
    ui::{Button, ButtonKind, EmptyState, IconName, Notice, Pagination, Tone},
    widgets::{LeaveGuard, PersonSearch, use_leave_guard},
};
use domain::{
    UserId,
    alignment::{AlignmentRow, Proposal, Proposed, SaveResult, UserSide},
    page::Page,
    person::PersonKind,
};
use fields::Filters;
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
pub fn Pairs(sheet: Shown) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let found = Memo::new(move |_| {
        sheet.with(|s| match s {
            Some(Sheet {
                counters,
                kind,
                body: Body::Pairs(page),
                ..
            }) => Some((counters.may_link, *kind, page.clone())),
            _ => None,
        })
    });
    let counters = Memo::new(move |_| sheet.with(|s| s.as_ref().map(|s| s.counters)));
    let kind =
        Memo::new(move |_| sheet.with(|s| s.as_ref().map_or(PersonKind::Employee, |s| s.kind)));
    let staged = Signal::derive(move || counters.with(|c| c.map_or(0, |c| c.staged)));
    let may_link = Memo::new(move |_| counters.with(|c| c.is_some_and(|c| c.may_link)));
    let proposals = look_up(sheet);
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
    let leaving = use_leave_guard(Signal::derive(move || may_link.get() && staged.get() > 0));
    let save = move |leave: bool| {
        if board.busy.get_untracked() {
            return;
        }
        board.busy.set(true);
        let kind = board.kind();
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
    let nothing = Signal::derive(move || {
        (staged.get() == 0).then(|| t::alignment::save_nothing(l).to_owned())
    });
    view! {
        <h2 class="visually-hidden">{t::alignment::pairs_title(l)}</h2>
        <Filters />
        {move || {
            may_link
                .get()
                .then(|| {
                    view! {
                        <div class="align-actions">
                            <DissolveAll counters=counters kind=kind />
                            <Button
                                id="align-save"
                                kind=ButtonKind::Primary
                                busy=board.busy
                                disabled_reason=nothing
                                on_click=move || save(false)
                            >
                                {move || t::alignment::save(l, number(l, staged.get()))}
                            </Button>
                        </div>
                    }
                })
        }}
        <Saved />
        {move || {
            found
                .get()
                .map(|(may_link, _, page)| {
                    view! { <Rows page=page may_link=may_link proposals=proposals searching=searching /> }
                })
        }}
        <PersonSearch
            id="align-find"
            l=l
            target=searching
            kind=kind
            busy=picking
            refused=refused
            on_pick=pick
        />
        <LeaveGuard leaving=leaving section=t::alignment::unsaved(l) busy=board.busy on_save=move || save(true) />
    }
}

/// Asks for the proposals of the rows shown, each time they have been read.
fn look_up(sheet: Shown) -> Proposals {
    let proposals = Proposals(RwSignal::new(None));
    let turn = StoredValue::new(0_u32);
    Effect::new(move |was: Option<Vec<UserId>>| {
        let asked = sheet.with(|s| match s {
            Some(Sheet {
                kind,
                body: Body::Pairs(page),
                ..
            }) => {
                let open = page.items.iter().filter(|r| r.staged.is_none());
                Some((*kind, open.map(|r| r.user.id).collect::<Vec<_>>()))
            }
            _ => None,
        });
        let Some((kind, open)) = asked else {
            return was.unwrap_or_default();
        };
        let now = turn.try_update_value(|n| {
            *n += 1;
            *n
        });
        if open.is_empty() {
            proposals.0.set(Some(Ok(Vec::new())));
            return open;
        }
        if was.as_ref() != Some(&open) {
            proposals.0.set(None);
        }
        let users = open.clone();
        spawn_local(async move {
            let answer = link_proposals(kind, users).await;
            if turn.try_get_value() == now {
                let _ = proposals.0.try_set(Some(answer));
            }
        });
        open
    });
    proposals
}

/// The rows, or why there are none.
#[component]
fn Rows(
    page: Page<AlignmentRow>,
    may_link: bool,
    proposals: Proposals,
    searching: RwSignal<Option<UserSide>>,
) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let (total, present, pages) = (page.total, page.number, page.pages());
    if page.items.is_empty() {
        let filtered = board
            .address
            .with_untracked(|a| a.staged.is_some() || !a.text.is_empty());
        let (words, icon) = if filtered {
            (t::alignment::none_found(l), IconName::Search)
        } else {
            (t::alignment::all_linked(l), IconName::Check)
        };
        let clear = move || {
            board.go(Address {
                staged: None,
                page: 1,
                text: String::new(),
                ..board.address.get_untracked()
            });
        };
        return view! {
            <EmptyState title=words icon=icon>
                {filtered.then(|| view! { <Button on_click=clear>{t::alignment::clear(l)}</Button> })}
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <div class="slot-a">
            <span class="slot-a__total">{t::alignment::found(l, number(l, total))}</span>
            <span class="slot-a__pages">
                {t::alignment::pages(l, number(l, present.into()), number(l, pages.into()))}
            </span>
        </div>
        <Table rows=page.items proposals=proposals may_link=may_link searching=searching />
        <Pager present=present pages=pages />
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
            let more = result
                .failed_total
                .saturating_sub(result.failed.len() as u64);
            let failed = result
                .failed
                .iter()
                .map(|f| {
                    let words = format!(
                        "{} {}: {}",
                        f.user.username,
                        f.user.full_name(),
                        pair_problem(l, &f.problem)
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
                                    {(more > 0).then(|| view! { <p class="muted">{t::alignment::saved_failed_more(l, number(l, more))}</p> })}
                                }
                            })}
                    </Notice>
                </div>
            }
        })
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
        <div
            class="table-region"
            role="region"
            aria-label=t::alignment::table(l)
            tabindex="0"
            aria-busy=move || board.loading.get().then_some("true")
        >
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
