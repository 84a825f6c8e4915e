//! «Tutti»: every row of the list, of which only those in sight are in the document.
//!
//! The body of the table is as high as all its rows; two spacer rows stand for those not in
//! the document. Rows come in blocks of 200 as one scrolls. Browsers do not draw elements
//! of tens of millions of pixels: a list higher than that is drawn to scale, and the place
//! of the scroll bar says which rows are in sight.

mod place;

use super::{
    list::{List, use_list},
    row::{Openers, RowCells},
};
use crate::{
    api::users::list_users,
    i18n::t,
    ui::{Button, ButtonKind},
};
use domain::{
    UserId,
    page::{BLOCK, PageRequest, PageSize},
    user::{UserRow, UserState},
};
use leptos::{
    ev,
    prelude::*,
    task::spawn_local,
    web_sys::{self, HtmlElement},
};
use place::{BEYOND, Place, TALLEST, place};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

/// Blocks kept in memory.
const KEPT: usize = 16;
/// A block is fetched when the scrolling has rested for so long.
const REST: Duration = Duration::from_millis(60);
/// Height of a row before one was measured.
const ROW: f64 = 51.0;

/// A block of rows.
#[derive(Clone)]
enum Block {
    Coming,
    Here(Arc<Vec<UserRow>>),
    Failed,
}

#[derive(Clone, Copy)]
struct Window {
    list: List,
    blocks: RwSignal<BTreeMap<u32, Block>>,
    place: RwSignal<Place>,
    row: StoredValue<f64>,
    timer: StoredValue<bool>,
    body: NodeRef<leptos::html::Tbody>,
}

/// The rows of «Tutti».
#[component]
pub fn AllRows(
    /// What rows open.
    openers: Openers,
    /// Takes the focus when its row scrolls away.
    region: NodeRef<leptos::html::Div>,
) -> impl IntoView {
    let list = use_list();
    let first = list
        .page
        .with_untracked(|p| p.as_ref().map(|p| p.items.len() as u64).unwrap_or_default());
    let window = Window {
        list,
        blocks: RwSignal::new(BTreeMap::new()),
        // The server sends what a first view holds.
        place: RwSignal::new(Place {
            end: first.min(BEYOND * 2),
            ..Place::default()
        }),
        row: StoredValue::new(ROW),
        timer: StoredValue::new(false),
        body: NodeRef::new(),
    };
    // Another list: its first block came with the page.
    Effect::new(move |_| {
        let items = list
            .page
            .with(|p| p.as_ref().map(|p| p.items.clone()).unwrap_or_default());
        window
            .blocks
            .set(BTreeMap::from([(1, Block::Here(Arc::new(items)))]));
        request_animation_frame(move || window.measure());
    });
    Effect::new(move |_| window.remember());
    window.follow_scrolling(region);
    let (above, below) = (
        NodeRef::<leptos::html::Td>::new(),
        NodeRef::<leptos::html::Td>::new(),
    );
    Effect::new(move |_| {
        let place = window.place.get();
        for (node, height) in [(above, place.above), (below, place.below)] {
            if let Some(cell) = node.get() {
                let cell: &HtmlElement = &cell;
                let _ = cell
                    .style()
                    .set_property("height", &format!("{height:.0}px"));
            }
        }
    });
    let rows = move || {
        let place = window.place.get();
        (place.first..place.end.min(list.total())).collect::<Vec<u64>>()
    };
    view! {
        <tbody node_ref=window.body>
            <tr class="spacer-row" aria-hidden="true"><td node_ref=above colspan="9"></td></tr>
            <For each=rows key=|at| *at let:at>
                <WindowRow window=window at=at openers=openers />
            </For>
            <tr class="spacer-row" aria-hidden="true"><td node_ref=below colspan="9"></td></tr>
        </tbody>
    }
}

