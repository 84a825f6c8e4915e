//! `/gruppi`: what the groups are called, allow and demand, and who is in them.

mod form;
mod sheet;

use crate::{
    api::{ApiError, group_page::read_group_page},
    i18n::{api_error, day, number, right_name, t, use_locale},
    ui::{
        Button, ButtonKind, EmptyState, IconName, LinkButton, Notice, PageHeader, SkeletonRows,
        Tone, VisuallyHidden,
    },
    widgets::{Forbidden, Guarded},
};
use domain::{
    GroupId, Locale,
    access::Right,
    group::{GroupView, GroupsPage, PASSWORD_MIN},
};
use form::GroupForm;
use jiff::civil::Date;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
pub use sheet::GroupPage;

/// A group's name in the reader's language.
fn name_in(l: Locale, names: &[String; 4]) -> String {
    let [it, de, fr, en] = names;
    match l {
        Locale::It => it,
        Locale::De => de,
        Locale::Fr => fr,
        Locale::En => en,
    }
    .clone()
}

/// `/gruppi`, for those who read users.
#[component]
pub fn Groups() -> impl IntoView {
    let l = use_locale();
    let show = |page: GroupsPage, _: Callback<()>| view! { <List page=page /> }.into_any();
    view! {
        <Guarded right=Right::ReadUsers>
            <Title text=t::group_page::title(l) />
            <Loaded show=show />
        </Guarded>
    }
}

/// `/gruppi/nuovo`, for administrators.
#[component]
pub fn NewGroup() -> impl IntoView {
    let l = use_locale();
    let show = |page: GroupsPage, reload: Callback<()>| {
        if page.may_edit {
            view! { <GroupForm group=None switches_off=page.switches_off reload=reload /> }
                .into_any()
        } else {
            view! { <Forbidden right=Right::Administer /> }.into_any()
        }
    };
    view! {
        <Guarded right=Right::Administer>
            <Title text=t::group_page::new(l) />
            <Loaded show=show />
        </Guarded>
    }
}

/// `/gruppi/:id/modifica`, for administrators.
#[component]
pub fn EditGroup() -> impl IntoView {
    let l = use_locale();
    let id = group_in_path();
    let show = move |page: GroupsPage, reload: Callback<()>| {
        let wanted = id.get_untracked();
        match page.groups.into_iter().find(|g| Some(g.id) == wanted) {
            Some(_) if !page.may_edit => {
                view! { <Forbidden right=Right::Administer /> }.into_any()
            }
            Some(group) => {
                view! { <GroupForm group=Some(group) switches_off=page.switches_off reload=reload /> }
                    .into_any()
            }
            None => not_found(l),
        }
    };
    view! {
        <Guarded right=Right::Administer>
            <Title text=t::group_page::group(l) />
            <Loaded show=show />
        </Guarded>
    }
}

/// The group that the address names.
fn group_in_path() -> Memo<Option<GroupId>> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|p| p.get("id").and_then(|id| id.parse::<GroupId>().ok())))
}

/// There is no such group, and the way back.
fn not_found(l: Locale) -> AnyView {
    crate::state::page_not_found();
    view! {
        <PageHeader title=t::group_page::not_found(l) />
        <LinkButton href="/gruppi">{t::group_page::back(l)}</LinkButton>
    }
    .into_any()
}

/// The groups once they are there, or why they are not. `show` is given them and what reads
/// them again.
#[component]
fn Loaded(#[prop(into)] show: Callback<(GroupsPage, Callback<()>), AnyView>) -> impl IntoView {
    let page = Resource::new(|| (), |()| read_group_page());
    let reload = Callback::new(move |()| page.refetch());
    view! {
        <Suspense fallback=Loading>
            {move || {
                page.get()
                    .map(|answer| match answer {
                        Ok(page) => show.run((page, reload)),
                        Err(e) => view! { <Failure error=e retry=reload /> }.into_any(),
                    })
            }}
        </Suspense>
    }
}

