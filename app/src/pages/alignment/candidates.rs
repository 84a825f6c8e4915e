//! Third tab: «Crea utenti da anagrafiche» (A15–A18).

mod fields;
mod row;

use super::{
    address::Address,
    board::{Board, Body, Sheet, Shown},
    pairs::Pager,
};
use crate::{
    i18n::{number, t},
    ui::{Button, ButtonKind, EmptyState, IconName, Notice, Tone, TriState, TriStateCheckbox},
    widgets::GroupsDialog,
};
use domain::{
    PersonId, UnitId, UserId,
    alignment::{Candidate, CandidateFilter, CandidatePick, CreationFrame},
    page::Page,
};
use fields::{Filters, Submit};
use leptos::prelude::*;
use row::Row;
use std::collections::BTreeSet;

/// What the filters and the groups offer.
type Frame = Memo<Option<CreationFrame>>;

/// The panel.
#[component]
pub fn Candidates(sheet: Shown) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let may_create =
        Memo::new(move |_| sheet.with(|s| s.as_ref().is_some_and(|s| s.counters.may_create)));
    let frame: Frame = Memo::new(move |_| {
        sheet.with(|s| match s {
            Some(Sheet {
                body: Body::Candidates(_, _, frame),
                ..
            }) => Some(frame.clone()),
            _ => None,
        })
    });
    let found = Memo::new(move |_| {
        sheet.with(|s| match s {
            Some(Sheet {
                body: Body::Candidates(page, creatable, _),
                ..
            }) => Some((page.clone(), *creatable)),
            _ => None,
        })
    });
    let groups = RwSignal::new(None::<(UserId, String)>);
    let content = move || {
        if !may_create.get() {
            return view! { <Notice tone=Tone::Info>{t::creation::forbidden(l)}</Notice> }
                .into_any();
        }
        view! {
            <Notice tone=Tone::Info>{t::creation::warning(l)}</Notice>
            <Filters frame=frame />
            <Submit frame=frame />
            {move || {
                found
                    .get()
                    .map(|(page, creatable)| {
                        view! { <Rows page=page creatable=creatable groups=groups /> }
                    })
            }}
            <GroupsDialog target=groups on_saved=move |_: domain::user::UserRow| board.reload() />
        }
        .into_any()
    };
    view! {
        <h2 class="visually-hidden">{t::alignment::create_title(l)}</h2>
        {content}
    }
}

/// The rows, or why there are none.
#[component]
fn Rows(
    page: Page<Candidate>,
    creatable: u64,
    groups: RwSignal<Option<(UserId, String)>>,
) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let (total, present, pages) = (page.total, page.number, page.pages());
    if page.items.is_empty() {
        let filtered = board.address.with_untracked(|a| {
            a.unit.is_some() || a.year.is_some() || a.class.is_some() || !a.text.is_empty()
        });
        let (words, icon) = if filtered {
            (t::creation::empty_filter(l), IconName::Search)
        } else {
            (t::creation::empty(l), IconName::Check)
        };
        let clear = move || {
            board.forget_pick();
            board.go(Address {
                unit: None,
                year: None,
                class: None,
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
    let ids: Vec<PersonId> = page
        .items
        .iter()
        .filter(|c| c.check.can_create())
        .map(|c| c.id)
        .collect();
    let rows = page
        .items
        .into_iter()
        .map(|c| view! { <Row candidate=c groups=groups /> })
        .collect_view();
    view! {
        <Slot total=total creatable=creatable present=present pages=pages />
        <div
            class="table-region"
            role="region"
            aria-label=t::creation::table(l)
            tabindex="0"
            aria-busy=move || board.loading.get().then_some("true")
        >
            <table class="table table--candidates">
                <caption class="visually-hidden">{t::creation::table(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="cell-check">
                            <span aria-hidden="true">{t::creation::col_select(l)}</span>
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
}

/// The filter as the address and the search say it.
fn filter_now(board: Board) -> CandidateFilter {
    let a = board.address.get_untracked();
    CandidateFilter {
        kind: a.chosen(),
        unit: a.unit.map(UnitId),
        year: a.year,
        class: a.class,
        text: a.text,
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
