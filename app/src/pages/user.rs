//! A user: `/utenti/:id` (ux §2.4).

mod conflict;
mod contact;
mod data;
mod diagnosis;
mod facts;
mod history;
mod mails;
mod persons;
mod sheet;
mod status;

use crate::{
    api::{ApiError, user::read_user},
    i18n::{api_error, t, use_locale},
    state::ListAddress,
    ui::{Button, LinkButton, Notice, PageHeader, SkeletonCards, Tone},
    widgets::Forbidden,
};
use domain::{UserId, access::Denied};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use sheet::SheetView;

/// `/utenti/:id`
#[component]
pub fn User() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|p| p.get("id").and_then(|id| id.parse::<UserId>().ok())));
    let page = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => read_user(id).await,
                None => Err(ApiError::NotFound),
            }
        },
    );
    view! {
        <Suspense fallback=Loading>
            {move || {
                page.get()
                    .map(|answer| match answer {
                        Ok(user) => view! { <SheetView user=user /> }.into_any(),
                        Err(e) => view! { <Failure error=e retry=move || page.refetch() /> }.into_any(),
                    })
            }}
        </Suspense>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <Title text=t::user::page_title(l) />
        <PageHeader title=t::user::loading(l) />
        <SkeletonCards />
    }
}

/// Not found, not allowed, or not loaded: never a blank page.
#[component]
fn Failure(error: ApiError, #[prop(into)] retry: Callback<()>) -> AnyView {
    let l = use_locale();
    let list = use_context::<ListAddress>();
    if let ApiError::Denied(Denied::Missing(right)) = error {
        return view! { <Forbidden right=right /> }.into_any();
    }
    if error == ApiError::NotFound {
        crate::state::page_not_found();
    }
    let (title, words) = match &error {
        ApiError::NotFound => (t::user::not_found(l), t::user::not_found_text(l).to_owned()),
        ApiError::Denied(_) => (
            t::user::forbidden(l),
            format!("{} {}", api_error(l, &error), t::user::forbidden_text(l)),
        ),
        e => (t::user::load_failed(l), api_error(l, e)),
    };
    let again = !matches!(error, ApiError::NotFound | ApiError::Denied(_));
    view! {
        <Title text=title />
        <PageHeader title=title />
        <div class="error-page">
            <Notice tone=if again { Tone::Error } else { Tone::Info }>
                <p>{words}</p>
            </Notice>
            <div class="page-header__actions">
                {again.then(|| view! { <Button on_click=retry>{t::user::retry(l)}</Button> })}
                <LinkButton href=Signal::derive(move || list.map_or_else(|| "/utenti".to_owned(), ListAddress::get))>
                    {t::user::back_to_list(l)}
                </LinkButton>
            </div>
        </div>
    }
    .into_any()
}
