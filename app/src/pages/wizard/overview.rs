//! Step 2: «Panoramica»: what changes, the motivation, and the start (P5, P6, X15).

use super::{
    desk::{name_of, unit_name},
    grants::validity,
    lost_right,
};
use crate::{
    api::{
        ApiError,
        authorisations::{apply_draft, keep_draft},
    },
    i18n::{api_error, field_error, t, use_locale},
    state::Toasts,
    ui::{Button, ButtonKind, LinkButton, Notice, TextAreaField, Tone},
    widgets::{ConfirmPassword, Forbidden},
};
use domain::{
    Locale,
    access::{Denied, Right},
    authorisation::{
        AuthorisationDraft, DraftGrant, ProfileChange, ProfileState, WizardView, changes,
    },
    problem::Conflict,
    user::{FieldError, REASON_MAX, UserState, check_reason},
};
use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The step.
#[component]
pub fn Overview(view: WizardView, reload: Callback<()>) -> AnyView {
    let l = use_locale();
    let id = view.user;
    let back = format!("/utenti/{id}/abilitazione/autorizzazioni");
    let reason = RwSignal::new(view.draft.reason.clone());
    let (error, failed) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let stale = RwSignal::new(false);
    let lost = RwSignal::new(None::<Right>);
    // What was held back until the password is given again.
    let confirming = RwSignal::new(None::<bool>);
    let busy = RwSignal::new(false);
    let can_start = view.state == UserState::Active;
    let toasts = use_context::<Toasts>();
    let navigate = StoredValue::new(use_navigate());
    let (version, key) = (view.version, view.key);
    let draft = StoredValue::new(view.draft.clone());
    let whole = move || AuthorisationDraft {
        reason: reason.get_untracked(),
        ..draft.get_value()
    };
    // What was written stays for 24 hours, also where nobody starts anything.
    let keep = move || {
        let said = whole();
        spawn_local(async move { drop(keep_draft(id, said, key).await) });
    };
    let act = move |start: bool| {
        let said = whole();
        if let Err(errors) = check_reason(&said.reason, true) {
            error.set(errors.of("reason").map(|e| reason_error(l, e)));
            crate::ui::dom::focus_id("wizard-reason");
            return;
        }
        error.set(None);
        failed.set(None);
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = apply_draft(id, version, said, key, start).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(started) if start => {
                    let to = format!(
                        "/utenti/{id}/abilitazione/codice?profilo={}",
                        started.profile
                    );
                    navigate.with_value(|go| go(&to, NavigateOptions::default()));
                }
                Ok(_) => {
                    if let Some(toasts) = toasts {
                        toasts.push(Tone::Ok, t::wizard::saved_only(l));
                    }
                    navigate
                        .with_value(|go| go(&format!("/utenti/{id}"), NavigateOptions::default()));
                }
                Err(ApiError::Invalid(errors)) => {
                    error.set(errors.of("reason").map(|e| reason_error(l, e)));
                    crate::ui::dom::focus_id("wizard-reason");
                }
                Err(ApiError::Conflict(Conflict::Changed(_))) => stale.set(true),
                Err(ApiError::Denied(Denied::MustConfirm)) => confirming.set(Some(start)),
                Err(e) => match lost_right(&e) {
                    Some(right) => lost.set(Some(right)),
                    None => failed.set(Some(api_error(l, &e))),
                },
            }
        });
    };
    // Enter writes a new line in the motivation; with Ctrl or Cmd it goes on.
    let keys = move |event: KeyboardEvent| {
        let goes_on = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
        if goes_on && event_target::<web_sys::Element>(&event).id() == "wizard-reason" {
            event.prevent_default();
            act(can_start);
        }
    };
    let chosen = name_of(l, &view.draft, view.draft.chosen);
    let shown = StoredValue::new(view);
    let page = move || {
        let view = shown.get_value();
        let back = back.clone();
        let suggestions = suggestions(l, reason);
        view! {
            <What view=view.clone() />
            <section class="section" aria-labelledby="wizard-why-title">
                <div class="section__head">
                    <h2 class="section__title" id="wizard-why-title">
                        {t::wizard::registration_for(l)} " " {chosen.clone()}
                    </h2>
                </div>
                <div class="section__body" on:focusout=move |_| keep() on:keydown=keys>
                    <TextAreaField
                        id="wizard-reason"
                        label=t::wizard::reason(l)
                        value=reason
                        hint=Some(t::wizard::reason_hint(l).to_owned())
                        error=error
                        required=true
                        counter=Signal::derive(move || {
                            Some(t::wizard::reason_count(l, REASON_MAX, reason.with(|r| r.trim().chars().count())))
                        })
                    />
                    <div class="wizard-suggestions" role="group" aria-labelledby="wizard-suggestions">
                        <span class="muted" id="wizard-suggestions">{t::wizard::suggestions(l)}</span>
                        {suggestions}
                    </div>
                </div>
            </section>
            <div role="alert">
                {move || failed.get().map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })}
                {move || {
                    stale
                        .get()
                        .then(|| {
                            view! {
                                <Notice tone=Tone::Warning>
                                    <p>{t::wizard::changed_meanwhile(l)}</p>
                                    <div class="notice__actions">
                                        <Button on_click=move || reload.run(())>{t::wizard::reload(l)}</Button>
                                    </div>
                                </Notice>
                            }
                        })
                }}
            </div>
            <div class="action-bar">
                <LinkButton href=back>{t::wizard::back(l)}</LinkButton>
                <Button id="wizard-save" busy=busy on_click=move || act(false)>{t::wizard::save_only(l)}</Button>
                {can_start
                    .then(|| {
                        view! {
                            <Button id="wizard-start" kind=ButtonKind::Primary busy=busy on_click=move || act(true)>
                                {t::wizard::start(l)}
                            </Button>
                        }
                    })}
            </div>
        }
    };
    let asks = RwSignal::new(false);
    Effect::new(move |_| asks.set(confirming.get().is_some()));
    let again = move |()| {
        if let Some(start) = confirming.get_untracked() {
            confirming.set(None);
            act(start);
        }
    };
    view! {
        {move || match lost.get() {
            Some(right) => view! { <Forbidden right=right /> }.into_any(),
            None => page().into_any(),
        }}
        <ConfirmPassword open=asks on_done=again />
    }
    .into_any()
}

