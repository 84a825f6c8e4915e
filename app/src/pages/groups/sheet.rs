//! `/gruppi/:id`: one group, what it allows and demands, and who is in it.

use super::{Failure, group_in_path, name_in, not_found, password_words, read_only, rights_words};
use crate::{
    api::{
        ApiError, ApiResult,
        group_page::{GroupSheet, read_group},
    },
    i18n::{number, t, use_locale},
    ui::{
        Arrived, BusyBar, ButtonKind, EmptyState, IconName, LinkButton, PageHeader, Pagination,
        SkeletonRows, Status, Tone, in_browser,
    },
    widgets::Guarded,
};
use domain::{
    Locale,
    access::Right,
    group::GroupView,
    user::{UserRow, UserState, full_name},
};
use jiff::civil::Date;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

type Answer = Resource<ApiResult<GroupSheet>>;
type Last = Memo<Option<GroupSheet>>;

/// The page, for those who read users.
#[component]
pub fn GroupPage() -> impl IntoView {
    let l = use_locale();
    view! {
        <Guarded right=Right::ReadUsers>
            <Title text=t::group_page::group(l) />
            <Found />
        </Guarded>
    }
}

#[component]
fn Found() -> impl IntoView {
    let (id, query) = (group_in_path(), use_query_map());
    let wanted = Memo::new(move |_| {
        let page = query.with(|q| q.get("pagina").and_then(|n| n.parse::<u32>().ok()));
        (id.get(), page.unwrap_or(1))
    });
    let sheet: Answer = Resource::new(
        move || wanted.get(),
        |(id, page)| async move {
            match id {
                Some(id) => read_group(id, page).await,
                None => Err(ApiError::NotFound),
            }
        },
    );
    let busy = RwSignal::new(false);
    view! {
        <Transition fallback=Loading set_pending=in_browser(busy)>
            <Arrived when=move || sheet.with(Option::is_some)>
                <Ready sheet=sheet busy=busy />
            </Arrived>
        </Transition>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <PageHeader title=t::group_page::group(l) />
        <p class="muted" role="status">{t::group_page::loading_one(l)}</p>
        <div class="table-region">
            <table class="table">
                <tbody>
                    <SkeletonRows rows=8 columns=3 />
                </tbody>
            </table>
        </div>
    }
}

/// The page with its first answer. Later ones change it in place: the pager keeps the focus.
#[component]
fn Ready(sheet: Answer, busy: RwSignal<bool>) -> impl IntoView {
    let l = use_locale();
    let last: Last = Memo::new(move |was: Option<&Option<GroupSheet>>| match sheet.get() {
        Some(Ok(sheet)) => Some(sheet),
        _ => was.cloned().flatten(),
    });
    let failed =
        Memo::new(move |_| sheet.with(|s| s.as_ref().and_then(|s| s.as_ref().err().cloned())));
    let head = Memo::new(move |_| {
        last.with(|s| s.as_ref().map(|s| (s.group.clone(), s.today, s.may_edit)))
    });
    let retry = Callback::new(move |()| sheet.refetch());
    view! {
        {move || {
            failed
                .get()
                .map(|e| match e {
                    ApiError::NotFound => not_found(l),
                    e => view! { <Failure error=e retry=retry /> }.into_any(),
                })
        }}
        <Show when=move || failed.with(Option::is_none)>
            {move || head.get().map(|h| view! { <Facts head=h /> })}
            <Members last=last busy=busy />
        </Show>
    }
}

