//! One discrepancy: the comparison, what happened, the steps.

use super::{cause::Decide, class_name, hint_name};
use crate::{
    api::{ApiError, discrepancies::get_discrepancy},
    i18n::{self, api_error, t, use_locale},
    ui::{Button, LinkButton, Notice, PageHeader, SkeletonCards, Status, Tone},
    widgets::{Forbidden, PageTitle},
};
use domain::{
    DiscrepancyId,
    access::Denied,
    discrepancy::{Difference, Discrepancy, DiscrepancyField, Hint},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/discrepanze/:id`
#[component]
pub fn DiscrepancyPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|p| p.get("id").and_then(|id| id.parse::<DiscrepancyId>().ok()))
    });
    let again = RwSignal::new(0_u32);
    let found = Resource::new(
        move || (id.get(), again.get()),
        |(id, _)| async move {
            match id {
                Some(id) => get_discrepancy(id).await,
                None => Err(ApiError::NotFound),
            }
        },
    );
    let reload = Callback::new(move |()| again.update(|n| *n += 1));
    view! {
        <Transition fallback=Loading>
            {move || {
                found
                    .get()
                    .map(|answer| match answer {
                        Ok(one) => view! { <Sheet one=one reload=reload /> }.into_any(),
                        Err(e) => view! { <Failure error=e reload=reload /> }.into_any(),
                    })
            }}
        </Transition>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <PageHeader title=t::discrepancies::loading(l) />
        <SkeletonCards />
    }
}

#[component]
fn Failure(error: ApiError, reload: Callback<()>) -> AnyView {
    let l = use_locale();
    if let ApiError::Denied(Denied::Missing(right)) = error {
        return view! { <Forbidden right=right /> }.into_any();
    }
    if error == ApiError::NotFound {
        crate::state::page_not_found();
    }
    let again = error != ApiError::NotFound;
    view! {
        <PageTitle text=t::discrepancies::title(l).to_owned() />
        <PageHeader title=t::discrepancies::title(l) />
        <Notice tone=Tone::Error>
            <p>{api_error(l, &error)}</p>
            <div class="notice__actions">
                {again.then(|| view! { <Button on_click=reload>{t::discrepancies::retry(l)}</Button> })}
                <LinkButton href="/discrepanze">{t::discrepancies::back(l)}</LinkButton>
            </div>
        </Notice>
    }
    .into_any()
}

#[component]
fn Sheet(one: Discrepancy, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let title = t::discrepancies::detail_title(l, &one.row.name);
    let user = format!("/utenti/{}", one.row.user);
    let lead = t::discrepancies::received_on(l, i18n::moment(l, one.row.opened_at));
    let lines = one
        .differences
        .iter()
        .map(|d| line(l, d.clone()))
        .collect_view();
    let ending = match (&one.decided_by, one.decided_at, one.row.decided) {
        (Some(by), Some(at), Some(class)) => Some(t::discrepancies::closed_by(
            l,
            class_name(l, class),
            i18n::moment(l, at),
            by,
        )),
        _ => None,
    };
    let reason = one
        .reason
        .as_ref()
        .map(|reason| t::discrepancies::reason_was(l, reason));
    let open = one.row.decided.is_none();
    let may = one.may_decide;
    let not_me = one.not_me;
    view! {
        <PageTitle text=title.clone() />
        <div class="page page--narrow">
            <PageHeader title=title lead=lead>
                <LinkButton href="/discrepanze">{t::discrepancies::back(l)}</LinkButton>
                <LinkButton href=user>{t::discrepancies::user_page(l)}</LinkButton>
            </PageHeader>
            <div class="section-list">
                {ending
                    .map(|words| {
                        view! {
                            <Notice tone=Tone::Ok>
                                <p>{words}</p>
                                {reason.map(|r| view! { <p>{r}</p> })}
                            </Notice>
                        }
                    })}
                {not_me
                    .then(|| {
                        view! {
                            <Notice tone=Tone::Warning>
                                <p>{t::discrepancies::not_me(l)}</p>
                            </Notice>
                        }
                    })}
                {(!not_me)
                    .then(|| {
                        view! {
                            <section class="section" aria-labelledby="confronto">
                                <div class="section__head">
                                    <h2 class="section__title" id="confronto">{t::discrepancies::comparison(l)}</h2>
                                </div>
                                <div class="table-region" role="group" aria-labelledby="confronto" tabindex="0">
                                    <table class="table table--comparison table-cards">
                                        <thead>
                                            <tr>
                                                <th scope="col">{t::discrepancies::field(l)}</th>
                                                <th scope="col">{t::discrepancies::prepared(l)}</th>
                                                <th scope="col">{t::discrepancies::stated(l)}</th>
                                                <th scope="col">{t::discrepancies::outcome(l)}</th>
                                            </tr>
                                        </thead>
                                        <tbody>{lines}</tbody>
                                    </table>
                                </div>
                            </section>
                        }
                    })}
                {if !open {
                    ().into_any()
                } else if may {
                    view! { <Decide one=one reload=reload /> }.into_any()
                } else {
                    view! {
                        <Notice tone=Tone::Info>
                            <p>{t::discrepancies::read_only(l)}</p>
                        </Notice>
                    }
                        .into_any()
                }}
            </div>
        </div>
    }
}

fn line(l: domain::Locale, d: Difference) -> impl IntoView {
    let name = match d.field {
        DiscrepancyField::GivenName => t::discrepancies::field_given_name(l),
        DiscrepancyField::Surname => t::discrepancies::field_surname(l),
        DiscrepancyField::Email => t::discrepancies::field_email(l),
    };
    let tone = match d.hint {
        Hint::Same => Tone::Ok,
        Hint::Spelling | Hint::SecondName | Hint::Slip => Tone::Info,
        Hint::PrivateMailbox | Hint::OtherMailbox => Tone::Warning,
        Hint::Other => Tone::Error,
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td data-label=t::discrepancies::prepared(l)>{d.prepared}</td>
            <td data-label=t::discrepancies::stated(l)>{d.stated}</td>
            <td data-label=t::discrepancies::outcome(l)>
                <Status tone=tone>{hint_name(l, d.hint)}</Status>
            </td>
        </tr>
    }
}
