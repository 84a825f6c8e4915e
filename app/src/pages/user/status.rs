//! «Stato»: whether the account may sign in, and the button that changes it.

use super::sheet::Sheet;
use crate::{
    api::{ApiError, user::set_user_state},
    i18n::{api_error, day, field_error, moment, t},
    ui::{Button, ConfirmDialog, Notice, Status as Word, TextAreaField, Tone},
    widgets::RowMenu,
};
use domain::{
    Locale,
    user::{FieldError, REASON_MAX, UserState, check_reason},
};
use leptos::{prelude::*, task::spawn_local};

/// «Attivo»: an icon and a word.
pub fn state_view(l: Locale, state: UserState) -> impl IntoView {
    let (tone, word) = match state {
        UserState::Active => (Tone::Ok, t::user::active(l)),
        UserState::Inactive => (Tone::Neutral, t::user::inactive(l)),
        UserState::Archived => (Tone::Neutral, t::user::state_archived(l)),
    };
    view! { <Word tone=tone>{word}</Word> }
}

/// The section with its dialog.
#[component]
pub fn Status(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let asking = RwSignal::new(false);
    let menu = use_context::<RowMenu>();
    let state = Memo::new(move |_| sheet.data.with(|p| (p.detail.row.state, p.detail.may_edit)));
    let button = move || {
        match state.get() {
        (UserState::Active, true) => Some(
            view! { <Button id="deactivate" on_click=move || asking.set(true)>{t::user::deactivate(l)}</Button> }.into_any(),
        ),
        (UserState::Inactive, true) => Some(
            view! { <Button id="reactivate" busy=sheet.busy on_click=move || reactivate(sheet, menu)>{t::user::reactivate(l)}</Button> }
                .into_any(),
        ),
        _ => None,
    }
    };
    view! {
        <section class="section" aria-labelledby="state-title">
            <div class="section__head">
                <h2 class="section__title" id="state-title">{t::user::state(l)}</h2>
                <div class="section__actions">{button}</div>
            </div>
            <div class="section__body">
                <dl class="facts">
                    <div>
                        <dt>{t::user::active(l)}</dt>
                        <dd>{move || active_word(l, state.get().0)}</dd>
                    </div>
                    <div>
                        <dt>{t::user::password_end(l)}</dt>
                        <dd>{move || password_end(sheet)}</dd>
                    </div>
                    <div>
                        <dt>{t::user::last_sign_in(l)}</dt>
                        <dd>{move || last_sign_in(sheet)}</dd>
                    </div>
                </dl>
            </div>
        </section>
        <Deactivation sheet=sheet open=asking />
    }
}

fn active_word(l: Locale, state: UserState) -> impl IntoView {
    let (tone, word) = match state {
        UserState::Active => (Tone::Ok, t::user::state_active(l)),
        UserState::Inactive => (Tone::Neutral, t::user::state_inactive(l)),
        UserState::Archived => (Tone::Neutral, t::user::state_archived(l)),
    };
    view! { <Word tone=tone>{word}</Word> }
}

fn password_end(sheet: Sheet) -> AnyView {
    let l = sheet.l;
    match sheet.data.with(|p| p.detail.row.password_end) {
        None => t::user::password_no_end(l).into_any(),
        Some(end) if end.over => {
            view! { <Word tone=Tone::Warning>{t::user::password_over(l, day(l, end.day))}</Word> }
                .into_any()
        }
        Some(end) => {
            view! { <time datetime=end.day.to_string()>{day(l, end.day)}</time> }.into_any()
        }
    }
}

fn last_sign_in(sheet: Sheet) -> AnyView {
    let l = sheet.l;
    match sheet.data.with(|p| p.detail.last_sign_in) {
        None => t::user::never(l).into_any(),
        Some(at) => view! { <time datetime=at.to_string()>{moment(l, at)}</time> }.into_any(),
    }
}

