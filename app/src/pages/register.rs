//! `/registrazione`: address and code, own data, own password. One task a page; each form is
//! a plain post that works without JavaScript, and alive it keeps what was typed.

mod check;
mod code;
mod outcome;
mod password;

pub use check::CheckData;
pub use code::EnterCode;
pub use outcome::{CodeExpired, Refused, Registered};
pub use password::FirstPassword;

use crate::{
    api::redemption::redemption_ticket,
    i18n::{self, t, use_locale},
    ui::{LinkButton, Notice, Step, Stepper, Tone},
    widgets::PublicPage,
};
use domain::{Locale, redemption::TicketView, registration::CodeRefusal};
use leptos::prelude::*;

/// The sentence for a code that opens nothing.
pub fn code_refusal(l: Locale, refusal: CodeRefusal) -> String {
    match refusal {
        CodeRefusal::NotRecognised => t::redemption::not_recognised(l).into(),
        CodeRefusal::Locked { seconds } => t::redemption::locked(l, i18n::wait(l, seconds)),
        CodeRefusal::Expired => t::redemption::expired_error(l).into(),
    }
}

/// The three steps, the present one counted from 0.
#[component]
fn Steps(current: usize) -> impl IntoView {
    let l = use_locale();
    let step = |label: &str| Step {
        label: label.to_owned(),
        href: None,
    };
    view! {
        <Stepper
            label=t::redemption::steps(l)
            steps=vec![
                step(t::redemption::step_code(l)),
                step(t::redemption::step_check(l)),
                step(t::redemption::step_password(l)),
            ]
            current=current
            position=t::redemption::position(l, current + 1)
            done_label=t::redemption::step_done(l)
        />
    }
}

/// A page that needs a living ticket; without one it leads back to the first page.
#[component]
fn WithTicket(
    /// The title of the document.
    #[prop(into)]
    title: Signal<String>,
    /// What the page shows of it.
    view: fn(TicketView) -> AnyView,
) -> impl IntoView {
    let l = use_locale();
    let ticket = Resource::new_blocking(|| (), |()| redemption_ticket());
    view! {
        <PublicPage title=title>
            <Suspense>
                {move || Suspend::new(async move {
                    match ticket.await {
                        Ok(Some(ticket)) => view(ticket),
                        Ok(None) => view! { <Ended /> }.into_any(),
                        Err(e) => {
                            view! {
                                <Notice tone=Tone::Error title=t::redemption::problem(l)>
                                    <p>{i18n::api_error(l, &e)}</p>
                                </Notice>
                            }
                                .into_any()
                        }
                    }
                })}
            </Suspense>
        </PublicPage>
    }
}

/// There is no ticket any more.
#[component]
fn Ended() -> impl IntoView {
    let l = use_locale();
    view! {
        <div class="public-card">
            <h1 class="public-card__title" tabindex="-1">{t::redemption::title(l)}</h1>
            <p class="public-card__lead">{t::redemption::ended(l)}</p>
            <div class="form__actions">
                <LinkButton href="/registrazione" external=true>{t::redemption::again(l)}</LinkButton>
            </div>
        </div>
    }
}

/// Leads to another page of the registration: a full load, the cookies are new.
fn go(path: &str) {
    let _ = window().location().replace(path);
}
