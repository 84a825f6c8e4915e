//! «Scheda»: a person of the registry, `/anagrafiche/:id`.

mod conflict;
mod data;
mod enrolments;
mod facts;
mod folder_form;
mod folders;
mod history;
mod sheet;

use crate::{
    api::{
        ApiError,
        registry::{RegistryFrame, read_person, read_registry_frame},
    },
    i18n::{api_error, t, use_locale},
    ui::{Button, LinkButton, Notice, PageHeader, SkeletonCards, Tone},
    widgets::Forbidden,
};
use domain::{PersonId, access::Denied, person::PersonPage};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use sheet::SheetView;

/// `/anagrafiche/:id`
#[component]
pub fn Person() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|p| p.get("id").and_then(|id| id.parse::<PersonId>().ok())));
    let page = Resource::new(
        move || id.get(),
        |id| async move {
            let id = id.ok_or(ApiError::NotFound)?;
            let page = read_person(id).await?;
            let mut frame = read_registry_frame().await?;
            // The filters of the list: not wanted here, and long.
            frame.classes.clear();
            Ok::<(PersonPage, RegistryFrame), ApiError>((page, frame))
        },
    );
    view! {
        <Suspense fallback=Loading>
            {move || {
                page.get()
                    .map(|answer| match answer {
                        Ok((person, frame)) => view! { <SheetView person=person frame=frame /> }.into_any(),
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
        <Title text=t::registry::sheet_title(l) />
        <PageHeader title=t::registry::sheet_loading(l) />
        <SkeletonCards />
    }
}

/// Not found, not allowed, or not loaded: never a blank page.
#[component]
fn Failure(error: ApiError, #[prop(into)] retry: Callback<()>) -> AnyView {
    let l = use_locale();
    if let ApiError::Denied(Denied::Missing(right)) = error {
        return view! { <Forbidden right=right /> }.into_any();
    }
    let gone = error == ApiError::NotFound;
    if gone {
        crate::state::page_not_found();
    }
    let (title, words) = if gone {
        (
            t::registry::not_found(l),
            t::registry::not_found_text(l).to_owned(),
        )
    } else {
        (t::registry::sheet_failed(l), api_error(l, &error))
    };
    view! {
        <Title text=title />
        <PageHeader title=title />
        <div class="error-page">
            <Notice tone=if gone { Tone::Info } else { Tone::Error }>
                <p>{words}</p>
            </Notice>
            <div class="page-header__actions">
                {(!gone).then(|| view! { <Button on_click=retry>{t::user::retry(l)}</Button> })}
                <LinkButton href="/anagrafiche">{t::registry::back_to_list(l)}</LinkButton>
            </div>
        </div>
    }
    .into_any()
}
