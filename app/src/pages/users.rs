//! «Utenti di Scuola Digitale»: the list of users.

mod address;
mod canton;
mod filters;
mod keep;
mod list;
mod row;
mod slot;
mod table;
mod tools;
mod views;
mod window;

use crate::{
    api::{
        ApiError,
        users::{ListFrame, list_users, read_frame},
    },
    i18n::{api_error, number, t, use_locale},
    state::{Announcer, Selected, use_session},
    ui::{Arrived, BusyBar, Button, LinkButton, Notice, Pagination, Tone, in_browser},
    widgets::{EmailEditor, GroupsDialog, Guarded, PageTitle, RowMenu, RowMenuDialogs},
};
use address::{PATH, Wanted};
use domain::{access::Right, page::Page, user::UserRow};
use filters::{Chips, Filters};
use keep::KeepDialog;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use list::List;
use row::Openers;
use slot::{Slot, selection_text};
use std::collections::BTreeMap;
use table::{Loading, Table};
use tools::Tools;
use views::Views;

/// The page, for those who may read users.
#[component]
pub fn Users() -> impl IntoView {
    view! {
        <Guarded right=Right::ReadUsers>
            <UsersPage />
        </Guarded>
    }
}

type Answer = Resource<Result<Page<UserRow>, ApiError>>;

#[component]
fn UsersPage() -> impl IntoView {
    let location = use_location();
    // The server sees no fragment: while its page comes alive there is none, then there is.
    let hydrating = Owner::current_shared_context().is_some_and(|c| c.during_hydration());
    let alive = RwSignal::new(!is_server() && !hydrating);
    Effect::new(move |_| alive.set(true));
    let wanted = Memo::new(move |was: Option<&Wanted>| {
        match was {
            // On the way to another page its address is none of ours.
            Some(was) if location.pathname.with(|p| p.trim_end_matches('/') != PATH) => was.clone(),
            _ => {
                let fragment = if alive.get() {
                    location.hash.get()
                } else {
                    String::new()
                };
                Wanted::read(&location.search.get(), &fragment)
            }
        }
    });
    let rows: Answer = Resource::new(
        move || wanted.get(),
        |w: Wanted| list_users(w.query, w.usual),
    );
    let frame = Resource::new(|| (), |()| read_frame());
    let busy = RwSignal::new(false);
    view! {
        <Transition fallback=Loading set_pending=in_browser(busy)>
            // Both are asked for at once; the page is built once, when both are there.
            <Arrived when=move || rows.with(Option::is_some) & frame.with(Option::is_some)>
                <Ready wanted=wanted rows=rows frame=frame busy=busy />
            </Arrived>
        </Transition>
    }
}

/// The page with its first answers. Later ones change it in place: what has the focus
/// keeps it.
#[component]
fn Ready(
    wanted: Memo<Wanted>,
    rows: Answer,
    frame: Resource<Result<ListFrame, ApiError>>,
    busy: RwSignal<bool>,
) -> impl IntoView {
    let l = use_locale();
    let navigate = use_navigate();
    // What came last stays while other rows are fetched, and when fetching fails.
    let page = Memo::new(
        move |was: Option<&Option<Page<UserRow>>>| match rows.get() {
            Some(Ok(page)) => Some(page),
            _ => was.cloned().flatten(),
        },
    );
    let failed = Memo::new(move |_| {
        let of_rows = rows.with(|r| r.as_ref().and_then(|r| r.as_ref().err().cloned()));
        of_rows.or_else(|| frame.with(|f| f.as_ref().and_then(|f| f.as_ref().err().cloned())))
    });
    let views = Memo::new(move |_| {
        frame.with(|f| match f {
            Some(Ok(f)) => f.views.clone(),
            _ => Vec::new(),
        })
    });
    // A saved view stands in the address by its number: here it is what it means.
    let raw = wanted;
    let wanted = Memo::new(move |_| views.with(|v| views::meant(raw.get(), v)));
    let list = List {
        l,
        wanted,
        page,
        frame: Memo::new(move |_| frame.get().and_then(Result::ok)),
        selected: use_context().unwrap_or_else(Selected::provide),
        waiting: RwSignal::new(None),
        navigate: Callback::new(move |(to,): (Wanted,)| {
            let options = NavigateOptions {
                resolve: false,
                scroll: false,
                ..NavigateOptions::default()
            };
            let to = views.with_untracked(|v| views::loosen(to, v));
            navigate(&to.write(), options);
        }),
        loaded: StoredValue::new(BTreeMap::new()),
        anchor: StoredValue::new(None),
        edited: RwSignal::new(BTreeMap::new()),
    };
    provide_context(list);
    let menu = RowMenu::provide(move |row: Option<UserRow>| {
        if let Some(row) = row {
            list.saved(row);
        }
    });
    Effect::new(move |_| {
        let ids = page.with(|p| {
            let items = p.as_ref().map(|p| p.items.as_slice()).unwrap_or_default();
            let rows = items.iter().take(200);
            rows.map(|u| (u.id, None)).collect::<Vec<_>>()
        });
        menu.look_up(ids);
    });
    say_changes(list);
    // Other pages lead back to these rows.
    if let Some(place) = use_context::<crate::state::ListAddress>() {
        Effect::new(move |_| place.set(wanted.with(Wanted::write)));
    }
    Effect::new(move |_| {
        if let Some(frame) = list.frame.get() {
            list.selected.belongs_to(&frame.reader);
        }
    });
    let openers = Openers {
        email: RwSignal::new(None),
        groups: RwSignal::new(None),
    };
    // Dialogs hold elements of the browser: they come with it.
    let opened = RwSignal::new(false);
    Effect::new(move |_| opened.set(true));
    let retry = move || {
        frame.refetch();
        rows.refetch();
    };
    let send = use_navigate();
    let send_to = move |row: UserRow| {
        send(
            &format!("/utenti/invio?utente={}", row.id.0),
            NavigateOptions::default(),
        )
    };
    let (heading, canton) = (canton::title(l), use_session().is_canton());
    let title = move || match list.pages() {
        (_, 1) => heading.to_owned(),
        (page, pages) if canton => {
            t::users::title_page_canton(l, number(l, page.into()), number(l, pages.into()))
        }
        (page, pages) => t::users::title_page(l, number(l, page.into()), number(l, pages.into())),
    };
    // A page that the address names and the list has not.
    let beyond = Memo::new(move |_| {
        let asked = wanted.with(|w| w.query.page.number);
        (asked > 1 && list.pages().0 == 1 && !busy.get()).then_some(asked)
    });
    view! {
        <PageTitle text=title />
        <Tools />
        <Views reload=move || frame.refetch() />
        <Filters />
        <div class="list-line">
            <Chips />
        </div>
        {move || {
            beyond
                .get()
                .map(|n| view! { <Notice tone=Tone::Info><p>{t::users::past_end(l, number(l, n.into()))}</p></Notice> })
        }}
        {move || {
            failed
                .get()
                .map(|e| {
                    let gone = e == ApiError::NotFound && wanted.with(|w| w.query.view.is_some());
                    if gone {
                        view! { <views::Gone /> }.into_any()
                    } else {
                        view! { <Failure error=e has_rows=page.with(Option::is_some) retry=retry /> }.into_any()
                    }
                })
        }}
        <Slot />
        <BusyBar busy=busy />
        <Show when=move || page.with(Option::is_some)>
            <Table busy=busy openers=openers />
            <div id="dopo-tabella" tabindex="-1">
                <Pager />
            </div>
        </Show>
        {move || {
            let send = send_to.clone();
            opened
                .get()
                .then(|| {
                    view! {
                        <EmailEditor target=openers.email on_saved=move |row: UserRow| list.saved(row) on_send=send />
                        <GroupsDialog target=openers.groups on_saved=move |row: UserRow| list.saved(row) />
                        <KeepDialog />
                        <RowMenuDialogs menu=menu />
                    }
                })
        }}
    }
}

