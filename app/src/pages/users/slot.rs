//! The line over the table: totals, or in their place what is selected.

use super::list::{List, use_list};
use crate::{
    api::users::keep_rows,
    i18n::{number, t},
    ui::{Button, ButtonKind, ChoiceOption, PageSizeSelect},
};
use domain::{page::PageSize, user::Selection};
use leptos::{prelude::*, task::spawn_local};

/// «Totale elementi trovati…», «Righe per pagina», «Totale pagine X di Y»; with a
/// selection its count and what can be done with it.
#[component]
pub fn Slot() -> impl IntoView {
    let list = use_list();
    let any = Memo::new(move |_| !list.selected.is_empty() && list.may_select());
    move || {
        if any.get() {
            view! { <SelectionBar /> }.into_any()
        } else {
            view! { <Totals /> }.into_any()
        }
    }
}

#[component]
fn Totals() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let sizes = PageSize::ALL
        .into_iter()
        .map(|s| {
            ChoiceOption::new(
                s.code(),
                if s == PageSize::All {
                    t::users::all(l)
                } else {
                    s.code()
                },
            )
        })
        .collect::<Vec<_>>();
    let size = Signal::derive(move || {
        list.page
            .with(|p| p.as_ref().map_or(PageSize::default(), |p| p.size))
            .code()
            .to_owned()
    });
    let choose = move |code: String| {
        let Some(size) = PageSize::from_code(&code) else {
            return;
        };
        let mut wanted = list.wanted.get_untracked().first();
        wanted.query.page.size = size;
        wanted.usual = false;
        list.navigate.run((wanted,));
        // Not kept is no harm: the address still says it.
        spawn_local(async move { drop(keep_rows(size).await) });
    };
    view! {
        <div class="slot-a">
            <span class="slot-a__total">{move || t::users::total(l, number(l, list.total()))}</span>
            <PageSizeSelect id="users-rows" label=t::users::rows_per_page(l) options=sizes value=size on_change=choose />
            <span class="slot-a__pages">
                {move || {
                    let (page, pages) = list.pages();
                    t::users::pages(l, number(l, page.into()), number(l, pages.into()))
                }}
            </span>
        </div>
    }
}

/// How many are selected, in words.
pub fn selection_text(list: List) -> String {
    let l = list.l;
    let n = list.selected.len();
    if list.elsewhere() {
        return t::users::selected_elsewhere(l, number(l, n));
    }
    list.selected.with(|s| match s {
        Selection::AllFound { except, found, .. } if except.is_empty() => {
            t::users::selected_all(l, number(l, *found))
        }
        Selection::AllFound { except, found, .. } => t::users::selected_but(
            l,
            number(l, except.len() as u64),
            number(l, *found),
            number(l, n),
        ),
        Selection::Only(_) if n == 1 => t::users::selected_one(l).to_owned(),
        Selection::Only(ids) => {
            let here = list.page.with(|p| {
                p.as_ref()
                    .is_some_and(|p| ids.iter().all(|id| p.items.iter().any(|u| u.id == *id)))
            });
            if here && !list.shows_all() {
                t::users::selected_page(l, number(l, n))
            } else {
                t::users::selected(l, number(l, n))
            }
        }
    })
}

#[component]
fn SelectionBar() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let more = Memo::new(move |_| {
        let total = list.total();
        let others = list.selected.with(|s| match s {
            Selection::Only(ids) => (ids.len() as u64) < total,
            Selection::AllFound { except, .. } => !except.is_empty() || list.elsewhere(),
        });
        (others && total > 0).then_some(total)
    });
    let take_all = move || {
        let filter = list.wanted.with_untracked(|w| w.query.filter.clone());
        list.selected
            .take_all(filter, untrack(move || list.total()));
    };
    view! {
        <div class="slot-a slot-a--selection" role="group" aria-label=t::users::selection(l)>
            <strong class="slot-a__total">{move || selection_text(list)}</strong>
            {move || {
                more.get()
                    .map(|total| {
                        view! {
                            <Button id="users-select-found" kind=ButtonKind::Quiet on_click=take_all>
                                {t::users::select_found(l, number(l, total))}
                            </Button>
                        }
                    })
            }}
            <Button kind=ButtonKind::Quiet on_click=move || {
                list.selected.clear();
                request_animation_frame(|| {
                    crate::ui::dom::focus_id("users-select-page");
                });
            }>{t::users::deselect(l)}</Button>
            <span class="slot-a__spacer"></span>
            <span class="slot-a__pages">
                {move || {
                    let (page, pages) = list.pages();
                    t::users::pages(l, number(l, page.into()), number(l, pages.into()))
                }}
            </span>
        </div>
    }
}
