//! The guided steps of «e-mail privata» (P14) and «un'altra persona» (P15). Each is saved on
//! its own: whoever comes back goes on where it stopped.

use super::cause::{Reason, Refusal};
use crate::{
    api::{
        ApiError, ApiResult,
        discrepancies::{
            close_discrepancy, deactivate_discrepant, discrepancy_contacted,
            discrepancy_new_profile, discrepancy_reported,
        },
    },
    i18n::{self, t, use_locale},
    state::{Announcer, Toasts},
    ui::{Button, ButtonKind, ConfirmDialog, FieldFrame, LinkButton, Status, TextField, Tone, dom},
};
use domain::{
    Locale,
    discrepancy::{Discrepancy, DiscrepancyClass},
    user::check_reason,
};
use jiff::Timestamp;
use leptos::prelude::*;

/// A discrepancy and the cause that was chosen.
#[derive(Clone)]
pub(super) struct StepsFor {
    pub(super) one: Discrepancy,
    pub(super) class: DiscrepancyClass,
}

impl StepsFor {
    /// When the first step was done for this cause.
    fn deactivated_at(&self) -> Option<Timestamp> {
        self.one
            .steps
            .deactivated_for(self.class, self.one.account_off)
    }
}

type Failed = RwSignal<Option<ApiError>>;

/// Runs a call, says the outcome and reads the page anew; also after a conflict, which
/// means that somebody else went on meanwhile.
fn step<F>(
    call: impl Fn() -> F + Send + Sync + 'static,
    failed: Failed,
    done: &'static str,
    reload: Callback<()>,
) -> Action<(), ()>
where
    F: Future<Output = ApiResult<()>> + Send + 'static,
{
    let toasts = use_context::<Toasts>();
    Action::new(move |(): &()| {
        failed.set(None);
        let answer = call();
        async move {
            match answer.await {
                Ok(()) => {
                    if let Some(toasts) = toasts {
                        toasts.push(Tone::Ok, done);
                    }
                    reload.run(());
                }
                Err(e) => failed.set(Some(e)),
            }
        }
    })
}

#[component]
pub(super) fn Guidance(of: StepsFor, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let failed: Failed = RwSignal::new(None);
    let steps = of.one.steps;
    let other = of.class == DiscrepancyClass::OtherPerson;
    let id = of.one.row.id;
    let class = of.class;
    let closing = step(
        move || close_discrepancy(id, class),
        failed,
        t::discrepancies::closed_now(l),
        reload,
    );
    let ready = of.deactivated_at().is_some()
        && if other {
            steps.reported_at.is_some()
        } else {
            steps.contacted_at.is_some()
        };
    let waits = (!ready).then(|| t::discrepancies::close_needs(l).to_owned());
    let second = if other {
        view! { <Report of=of.clone() failed=failed reload=reload /> }.into_any()
    } else {
        view! {
            <Contact of=of.clone() failed=failed reload=reload />
            <NewProfile of=of.clone() failed=failed />
        }
        .into_any()
    };
    view! {
        <Refusal failed=failed />
        <ol class="guidance">
            <Deactivate of=of failed=failed reload=reload />
            {second}
        </ol>
        <div class="form__actions">
            <Button
                id="chiudi-discrepanza"
                kind=if ready { ButtonKind::Primary } else { ButtonKind::Secondary }
                busy=closing.pending()
                disabled_reason=waits
                on_click=move || {
                    closing.dispatch(());
                }
            >
                {t::discrepancies::close(l)}
            </Button>
        </div>
    }
}

