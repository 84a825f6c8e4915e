//! «Chiudi l'unità»: what stands in the way, where its people go, and why.

use crate::{
    api::{
        ApiError,
        units::{check_close, close_unit, reopen_unit},
    },
    i18n::{api_error, field_error, number, t, use_locale},
    state::Toasts,
    ui::{ChoiceOption, ConfirmDialog, Notice, SelectField, TextAreaField, Tone},
};
use domain::{Locale, UnitId, unit::CloseCheck, user::check_reason};
use leptos::{prelude::*, task::spawn_local};

/// The dialog; open while `target` holds a unit and its name.
#[component]
pub fn CloseDialog(
    /// Which unit.
    target: RwSignal<Option<(UnitId, String)>>,
    /// Runs after it was closed or reopened.
    #[prop(into)]
    on_closed: Callback<()>,
) -> impl IntoView {
    let l = use_locale();
    let toasts = use_context::<Toasts>();
    let open = RwSignal::new(false);
    let check = RwSignal::new(None::<CloseCheck>);
    let (to, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (wrong, refused) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        let Some((id, _)) = target.get() else { return };
        check.set(None);
        to.set(String::new());
        reason.set(String::new());
        wrong.set(None);
        refused.set(None);
        open.set(true);
        spawn_local(async move {
            match check_close(id).await {
                Ok(found) => drop(check.try_set(Some(found))),
                Err(e) => drop(refused.try_set(Some(api_error(l, &e)))),
            }
        });
    });
    Effect::new(move |_| {
        if !open.get() && target.with_untracked(Option::is_some) {
            target.set(None);
        }
    });
    let name = Signal::derive(move || {
        target.with(|t| t.as_ref().map(|(_, n)| n.clone()).unwrap_or_default())
    });
    let why = Signal::derive(move || {
        check.with(|c| match c {
            None => Some(t::units::loading(l).to_owned()),
            Some(c) if c.below > 0 => Some(t::units::close_below(l, c.below)),
            Some(c) if c.enrolled > 0 => Some(t::units::close_enrolled(l, c.enrolled)),
            Some(c) if c.users > 0 && c.targets.is_empty() => {
                Some(t::units::close_users_only(l, c.users))
            }
            Some(c) if c.users > 0 && to.with(String::is_empty) => {
                Some(t::units::close_to_choose(l).to_owned())
            }
            Some(_) => None,
        })
    });
    let confirm = move || {
        let Some((id, name)) = target.get_untracked() else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        if let Err(e) = check_reason(&reason.get_untracked(), true) {
            wrong.set(e.of("reason").map(|e| field_error(l, e)));
            crate::ui::dom::focus_id("unit-close-reason");
            return;
        }
        wrong.set(None);
        busy.set(true);
        let goes = to.get_untracked().parse().ok();
        spawn_local(async move {
            let answer = close_unit(id, goes, reason.get_untracked()).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(moved) => {
                    open.set(false);
                    if let Some(toasts) = toasts {
                        let words = match moved {
                            0 => t::units::close_done(l, &name),
                            n => t::units::close_moved(l, number(l, n), &name),
                        };
                        toasts.push_with_action(Tone::Ok, words, t::units::undo(l), move || {
                            undo(l, id, name.clone(), toasts, on_closed);
                        });
                    }
                    on_closed.run(());
                }
                Err(ApiError::Invalid(e)) if e.of("reason").is_some() => {
                    wrong.set(e.of("reason").map(|e| field_error(l, e)));
                }
                Err(e) => refused.set(Some(api_error(l, &e))),
            }
        });
    };
    view! {
        <ConfirmDialog
            id="unit-close"
            open=open
            title=Signal::derive(move || t::units::close_title(l, name.get()))
            cancel_label=t::units::cancel(l)
            confirm_label=Signal::derive(move || t::units::close_confirm(l, name.get()))
            danger=true
            busy=busy
            disabled_reason=why
            on_confirm=confirm
        >
            <p>{t::units::close_text(l)}</p>
            {move || refused.get().map(|words| view! { <div role="alert"><Notice tone=Tone::Error><p>{words}</p></Notice></div> })}
            {move || {
                check
                    .get()
                    .filter(|c| c.users > 0 && !c.targets.is_empty())
                    .map(|c| {
                        let options: Vec<_> = std::iter::once(ChoiceOption::new("", t::units::close_to_choose(l)))
                            .chain(c.targets.iter().map(|(id, name)| ChoiceOption::new(id.to_string(), name.clone())))
                            .collect();
                        view! {
                            <p>{t::units::close_users(l, c.users)}</p>
                            <SelectField id="unit-close-to" label=t::units::close_to(l) value=to options=options required=true />
                        }
                    })
            }}
            <TextAreaField
                id="unit-close-reason"
                label=t::units::close_reason(l)
                value=reason
                hint=Some(t::units::close_reason_hint(l).to_owned())
                error=wrong
                required=true
                maxlength=500_u32
            />
        </ConfirmDialog>
    }
}

/// Takes the unit just closed into use again. People that were moved stay.
fn undo(l: Locale, id: UnitId, name: String, toasts: Toasts, done: Callback<()>) {
    spawn_local(async move {
        match reopen_unit(id).await {
            Ok(()) => toasts.push(Tone::Ok, t::units::reopened(l, name)),
            Err(e) => toasts.push(Tone::Error, api_error(l, &e)),
        }
        done.run(());
    });
}
