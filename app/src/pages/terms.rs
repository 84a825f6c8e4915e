//! `/condizioni`: the terms of use, before others are managed (X1).

use crate::{
    api::terms::accept_terms,
    i18n::{self, t, use_locale},
    state::use_session,
    ui::{Button, ButtonKind, CheckboxField, ErrorSummary, FieldError, LinkButton, Notice, Tone},
    widgets::PublicPage,
};
use domain::terms::VERSION;
use leptos::{ev::SubmitEvent, prelude::*};

/// The page.
#[component]
pub fn TermsOfUse() -> impl IntoView {
    let l = use_locale();
    let due = use_session().view().is_some_and(|v| v.must_accept_terms);
    let ticked = RwSignal::new(false);
    let refused = RwSignal::new(None::<FieldError>);
    let accept = Action::new(move |_: &()| async move {
        match accept_terms(VERSION).await {
            Ok(()) => {
                let _ = window().location().replace("/");
                true
            }
            Err(e) => {
                refused.set(Some(FieldError::new("", i18n::api_error(l, &e))));
                false
            }
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !ticked.get_untracked() {
            refused.set(Some(FieldError::new("accetto", t::terms::required(l))));
        } else if !accept.pending().get_untracked() {
            refused.set(None);
            accept.dispatch(());
        }
    };
    let busy = Signal::derive(move || accept.pending().get() || accept.value().get() == Some(true));
    let rules = [
        t::terms::rule_1(l),
        t::terms::rule_2(l),
        t::terms::rule_3(l),
        t::terms::rule_4(l),
        t::terms::rule_5(l),
        t::terms::rule_6(l),
    ];
    view! {
        <PublicPage title=t::terms::title(l)>
            <div class="public-card">
                <h1 class="public-card__title" tabindex="-1">{t::terms::title(l)}</h1>
                <p class="public-card__lead">{t::terms::lead(l)}</p>
                <ErrorSummary
                    id="errori"
                    title=t::terms::problem(l)
                    errors=Signal::derive(move || refused.get().into_iter().collect::<Vec<_>>())
                />
                <ol class="terms">{rules.map(|rule| view! { <li>{rule}</li> }).collect_view()}</ol>
                <p class="terms__version">{t::terms::version(l, VERSION)}</p>
                {if due {
                    view! {
                        <form class="form" novalidate=true on:submit=submit>
                            <CheckboxField
                                id="accetto"
                                label=t::terms::accept(l)
                                checked=ticked
                                on_change=move |on: bool| ticked.set(on)
                            />
                            <div class="form__actions">
                                <Button submit=true kind=ButtonKind::Primary busy=busy>{t::terms::next(l)}</Button>
                            </div>
                        </form>
                        <form class="terms__leave" method="post" action="/esci">
                            <Button submit=true kind=ButtonKind::Quiet>{t::terms::sign_out(l)}</Button>
                        </form>
                    }
                        .into_any()
                } else {
                    view! {
                        <Notice tone=Tone::Ok><p>{t::terms::accepted(l)}</p></Notice>
                        <LinkButton href="/" external=true>{t::terms::home(l)}</LinkButton>
                    }
                        .into_any()
                }}
            </div>
        </PublicPage>
    }
}