/// One step: its heading, when it was done, and what there is to do.
#[component]
fn GuidanceStep(
    title: &'static str,
    text: String,
    done_at: Option<Timestamp>,
    waits: bool,
    next: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let l = use_locale();
    view! {
        <li class="guidance__step" class:guidance__step--done=done_at.is_some() aria-current=next.then_some("step")>
            <h3 class="guidance__title" tabindex="-1">{title}</h3>
            {match done_at {
                Some(at) => {
                    view! { <Status tone=Tone::Ok>{t::discrepancies::done_at(l, i18n::moment(l, at))}</Status> }
                        .into_any()
                }
                None => {
                    view! {
                        <p>{text}</p>
                        {if waits {
                            view! { <p class="muted">{t::discrepancies::step_waits(l)}</p> }.into_any()
                        } else {
                            children().into_any()
                        }}
                    }
                        .into_any()
                }
            }}
        </li>
    }
}

#[component]
fn Deactivate(of: StepsFor, failed: Failed, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let (id, class) = (of.one.row.id, of.class);
    let other = class == DiscrepancyClass::OtherPerson;
    let name = of.one.row.name.clone();
    let done_at = of.deactivated_at();
    let reason = RwSignal::new(String::new());
    let asking = RwSignal::new(false);
    let act = step(
        move || deactivate_discrepant(id, class, reason.get_untracked()),
        failed,
        t::discrepancies::saved(l),
        reload,
    );
    let run = move || match check_reason(&reason.get_untracked(), true) {
        Err(fields) => {
            failed.set(Some(ApiError::Invalid(fields)));
            asking.set(false);
            dom::focus_id("motivazione");
        }
        Ok(_) if other && !asking.get_untracked() => asking.set(true),
        Ok(_) => {
            asking.set(false);
            act.dispatch(());
        }
    };
    let label = if other {
        t::discrepancies::deactivate_now(l, &name)
    } else {
        t::discrepancies::deactivate(l, &name)
    };
    let text = if other {
        t::discrepancies::step_deactivate_all(l)
    } else {
        t::discrepancies::step_deactivate_text(l)
    };
    let words = StoredValue::new(label.clone());
    view! {
        <GuidanceStep
            title=t::discrepancies::step_deactivate(l)
            text=text.to_owned()
            done_at=done_at
            waits=false
            next=done_at.is_none()
        >
            <Reason id="motivazione" value=reason failed=failed />
            <Button id="disattiva" kind=ButtonKind::Danger busy=act.pending() on_click=run>
                {words.get_value()}
            </Button>
        </GuidanceStep>
        <ConfirmDialog
            id="conferma-disattiva"
            open=asking
            title=t::discrepancies::confirm_other(l, &name)
            cancel_label=t::discrepancies::cancel(l)
            confirm_label=label
            danger=true
            busy=act.pending()
            on_confirm=run
        >
            <p>{text}</p>
        </ConfirmDialog>
    }
}

/// A text to copy, in a field that can be read and selected.
#[component]
fn CopyText(id: &'static str, label: &'static str, text: String) -> impl IntoView {
    let l = use_locale();
    let announcer = use_context::<Announcer>();
    let copied = RwSignal::new(None::<bool>);
    let whole = StoredValue::new(text.clone());
    let copy = move || {
        leptos::task::spawn_local(async move {
            let done = dom::copy_text(&whole.get_value()).await;
            copied.set(Some(done));
            if let Some(announcer) = announcer {
                announcer.outcome(outcome(l, done));
            }
        });
    };
    view! {
        <FieldFrame id=id label=label>
            <textarea class="input input--area" id=id rows="5" readonly prop:value=text.clone()></textarea>
        </FieldFrame>
        <div class="form__actions">
            <Button on_click=copy>{t::discrepancies::copy(l)}</Button>
            {move || copied.get().map(|done| view! { <span class="muted">{outcome(l, done)}</span> })}
        </div>
    }
}

fn outcome(l: Locale, done: bool) -> &'static str {
    if done {
        t::discrepancies::copied(l)
    } else {
        t::discrepancies::copy_failed(l)
    }
}