/// Effect, motivation, and the act.
#[component]
fn Deactivation(sheet: Sheet, open: RwSignal<bool>) -> impl IntoView {
    let l = sheet.l;
    let (reason, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let failed = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if open.get() {
            reason.set(String::new());
            error.set(None);
            failed.set(None);
        }
    });
    let act = move || {
        let said = reason.get_untracked();
        if let Err(errors) = check_reason(&said, true) {
            error.set(errors.of("reason").map(|e| reason_error(l, e)));
            crate::ui::dom::focus_id("deactivate-reason");
            return;
        }
        error.set(None);
        failed.set(None);
        if sheet.busy.get_untracked() {
            return;
        }
        sheet.busy.set(true);
        spawn_local(async move {
            let answer = set_user_state(sheet.id(), false, said).await;
            if sheet.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(saved) => {
                    open.set(false);
                    if let Some(toasts) = sheet.toasts {
                        let words = t::user::deactivated(l, saved.row.full_name());
                        toasts.push_with_action(
                            Tone::Ok,
                            words,
                            t::user::reactivate(l),
                            move || activate(sheet, t::commands::undo_reason(l).to_owned()),
                        );
                    }
                    sheet.changed(saved.row.clone());
                    sheet.told.set(Some(saved));
                }
                Err(ApiError::Invalid(errors)) => {
                    error.set(errors.of("reason").map(|e| reason_error(l, e)))
                }
                Err(e) => failed.set(Some(api_error(l, &e))),
            }
        });
    };
    view! {
        <ConfirmDialog
            id="deactivate-dialog"
            open=open
            title=Signal::derive(move || t::user::deactivate_title(l, sheet.name()))
            cancel_label=t::user::cancel(l)
            confirm_label=Signal::derive(move || t::user::deactivate_confirm(l, sheet.name()))
            danger=true
            busy=sheet.busy
            on_confirm=act
        >
            <p>{t::user::deactivate_effect(l)}</p>
            <TextAreaField
                id="deactivate-reason"
                label=t::user::reason(l)
                value=reason
                hint=Some(t::user::reason_hint(l).to_owned())
                error=error
                required=true
                counter=Signal::derive(move || Some(t::user::reason_count(l, REASON_MAX, reason.with(|r| r.trim().chars().count()))))
            />
            {move || {
                failed
                    .get()
                    .map(|words| {
                        view! {
                            <div role="alert">
                                <Notice tone=Tone::Error>
                                    <p>{words}</p>
                                </Notice>
                            </div>
                        }
                    })
            }}
        </ConfirmDialog>
    }
}

fn reason_error(l: Locale, e: &FieldError) -> String {
    match e {
        FieldError::Required => t::user::reason_required(l).to_owned(),
        e => field_error(l, e),
    }
}

/// «Riattiva»: in a canton, whose page has the row menu's acts, what comes back is shown first.
pub(super) fn reactivate(sheet: Sheet, menu: Option<RowMenu>) {
    match menu {
        Some(menu) => menu.ask_to_reactivate(sheet.id(), sheet.name()),
        None => activate(sheet, String::new()),
    }
}

fn activate(sheet: Sheet, said: String) {
    let l = sheet.l;
    if sheet.busy.is_disposed() || sheet.busy.get_untracked() {
        return;
    }
    sheet.busy.set(true);
    spawn_local(async move {
        let answer = set_user_state(sheet.id(), true, said).await;
        if sheet.busy.try_set(false).is_some() {
            return;
        }
        match (answer, sheet.toasts) {
            (Ok(saved), toasts) => {
                if let Some(toasts) = toasts {
                    toasts.push(Tone::Ok, t::user::reactivated(l, saved.row.full_name()));
                }
                sheet.changed(saved.row);
            }
            (Err(e), Some(toasts)) => toasts.push(Tone::Error, api_error(l, &e)),
            (Err(_), None) => {}
        }
    });
}
