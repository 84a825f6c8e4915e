//! Where the registration ends: done, too late, not the person meant.

use super::{Ended, go};
use crate::{
    api::redemption::{redemption_done, redemption_ticket, request_new_code},
    i18n::{self, t, use_locale},
    ui::{Button, ButtonKind, LinkButton, Notice, Tone},
    widgets::PublicPage,
};
use domain::redemption::{Redeemed, TicketView};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

/// `/registrazione/fatto`
#[component]
pub fn Registered() -> impl IntoView {
    let l = use_locale();
    let done = Resource::new_blocking(|| (), |()| redemption_done());
    view! {
        <PublicPage title=t::redemption::done_title(l).to_owned()>
            <Suspense>
                {move || Suspend::new(async move {
                    match done.await {
                        Ok(Some(redeemed)) => view! { <Done redeemed=redeemed /> }.into_any(),
                        _ => view! { <Ended /> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicPage>
    }
}

#[component]
fn Done(redeemed: Redeemed) -> impl IntoView {
    let l = use_locale();
    let sign_in = format!("/accesso?ente={}", redeemed.organisation_code);
    view! {
        <div class="public-card">
            <h1 class="public-card__title" tabindex="-1">{t::redemption::done_title(l)}</h1>
            <p class="public-card__lead">{t::redemption::done_lead(l, redeemed.organisation)}</p>
            <dl class="facts">
                <div class="facts__row">
                    <dt>{t::redemption::done_organisation(l)}</dt>
                    <dd>{redeemed.organisation_code}</dd>
                </div>
                <div class="facts__row">
                    <dt>{t::redemption::done_username(l)}</dt>
                    <dd>{redeemed.username}</dd>
                </div>
            </dl>
            <p>{t::redemption::done_note(l)}</p>
            <div class="form__actions">
                <LinkButton href=sign_in external=true kind=ButtonKind::Primary>
                    {t::redemption::sign_in(l)}
                </LinkButton>
            </div>
        </div>
    }
}

/// `/registrazione/scaduto`
#[component]
pub fn CodeExpired() -> impl IntoView {
    let l = use_locale();
    let asked = use_query_map()
        .with_untracked(|q| q.get("esito"))
        .as_deref()
        == Some("richiesto");
    let ticket = Resource::new_blocking(|| (), |()| redemption_ticket());
    let title = if asked {
        t::redemption::requested_title(l)
    } else {
        t::redemption::expired_title(l)
    };
    view! {
        <PublicPage title=title.to_owned()>
            <Suspense>
                {move || Suspend::new(async move {
                    match ticket.await {
                        Ok(Some(ticket)) if ticket.expired => {
                            view! { <Late ticket=ticket asked=asked /> }.into_any()
                        }
                        _ => view! { <Ended /> }.into_any(),
                    }
                })}
            </Suspense>
        </PublicPage>
    }
}

#[component]
fn Late(ticket: TicketView, asked: bool) -> impl IntoView {
    let l = use_locale();
    let failed = RwSignal::new(None);
    let request = Action::new(move |_: &()| async move {
        match request_new_code().await {
            Ok(()) => {
                go("/registrazione/scaduto?esito=richiesto");
                true
            }
            Err(e) => {
                failed.set(Some(e));
                false
            }
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !request.pending().get_untracked() && request.value().get_untracked() != Some(true) {
            request.dispatch(());
        }
    };
    let contact = (!ticket.contact.is_empty())
        .then(|| view! { <p>{t::redemption::contact(l, &ticket.contact)}</p> });
    if asked {
        return view! {
            <div class="public-card">
                <h1 class="public-card__title" tabindex="-1">{t::redemption::requested_title(l)}</h1>
                <p class="public-card__lead">{t::redemption::requested_lead(l)}</p>
                {contact}
            </div>
        }
        .into_any();
    }
    view! {
        <div class="public-card">
            <h1 class="public-card__title" tabindex="-1">{t::redemption::expired_title(l)}</h1>
            <p class="public-card__lead">{t::redemption::expired_lead(l)}</p>
            {move || {
                failed
                    .get()
                    .map(|e| {
                        view! {
                            <Notice tone=Tone::Error title=t::redemption::problem(l)>
                                <p>{i18n::api_error(l, &e)}</p>
                            </Notice>
                        }
                    })
            }}
            <form class="form" method="post" action="/registrazione/richiedi" on:submit=submit>
                <div class="form__actions">
                    <Button
                        id="richiedi"
                        kind=ButtonKind::Primary
                        submit=true
                        busy=Signal::derive(move || request.pending().get() || request.value().get() == Some(true))
                    >
                        {t::redemption::request(l)}
                    </Button>
                </div>
            </form>
            {contact}
        </div>
    }
    .into_any()
}

/// `/registrazione/segnalato`
#[component]
pub fn Refused() -> impl IntoView {
    let l = use_locale();
    view! {
        <PublicPage title=t::redemption::refused_title(l).to_owned()>
            <div class="public-card">
                <h1 class="public-card__title" tabindex="-1">{t::redemption::refused_title(l)}</h1>
                <p class="public-card__lead">{t::redemption::refused_lead(l)}</p>
            </div>
        </PublicPage>
    }
}