#[component]
fn Contact(of: StepsFor, failed: Failed, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let (id, steps, off) = (of.one.row.id, of.one.steps, of.deactivated_at().is_some());
    let text = t::discrepancies::contact_text(l, &of.one.row.name, &of.one.organisation);
    let act = step(
        move || discrepancy_contacted(id),
        failed,
        t::discrepancies::saved(l),
        reload,
    );
    view! {
        <GuidanceStep
            title=t::discrepancies::step_contact(l)
            text=t::discrepancies::step_contact_text(l).to_owned()
            done_at=steps.contacted_at
            waits=!off
            next=off && steps.contacted_at.is_none()
        >
            <CopyText id="testo-contatto" label=t::discrepancies::contact_label(l) text=text.clone() />
            <Button id="contattato" busy=act.pending() on_click=move || { act.dispatch(()); }>
                {t::discrepancies::contacted(l)}
            </Button>
        </GuidanceStep>
    }
}

#[component]
fn Report(of: StepsFor, failed: Failed, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let (id, steps, off) = (of.one.row.id, of.one.steps, of.deactivated_at().is_some());
    let text = t::discrepancies::report_text(
        l,
        i18n::moment(l, of.one.row.opened_at),
        id,
        &of.one.row.name,
        &of.one.organisation,
    );
    let lead = if of.one.report_to.is_empty() {
        t::discrepancies::step_report_no_address(l).to_owned()
    } else {
        t::discrepancies::step_report_text(l, &of.one.report_to)
    };
    let act = step(
        move || discrepancy_reported(id),
        failed,
        t::discrepancies::saved(l),
        reload,
    );
    view! {
        <GuidanceStep
            title=t::discrepancies::step_report(l)
            text=lead
            done_at=steps.reported_at
            waits=!off
            next=off && steps.reported_at.is_none()
        >
            <CopyText id="testo-segnalazione" label=t::discrepancies::report_label(l) text=text.clone() />
            <Button id="segnalato" busy=act.pending() on_click=move || { act.dispatch(()); }>
                {t::discrepancies::reported(l)}
            </Button>
        </GuidanceStep>
    }
}

#[component]
fn NewProfile(of: StepsFor, failed: Failed) -> impl IntoView {
    let l = use_locale();
    let (id, steps) = (of.one.row.id, of.one.steps);
    let wizard = format!("/utenti/{}/abilitazione/autorizzazioni", of.one.row.user);
    let target = StoredValue::new(wizard.clone());
    // The address that was prepared is the professional one, unless it was the mistake.
    let email = RwSignal::new(
        of.one
            .differences
            .iter()
            .find(|d| d.field == domain::discrepancy::DiscrepancyField::Email)
            .map(|d| d.prepared.clone())
            .unwrap_or_default(),
    );
    let act = Action::new(move |(): &()| {
        failed.set(None);
        let email = email.get_untracked();
        async move {
            match discrepancy_new_profile(id, email).await {
                Ok(_) => {
                    let _ = window().location().assign(&target.get_value());
                }
                Err(e) => failed.set(Some(e)),
            }
        }
    });
    let wrong = Signal::derive(move || match failed.get() {
        Some(ApiError::Invalid(fields)) => fields.of("email").map(|e| i18n::field_error(l, e)),
        _ => None,
    });
    let made = steps.new_profile.is_some();
    view! {
        <GuidanceStep
            title=t::discrepancies::step_new(l)
            text=t::discrepancies::step_new_text(l).to_owned()
            done_at=None
            waits=steps.deactivated_at.is_none()
            next=steps.contacted_at.is_some()
        >
            {if made {
                view! { <LinkButton href=wizard.clone()>{t::discrepancies::go_wizard(l)}</LinkButton> }.into_any()
            } else {
                view! {
                    <TextField
                        id="nuova-email"
                        label=t::discrepancies::new_email(l)
                        value=email
                        input_type="email"
                        inputmode="email"
                        autocomplete="off"
                        plain=true
                        maxlength=254u32
                        error=wrong
                    />
                    <Button id="nuovo-profilo" busy=act.pending() on_click=move || { act.dispatch(()); }>
                        {t::discrepancies::create(l)}
                    </Button>
                }
                    .into_any()
            }}
        </GuidanceStep>
    }
}
