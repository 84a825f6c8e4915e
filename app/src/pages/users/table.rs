//! The table: nine columns in the order of the office, and what stands in its place when
//! there is nothing to show.

use super::{
    list::{List, use_list},
    row::{Openers, RowCells},
    window::AllRows,
};
use crate::{
    i18n::t,
    state::use_session,
    ui::{
        EmptyState, LinkButton, SkeletonRows, SortDirection, SortHeader, TriState, TriStateCheckbox,
    },
};
use domain::{
    UserId,
    user::{Selection, SortColumn, UserFilter, UserRow},
};
use leptos::prelude::*;

/// The table with its region; `busy` while other rows are on their way.
#[component]
pub fn Table(
    /// Other rows are being fetched.
    #[prop(into)]
    busy: Signal<bool>,
    /// What rows open.
    openers: Openers,
) -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let nobody = Memo::new(move |_| list.page.with(|p| p.as_ref().is_some_and(|p| p.total == 0)));
    let all = Memo::new(move |_| list.shows_all());
    let count = move || all.get().then(|| (list.total() + 1).to_string());
    let region = NodeRef::<leptos::html::Div>::new();
    let canton = use_session().is_canton();
    view! {
        <div
            node_ref=region
            class="table-region"
            role="region"
            aria-label=t::users::table(l)
            tabindex="0"
            aria-busy=move || busy.get().then_some("true")
        >
            <table
                class="table table--sticky-bar table--users"
                class:table--windowed=all
                aria-rowcount=count
                hidden=move || nobody.get()
            >
                <caption class="visually-hidden">{super::canton::title(l)}</caption>
                <thead>
                    <tr aria-rowindex=move || all.get().then_some("1")>
                        {move || list.may_select().then(|| view! { <SelectAll all=all /> })}
                        {if canton {
                            view! { <th scope="col" class="col-username only-wide">{t::invite::col_id(l)}</th> }.into_any()
                        } else {
                            view! { <th scope="col" class="col-groups only-wide">{t::users::groups(l)}</th> }.into_any()
                        }}
                        // A canton's columns stand in the portal's order (X6): the name before the surname.
                        {canton.then(|| view! { <GivenName /> })}
                        <Sortable column=SortColumn::Surname class="col-surname" label=t::users::col_surname(l) />
                        {(!canton).then(|| view! { <GivenName /> })}
                        {(!canton)
                            .then(|| {
                                view! {
                                    <Sortable
                                        column=SortColumn::Username
                                        class="col-username only-wide"
                                        label=t::users::col_username(l)
                                    />
                                }
                            })}
                        <Sortable
                            column=SortColumn::Email
                            class="col-mail"
                            label=if canton { t::invite::email(l) } else { t::users::col_email(l) }
                        />
                        {canton
                            .then(|| view! { <th scope="col" class="col-phone only-wide">{t::invite::col_phone(l)}</th> })}
                        <Sortable
                            column=SortColumn::State
                            class="col-active"
                            label=if canton { t::invite::col_state(l) } else { t::users::col_active(l) }
                        />
                        {if canton {
                            view! { <th scope="col" class="col-registration only-wide">{t::invite::col_registration(l)}</th> }
                                .into_any()
                        } else {
                            view! {
                                <Sortable
                                    column=SortColumn::PasswordEnd
                                    class="col-expiry only-wide"
                                    label=t::users::col_password_end(l)
                                />
                            }
                                .into_any()
                        }}
                        <th scope="col" class="cell-commands">
                            {if canton { t::units::col_actions(l) } else { t::users::col_commands(l) }}
                        </th>
                    </tr>
                </thead>
                {move || {
                    if all.get() {
                        view! { <AllRows openers=openers region=region /> }.into_any()
                    } else {
                        view! { <PageRows openers=openers /> }.into_any()
                    }
                }}
            </table>
            {move || nobody.get().then(|| view! { <Nobody /> })}
        </div>
    }
}

/// The rows of one page.
#[component]
fn PageRows(openers: Openers) -> impl IntoView {
    let list = use_list();
    Effect::new(move |_| {
        list.page.with(|p| {
            let items = p.as_ref().map(|p| p.items.as_slice()).unwrap_or_default();
            list.loaded
                .set_value((0..).zip(items.iter().map(|u| u.id)).collect());
        });
    });
    let ids = move || -> Vec<UserId> {
        list.page.with(|p| {
            p.as_ref()
                .map(|p| p.items.iter().map(|u| u.id).collect())
                .unwrap_or_default()
        })
    };
    view! {
        <tbody>
            <For each=ids key=|id| *id let:id>
                {
                    let row = row_of(list, id);
                    view! {
                        <tr class:row--selected=move || list.is_ticked(id)>
                            <RowCells row=row openers=openers />
                        </tr>
                    }
                }
            </For>
        </tbody>
    }
}

