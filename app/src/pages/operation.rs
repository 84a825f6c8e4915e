//! `/operazioni/:id`: how far an operation has come, recipient by recipient and mail by
//! mail. It survives reload, sign-in and restart, because everything is read anew.

mod actions;
mod creation;
mod import;
mod live;
mod progress;
mod recipients;

use crate::{
    api::{ApiError, operations::read_operation},
    i18n::{api_error, moment, t, use_locale},
    ui::{Button, EmptyState, IconName, LinkButton, Notice, PageHeader, SkeletonCards, Tone},
    widgets::job_words::job_name_of,
};
use actions::Actions;
use creation::CreationFigures;
use domain::{
    JobId,
    job::{JobKind, JobView},
};
use import::ImportFigures;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use live::Live;
use progress::ProgressBox;
use recipients::Recipients;

/// The page.
#[component]
pub fn Operation() -> impl IntoView {
    let l = use_locale();
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|p| p.get("id").and_then(|id| id.parse::<JobId>().ok())));
    let job = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => read_operation(id).await,
                None => Err(ApiError::NotFound),
            }
        },
    );
    let again = Callback::new(move |()| job.refetch());
    view! {
        <Transition fallback=move || {
            view! {
                <PageHeader title=t::shell::operation(l) />
                <SkeletonCards count=2 />
            }
        }>
            {move || {
                job.get()
                    .map(|answer| match answer {
                        Ok(view) => view! { <Found first=view /> }.into_any(),
                        Err(e) => view! { <Missing error=e again=again /> }.into_any(),
                    })
            }}
        </Transition>
    }
}

/// The operation as it was found, kept up to date.
#[component]
fn Found(first: JobView) -> impl IntoView {
    let l = use_locale();
    let (kind, number) = (first.kind, first.number.clone());
    let creates = first.result.contains_key("created") && kind == JobKind::SendCredentials;
    let title = t::operations::job_title(l, job_name_of(l, &first), &number);
    let started = t::operations::started_by(l, moment(l, first.created_at), &first.created_by);
    let live = Live::follow(first);
    let ended = move || {
        live.job.with(|j| {
            j.finished_at
                .map(|at| t::operations::ended_at(l, moment(l, at)))
        })
    };
    view! {
        <Title text=title.clone() />
        <PageHeader title=title>
            <LinkButton href="/operazioni">{t::operations::to_list(l)}</LinkButton>
        </PageHeader>
        <div class="page">
            <section class="job" aria-labelledby="job-state">
                <ProgressBox live=live />
                <p class="muted">{started} {move || ended().map(|words| format!(" · {words}"))}</p>
                {match kind {
                    JobKind::SendCredentials => view! {
                        {creates.then(|| view! { <CreationFigures live=live /> })}
                        <Actions live=live />
                    }
                        .into_any(),
                    JobKind::Import => view! { <ImportFigures live=live /> }.into_any(),
                }}
            </section>
            {(kind == JobKind::SendCredentials).then(|| view! { <Recipients live=live /> })}
        </div>
    }
}

/// Not there, not visible, or not loaded: never an empty page.
#[component]
fn Missing(error: ApiError, again: Callback<()>) -> impl IntoView {
    let l = use_locale();
    if error == ApiError::NotFound {
        return view! {
            <Title text=t::operations::not_found(l) />
            <PageHeader title=t::operations::not_found(l) />
            <EmptyState title=t::operations::not_found_text(l) icon=IconName::Search>
                <LinkButton href="/operazioni">{t::operations::to_list(l)}</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <Title text=t::shell::operation(l) />
        <PageHeader title=t::shell::operation(l) />
        <Notice tone=Tone::Error title=t::operations::failed_one(l)>
            <p>{api_error(l, &error)}</p>
            <div class="notice__actions">
                <Button on_click=move || again.run(())>{t::operations::retry_load(l)}</Button>
            </div>
        </Notice>
    }
    .into_any()
}
