//! Step 3: link and code (P7, X16): by mail, or shown once for hand-over.

use crate::{
    api::{
        ApiError,
        registrations::{send_code, show_code},
    },
    i18n::{api_error, moment, registration::registration_state, t, use_locale},
    ui::{Button, ButtonKind, ConfirmDialog, IconName, LinkButton, Notice, Tone},
    widgets::{ConfirmPassword, fresh_key},
};
use domain::{
    access::Denied,
    authorisation::WizardView,
    registration::{Registration, RegistrationState, ShownCode},
    user::{UserState, full_name},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use std::time::Duration;

/// How long a shown code stands open.
const OPEN: Duration = Duration::from_secs(60);

/// The step.
#[component]
pub fn Code(view: WizardView, reload: Callback<()>) -> AnyView {
    let l = use_locale();
    let id = view.user;
    let wanted = use_query_map().with_untracked(|q| q.get("profilo").and_then(|p| p.parse().ok()));
    let found = view
        .registrations
        .iter()
        .find(|r| wanted.is_none_or(|p| r.profile == p))
        .or_else(|| view.registrations.first())
        .cloned();
    let Some(registration) = found else {
        return view! {
            <Notice tone=Tone::Info><p>{t::wizard::not_started(l)}</p></Notice>
            <div class="action-bar">
                <LinkButton kind=ButtonKind::Primary href=format!("/utenti/{id}/abilitazione/autorizzazioni")>
                    {t::wizard::to_roles(l)}
                </LinkButton>
            </div>
        }
        .into_any();
    };
    view! { <Sheet view=view registration=registration reload=reload /> }.into_any()
}

#[component]
fn Sheet(view: WizardView, registration: Registration, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let (id, profile) = (view.user, registration.profile);
    let now = RwSignal::new(registration);
    let shown = RwSignal::new(None::<ShownCode>);
    let (busy, asking) = (RwSignal::new(false), RwSignal::new(false));
    let (failed, told) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let may_mail = view.email.is_some();
    let email = StoredValue::new(view.email.clone().unwrap_or_default());
    let open = move || now.with(|r| r.state != RegistrationState::Completed);
    let active = view.state == UserState::Active;
    let send = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let (key, email) = (fresh_key(), email.get_value());
        spawn_local(async move {
            let answer = send_code(id, Some(profile), key).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(r) => {
                    now.set(r);
                    told.set(Some(t::wizard::sent(l, email)));
                }
                Err(e) => fail(l, failed, &e),
            }
        });
    };
    let confirming = RwSignal::new(false);
    let show = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let key = fresh_key();
        spawn_local(async move {
            let answer = show_code(id, Some(profile), key).await;
            if busy.try_set(false).is_some() {
                return;
            }
            asking.set(false);
            match answer {
                Ok(code) => {
                    now.update(|r| {
                        r.state = RegistrationState::Running;
                        r.expires_at = Some(code.expires_at);
                        r.on_its_way = false;
                    });
                    shown.set(Some(code));
                }
                Err(ApiError::Denied(Denied::MustConfirm)) => confirming.set(true),
                Err(e) => fail(l, failed, &e),
            }
        });
    };
    let name = full_name(&view.surname, &view.given_name);
    let profile_name = view
        .stored
        .iter()
        .position(|p| p.id == Some(profile))
        .map(|place| {
            let stored = domain::authorisation::AuthorisationDraft {
                profiles: view.stored.clone(),
                ..Default::default()
            };
            super::desk::name_of(l, &stored, place)
        })
        .unwrap_or_default();
    let state = move || now.with(|r| registration_state(l, r));
    let sent_before = move || now.with(|r| r.sent_at.is_some());
    let send_words = Signal::derive(move || {
        if sent_before() {
            t::wizard::send_new(l)
        } else {
            t::wizard::send(l)
        }
        .to_owned()
    });
    view! {
        <Notice tone=Tone::Ok><p>{t::wizard::completed_text(l)}</p></Notice>
        <section class="section wizard-code" aria-labelledby="wizard-link-title">
            <div class="section__head">
                <h2 class="section__title" id="wizard-link-title">{t::wizard::link_title(l)}</h2>
            </div>
            <div class="section__body">
                <dl class="facts">
                    <div><dt>{t::wizard::surname(l)}</dt><dd>{view.surname.clone()}</dd></div>
                    <div><dt>{t::wizard::given_name(l)}</dt><dd>{view.given_name.clone()}</dd></div>
                    <div>
                        <dt>{t::wizard::email(l)}</dt>
                        <dd>{view.email.clone().unwrap_or_else(|| t::wizard::no_email(l).to_owned())}</dd>
                    </div>
                    <div><dt>{t::wizard::external_id(l)}</dt><dd class="mono">{view.external_id.to_string()}</dd></div>
                    <div><dt>{t::wizard::profile(l)}</dt><dd>{profile_name}</dd></div>
                    <div><dt>{t::wizard::link(l)}</dt><dd class="mono">{view.registration_link.clone()}</dd></div>
                    <div>
                        <dt>{t::wizard::reg_state(l)}</dt>
                        <dd>
                            <p id="wizard-state">{state}</p>
                            {move || {
                                now.with(|r| r.sent_at).map(|at| view! { <p>{t::wizard::sent_on(l, moment(l, at))}</p> })
                            }}
                            {move || {
                                now.with(|r| r.last_reminded_at.map(|at| (r.reminded, at)))
                                    .map(|(n, at)| view! { <p>{t::wizard::reminders(l, moment(l, at), n)}</p> })
                            }}
                        </dd>
                    </div>
                </dl>
                {move || shown.get().map(|code| view! { <Shown code=code /> })}
                <div role="status">
                    {move || told.get().map(|words| view! { <Notice tone=Tone::Ok><p>{words}</p></Notice> })}
                </div>
                <div role="alert">
                    {move || failed.get().map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })}
                </div>
                {move || {
                    (open() && active)
                        .then(|| {
                            view! {
                                {sent_before().then(|| view! { <p class="muted">{t::wizard::new_voids(l)}</p> })}
                                <div class="wizard-code__acts">
                                    {may_mail
                                        .then(|| {
                                            view! {
                                                <Button id="wizard-send" kind=ButtonKind::Primary icon=IconName::Mail busy=busy on_click=send>
                                                    {send_words}
                                                </Button>
                                            }
                                        })}
                                    <Button id="wizard-show" busy=busy on_click=move || asking.set(true)>
                                        {t::wizard::show(l)}
                                    </Button>
                                    <Button on_click=move || reload.run(())>{t::wizard::refresh(l)}</Button>
                                </div>
                            }
                        })
                }}
            </div>
        </section>
        <ConfirmDialog
            id="wizard-show-dialog"
            open=asking
            title=t::wizard::show_title(l)
            cancel_label=t::wizard::cancel(l)
            confirm_label=t::wizard::show_confirm(l)
            busy=busy
            on_confirm=show
        >
            <p>{t::wizard::show_text(l)}</p>
        </ConfirmDialog>
        <ConfirmPassword open=confirming on_done=move |()| show() />
        <div class="action-bar">
            <LinkButton href="/utenti">{t::wizard::others(l)}</LinkButton>
            <Button on_click=move || {
                let _ = window().print();
            }>{t::wizard::print(l)}</Button>
            <LinkButton href=format!("/utenti/{id}")>
                {t::wizard::close(l)}
                <span class="visually-hidden">" " {name}</span>
            </LinkButton>
        </div>
    }
}