#[component]
fn Pager() -> impl IntoView {
    let list = list::use_list();
    let l = list.l;
    let go = move |page: u64| {
        let mut wanted = list.wanted.get_untracked();
        wanted.query.page.number = u32::try_from(page).unwrap_or(u32::MAX);
        list.navigate.run((wanted,));
    };
    view! {
        <Pagination
            id="users-pager"
            label=t::users::pager(l)
            page=Signal::derive(move || u64::from(list.pages().0))
            pages=Signal::derive(move || u64::from(list.pages().1))
            first=t::users::first(l)
            previous=t::users::previous(l)
            page_label=t::users::page(l)
            of_total=Signal::derive(move || t::users::of(l, number(l, list.pages().1.into())))
            next=t::users::next(l)
            last=t::users::last(l)
            on_go=go
        />
    }
}

/// Loading failed: said over the rows that were there, never instead of the truth.
#[component]
fn Failure(error: ApiError, has_rows: bool, #[prop(into)] retry: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let ended = error == ApiError::Unauthenticated;
    view! {
        <Notice tone=Tone::Error title=t::users::error(l)>
            <p>{api_error(l, &error)}</p>
            {has_rows.then(|| view! { <p>{t::users::error_old_rows(l)}</p> })}
            <div class="notice__actions">
                {if ended {
                    view! { <LinkButton href="/accesso" external=true>{t::users::sign_in_again(l)}</LinkButton> }.into_any()
                } else {
                    view! { <Button on_click=retry>{t::users::retry(l)}</Button> }.into_any()
                }}
            </div>
        </Notice>
    }
}

/// Says what changed: how many are found, which page is shown, how many are selected.
fn say_changes(list: List) {
    let Some(announcer) = use_context::<Announcer>() else {
        return;
    };
    let l = list.l;
    let state = move || {
        list.page
            .with(|p| p.as_ref().map(|p| (p.total, p.number, p.pages())))
    };
    Effect::new(move |was: Option<Option<(u64, u32, u32)>>| {
        let now = state();
        let (Some(Some(was)), Some(now)) = (was, now) else {
            return now;
        };
        if was.0 != now.0 {
            announcer.status(match now.0 {
                0 => t::users::empty_filter(l).to_owned(),
                1 => t::users::said_one(l).to_owned(),
                n => t::users::said_found(l, number(l, n)),
            });
        } else if was.1 != now.1 {
            announcer.status(t::users::said_page(
                l,
                number(l, now.1.into()),
                number(l, now.2.into()),
            ));
        }
        Some(now)
    });
    Effect::new(move |was: Option<u64>| {
        let now = list.selected.len();
        if was.is_some_and(|was| was != now) {
            let none = || t::users::selected_none(l).to_owned();
            announcer.status(if now == 0 {
                none()
            } else {
                untrack(move || selection_text(list))
            });
        }
        now
    });
}
