//! `/allineamento`: users beside the registry, in three tabs (ux §2.6, §2.7).

mod address;
mod board;
mod candidates;
mod dissolve;
mod filter_form;
mod linked;
mod mail;
mod pairs;
mod refuse;
mod row;

use crate::{
    i18n::{api_error, number, t, use_locale},
    state::use_session,
    ui::{
        Arrived, BusyBar, Button, Notice, PageHeader, SkeletonRows, TabItem, TabPanel, Tabs, Tone,
        in_browser,
    },
    widgets::Forbidden,
};
use address::Tab;
use board::{Board, Sheet};
use candidates::Candidates;
use domain::{access::Right, alignment::Counters};
use leptos::prelude::*;
use leptos_meta::Title;
use linked::Linked;
use pairs::Pairs;

/// The page, for those who may see the registry.
#[component]
pub fn Alignment() -> impl IntoView {
    let session = use_session();
    if session.holds(Right::ManageRegistry) || session.holds(Right::ReadUsers) {
        view! { <AlignmentPage /> }.into_any()
    } else {
        view! { <Forbidden right=Right::ManageRegistry /> }.into_any()
    }
}

#[component]
fn AlignmentPage() -> impl IntoView {
    let l = use_locale();
    let board = Board::open();
    provide_context(board);
    view! {
        <Title text=t::alignment::title(l) />
        <PageHeader title=t::alignment::title(l) />
        <Transition fallback=Loading set_pending=in_browser(board.loading)>
            <Arrived when=move || board.sheet.with(Option::is_some)>
                <Ready />
            </Arrived>
        </Transition>
        <refuse::RefuseDialog />
        <mail::MailDialog />
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <p class="muted">{t::alignment::loading(l)}</p>
        <div class="table-region">
            <table class="table">
                <tbody>
                    <SkeletonRows rows=8 columns=4 />
                </tbody>
            </table>
        </div>
    }
}

/// Counters, tabs and the panel of the one that is open. Later answers change them in
/// place: what has the focus, or was typed meanwhile, stays.
#[component]
fn Ready() -> impl IntoView {
    let l = use_locale();
    let board = expect_context::<Board>();
    let sheet = Memo::new(move |was: Option<&Option<Sheet>>| match board.sheet.get() {
        Some(Ok(sheet)) => Some(sheet),
        _ => was.cloned().flatten(),
    });
    let failed = Memo::new(move |_| {
        board
            .sheet
            .with(|s| s.as_ref().and_then(|s| s.as_ref().err().cloned()))
    });
    let counters = Memo::new(move |_| sheet.with(|s| s.as_ref().map(|s| s.counters)));
    let open = Memo::new(move |_| sheet.with(|s| s.as_ref().map(|s| s.tab)));
    let totals = move || {
        counters.get().map(|c| {
            view! {
                <p class="align-totals">
                    <span>{t::alignment::total_users(l, number(l, c.unlinked_users))}</span>
                    <span>{t::alignment::total_persons(l, number(l, c.unlinked_persons))}</span>
                </p>
            }
        })
    };
    let tabs = Signal::derive(move || {
        let c = counters.get();
        let of = |n: fn(&Counters) -> u64| number(l, c.as_ref().map(n).unwrap_or_default());
        vec![
            TabItem::new(
                Tab::Pairs.code(),
                t::alignment::tab_pairs(l, of(|c| c.unlinked_users)),
            ),
            TabItem::new(
                Tab::Linked.code(),
                t::alignment::tab_linked(l, of(|c| c.linked_users)),
            ),
            TabItem::new(
                Tab::Create.code(),
                t::alignment::tab_create(l, of(|c| c.unlinked_persons)),
            ),
        ]
    });
    let failure = move || {
        failed.get().map(|e| {
            view! {
                <Notice tone=Tone::Error title=t::alignment::failed(l)>
                    <p>{api_error(l, &e)}</p>
                    <div class="notice__actions">
                        <Button on_click=move || board.reload()>{t::alignment::retry(l)}</Button>
                    </div>
                </Notice>
            }
        })
    };
    let panel = move || {
        open.get().map(|tab| {
            let content = match tab {
                Tab::Pairs => view! { <Pairs sheet=sheet /> }.into_any(),
                Tab::Linked => view! { <Linked sheet=sheet /> }.into_any(),
                Tab::Create => view! { <Candidates sheet=sheet /> }.into_any(),
            };
            view! { <TabPanel tabs="align" key=tab.code()>{content}</TabPanel> }
        })
    };
    view! {
        {totals}
        {failure}
        <Show when=move || open.with(Option::is_some)>
            <Tabs
                id="align"
                label=t::alignment::tabs(l)
                tabs=tabs
                selected=Signal::derive(move || open.get().unwrap_or_default().code().to_owned())
                on_select=move |(key,): (String,)| board.open_tab(&key)
            />
            <BusyBar busy=board.loading />
        </Show>
        {panel}
    }
}