fn fail(l: domain::Locale, failed: RwSignal<Option<String>>, e: &ApiError) {
    failed.set(Some(api_error(l, e)));
}

/// The code, shown once; it hides itself after a minute and can be opened again while the
/// page stands.
#[component]
fn Shown(code: ShownCode) -> impl IntoView {
    let l = use_locale();
    let open = RwSignal::new(true);
    let turn = StoredValue::new(0_u32);
    let start = move || {
        let mine = turn.try_update_value(|n| {
            *n += 1;
            *n
        });
        set_timeout(
            move || {
                if turn.try_get_value() == mine {
                    let _ = open.try_set(false);
                }
            },
            OPEN,
        );
    };
    Effect::new(move |_| {
        if open.get() {
            start();
        }
    });
    let secret = StoredValue::new(code.code);
    view! {
        <section class="wizard-secret" aria-labelledby="wizard-secret-title">
            <h3 id="wizard-secret-title">{t::wizard::code(l)}</h3>
            <p class="wizard-secret__code mono" role="status">
                {move || {
                    if open.get() {
                        secret.get_value()
                    } else {
                        t::wizard::code_hidden(l).to_owned()
                    }
                }}
            </p>
            <p>{t::wizard::code_until(l, moment(l, code.expires_at))}</p>
            <p class="muted no-print">{t::wizard::auto_hide(l)}</p>
            <Button on_click=move || open.update(|o| *o = !*o)>
                {move || if open.get() { t::wizard::hide(l) } else { t::wizard::reveal(l) }}
            </Button>
        </section>
    }
}