/// The usual motivations, one click each: they are added to what is written.
fn suggestions(l: Locale, reason: RwSignal<String>) -> impl IntoView {
    [
        t::wizard::sug_new(l),
        t::wizard::sug_expired(l),
        t::wizard::sug_mail(l),
        t::wizard::sug_function(l),
    ]
    .map(|words| {
        let add = move || {
            reason.update(|r| {
                let joined = format!("{} {words}", r.trim_end());
                *r = joined.trim_start().to_owned();
            });
            crate::ui::dom::focus_id("wizard-reason");
        };
        view! { <Button kind=ButtonKind::Quiet on_click=add>{words}</Button> }
    })
    .into_iter()
    .collect_view()
}

fn reason_error(l: Locale, e: &FieldError) -> String {
    match e {
        FieldError::Required => t::wizard::reason_required(l).to_owned(),
        e => field_error(l, e),
    }
}

/// What changes, then what will stand, profile by profile.
#[component]
fn What(view: WizardView) -> impl IntoView {
    let l = use_locale();
    let found = changes(&view.stored, &view.draft.profiles);
    let lines = if found.is_empty() {
        view! { <p class="muted">{t::wizard::no_changes(l)}</p> }.into_any()
    } else {
        let all = found.iter().map(|c| change(l, &view, c)).collect_view();
        view! { <ul class="wizard-changes">{all}</ul> }.into_any()
    };
    let stands = view
        .draft
        .profiles
        .iter()
        .enumerate()
        .filter(|(_, p)| p.state != ProfileState::Archived)
        .map(|(place, p)| {
            let grants = if p.grants.is_empty() {
                view! { <p class="muted">{t::wizard::none_assigned(l)}</p> }.into_any()
            } else {
                let lines = p
                    .grants
                    .iter()
                    .map(|g| view! { <li>{words(l, &view, g)}</li> })
                    .collect_view();
                view! { <ul class="wizard-stands">{lines}</ul> }.into_any()
            };
            view! { <div><h3>{name_of(l, &view.draft, place)}</h3>{grants}</div> }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="wizard-changes-title">
            <div class="section__head">
                <h2 class="section__title" id="wizard-changes-title">{t::wizard::changes(l)}</h2>
            </div>
            <div class="section__body">{lines}</div>
        </section>
        <section class="section" aria-labelledby="wizard-stands-title">
            <div class="section__head">
                <h2 class="section__title" id="wizard-stands-title">{t::wizard::assigned(l)}</h2>
            </div>
            <div class="section__body">{stands}</div>
        </section>
    }
}

/// «KT_User – Ospedale X, senza limite».
fn words(l: Locale, view: &WizardView, g: &DraftGrant) -> String {
    let role = view
        .role(g.role)
        .map(|r| r.name.clone())
        .unwrap_or_default();
    let unit = unit_name(l, view, g.unit);
    let with = if g.pass_on {
        format!(", {}", t::wizard::with_representation(l))
    } else {
        String::new()
    };
    format!("{role} – {unit}, {}{with}", validity(l, g))
}

fn change(l: Locale, view: &WizardView, c: &ProfileChange) -> impl IntoView {
    let mut about = Vec::new();
    about.extend(c.new.then(|| t::wizard::new_profile(l).to_owned()));
    about.extend(c.renamed.as_ref().map(|n| t::wizard::renamed_from(l, n)));
    about.extend(c.state.filter(|_| !c.new).map(|s| {
        match s {
            ProfileState::Active => t::wizard::becomes_active(l),
            ProfileState::Inactive => t::wizard::becomes_inactive(l),
            ProfileState::Archived => t::wizard::becomes_archived(l),
        }
        .to_owned()
    }));
    let name = if c.name.is_empty() {
        t::wizard::profile_n(l, 1)
    } else {
        c.name.clone()
    };
    let added = c.added.iter().map(|g| {
        let text = words(l, view, g);
        view! { <li class="diff__added">"+ " {text} " " <span class="visually-hidden">{t::wizard::added(l)}</span></li> }
    }).collect_view();
    let removed = c.removed.iter().map(|g| {
        let text = words(l, view, g);
        view! { <li class="diff__removed">"– " {text} " " <span class="visually-hidden">{t::wizard::taken_away(l)}</span></li> }
    }).collect_view();
    let about = (!about.is_empty()).then(|| format!(" ({})", about.join(", ")));
    view! {
        <li>
            <strong>{name}</strong>
            {about}
            <ul class="wizard-changes__grants">{added} {removed}</ul>
        </li>
    }
}