#[component]
fn Facts(head: (GroupView, Date, bool)) -> impl IntoView {
    let l = use_locale();
    let (group, today, may_edit) = head;
    let name = name_in(l, &group.names);
    let edit = format!("/gruppi/{}/modifica", group.id);
    let (rights, password) = (
        rights_words(l, &group.rights),
        password_words(l, &group, today),
    );
    view! {
        <PageHeader title=name>
            {may_edit
                .then(|| {
                    view! {
                        <LinkButton href=edit icon=IconName::Pencil kind=ButtonKind::Primary>
                            {t::group_page::edit(l)}
                        </LinkButton>
                    }
                })}
        </PageHeader>
        {(!may_edit).then(|| read_only(l))}
        <section class="section group-section" aria-labelledby="group-facts">
            <div class="section__head">
                <h2 class="section__title" id="group-facts">{t::group_page::facts(l)}</h2>
            </div>
            <div class="section__body">
                <dl class="facts">
                    <div>
                        <dt>{t::group_page::rights(l)}</dt>
                        <dd>{rights}</dd>
                    </div>
                    <div>
                        <dt>{t::group_page::password(l)}</dt>
                        <dd>{password}</dd>
                    </div>
                    <div>
                        <dt>{t::group_page::code(l)}</dt>
                        <dd class="mono">{group.code}</dd>
                    </div>
                </dl>
            </div>
        </section>
    }
}

/// Who is in the group, a page at a time.
#[component]
fn Members(last: Last, busy: RwSignal<bool>) -> impl IntoView {
    let l = use_locale();
    // Nobody, before the first answer.
    let of = move |read: fn(&GroupSheet) -> u64| last.with(|s| s.as_ref().map_or(0, read));
    let total = move || of(|s| s.members.total);
    let pages = Signal::derive(move || of(|s| s.members.pages().into()));
    let title = move || t::group_page::members_of(l, number(l, total()));
    let list = move || {
        last.with(|s| {
            s.as_ref()
                .map(|s| format!("/utenti?gruppo={}", s.group.code))
        })
    };
    let navigate = use_navigate();
    let go = move |page: u64| {
        let Some(id) = last.with_untracked(|s| s.as_ref().map(|s| s.group.id)) else {
            return;
        };
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        let to = match page {
            1 => format!("/gruppi/{id}"),
            n => format!("/gruppi/{id}?pagina={n}"),
        };
        navigate(&to, options);
    };
    let rows = move || {
        last.with(|s| {
            let all = s.as_ref().map(|s| s.members.items.clone());
            all.unwrap_or_default()
                .into_iter()
                .map(|u| member(l, u))
                .collect_view()
        })
    };
    let table = view! {
        <div class="table-region" role="region" aria-label=t::group_page::who(l) tabindex="0">
            <table class="table" aria-busy=move || busy.get().then_some("true")>
                <caption class="visually-hidden">{t::group_page::who(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::group_page::user(l)}</th>
                        <th scope="col">{t::users::col_username(l)}</th>
                        <th scope="col">{t::users::col_active(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pagination
            id="group-pager"
            label=t::group_page::pager(l)
            page=Signal::derive(move || of(|s| s.members.number.into()))
            pages=pages
            first=t::users::first(l)
            previous=t::users::previous(l)
            page_label=t::users::page(l)
            of_total=Signal::derive(move || t::users::of(l, number(l, pages.get())))
            next=t::users::next(l)
            last=t::users::last(l)
            on_go=go
        />
    };
    view! {
        <section class="section" aria-labelledby="group-members">
            <div class="section__head">
                <h2 class="section__title" id="group-members">{title}</h2>
                <div class="section__actions">
                    <LinkButton href=Signal::derive(move || list().unwrap_or_default())>{t::group_page::see_members(l)}</LinkButton>
                </div>
            </div>
            <div class="section__body">
                <BusyBar busy=busy />
                {move || (total() == 0).then(|| view! { <EmptyState title=t::group_page::nobody(l) /> })}
                <div hidden=move || total() == 0>{table}</div>
            </div>
        </section>
    }
}

fn member(l: Locale, user: UserRow) -> impl IntoView {
    let (tone, word) = match user.state {
        UserState::Active => (Tone::Ok, t::users::yes(l)),
        UserState::Inactive => (Tone::Neutral, t::users::no(l)),
        UserState::Archived => (Tone::Neutral, t::users::archived(l)),
    };
    view! {
        <tr>
            <th scope="row" class="cell-name">
                <a href=format!("/utenti/{}", user.id)>{full_name(&user.surname, &user.given_name)}</a>
            </th>
            <td class="mono">{user.username}</td>
            <td><Status tone=tone>{word}</Status></td>
        </tr>
    }
}
