//! Before a canton's user is reactivated: which roles become valid again, and why.

use super::RowMenu;
use crate::{
    api::{
        ApiError, ApiResult,
        user::{read_returning, set_user_state},
    },
    i18n::{api_error, field_error, t},
    ui::{Button, ConfirmDialog, Notice, TextAreaField, Tone},
    widgets::GrantLine,
};
use domain::{
    Locale, UserId,
    user::{FieldError, GrantView, REASON_MAX, check_reason},
};
use leptos::{prelude::*, task::spawn_local};

type Roles = Option<ApiResult<Vec<GrantView>>>;

/// The question.
#[component]
pub fn Reactivation(menu: RowMenu) -> impl IntoView {
    let l = menu.l;
    let open = RwSignal::new(false);
    let (reason, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let failed = RwSignal::new(None::<String>);
    let roles = RwSignal::new(None::<ApiResult<Vec<GrantView>>>);
    let asked = menu.reactivating;
    let read = move |id: UserId| {
        roles.set(None);
        spawn_local(async move {
            let answer = read_returning(id).await;
            // Somebody else may have been asked about meanwhile.
            let same = asked.try_with_untracked(|a| a.as_ref().is_some_and(|(of, _)| *of == id));
            if same == Some(true) {
                let _ = roles.try_set(Some(answer));
            }
        });
    };
    Effect::new(move |_| {
        if let Some((id, _)) = asked.get() {
            reason.set(String::new());
            error.set(None);
            failed.set(None);
            read(id);
            open.set(true);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let now = open.get();
        if was == Some(true) && !now {
            asked.set(None);
        }
        now
    });
    let words = move |e: &FieldError| match e {
        FieldError::Required => t::commands::reason_required(l).to_owned(),
        e => field_error(l, e),
    };
    let act = move || {
        let Some((id, name)) = asked.get_untracked() else {
            return;
        };
        let said = reason.get_untracked();
        if let Err(errors) = check_reason(&said, true) {
            error.set(errors.of("reason").map(words));
            crate::ui::dom::focus_id("reactivate-reason");
            return;
        }
        error.set(None);
        failed.set(None);
        if menu.busy.get_untracked() {
            return;
        }
        menu.busy.set(true);
        spawn_local(async move {
            let answer = set_user_state(id, true, said).await;
            if menu.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(saved) => {
                    open.set(false);
                    menu.tell(Tone::Ok, t::commands::reactivated(l, name));
                    menu.done(id, Some(saved.row));
                }
                Err(ApiError::Invalid(errors)) => error.set(errors.of("reason").map(words)),
                Err(e) => failed.set(Some(api_error(l, &e))),
            }
        });
    };
    let named = move |words: fn(Locale, String) -> String| {
        Signal::derive(move || {
            asked.with(|a| {
                a.as_ref()
                    .map(|(_, name)| words(l, name.clone()))
                    .unwrap_or_default()
            })
        })
    };
    // Nothing comes back before it was shown.
    let unread = Signal::derive(move || {
        let known = roles.with(|r| matches!(r, Some(Ok(_))));
        (!known).then(|| t::commands::reactivate_reading(l).to_owned())
    });
    let retry = move || {
        if let Some((id, _)) = asked.get_untracked() {
            read(id);
        }
    };
    view! {
        <ConfirmDialog
            id="reactivate-dialog"
            open=open
            title=named(t::commands::reactivate_title)
            cancel_label=t::commands::cancel(l)
            confirm_label=named(t::commands::reactivate_confirm)
            busy=menu.busy
            disabled_reason=unread
            on_confirm=act
        >
            {move || returning(l, roles.get(), retry)}
            <TextAreaField
                id="reactivate-reason"
                label=t::commands::reason(l)
                value=reason
                hint=Some(t::commands::reason_hint(l).to_owned())
                error=error
                required=true
                counter=Signal::derive(move || {
                    Some(t::commands::reason_count(l, REASON_MAX, reason.with(|r| r.trim().chars().count())))
                })
            />
            {move || {
                failed
                    .get()
                    .map(|words| view! { <div role="alert"><Notice tone=Tone::Error><p>{words}</p></Notice></div> })
            }}
        </ConfirmDialog>
    }
}

/// The roles, as far as they are known.
fn returning(l: Locale, roles: Roles, retry: impl Fn() + Copy + 'static + Send + Sync) -> AnyView {
    match roles {
        None => view! { <p class="muted" role="status">{t::commands::reactivate_reading(l)}</p> }
            .into_any(),
        Some(Err(e)) => view! {
            <Notice tone=Tone::Error title=t::commands::reactivate_unread(l)>
                <p>{api_error(l, &e)}</p>
                <div class="notice__actions">
                    <Button on_click=retry>{t::commands::retry(l)}</Button>
                </div>
            </Notice>
        }
        .into_any(),
        Some(Ok(roles)) if roles.is_empty() => {
            view! { <p>{t::commands::reactivate_none(l)}</p> }.into_any()
        }
        Some(Ok(roles)) => {
            let lines = roles
                .into_iter()
                .map(|g| view! { <li><GrantLine grant=g /></li> })
                .collect_view();
            view! {
                <p id="reactivate-roles">{t::commands::reactivate_effect(l)}</p>
                <ul aria-labelledby="reactivate-roles">{lines}</ul>
                <p class="muted">{t::commands::reactivate_else(l)}</p>
            }
            .into_any()
        }
    }
}
