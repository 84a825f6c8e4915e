//! `/utenti/invio`: who receives credentials, who does not and why, what the mails look
//! like; then the send. A page, not a modal.

mod desk;
mod facts;
mod preview;
mod submit;

use crate::{
    i18n::{api_error, number, t, use_locale},
    ui::{
        Button, ButtonKind, EmptyState, ErrorSummary, IconName, LinkButton, Notice, PageHeader,
        SkeletonCards, Tone,
    },
    widgets::{ConfirmPassword, EmailEditor, Guarded},
};
use desk::{Desk, Phase};
use domain::access::Right;
use facts::Facts;
use leptos::prelude::*;
use leptos_meta::Title;
use preview::Preview;
use submit::Submit;

/// The page, for those who may send.
#[component]
pub fn Send() -> impl IntoView {
    let l = use_locale();
    view! {
        <Guarded right=Right::SendCredentials>
            <Title text=t::sending::title(l) />
            <Check />
        </Guarded>
    }
}

/// The check of what is selected.
#[component]
fn Check() -> impl IntoView {
    let desk = Desk::open();
    let l = desk.l;
    let phase = Memo::new(move |_| desk.phase.get());
    view! {
        <PageHeader title=t::sending::title(l) />
        {move || match phase.get() {
            Phase::Reading => view! { <Reading desk=desk /> }.into_any(),
            Phase::Empty => view! {
                <EmptyState title=t::sending::empty_title(l) icon=IconName::Users>
                    <p>{t::sending::empty_text(l)}</p>
                    <LinkButton href="/utenti" kind=ButtonKind::Primary>{t::sending::to_list(l)}</LinkButton>
                </EmptyState>
            }
                .into_any(),
            Phase::Failed => view! { <Failed desk=desk /> }.into_any(),
            Phase::Ready => view! { <Ready desk=desk /> }.into_any(),
        }}
        <ConfirmPassword open=desk.confirming on_done=move |()| desk.start() />
        <EmailEditor target=desk.target on_saved=move |_: domain::user::UserRow| desk.check() />
    }
}

/// The first check is under way.
#[component]
fn Reading(desk: Desk) -> impl IntoView {
    let l = desk.l;
    let words = move || match desk.checking.get() {
        Some(n) => t::sending::checking(l, number(l, n)),
        None => t::sending::reading(l).to_owned(),
    };
    view! {
        <div aria-busy="true">
            <p class="muted">{words}</p>
            <SkeletonCards count=2 />
        </div>
    }
}

/// The check could not be made: nothing was sent, and that is said.
#[component]
fn Failed(desk: Desk) -> impl IntoView {
    let l = desk.l;
    view! {
        <Notice tone=Tone::Error title=t::sending::failed(l)>
            <p>{move || desk.failure.get().map(|e| api_error(l, &e))}</p>
            <div class="notice__actions">
                <Button on_click=move || desk.check()>{t::sending::retry(l)}</Button>
                <LinkButton href="/utenti" kind=ButtonKind::Quiet>{t::sending::back(l)}</LinkButton>
            </div>
        </Notice>
    }
}

/// Summary left, preview right, the act at the end.
#[component]
fn Ready(desk: Desk) -> impl IntoView {
    let l = desk.l;
    view! {
        <div class="page">
            <ErrorSummary id="send-problem" title=t::sending::problem(l) errors=desk.problems />
            <div class="send-check">
                <section class="send-check__summary" aria-labelledby="send-summary" aria-busy=move || desk.busy.get().to_string()>
                    <Facts desk=desk />
                </section>
                <section class="send-check__preview" aria-labelledby="send-preview">
                    <Preview l=l />
                </section>
            </div>
            <Submit desk=desk />
        </div>
    }
}