#[component]
fn Failure(error: ApiError, #[prop(into)] retry: Callback<()>) -> impl IntoView {
    let l = use_locale();
    view! {
        <PageHeader title=t::group_page::title(l) />
        <Notice tone=Tone::Error title=t::group_page::failed(l)>
            <p>{api_error(l, &error)}</p>
            <div class="notice__actions">
                <Button on_click=retry>{t::group_page::retry(l)}</Button>
            </div>
        </Notice>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <PageHeader title=t::group_page::title(l) />
        <p class="muted" role="status">{t::group_page::loading(l)}</p>
        <div class="table-region">
            <table class="table">
                <tbody>
                    <SkeletonRows rows=8 columns=5 />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn List(page: GroupsPage) -> impl IntoView {
    let l = use_locale();
    let (may_edit, today) = (page.may_edit, page.today);
    let table = if page.groups.is_empty() {
        view! { <EmptyState title=t::group_page::empty(l) /> }.into_any()
    } else {
        let rows = page
            .groups
            .into_iter()
            .map(|g| row(l, g, today, may_edit))
            .collect_view();
        view! {
            <div class="table-region" role="region" aria-label=t::group_page::table(l) tabindex="0">
                <table class="table table--groups table-cards">
                    <caption class="visually-hidden">{t::group_page::table(l)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{t::group_page::group(l)}</th>
                            <th scope="col" class="cell-number">{t::group_page::members(l)}</th>
                            <th scope="col">{t::group_page::rights(l)}</th>
                            <th scope="col">{t::group_page::password(l)}</th>
                            {may_edit.then(|| view! { <th scope="col" class="cell-commands">{t::group_page::commands(l)}</th> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHeader title=t::group_page::title(l) lead=t::group_page::lead(l)>
            {may_edit
                .then(|| {
                    view! {
                        <LinkButton href="/gruppi/nuovo" icon=IconName::Plus kind=ButtonKind::Primary>
                            {t::group_page::new(l)}
                        </LinkButton>
                    }
                })}
        </PageHeader>
        {(!may_edit).then(|| read_only(l))}
        {table}
    }
}

/// Why nothing can be changed here.
fn read_only(l: Locale) -> impl IntoView {
    let words = t::group_page::read_only(l, right_name(l, Right::Administer));
    view! {
        <Notice tone=Tone::Info>
            <p>{words}</p>
        </Notice>
    }
}

fn row(l: Locale, g: GroupView, today: Date, may_edit: bool) -> impl IntoView {
    let name = name_in(l, &g.names);
    let of = t::group_page::edit_of(l, &name);
    let here = format!("/gruppi/{}", g.id);
    let edit = format!("{here}/modifica");
    view! {
        <tr>
            <th scope="row" class="cell-name"><a href=here>{name}</a></th>
            <td class="cell-number" data-label=t::group_page::members(l)>{number(l, g.members)}</td>
            <td data-label=t::group_page::rights(l)>{rights_words(l, &g.rights)}</td>
            <td data-label=t::group_page::password(l)>{password_words(l, &g, today)}</td>
            {may_edit
                .then(|| {
                    view! {
                        <td class="cell-commands">
                            <span class="user-commands">
                                <LinkButton href=edit>
                                    {t::group_page::edit(l)} <VisuallyHidden>{of}</VisuallyHidden>
                                </LinkButton>
                            </span>
                        </td>
                    }
                })}
        </tr>
    }
}

/// «Vedere gli utenti, gestire gli utenti».
fn rights_words(l: Locale, rights: &[Right]) -> String {
    let words = match rights {
        [] => t::group_page::no_rights(l).to_owned(),
        some => some
            .iter()
            .map(|r| right_name(l, *r))
            .collect::<Vec<_>>()
            .join(", "),
    };
    capital(&words)
}

/// With a capital letter, as a sentence of its own.
fn capital(words: &str) -> String {
    let mut signs = words.chars();
    signs
        .next()
        .map(|first| first.to_uppercase().chain(signs).collect())
        .unwrap_or_default()
}

/// «Sì», «Sì, fino al…», «No, dal…».
fn password_words(l: Locale, g: &GroupView, today: Date) -> String {
    let words = match g.password_off_from {
        None => t::group_page::password_yes(l).to_owned(),
        Some(d) if d > today => t::group_page::password_until(l, day(l, d)),
        Some(d) => return t::group_page::password_no(l, day(l, d)),
    };
    if g.password_min > PASSWORD_MIN {
        format!("{words}, {}", t::group_page::min_short(l, g.password_min))
    } else {
        words
    }
}
