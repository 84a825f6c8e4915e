//! `/allineamento`: users beside the registry, in three tabs (ux §2.6, §2.7).

mod address;
mod board;
mod candidates;
mod dissolve;
mod facts;
mod linked;
mod mail;
mod pairs;
mod refuse;
mod row;

use crate::{
    i18n::{api_error, number, t, use_locale},
    state::use_session,
    ui::{Button, Notice, PageHeader, SkeletonRows, TabItem, TabPanel, Tabs, Tone},
    widgets::Forbidden,
};
use address::Tab;
use board::{Board, Sheet};
use candidates::Candidates;
use domain::access::Right;
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
        <Transition fallback=move || view! { <Loading /> }>
            {move || {
                board
                    .sheet
                    .get()
                    .map(|answer| match answer {
                        Ok(sheet) => view! { <Shown sheet=sheet /> }.into_any(),
                        Err(e) => view! {
                            <Notice tone=Tone::Error title=t::alignment::failed(l)>
                                <p>{api_error(l, &e)}</p>
                                <div class="notice__actions">
                                    <Button on_click=move || board.reload()>{t::alignment::retry(l)}</Button>
                                </div>
                            </Notice>
                        }
                            .into_any(),
                    })
            }}
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

/// Counters, tabs and the panel of the one that is open.
#[component]
fn Shown(sheet: Sheet) -> impl IntoView {
    let l = use_locale();
    let board = expect_context::<Board>();
    let c = sheet.counters;
    let tabs = vec![
        TabItem::new(
            Tab::Pairs.code(),
            t::alignment::tab_pairs(l, number(l, c.unlinked_users)),
        ),
        TabItem::new(
            Tab::Linked.code(),
            t::alignment::tab_linked(l, number(l, c.linked_users)),
        ),
        TabItem::new(
            Tab::Create.code(),
            t::alignment::tab_create(l, number(l, c.unlinked_persons)),
        ),
    ];
    let open = sheet.tab;
    let panel = match open {
        Tab::Pairs => view! { <Pairs sheet=sheet /> }.into_any(),
        Tab::Linked => view! { <Linked sheet=sheet /> }.into_any(),
        Tab::Create => view! { <Candidates sheet=sheet /> }.into_any(),
    };
    view! {
        <p class="align-totals">
            <span>{t::alignment::total_users(l, number(l, c.unlinked_users))}</span>
            <span>{t::alignment::total_persons(l, number(l, c.unlinked_persons))}</span>
        </p>
        <Tabs
            id="align"
            label=t::alignment::tabs(l)
            tabs=Signal::stored(tabs)
            selected=Signal::stored(open.code().to_owned())
            on_select=move |(key,): (String,)| board.open_tab(&key)
        />
        <TabPanel tabs="align" key=open.code()>{panel}</TabPanel>
    }
}
