//! `/abilitazioni`: the delegate's worklist of registrations, by stage (ux §2.8).

use crate::{
    api::registrations::worklist,
    i18n::{api_error, moment, number, registration::registration_state, t, use_locale},
    ui::{
        Button, ButtonKind, EmptyState, IconName, LinkButton, Notice, PageHeader, Pagination,
        SkeletonRows, SplitButton, Status, TabItem, TabPanel, Tabs, TextField, Tone,
    },
    widgets::{Guarded, PageTitle, RowMenu, RowMenuDialogs},
};
use domain::{
    Locale,
    access::Right,
    page::{Page, PageRequest, PageSize},
    registration::{RegistrationCounts, RegistrationRow, Stage, WorklistQuery},
    user::UserRow,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// The page, for those who start registrations.
#[component]
pub fn Worklist() -> impl IntoView {
    view! {
        <Guarded right=Right::ManageAuthorisations>
            <Guarded right=Right::ManageUsers>
                <Desk />
            </Guarded>
        </Guarded>
    }
}

#[component]
fn Desk() -> impl IntoView {
    let l = use_locale();
    let query = use_query_map();
    let navigate = StoredValue::new(use_navigate());
    // The stage and the page stand in the address; what was searched does not.
    let place = Memo::new(move |_| {
        query.with(|q| {
            let stage = q.get("stato").and_then(|s| Stage::from_code(&s));
            let page = q.get("pagina").and_then(|n| n.parse().ok());
            (
                stage.unwrap_or_default(),
                page.filter(|n| *n > 0).unwrap_or(1_u32),
            )
        })
    });
    let go = Callback::new(move |(stage, page): (Stage, u32)| {
        let mut to = format!("/abilitazioni?stato={}", stage.code());
        if page > 1 {
            to.push_str(&format!("&pagina={page}"));
        }
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate.with_value(|go| go(&to, options));
    });
    let text = RwSignal::new(String::new());
    let again = RwSignal::new(0_u32);
    let rows = Resource::new(
        move || (place.get(), text.get(), again.get()),
        |((stage, page), text, _)| {
            worklist(WorklistQuery {
                stage,
                text,
                page: PageRequest {
                    number: page,
                    size: PageSize::Fifty,
                },
            })
        },
    );
    let menu = RowMenu::provide(move |_: Option<UserRow>| again.update(|n| *n += 1));
    Effect::new(move |_| {
        if let Some(Ok((page, _))) = rows.get() {
            let rows = page.items.iter().map(|r| &r.registration);
            menu.look_up(rows.map(|r| (r.user, Some(r.profile))).collect());
        }
    });
    let opened = RwSignal::new(false);
    Effect::new(move |_| opened.set(true));
    let typed = RwSignal::new(String::new());
    let search = move || {
        text.set(typed.get_untracked());
        go.run((place.get_untracked().0, 1));
    };
    let clear = Callback::new(move |()| {
        typed.set(String::new());
        text.set(String::new());
    });
    let shown = move || {
        rows.get().map(|answer| match answer {
            Ok((page, counts)) => {
                let stage = place.get_untracked().0;
                let filtered = text.with_untracked(|t| !t.is_empty());
                view! { <Sheet page=page counts=counts stage=stage filtered=filtered go=go clear=clear menu=menu /> }
                    .into_any()
            }
            Err(e) => view! {
                <Notice tone=Tone::Error title=t::worklist::failed(l)>
                    <p>{api_error(l, &e)}</p>
                    <div class="notice__actions">
                        <Button on_click=move || again.update(|n| *n += 1)>{t::worklist::retry(l)}</Button>
                    </div>
                </Notice>
            }
            .into_any(),
        })
    };
    view! {
        <PageTitle text=t::worklist::title(l) />
        <PageHeader title=t::worklist::title(l) />
        <form
            class="filters"
            role="search"
            on:submit=move |event| {
                event.prevent_default();
                search();
            }
        >
            <div class="filters__fields">
                <div class="filters__search">
                    <TextField
                        id="worklist-search"
                        label=t::worklist::search_label(l)
                        value=typed
                        input_type="search"
                        autocomplete="off"
                        plain=true
                    />
                </div>
            </div>
            <div class="filters__actions">
                <Button submit=true kind=ButtonKind::Primary icon=IconName::Search>{t::worklist::search(l)}</Button>
            </div>
        </form>
        <Transition fallback=Loading>{shown}</Transition>
        {move || opened.get().then(|| view! { <RowMenuDialogs menu=menu /> })}
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <p class="muted">{t::worklist::loading(l)}</p>
        <div class="table-region">
            <table class="table">
                <tbody>
                    <SkeletonRows rows=8 columns=5 />
                </tbody>
            </table>
        </div>
    }
}

/// Tabs with their numbers, and the rows of the one chosen.
#[component]
fn Sheet(
    page: Page<RegistrationRow>,
    counts: RegistrationCounts,
    stage: Stage,
    filtered: bool,
    go: Callback<(Stage, u32)>,
    clear: Callback<()>,
    menu: RowMenu,
) -> impl IntoView {
    let l = use_locale();
    let names: [fn(Locale, String) -> String; Stage::ALL.len()] = [
        |l, n| t::worklist::to_send(l, n),
        |l, n| t::worklist::waiting(l, n),
        |l, n| t::worklist::ending(l, n),
        |l, n| t::worklist::expired(l, n),
        |l, n| t::worklist::requested(l, n),
        |l, n| t::worklist::registered(l, n),
    ];
    let tabs: Vec<TabItem> = Stage::ALL
        .into_iter()
        .zip(names.into_iter().zip(counts))
        .map(|(stage, (name, n))| TabItem::new(stage.code(), name(l, number(l, n))))
        .collect();
    let nothing_at_all = counts.iter().all(|n| *n == 0);
    let (total, number_now, pages) = (page.total, page.number, page.pages());
    let body = if page.items.is_empty() {
        if filtered {
            view! {
                <EmptyState title=t::worklist::empty_filter(l) icon=IconName::Search>
                    <Button on_click=move || clear.run(())>{t::worklist::clear(l)}</Button>
                </EmptyState>
            }
            .into_any()
        } else if nothing_at_all {
            view! {
                <EmptyState title=t::worklist::empty_new(l) icon=IconName::Users>
                    <LinkButton href="/utenti">{t::worklist::to_users(l)}</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <EmptyState title=t::worklist::empty(l) icon=IconName::Check /> }.into_any()
        }
    } else {
        let lines = page
            .items
            .into_iter()
            .map(|r| line(l, menu, r))
            .collect_view();
        view! {
            <p class="muted">{t::worklist::total(l, number(l, total))}</p>
            <div class="table-region" role="region" tabindex="0" aria-label=t::worklist::table(l)>
                <table class="table table-cards">
                    <thead>
                        <tr>
                            <th scope="col">{t::worklist::col_user(l)}</th>
                            <th scope="col">{t::worklist::col_profile(l)}</th>
                            <th scope="col">{t::worklist::col_state(l)}</th>
                            <th scope="col">{t::worklist::col_reminder(l)}</th>
                            <th scope="col">{t::worklist::col_commands(l)}</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            {(pages > 1)
                .then(|| {
                    view! {
                        <Pagination
                            id="worklist-pager"
                            label=t::worklist::pager(l)
                            page=u64::from(number_now)
                            pages=u64::from(pages)
                            first=t::users::first(l)
                            previous=t::users::previous(l)
                            page_label=t::users::page(l)
                            of_total=t::users::of(l, number(l, pages.into()))
                            next=t::users::next(l)
                            last=t::users::last(l)
                            on_go=move |to: u64| go.run((stage, u32::try_from(to).unwrap_or(1)))
                        />
                    }
                })}
        }
        .into_any()
    };
    let choose = move |key: String| {
        if let Some(stage) = Stage::from_code(&key) {
            go.run((stage, 1));
        }
    };
    view! {
        <Tabs id="worklist" label=t::worklist::stages(l) tabs=tabs selected=stage.code().to_owned() on_select=choose />
        <TabPanel tabs="worklist" key=stage.code()>{body}</TabPanel>
    }
}

fn line(l: Locale, menu: RowMenu, row: RegistrationRow) -> impl IntoView {
    let r = &row.registration;
    let (id, of) = (r.user, (r.user, Some(r.profile)));
    let (name, said) = (row.name.clone(), row.name.clone());
    let reminder = match r.last_reminded_at {
        Some(at) => t::worklist::times(l, moment(l, at), r.reminded),
        None => t::worklist::never(l).to_owned(),
    };
    let sent = r.sent_at.map(|at| t::wizard::sent_on(l, moment(l, at)));
    let asked = row
        .requested_at
        .map(|at| t::worklist::requested_on(l, moment(l, at)));
    let state = registration_state(l, r);
    let entries = Signal::derive(move || menu.entries(of, said.clone()));
    let roles = row.roles.join(", ");
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/utenti/{id}")>{row.name.clone()}</a>
                <p class="muted">{row.email.clone().unwrap_or_else(|| t::wizard::no_email(l).to_owned())}</p>
            </th>
            <td data-label=t::worklist::col_profile(l)>{(!row.profile_name.is_empty()).then(|| view! { <p>{row.profile_name.clone()}</p> })} {roles}</td>
            <td data-label=t::worklist::col_state(l)>
                <p>{state}</p>
                {sent.map(|words| view! { <p class="muted">{words}</p> })}
                {asked.map(|words| view! { <Status tone=Tone::Warning>{words}</Status> })}
            </td>
            <td data-label=t::worklist::col_reminder(l)>{reminder}</td>
            <td class="cell-commands">
                <SplitButton
                    id=format!("worklist-commands-{}", r.id)
                    label=t::commands::commands_for(l, &name)
                    main_label=t::commands::edit_name(l, &name)
                    href=format!("/utenti/{id}")
                    more_label=t::commands::more_for(l, &name)
                    entries=entries
                />
            </td>
        </tr>
    }
}
