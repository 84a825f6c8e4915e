//! «Ripristina»: says what will be put back, takes the motivation, and does it.

use crate::{
    api::{ApiError, audit::revert_entry},
    i18n::{api_error, field_error, t, use_locale},
    state::Toasts,
    ui::{ConfirmDialog, Notice, TextAreaField, Tone},
};
use domain::{AuditId, user::REASON_MAX};
use leptos::{prelude::*, task::spawn_local};

/// The entry to put back, and how it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The entry.
    pub id: AuditId,
    /// What it was about.
    pub name: String,
    /// The act in words.
    pub act: String,
    /// What it changed, in words.
    pub changes: Vec<String>,
    /// A motivation is needed.
    pub reason_required: bool,
    /// The user comes back not active, whatever it was before.
    pub comes_back_inactive: bool,
}

/// The question. `on_done` runs after it was put back.
#[component]
pub fn RestoreDialog(target: RwSignal<Option<Target>>, on_done: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let toasts = use_context::<Toasts>();
    let open = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let failed = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    // What is asked about stays while the dialog fades.
    let asked = Memo::new(move |was: Option<&Option<Target>>| {
        target.get().or_else(|| was.cloned().flatten())
    });
    Effect::new(move |_| {
        if target.with(Option::is_some) && !open.get_untracked() {
            reason.set(String::new());
            wrong.set(None);
            failed.set(None);
            open.set(true);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let now = open.get();
        if was == Some(true) && !now {
            target.set(None);
        }
        now
    });
    let confirm = move || {
        let Some(goal) = target.get_untracked().filter(|_| !busy.get_untracked()) else {
            return;
        };
        wrong.set(None);
        failed.set(None);
        busy.set(true);
        spawn_local(async move {
            let answer = revert_entry(goal.id, reason.get_untracked()).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    open.set(false);
                    if let Some(toasts) = toasts {
                        toasts.push(Tone::Ok, t::audit::restored(l, goal.name));
                    }
                    on_done.run(());
                }
                Err(ApiError::Invalid(fields)) if fields.of("reason").is_some() => {
                    wrong.set(fields.of("reason").map(|e| field_error(l, e)));
                }
                Err(e) => failed.set(Some(api_error(l, &e))),
            }
        });
    };
    let title = Signal::derive(move || {
        let name = asked.with(|a| a.as_ref().map(|a| a.name.clone()).unwrap_or_default());
        t::audit::restore_title(l, name)
    });
    let label = Signal::derive(move || {
        if asked.with(|a| a.as_ref().is_some_and(|a| a.reason_required)) {
            t::audit::restore_reason_required(l).to_owned()
        } else {
            t::audit::restore_reason(l).to_owned()
        }
    });
    let lines = move || {
        asked.get().map(|a| {
            let changes = a
                .changes
                .into_iter()
                .map(|words| view! { <li>{words}</li> })
                .collect_view();
            view! {
                <p><strong>{a.act}</strong></p>
                <ul class="plain-list">{changes}</ul>
                {a.comes_back_inactive.then(|| view! { <p>{t::audit::restore_inactive(l)}</p> })}
            }
        })
    };
    view! {
        <ConfirmDialog
            id="audit-restore"
            open=open
            title=title
            cancel_label=Signal::stored(t::audit::cancel(l).to_owned())
            confirm_label=Signal::stored(t::audit::restore(l).to_owned())
            busy=busy
            on_confirm=confirm
        >
            <p>{t::audit::restore_text(l)}</p>
            {lines}
            <TextAreaField
                id="audit-restore-reason"
                label=label
                value=reason
                hint=t::audit::restore_reason_hint(l).to_owned()
                error=wrong
                maxlength=u32::try_from(REASON_MAX).unwrap_or(500)
            />
            {move || failed.get().map(|words| view! { <div role="alert"><Notice tone=Tone::Error><p>{words}</p></Notice></div> })}
        </ConfirmDialog>
    }
}
