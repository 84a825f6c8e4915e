//! `/operazioni`: what is under way and what was done.

use crate::{
    api::operations::list_operations,
    i18n::{api_error, moment, number, t, use_locale},
    ui::{
        Button, EmptyState, IconName, LinkButton, Notice, PageHeader, Pagination, SkeletonRows,
        Status, Tone,
    },
    widgets::job_words::{job_name_of, job_status},
};
use domain::{
    Locale,
    job::{JobKind, JobView},
    page::{Page, PageRequest, PageSize},
};
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use std::time::Duration;

/// While something is under way the list is read anew this often.
const REFRESH: Duration = Duration::from_secs(5);

/// The page.
#[component]
pub fn Operations() -> impl IntoView {
    let l = use_locale();
    let query = use_query_map();
    let page = Memo::new(move |_| {
        query.with(|q| {
            q.get("pagina")
                .and_then(|n| n.parse::<u32>().ok())
                .filter(|n| *n > 0)
                .unwrap_or(1)
        })
    });
    let jobs = Resource::new(
        move || page.get(),
        |number| {
            list_operations(PageRequest {
                number,
                size: PageSize::TwentyFive,
            })
        },
    );
    let under_way = Memo::new(move |_| {
        jobs.with(|j| matches!(j, Some(Ok(p)) if p.items.iter().any(|j| !j.state.ended())))
    });
    Effect::new(move |_| {
        if under_way.get()
            && let Ok(handle) = set_interval_with_handle(move || jobs.refetch(), REFRESH)
        {
            on_cleanup(move || handle.clear());
        }
    });
    let shown = move || {
        jobs.get().map(|answer| match answer {
            Ok(page) => table(l, page).into_any(),
            Err(e) => view! {
                <Notice tone=Tone::Error title=t::operations::failed(l)>
                    <p>{api_error(l, &e)}</p>
                    <div class="notice__actions">
                        <Button on_click=move || jobs.refetch()>{t::operations::retry_load(l)}</Button>
                    </div>
                </Notice>
            }
            .into_any(),
        })
    };
    view! {
        <Title text=t::operations::title(l) />
        <PageHeader title=t::operations::title(l) />
        <Transition fallback=move || view! { <Loading /> }>{shown}</Transition>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <p class="muted">{t::operations::loading(l)}</p>
        <div class="table-region">
            <table class="table">
                <tbody>
                    <SkeletonRows rows=6 columns=5 />
                </tbody>
            </table>
        </div>
    }
}

fn table(l: Locale, page: Page<JobView>) -> impl IntoView {
    if page.items.is_empty() {
        return view! {
            <EmptyState title=t::operations::empty(l) icon=IconName::Clock>
                <LinkButton href="/utenti">{t::operations::to_users(l)}</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let (present, pages) = (page.number, page.pages());
    let rows = page.items.iter().map(|job| row(l, job)).collect_view();
    view! {
        <div class="table-region" role="region" aria-label=t::operations::table(l) tabindex="0">
            <table class="table table-cards">
                <caption class="visually-hidden">{t::operations::table(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::operations::col_number(l)}</th>
                        <th scope="col">{t::operations::col_when(l)}</th>
                        <th scope="col">{t::operations::col_by(l)}</th>
                        <th scope="col">{t::operations::col_state(l)}</th>
                        <th scope="col">{t::operations::col_progress(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pages l=l present=present pages=pages />
    }
    .into_any()
}

fn row(l: Locale, job: &JobView) -> impl IntoView + use<> {
    let (tone, icon, words) = job_status(l, job);
    let n = |n: u32| number(l, n.into());
    let errors =
        (job.failed > 0).then(|| format!(" · {}", t::operations::with_errors(l, n(job.failed))));
    let progress = t::operations::progress_short(l, n(job.done), n(job.total));
    view! {
        <tr>
            <th scope="row" class="cell-name">
                <a href=format!("/operazioni/{}", job.id)>{job.number.clone()} " – " {job_name_of(l, job)}</a>
            </th>
            <td data-label=t::operations::col_when(l)>
                <time datetime=job.created_at.to_string()>{moment(l, job.created_at)}</time>
            </td>
            <td data-label=t::operations::col_by(l)>{job.created_by.clone()}</td>
            <td data-label=t::operations::col_state(l)>
                <Status tone=tone icon=icon>{words}</Status>
            </td>
            <td data-label=t::operations::col_progress(l)>
                {progress} {(job.kind == JobKind::SendCredentials).then_some(errors).flatten()}
            </td>
        </tr>
    }
}

#[component]
fn Pages(l: Locale, present: u32, pages: u32) -> impl IntoView {
    let navigate = use_navigate();
    let go = move |(page,): (u64,)| {
        let to = if page > 1 {
            format!("/operazioni?pagina={page}")
        } else {
            "/operazioni".to_owned()
        };
        navigate(&to, NavigateOptions::default());
    };
    view! {
        <Pagination
            id="operations-pager"
            label=t::operations::pager_list(l)
            page=Signal::stored(u64::from(present))
            pages=Signal::stored(u64::from(pages))
            first=t::operations::pager_first(l)
            previous=t::operations::pager_previous(l)
            page_label=t::operations::pager_page(l)
            of_total=t::operations::pager_of(l, number(l, pages.into()))
            next=t::operations::pager_next(l)
            last=t::operations::pager_last(l)
            on_go=go
        />
    }
}
