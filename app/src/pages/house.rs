//! `/impostazioni/promemoria`: automatic reminders of a canton, and where «altra persona» is
//! reported; for who administers it.

use crate::{
    api::{
        ApiError,
        house::{change_settings, read_settings},
    },
    i18n::{api_error, field_error, t, use_locale},
    state::Toasts,
    ui::{
        Button, ButtonKind, ErrorSummary, FieldError as Fault, Notice, PageHeader, SkeletonCards,
        TextField, Tone,
    },
    widgets::{Forbidden, Guarded, LeaveGuard, PageTitle, use_leave_guard},
};
use domain::{
    Locale,
    access::{Denied, Right},
    organisation::{HouseSettings, REMINDER_DAYS_MAX, REMINDERS_MAX, SettingsDraft},
    user::{FieldError, FieldErrors},
};
use leptos::{prelude::*, task::spawn_local};

/// The page.
#[component]
pub fn HouseSettingsPage() -> impl IntoView {
    view! {
        <Guarded right=Right::Administer>
            <Loaded />
        </Guarded>
    }
}

#[component]
fn Loaded() -> impl IntoView {
    let l = use_locale();
    let settings = Resource::new(|| (), |()| read_settings());
    view! {
        <PageTitle text=t::house::title(l) />
        <Suspense fallback=Loading>
            {move || {
                settings
                    .get()
                    .map(|answer| match answer {
                        Ok(kept) => view! { <Form kept=kept /> }.into_any(),
                        Err(ApiError::Denied(Denied::Missing(right))) => {
                            view! { <Forbidden right=right /> }.into_any()
                        }
                        Err(e) => failure(l, e, move || settings.refetch()).into_any(),
                    })
            }}
        </Suspense>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <PageHeader title=t::house::title(l) />
        <p class="muted" role="status">{t::house::loading(l)}</p>
        <SkeletonCards />
    }
}

fn failure(l: Locale, e: ApiError, retry: impl Fn() + Send + Sync + 'static) -> impl IntoView {
    view! {
        <PageHeader title=t::house::title(l) />
        <Notice tone=Tone::Error title=t::house::failed(l)>
            <p>{api_error(l, &e)}</p>
            <div class="notice__actions">
                <Button on_click=retry>{t::house::retry(l)}</Button>
            </div>
        </Notice>
    }
}

#[component]
fn Form(kept: HouseSettings) -> impl IntoView {
    let l = use_locale();
    let toasts = use_context::<Toasts>();
    let kept = RwSignal::new(SettingsDraft::of(&kept));
    let days = RwSignal::new(kept.with_untracked(|k| k.reminder_days.clone()));
    let address = RwSignal::new(kept.with_untracked(|k| k.report_address.clone()));
    let errors = RwSignal::new(FieldErrors::default());
    let refused = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let typed = move || SettingsDraft {
        reminder_days: days.get(),
        report_address: address.get(),
    };
    let dirty = Memo::new(move |_| typed() != kept.get());
    let leaving = use_leave_guard(dirty.into());
    // `leave`: «Salva ed esci» goes on where the person was going.
    let save = move |leave: bool| {
        if busy.get_untracked() {
            return;
        }
        let draft = untrack(typed);
        refused.set(None);
        errors.set(FieldErrors::default());
        if let Err(wrong) = draft.check() {
            leaving.stay();
            errors.set(wrong);
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = change_settings(draft).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(saved) => {
                    let shown = SettingsDraft::of(&saved);
                    days.set(shown.reminder_days.clone());
                    address.set(shown.report_address.clone());
                    kept.set(shown);
                    if let Some(toasts) = toasts {
                        toasts.push(Tone::Ok, t::house::saved(l));
                    }
                    if leave {
                        leaving.leave();
                    }
                }
                Err(e) => {
                    leaving.stay();
                    match e {
                        ApiError::Invalid(wrong) => errors.set(wrong),
                        e => refused.set(Some(api_error(l, &e))),
                    }
                }
            }
        });
    };
    let wrong = move |field: &'static str| {
        Signal::derive(move || errors.with(|e| e.of(field).map(|e| words(l, field, e))))
    };
    let summary = Signal::derive(move || {
        errors.with(|e| {
            e.0.iter()
                .map(|(field, e)| Fault::new(format!("house-{field}"), words(l, field, e)))
                .collect::<Vec<_>>()
        })
    });
    view! {
        <PageHeader title=t::house::title(l) lead=t::house::lead(l) />
        <form
            class="form form--panel"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                save(false);
            }
        >
            <ErrorSummary id="house-errors" title=t::house::problem(l) errors=summary />
            <div role="alert">
                {move || refused.get().map(|said| view! { <Notice tone=Tone::Error><p>{said}</p></Notice> })}
            </div>
            <TextField
                id="house-reminder_days"
                label=t::house::days(l)
                value=days
                hint=Signal::stored(Some(t::house::days_hint(l, REMINDER_DAYS_MAX, REMINDERS_MAX)))
                error=wrong("reminder_days")
                autocomplete="off"
                plain=true
            />
            <TextField
                id="house-report_address"
                label=t::house::address(l)
                value=address
                input_type="email"
                hint=Signal::stored(Some(t::house::address_hint(l).to_owned()))
                error=wrong("report_address")
                autocomplete="off"
                plain=true
            />
            <div class="form__actions">
                <Button id="house-save" submit=true kind=ButtonKind::Primary busy=busy>{t::house::save(l)}</Button>
            </div>
        </form>
        <LeaveGuard leaving=leaving section=t::house::title(l) busy=busy on_save=move || save(true) />
    }
}

fn words(l: Locale, field: &str, e: &FieldError) -> String {
    match field {
        "reminder_days" => t::house::days_wrong(l, REMINDER_DAYS_MAX, REMINDERS_MAX),
        _ => field_error(l, e),
    }
}
