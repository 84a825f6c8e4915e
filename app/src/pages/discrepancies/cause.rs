//! «Che cosa è successo?»: no cause is chosen beforehand; a hint says which is likely.

use super::{
    class_name,
    steps::{Guidance, StepsFor},
};
use crate::{
    api::{ApiError, discrepancies::close_negligible},
    i18n::{self, t, use_locale},
    state::{Announcer, Toasts},
    ui::{Button, ButtonKind, ChoiceOption, Notice, RadioGroup, TextAreaField, Tone},
};
use domain::{
    discrepancy::{Discrepancy, DiscrepancyClass},
    user::REASON_MAX,
};
use leptos::prelude::*;

#[component]
pub(super) fn Decide(one: Discrepancy, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    // A guidance that has begun goes on with its cause.
    let begun = one.row.begun;
    let chosen = RwSignal::new(if begun {
        likely_after_steps(&one).code().to_owned()
    } else {
        String::new()
    });
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

/// Which guidance had begun: where the whole account was deactivated, another person's.
fn likely_after_steps(one: &Discrepancy) -> DiscrepancyClass {
    if one.steps.contacted_at.is_some() || one.steps.new_profile.is_some() {
        DiscrepancyClass::WrongEmail
    } else {
        match one.row.suggested {
            DiscrepancyClass::OtherPerson => DiscrepancyClass::OtherPerson,
            _ => DiscrepancyClass::WrongEmail,
        }
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
                on_click=move || {
                    failed.set(None);
                    apply.dispatch(());
                }
            >
                {t::discrepancies::apply_negligible(l)}
            </Button>
        </div>
    }
}