/// The row at a place of the list: somebody, or a shape until the block comes.
#[component]
fn WindowRow(window: Window, at: u64, openers: Openers) -> impl IntoView {
    let list = window.list;
    let who = Memo::new(move |_| window.row_at(at).map(|r| r.id));
    let index = (at + 2).to_string();
    let cells = move || match who.get() {
        Some(id) => {
            let row = Memo::new(move |was: Option<&UserRow>| {
                let row = window
                    .row_at(at)
                    .filter(|r| r.id == id)
                    .or_else(|| was.cloned());
                list.newest(&row.unwrap_or_else(|| nobody(id)))
            });
            view! { <RowCells row=row openers=openers /> }.into_any()
        }
        None => {
            let block = block_of(at);
            let failed = move || {
                window
                    .blocks
                    .with(|b| matches!(b.get(&block), Some(Block::Failed)))
            };
            view! {
                <td colspan="9">
                    {move || {
                        if failed() {
                            view! {
                                {t::users::row_failed(list.l)}
                                " "
                                <Button kind=ButtonKind::Quiet on_click=move || window.fetch(block)>
                                    {t::users::retry(list.l)}
                                </Button>
                            }
                            .into_any()
                        } else {
                            view! { <span class="skeleton"></span> }.into_any()
                        }
                    }}
                </td>
            }
            .into_any()
        }
    };
    let ticked = move || who.get().is_some_and(|id| list.is_ticked(id));
    view! {
        <tr aria-rowindex=index class:row--selected=ticked>
            {cells}
        </tr>
    }
}

/// Number of the block that holds a place.
fn block_of(at: u64) -> u32 {
    u32::try_from(at / u64::from(BLOCK)).unwrap_or(u32::MAX - 1) + 1
}

/// Stands in for a row that is gone while its cells go too.
pub fn nobody(id: UserId) -> UserRow {
    UserRow {
        id,
        groups: Vec::new(),
        surname: String::new(),
        given_name: String::new(),
        username: String::new(),
        email: None,
        email_bounced: false,
        state: UserState::Inactive,
        password_end: None,
        version: i32::MIN,
        invited: domain::user::Invited::default(),
    }
}

impl Window {
    fn row_at(self, at: u64) -> Option<UserRow> {
        let within = usize::try_from(at % u64::from(BLOCK)).ok()?;
        // Before the page is alive its first block stands only in the page.
        if at < u64::from(BLOCK) && self.blocks.with(BTreeMap::is_empty) {
            return self
                .list
                .page
                .with(|p| p.as_ref().and_then(|p| p.items.get(within).cloned()));
        }
        self.blocks.with(|blocks| match blocks.get(&block_of(at)) {
            Some(Block::Here(rows)) => rows.get(within).cloned(),
            _ => None,
        })
    }

    /// Notes the places of loaded rows, for ranges.
    fn remember(self) {
        let places = self.blocks.with(|blocks| {
            let mut places = BTreeMap::new();
            for (number, block) in blocks {
                if let Block::Here(rows) = block {
                    let from = u64::from(number - 1) * u64::from(BLOCK);
                    places.extend((from..).zip(rows.iter().map(|r| r.id)));
                }
            }
            places
        });
        self.list.loaded.set_value(places);
    }

    fn follow_scrolling(self, region: NodeRef<leptos::html::Div>) {
        let asked = StoredValue::new(false);
        let look = move || {
            if asked.get_value() {
                return;
            }
            asked.set_value(true);
            request_animation_frame(move || {
                if asked.try_set_value(false).is_none() {
                    self.look(region);
                }
            });
        };
        Effect::new(move |_| {
            let scroll = window_event_listener(ev::scroll, move |_| look());
            let resize = window_event_listener(ev::resize, move |_| {
                self.measure();
                look();
            });
            on_cleanup(move || {
                scroll.remove();
                resize.remove();
            });
        });
        // The number of rows changes the height.
        Effect::new(move |_| {
            self.list.total();
            look();
        });
    }

