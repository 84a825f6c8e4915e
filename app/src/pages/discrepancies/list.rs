//! The inbox.

use super::class_name;
use crate::{
    api::discrepancies::list_discrepancies,
    i18n::{self, api_error, t, use_locale},
    ui::{
        Button, EmptyState, IconName, Notice, PageHeader, Pagination, SkeletonRows, Status, Tone,
    },
    widgets::Guarded,
};
use domain::{
    access::Right,
    discrepancy::{DiscrepancyClass, DiscrepancyCounts, DiscrepancyRow},
    page::{Page, PageRequest, PageSize},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/discrepanze`
#[component]
pub fn DiscrepancyList() -> impl IntoView {
    let l = use_locale();
    view! {
        <Guarded right=Right::ManageUsers>
            <Title text=t::discrepancies::title(l) />
            <Inbox />
        </Guarded>
    }
}

/// The list's address.
fn address(open: bool, page: u64) -> String {
    let mut parts = Vec::new();
    if !open {
        parts.push("stato=chiuse".to_owned());
    }
    if page > 1 {
        parts.push(format!("pagina={page}"));
    }
    if parts.is_empty() {
        "/discrepanze".to_owned()
    } else {
        format!("/discrepanze?{}", parts.join("&"))
    }
}

#[component]
fn Inbox() -> impl IntoView {
    let l = use_locale();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|q| {
            let page = q.get("pagina").and_then(|n| n.parse().ok()).unwrap_or(1);
            (q.get("stato").as_deref() != Some("chiuse"), page)
        })
    });
    let again = RwSignal::new(0_u32);
    let found = Resource::new(
        move || (asked.get(), again.get()),
        |((open, number), _)| {
            let page = PageRequest {
                number,
                size: PageSize::Fifty,
            };
            list_discrepancies(open, page)
        },
    );
    view! {
        <PageHeader title=t::discrepancies::title(l) lead=t::discrepancies::lead(l) />
        <Transition fallback=move || view! { <Loading /> }>
            {move || {
                let open = asked.get().0;
                found
                    .get()
                    .map(|answer| match answer {
                        Ok((page, counts)) => view! { <Found page=page counts=counts open=open /> }.into_any(),
                        Err(e) => {
                            view! {
                                <Notice tone=Tone::Error title=t::discrepancies::failed(l)>
                                    <p>{api_error(l, &e)}</p>
                                    <div class="notice__actions">
                                        <Button on_click=move || again.update(|n| *n += 1)>
                                            {t::discrepancies::retry(l)}
                                        </Button>
                                    </div>
                                </Notice>
                            }
                                .into_any()
                        }
                    })
            }}
        </Transition>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <p class="muted">{t::discrepancies::loading(l)}</p>
        <div class="table-region">
            <table class="table">
                <tbody>
                    <SkeletonRows rows=4 columns=4 />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Found(page: Page<DiscrepancyRow>, counts: DiscrepancyCounts, open: bool) -> impl IntoView {
    let l = use_locale();
    let tab = move |this: bool, words: &'static str, n: u64| {
        view! {
            <a
                class="chip"
                href=address(this, 1)
                aria-current=(this == open).then_some("page")
            >
                {format!("{words} {}", i18n::number(l, n))}
            </a>
        }
    };
    let rows = page
        .items
        .into_iter()
        .map(|row| line(l, row))
        .collect_view();
    let total = page.total;
    view! {
        <nav class="discrepancies__tabs" aria-label=t::discrepancies::tabs(l)>
            {tab(true, t::discrepancies::open(l), counts.open)}
            {tab(false, t::discrepancies::closed(l), counts.closed)}
        </nav>
        {if total == 0 {
            let words = if open { t::discrepancies::empty_open(l) } else { t::discrepancies::empty_closed(l) };
            view! { <EmptyState title=words icon=IconName::Check /> }.into_any()
        } else {
            view! {
                <div class="table-region" role="region" aria-label=t::discrepancies::caption(l) tabindex="0">
                    <table class="table table--discrepancies table-cards">
                        <caption class="visually-hidden">{t::discrepancies::caption(l)}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{t::discrepancies::person(l)}</th>
                                <th scope="col">
                                    {if open { t::discrepancies::class(l) } else { t::discrepancies::decided(l) }}
                                </th>
                                <th scope="col">{t::discrepancies::received(l)}</th>
                                <th scope="col">{t::discrepancies::state(l)}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
                .into_any()
        }}
        <Paging open=open page=page.number total=total />
    }
}

#[component]
fn Paging(open: bool, page: u32, total: u64) -> impl IntoView {
    let l = use_locale();
    let pages = total.div_ceil(50).max(1);
    (pages > 1).then(|| {
        let navigate = leptos_router::hooks::use_navigate();
        let go = Callback::new(move |(to,): (u64,)| {
            navigate(&address(open, to), Default::default());
        });
        view! {
            <Pagination
                id="discrepancies-pages"
                label=t::discrepancies::pages(l)
                page=u64::from(page)
                pages=pages
                first=t::outbox::pager_first(l)
                previous=t::outbox::pager_previous(l)
                page_label=t::outbox::pager_page(l)
                of_total=t::outbox::pager_of(l, i18n::number(l, pages))
                next=t::outbox::pager_next(l)
                last=t::outbox::pager_last(l)
                on_go=go
            />
        }
    })
}

fn line(l: domain::Locale, row: DiscrepancyRow) -> impl IntoView {
    let class = row.decided.unwrap_or(row.suggested);
    let tone = match class {
        DiscrepancyClass::OtherPerson => Tone::Error,
        DiscrepancyClass::WrongEmail => Tone::Warning,
        DiscrepancyClass::Negligible => Tone::Info,
    };
    let state = if row.decided.is_some() {
        view! { <Status tone=Tone::Ok>{t::discrepancies::closed(l)}</Status> }.into_any()
    } else if row.late {
        view! { <Status tone=Tone::Warning>{t::discrepancies::late(l)}</Status> }.into_any()
    } else if row.begun {
        view! { <Status tone=Tone::Info>{t::discrepancies::begun(l)}</Status> }.into_any()
    } else {
        view! { <Status tone=Tone::Neutral>{t::discrepancies::to_decide(l)}</Status> }.into_any()
    };
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/discrepanze/{}", row.id)>{row.name}</a>
            </th>
            <td data-label=if row.decided.is_some() { t::discrepancies::decided(l) } else { t::discrepancies::class(l) }>
                <Status tone=tone>{class_name(l, class)}</Status>
            </td>
            <td data-label=t::discrepancies::received(l)>{i18n::moment(l, row.opened_at)}</td>
            <td data-label=t::discrepancies::state(l)>{state}</td>
        </tr>
    }
}
