//! «Che cosa è successo?»: no cause is chosen beforehand; a hint says which is likely.

use super::{
    class_name,
    steps::{Guidance, StepsFor},
};
use crate::{
    api::{ApiError, discrepancies::close_negligible},
    i18n::{self, t, use_locale},
    state::{Announcer, Toasts},
    ui::{Button, ButtonKind, ChoiceOption, Notice, RadioGroup, TextAreaField, Tone, dom},
};
use domain::{
    discrepancy::{Discrepancy, DiscrepancyClass},
    user::{REASON_MAX, check_reason},
};
use leptos::prelude::*;

#[component]
pub(super) fn Decide(one: Discrepancy, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    // A guidance that has begun goes on with its cause.
    let begun = one.row.begun;
    let cause = begun.then(|| begun_as(&one));
    let chosen = RwSignal::new(cause.map_or_else(String::new, |class| class.code().to_owned()));
    let option =
        |class: DiscrepancyClass, words: &'static str| ChoiceOption::new(class.code(), words);
    let mut options = Vec::new();
    // «Non sono io» stated nothing that could be taken over.
    if !one.not_me && !begun {
        options.push(option(
            DiscrepancyClass::Negligible,
            t::discrepancies::choice_negligible(l),
        ));
    }
    options.push(option(
        DiscrepancyClass::WrongEmail,
        t::discrepancies::choice_wrong_email(l),
    ));
    options.push(option(
        DiscrepancyClass::OtherPerson,
        t::discrepancies::choice_other_person(l),
    ));
    let probable = t::discrepancies::probable(l, class_name(l, one.row.suggested));
    let one = StoredValue::new(one);
    view! {
        <section class="section" aria-labelledby="decisione">
            <div class="section__head">
                <h2 class="section__title" id="decisione">{t::discrepancies::what_happened(l)}</h2>
            </div>
            <div class="section__body">
                <p class="muted">{probable}</p>
                {cause.map(|class| view! { <GoOn class=class chosen=chosen /> })}
                <RadioGroup id="causa" legend=t::discrepancies::choose(l) options=options value=chosen />
                {move || match DiscrepancyClass::from_code(&chosen.get()) {
                    None => ().into_any(),
                    Some(DiscrepancyClass::Negligible) => {
                        view! { <Negligible one=one.get_value() reload=reload /> }.into_any()
                    }
                    Some(class) => {
                        let guidance = StepsFor { one: one.get_value(), class };
                        view! { <Guidance of=guidance reload=reload /> }.into_any()
                    }
                }}
            </div>
        </section>
    }
}

/// Under which cause the guidance was begun; what an earlier release began says it by its
/// steps alone.
fn begun_as(one: &Discrepancy) -> DiscrepancyClass {
    one.begun_as.unwrap_or(match one.row.suggested {
        DiscrepancyClass::OtherPerson if one.steps.contacted_at.is_none() => {
            DiscrepancyClass::OtherPerson
        }
        _ => DiscrepancyClass::WrongEmail,
    })
}

/// «Continua da qui»: back to the cause that was chosen, and to the first step still open.
#[component]
fn GoOn(class: DiscrepancyClass, chosen: RwSignal<String>) -> impl IntoView {
    let l = use_locale();
    let go_on = move || {
        chosen.set(class.code().to_owned());
        // The steps of the cause stand there once the page has followed the choice.
        request_animation_frame(|| {
            let open = ".guidance__step[aria-current=step] .guidance__title";
            if !dom::focus_selector(open) {
                dom::focus_id("chiudi-discrepanza");
            }
        });
    };
    view! {
        <p>{t::discrepancies::begun_as(l, class_name(l, class))}</p>
        <div class="form__actions">
            <Button id="continua-da-qui" on_click=go_on>
                {t::discrepancies::continue_here(l)}
            </Button>
        </div>
    }
}

/// The motivation, with its counter.
#[component]
pub(super) fn Reason(
    id: &'static str,
    value: RwSignal<String>,
    failed: RwSignal<Option<ApiError>>,
) -> impl IntoView {
    let l = use_locale();
    let error = Signal::derive(move || match failed.get() {
        Some(ApiError::Invalid(fields)) => fields.of("reason").map(|e| i18n::field_error(l, e)),
        _ => None,
    });
    let counter = Signal::derive(move || {
        Some(format!(
            "{} / {REASON_MAX}",
            value.with(|v| v.trim().chars().count())
        ))
    });
    view! {
        <TextAreaField
            id=id
            label=t::discrepancies::reason(l)
            hint=Some(t::discrepancies::reason_hint(l).to_owned())
            value=value
            required=true
            error=error
            counter=counter
        />
    }
}

/// What a refused call says, but for what stands at its field.
#[component]
pub(super) fn Refusal(failed: RwSignal<Option<ApiError>>) -> impl IntoView {
    let l = use_locale();
    move || {
        failed
            .get()
            .filter(|e| !matches!(e, ApiError::Invalid(_)))
            .map(|e| {
                let words = match &e {
                    ApiError::Conflict(domain::problem::Conflict::TooLate) => {
                        t::discrepancies::too_late(l).to_owned()
                    }
                    other => i18n::api_error(l, other),
                };
                view! {
                    <Notice tone=Tone::Error title=t::discrepancies::problem(l)>
                        <p>{words}</p>
                    </Notice>
                }
            })
    }
}

#[component]
fn Negligible(one: Discrepancy, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let (reason, failed) = (RwSignal::new(String::new()), RwSignal::new(None));
    let toasts = use_context::<Toasts>();
    let announcer = use_context::<Announcer>();
    let id = one.row.id;
    let apply = Action::new(move |_: &()| {
        let reason = reason.get_untracked();
        async move {
            match close_negligible(id, reason).await {
                Ok(()) => {
                    if let Some(toasts) = toasts {
                        toasts.push(Tone::Ok, t::discrepancies::closed_now(l));
                    } else if let Some(announcer) = announcer {
                        announcer.outcome(t::discrepancies::closed_now(l));
                    }
                    reload.run(());
                }
                Err(e) => failed.set(Some(e)),
            }
        }
    });
    view! {
        <p>{t::discrepancies::negligible_effect(l)}</p>
        <Refusal failed=failed />
        <Reason id="motivazione" value=reason failed=failed />
        <div class="form__actions">
            <Button
                id="applica"
                kind=ButtonKind::Primary
                busy=apply.pending()
                on_click=move || match check_reason(&reason.get_untracked(), true) {
                    Ok(_) => {
                        failed.set(None);
                        apply.dispatch(());
                    }
                    Err(fields) => {
                        failed.set(Some(ApiError::Invalid(fields)));
                        dom::focus_id("motivazione");
                    }
                }
            >
                {t::discrepancies::apply_negligible(l)}
            </Button>
        </div>
    }
}