/// The row of a user of the page, as it stands; where the page has moved on, as it was.
fn row_of(list: List, id: UserId) -> Signal<UserRow> {
    let found = move || {
        list.page.with(|p| {
            p.as_ref()
                .and_then(|p| p.items.iter().find(|u| u.id == id))
                .cloned()
        })
    };
    let first = untrack(found).unwrap_or_else(|| super::window::nobody(id));
    let row = Memo::new(move |was: Option<&UserRow>| {
        let row = found()
            .or_else(|| was.cloned())
            .unwrap_or_else(|| first.clone());
        list.newest(&row)
    });
    row.into()
}

/// The box over all boxes: this page only, or with «Tutti» everyone found.
#[component]
fn SelectAll(all: Memo<bool>) -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let state = Memo::new(move |_| {
        if list.elsewhere() {
            return TriState::None;
        }
        if all.get() {
            return list.selected.with(|s| match s {
                Selection::AllFound { except, .. } if except.is_empty() => TriState::All,
                s if s.is_empty() => TriState::None,
                _ => TriState::Some,
            });
        }
        list.page.with(|p| {
            let items = p.as_ref().map(|p| p.items.as_slice()).unwrap_or_default();
            TriState::of(
                items
                    .iter()
                    .filter(|u| list.selected.with(|s| s.contains(u.id)))
                    .count(),
                items.len(),
            )
        })
    });
    let change = move |on: bool| {
        if all.get_untracked() {
            if on {
                let filter = list.wanted.with_untracked(|w| w.query.filter.clone());
                list.selected
                    .take_all(filter, untrack(move || list.total()));
            } else {
                list.selected.clear();
            }
        } else if untrack(move || list.elsewhere()) {
            list.waiting.set(Some(super::list::Waiting::Tick));
        } else {
            let ids: Vec<UserId> = list.page.with_untracked(|p| {
                p.as_ref()
                    .map(|p| p.items.iter().map(|u| u.id).collect())
                    .unwrap_or_default()
            });
            list.selected.tick(ids, on);
        }
    };
    let label = move || {
        if all.get() {
            t::users::select_everyone(l)
        } else {
            t::users::select_page(l)
        }
    };
    view! {
        <th scope="col" class="cell-check">
            <TriStateCheckbox
                id="users-select-page"
                label=Signal::derive(move || label().to_owned())
                label_hidden=true
                state=state
                on_change=change
            />
        </th>
    }
}

/// «Nome».
#[component]
fn GivenName() -> impl IntoView {
    let l = use_list().l;
    view! { <Sortable column=SortColumn::GivenName class="col-name" label=t::users::col_given_name(l) /> }
}

/// A header that sorts; once more turns the direction round.
#[component]
fn Sortable(column: SortColumn, class: &'static str, label: &'static str) -> impl IntoView {
    let list = use_list();
    let direction = Signal::derive(move || {
        let sort = list.wanted.with(|w| w.query.sort);
        (sort.column == column).then_some(if sort.descending {
            SortDirection::Descending
        } else {
            SortDirection::Ascending
        })
    });
    let sort = move || {
        let mut wanted = list.wanted.get_untracked().first();
        let now = &mut wanted.query.sort;
        now.descending = now.column == column && !now.descending;
        now.column = column;
        list.navigate.run((wanted,));
    };
    view! { <SortHeader id=format!("users-sort-{}", column.code()) label=label direction=direction on_sort=sort class=class /> }
}

/// Nobody found, or nobody there yet.
#[component]
fn Nobody() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let clear = move || {
        let mut wanted = list.wanted.get_untracked().first();
        wanted.query.filter = UserFilter::default();
        list.go(wanted);
        request_animation_frame(|| {
            crate::ui::dom::focus_id("users-search");
        });
    };
    let filtered = Memo::new(move |_| list.wanted.with(|w| !w.query.filter.is_empty()));
    move || {
        if filtered.get() {
            view! {
                <EmptyState title=t::users::empty_filter(l)>
                    <crate::ui::Button on_click=clear>{t::users::clear(l)}</crate::ui::Button>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState title=t::users::empty_new(l)>
                    {list.may_edit().then(|| view! { <LinkButton href="/importa">{t::users::import(l)}</LinkButton> })}
                </EmptyState>
            }
            .into_any()
        }
    }
}

/// The page before its first rows.
#[component]
pub fn Loading() -> impl IntoView {
    let l = crate::i18n::use_locale();
    view! {
        <p class="list-line" role="status">{t::users::loading(l)}</p>
        <div class="table-region">
            <table class="table table--users">
                <caption class="visually-hidden">{t::users::loading(l)}</caption>
                <tbody>
                    <SkeletonRows rows=10 columns=9 />
                </tbody>
            </table>
        </div>
    }
}