    /// Takes the height of a row from those that are drawn.
    fn measure(self) {
        let Some(Some(body)) = self.body.try_get_untracked() else {
            return;
        };
        let rows = crate::ui::dom::all(&body, "tr:not(.spacer-row)");
        if rows.len() > 2 {
            let height: f64 = rows
                .iter()
                .map(|r| r.get_bounding_client_rect().height())
                .sum();
            #[allow(clippy::cast_precision_loss, reason = "a few dozen rows")]
            self.row.set_value((height / rows.len() as f64).max(20.0));
        }
    }

    /// Moves the window to what is in sight and asks for missing blocks.
    fn look(self, region: NodeRef<leptos::html::Div>) {
        let Some(Some(body)) = self.body.try_get_untracked() else {
            return;
        };
        let view = window()
            .inner_height()
            .ok()
            .and_then(|h| h.as_f64())
            .unwrap_or(800.0);
        let scrolled = (-body.get_bounding_client_rect().top()).max(0.0);
        let total = untrack(move || self.list.total());
        let row = self.row.get_value();
        let next = place(total, row, scrolled, view);
        let now = self.place.get_untracked();
        #[allow(clippy::cast_precision_loss, reason = "rows are far fewer than 2^52")]
        let scaled = total as f64 * row > TALLEST;
        // One to one, the window moves only when its edge comes near: fewer changes.
        let margin = BEYOND / 2;
        let near = next.first + margin < now.first
            || next.end > now.end + margin
            || next.first > now.first + margin
            || now.end > total
            || (next.first == 0) != (now.first == 0)
            || (next.end == total) != (now.end == total);
        if scaled || near {
            self.rescue_focus(next, region);
            self.place.set(next);
        } else if (next.above + next.below - now.above - now.below).abs() > row * 1000.0 {
            self.place.set(next);
        }
        self.fetch_soon();
    }

    /// A row that scrolls away must not take the focus into nowhere.
    fn rescue_focus(self, next: Place, region: NodeRef<leptos::html::Div>) {
        let row =
            crate::ui::dom::focused().and_then(|f| f.closest("tr[aria-rowindex]").ok().flatten());
        let at = row
            .and_then(|r| r.get_attribute("aria-rowindex"))
            .and_then(|i| i.parse::<u64>().ok());
        if at.is_some_and(|i| i > 1 && !(next.first + 2..next.end + 2).contains(&i))
            && let Some(region) = region.get_untracked()
        {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            let _ = region.focus_with_options(&options);
        }
    }

    fn fetch_soon(self) {
        if self.timer.get_value() {
            return;
        }
        self.timer.set_value(true);
        set_timeout(
            move || {
                if self.timer.try_set_value(false).is_some() {
                    return;
                }
                let place = self.place.get_untracked();
                if place.end == 0 {
                    return;
                }
                for number in block_of(place.first)..=block_of(place.end - 1) {
                    if self.blocks.with_untracked(|b| !b.contains_key(&number)) {
                        self.fetch(number);
                    }
                }
            },
            REST,
        );
    }

    fn fetch(self, number: u32) {
        let wanted = self.list.wanted.get_untracked();
        let mut query = wanted.query.clone();
        query.page = PageRequest {
            number,
            size: PageSize::All,
        };
        self.blocks.update(|b| {
            b.insert(number, Block::Coming);
        });
        spawn_local(async move {
            let answer = list_users(query, false).await;
            // Another list is shown by now.
            if self
                .list
                .wanted
                .try_get_untracked()
                .is_none_or(|now| now != wanted)
            {
                return;
            }
            let block = match answer {
                Ok(page) if page.number == number => Block::Here(Arc::new(page.items)),
                // The list has become shorter: nobody stands here any more.
                Ok(_) => Block::Here(Arc::default()),
                Err(_) => Block::Failed,
            };
            let near = block_of(self.place.try_get_untracked().unwrap_or_default().first);
            let _ = self.blocks.try_update(|blocks| {
                blocks.insert(number, block);
                let mut by_distance: Vec<u32> = blocks.keys().copied().collect();
                by_distance.sort_by_key(|n| n.abs_diff(near));
                let kept: BTreeSet<u32> = by_distance.into_iter().take(KEPT).collect();
                blocks.retain(|n, _| kept.contains(n));
            });
        });
    }
}
