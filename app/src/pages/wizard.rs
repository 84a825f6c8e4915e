//! `/utenti/:id/abilitazione/{autorizzazioni,panoramica,codice}`: the three steps from a
//! prepared user to a registration code (ux §2.8).

mod code;
mod delegation;
mod desk;
mod grants;
mod overview;
mod profiles;
mod roles;

use crate::{
    api::{ApiError, authorisations::open_wizard},
    i18n::{api_error, t, use_locale},
    ui::{Button, LinkButton, Notice, PageHeader, SkeletonCards, Step as StepLine, Stepper, Tone},
    widgets::{Forbidden, PageTitle},
};
use domain::{
    UserId,
    access::{Denied, Right},
    authorisation::WizardView,
    user::full_name,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// One of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Roles,
    Overview,
    Code,
}

/// Step 1: «Gestire le autorizzazioni».
#[component]
pub fn WizardRoles() -> impl IntoView {
    view! { <Frame step=Step::Roles /> }
}

/// Step 2: «Panoramica».
#[component]
pub fn WizardOverview() -> impl IntoView {
    view! { <Frame step=Step::Overview /> }
}

/// Step 3: «Operazioni di gestione completate».
#[component]
pub fn WizardCode() -> impl IntoView {
    view! { <Frame step=Step::Code /> }
}

/// What every step shares: who it is about, where one stands, and the failures.
#[component]
fn Frame(step: Step) -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|p| p.get("id").and_then(|id| id.parse::<UserId>().ok())));
    let wizard = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => open_wizard(id).await,
                None => Err(ApiError::NotFound),
            }
        },
    );
    let reload = Callback::new(move |()| wizard.refetch());
    view! {
        <Suspense fallback=Loading>
            {move || {
                wizard
                    .get()
                    .map(|answer| match answer {
                        Ok(view) => view! { <Page view=view step=step reload=reload /> }.into_any(),
                        Err(e) => view! { <Failure error=e retry=reload /> }.into_any(),
                    })
            }}
        </Suspense>
    }
}

#[component]
fn Page(view: WizardView, step: Step, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let id = view.user;
    let base = format!("/utenti/{id}/abilitazione");
    let has_registration = !view.registrations.is_empty();
    let steps = vec![
        StepLine {
            label: t::wizard::step_1(l).into(),
            href: (step != Step::Roles).then(|| format!("{base}/autorizzazioni")),
        },
        StepLine {
            label: t::wizard::step_2(l).into(),
            href: (step == Step::Code).then(|| format!("{base}/panoramica")),
        },
        StepLine {
            label: t::wizard::step_3(l).into(),
            href: (step != Step::Code && has_registration).then(|| format!("{base}/codice")),
        },
    ];
    let (place, title) = match step {
        Step::Roles => (0, t::wizard::h1_roles(l)),
        Step::Overview => (1, t::wizard::h1_overview(l)),
        Step::Code => (2, t::wizard::h1_code(l)),
    };
    let name = full_name(&view.surname, &view.given_name);
    let head = view.clone();
    let body = match step {
        Step::Roles => view! { <roles::Roles view=view reload=reload /> }.into_any(),
        Step::Overview => view! { <overview::Overview view=view reload=reload /> }.into_any(),
        Step::Code => view! { <code::Code view=view reload=reload /> }.into_any(),
    };
    view! {
        <PageTitle text=format!("{title} – {name}") />
        <PageHeader title=title />
        <div class="page wizard">
            <Stepper
                label=t::wizard::steps(l)
                steps=steps
                current=place
                position=t::wizard::position(l, place + 1)
                done_label=t::wizard::done(l)
            />
            <Head view=head />
            {body}
        </div>
    }
}

/// The header row of the portal (X11): who this is about.
#[component]
fn Head(view: WizardView) -> impl IntoView {
    let l = use_locale();
    let name = full_name(&view.surname, &view.given_name);
    let edit = format!("/utenti/{}", view.user);
    let warning = match &view.email {
        Some(email) if view.private_mail => Some(t::wizard::private_mail(l, email)),
        Some(_) => None,
        None => Some(t::wizard::no_mail_notice(l).to_owned()),
    };
    let inactive = view.state != domain::user::UserState::Active;
    let known = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    view! {
        <section class="panel wizard-head" aria-label=t::wizard::head(l)>
            <dl class="wizard-head__facts">
                <div><dt>{t::wizard::unit(l)}</dt><dd>{known(view.unit)}</dd></div>
                <div><dt>{t::wizard::surname(l)}</dt><dd>{view.surname.clone()}</dd></div>
                <div><dt>{t::wizard::given_name(l)}</dt><dd>{view.given_name.clone()}</dd></div>
                <div>
                    <dt>{t::wizard::email(l)}</dt>
                    <dd>{view.email.clone().unwrap_or_else(|| t::wizard::no_email(l).to_owned())}</dd>
                </div>
                <div><dt>{t::invite::col_phone(l)}</dt><dd>{known(view.phone)}</dd></div>
                <div><dt>{t::wizard::external_id(l)}</dt><dd class="mono">{view.external_id.to_string()}</dd></div>
                <div><dt>{t::wizard::username(l)}</dt><dd class="mono">{view.username.clone()}</dd></div>
            </dl>
            <a href=edit>
                {t::wizard::edit_data(l)}
                <span class="visually-hidden">" " {t::wizard::edit_data_of(l, name)}</span>
            </a>
        </section>
        {warning.map(|words| view! { <Notice tone=Tone::Warning><p>{words}</p></Notice> })}
        {inactive.then(|| view! { <Notice tone=Tone::Info><p>{t::wizard::inactive_notice(l)}</p></Notice> })}
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <PageTitle text=t::wizard::title(l) />
        <PageHeader title=t::wizard::loading(l) />
        <SkeletonCards />
    }
}

/// Not found, not allowed, or not loaded: never a blank page.
#[component]
fn Failure(error: ApiError, retry: Callback<()>) -> AnyView {
    let l = use_locale();
    if let ApiError::Denied(Denied::Missing(right)) = error {
        return view! { <Forbidden right=right /> }.into_any();
    }
    if error == ApiError::NotFound {
        crate::state::page_not_found();
    }
    let again = !matches!(error, ApiError::NotFound | ApiError::Denied(_));
    let title = match &error {
        ApiError::NotFound => t::wizard::not_found(l),
        ApiError::Denied(_) => t::wizard::forbidden(l),
        _ => t::wizard::load_failed(l),
    };
    view! {
        <PageTitle text=title />
        <PageHeader title=title />
        <div class="error-page">
            <Notice tone=if again { Tone::Error } else { Tone::Info }>
                <p>{api_error(l, &error)}</p>
            </Notice>
            <div class="page-header__actions">
                {again.then(|| view! { <Button on_click=move || retry.run(())>{t::wizard::retry(l)}</Button> })}
                <LinkButton href="/utenti">{t::wizard::back_to_users(l)}</LinkButton>
            </div>
        </div>
    }
    .into_any()
}

/// Who lost a right in the middle reads which, as on any page; nothing was written.
fn lost_right(e: &ApiError) -> Option<Right> {
    match e {
        ApiError::Denied(Denied::Missing(right)) => Some(*right),
        _ => None,
    }
}
