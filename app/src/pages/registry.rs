//! «Anagrafiche»: the cards of the registry (ux §2.5).

mod address;
mod card;
mod filters;
mod list;
mod slot;
mod tools;

use crate::{
    api::{
        ApiError,
        registry::{PersonList, RegistryFrame, list_persons, read_registry_frame},
    },
    i18n::{api_error, number, t, use_locale},
    state::Announcer,
    ui::{
        Arrived, BusyBar, Button, EmptyState, IconName, LinkButton, Notice, PageHeader, Pagination,
        SkeletonCards, Tone, in_browser,
    },
    widgets::{Forbidden, PageTitle},
};
use address::{PATH, Wanted};
use card::CardView;
use domain::access::{Denied, Right};
use filters::{Chips, Filters};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use list::List;
use slot::Slot;
use tools::Tools;

type Answer = Resource<Result<PersonList, ApiError>>;

/// `/anagrafiche`
#[component]
pub fn Registry() -> impl IntoView {
    let session = crate::state::use_session();
    if !session.holds(Right::ManageRegistry) && !session.holds(Right::ReadUsers) {
        return view! { <Forbidden right=Right::ManageRegistry /> }.into_any();
    }
    view! { <RegistryPage /> }.into_any()
}

#[component]
fn RegistryPage() -> impl IntoView {
    let location = use_location();
    // The server sees no fragment: while its page comes alive there is none, then there is.
    let hydrating = Owner::current_shared_context().is_some_and(|c| c.during_hydration());
    let alive = RwSignal::new(!is_server() && !hydrating);
    Effect::new(move |_| alive.set(true));
    let wanted = Memo::new(move |was: Option<&Wanted>| match was {
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
    });
    let rows: Answer = Resource::new(
        move || wanted.get(),
        |w: Wanted| list_persons(w.query, w.usual),
    );
    let frame = Resource::new(|| (), |()| read_registry_frame());
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

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <PageTitle text=Signal::derive(move || t::registry::title(l).to_owned()) />
        <PageHeader title=t::registry::title(l) lead=t::registry::loading(l) />
        <SkeletonCards />
    }
}

/// The page with its first answers. Later ones change it in place: what has the focus
/// keeps it.
#[component]
fn Ready(
    wanted: Memo<Wanted>,
    rows: Answer,
    frame: Resource<Result<RegistryFrame, ApiError>>,
    busy: RwSignal<bool>,
) -> AnyView {
    let l = use_locale();
    let navigate = use_navigate();
    // What came last stays while other rows are fetched, and when fetching fails.
    let page = Memo::new(move |was: Option<&Option<PersonList>>| match rows.get() {
        Some(Ok(page)) => Some(page),
        _ => was.cloned().flatten(),
    });
    let failed = Memo::new(move |_| {
        let of_rows = rows.with(|r| r.as_ref().and_then(|r| r.as_ref().err().cloned()));
        of_rows.or_else(|| frame.with(|f| f.as_ref().and_then(|f| f.as_ref().err().cloned())))
    });
    if let Some(ApiError::Denied(Denied::Missing(right))) = failed.get_untracked() {
        return view! { <Forbidden right=right /> }.into_any();
    }
    let list = List {
        l,
        wanted,
        page,
        frame: Memo::new(move |_| frame.get().and_then(Result::ok)),
        navigate: Callback::new(move |(to,): (Wanted,)| {
            let options = NavigateOptions {
                resolve: false,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&to.write(), options);
        }),
        refetch: Callback::new(move |()| rows.refetch()),
        toasts: use_context(),
    };
    provide_context(list);
    say_changes(list);
    let retry = move || {
        frame.refetch();
        rows.refetch();
    };
    let title = move || match list.pages() {
        (_, 1) => t::registry::title(l).to_owned(),
        (page, pages) => {
            t::registry::title_page(l, number(l, page.into()), number(l, pages.into()))
        }
    };
    // A page that the address names and the list has not.
    let beyond = Memo::new(move |_| {
        let asked = wanted.with(|w| w.query.page.number);
        (asked > 1 && list.pages().0 == 1 && !busy.get()).then_some(asked)
    });
    view! {
        <PageTitle text=title />
        <Tools />
        <Filters />
        <div class="list-line">
            <Chips />
        </div>
        {move || {
            beyond
                .get()
                .map(|n| view! { <Notice tone=Tone::Info><p>{t::users::past_end(l, number(l, n.into()))}</p></Notice> })
        }}
        {move || failed.get().map(|e| view! { <Failure error=e has_rows=page.with(Option::is_some) retry=retry /> })}
        <Slot />
        <BusyBar busy=busy />
        <Show when=move || page.with(Option::is_some)>
            <Cards busy=busy />
            <Pager />
        </Show>
    }
    .into_any()
}

/// The cards, or why there are none.
#[component]
fn Cards(busy: RwSignal<bool>) -> impl IntoView {
    let list = list::use_list();
    let l = list.l;
    let rows = move || {
        list.page
            .with(|p| p.as_ref().map(|p| p.page.items.clone()).unwrap_or_default())
    };
    let none = Memo::new(move |_| {
        list.page
            .with(|p| p.as_ref().is_none_or(|p| p.page.items.is_empty()))
    });
    let empty = move || {
        let filtered = list.wanted.with(|w| !w.query.filter.is_empty());
        if filtered {
            view! {
                <EmptyState title=t::registry::empty_filter(l)>
                    <Button on_click=move || list.clear()>{t::users::clear(l)}</Button>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState title=t::registry::empty_new(l)>
                    {list
                        .may_create()
                        .then(|| {
                            view! {
                                <LinkButton href="/anagrafiche/nuova" icon=IconName::Plus>{t::registry::new(l)}</LinkButton>
                                <LinkButton href="/importa">{t::registry::import(l)}</LinkButton>
                            }
                        })}
                </EmptyState>
            }
            .into_any()
        }
    };
    view! {
        {move || none.get().then(empty)}
        <ul class="cards registry-cards" aria-label=t::registry::title(l) aria-busy=move || busy.get().then_some("true")>
            <For each=rows key=|p| (p.id, p.version, p.user.as_ref().map(|u| u.id), p.folders) let:person>
                <CardView person=person />
            </For>
        </ul>
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
            id="registry-pager"
            label=t::registry::pager(l)
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

/// Loading failed: said over the cards that were there, never instead of the truth.
#[component]
fn Failure(error: ApiError, has_rows: bool, #[prop(into)] retry: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let ended = error == ApiError::Unauthenticated;
    view! {
        <Notice tone=Tone::Error title=t::registry::load_failed(l)>
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

/// Says what changed: how many are found, which page is shown.
fn say_changes(list: List) {
    let Some(announcer) = use_context::<Announcer>() else {
        return;
    };
    let l = list.l;
    Effect::new(move |was: Option<Option<(u64, u32, u32)>>| {
        let now = list.page.with(|p| {
            p.as_ref()
                .map(|p| (p.page.total, p.page.number, p.page.pages()))
        });
        let (Some(Some(was)), Some(now)) = (was, now) else {
            return now;
        };
        if was.0 != now.0 {
            announcer.status(match now.0 {
                0 => t::registry::empty_filter(l).to_owned(),
                1 => t::registry::said_one(l).to_owned(),
                n => t::registry::said_found(l, number(l, n)),
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
}
