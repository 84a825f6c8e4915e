//! Step 1: «Gestire le autorizzazioni» (X11, X13, X14).

use super::{delegation::Delegation, desk::Desk, grants::Grants, profiles::Profiles};
use crate::{
    api::authorisations::discard_draft,
    i18n::{
        registration::{category_name, grant_refusal, role_description},
        t, use_locale,
    },
    ui::{
        Button, ButtonKind, ChoiceOption, LinkButton, Notice, SelectField, TabItem, TabPanel, Tabs,
        TextField, Tone,
    },
};
use domain::{
    GroupId, UnitId,
    authorisation::{DraftGrant, RoleChoice, WizardView, category},
};
use jiff::civil::Date;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The step.
#[component]
pub fn Roles(view: WizardView, reload: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let (id, kept) = (view.user, view.kept);
    let desk = Desk::new(l, view);
    let tab = RwSignal::new("ruoli".to_owned());
    let tabs = vec![
        TabItem::new("ruoli", t::wizard::tab_roles(l)),
        TabItem::new("gestione", t::wizard::tab_delegation(l)),
    ];
    let has_delegation = desk
        .view
        .with_value(|v| v.roles.iter().any(RoleChoice::is_delegation));
    let leave = RwSignal::new(false);
    let navigate = use_navigate();
    Effect::new(move |_| {
        // On only when what was changed last is kept.
        if leave.get() && !desk.saving.get() {
            leave.set(false);
            if desk.failed.with_untracked(Option::is_none)
                && desk.problems.with_untracked(Vec::is_empty)
            {
                let to = format!("/utenti/{id}/abilitazione/panoramica");
                navigate(&to, NavigateOptions::default());
            } else {
                crate::ui::dom::focus_id("wizard-problems");
            }
        }
    });
    let discard = move || {
        spawn_local(async move {
            drop(discard_draft(id).await);
            reload.run(());
        });
    };
    let panel = move || {
        if tab.with(|t| t == "gestione") {
            view! { <TabPanel tabs="wizard-tabs" key="gestione"><Delegation desk=desk /></TabPanel> }
                .into_any()
        } else {
            view! { <TabPanel tabs="wizard-tabs" key="ruoli"><Assign desk=desk /></TabPanel> }
                .into_any()
        }
    };
    view! {
        {kept
            .then(|| {
                view! {
                    <Notice tone=Tone::Info>
                        <p>{t::wizard::kept(l)}</p>
                        <div class="notice__actions">
                            <Button on_click=discard>{t::wizard::discard(l)}</Button>
                        </div>
                    </Notice>
                }
            })}
        <div class="wizard-columns">
            <Profiles desk=desk />
            <div class="wizard-main">
                {has_delegation
                    .then(|| {
                        view! {
                            <Tabs
                                id="wizard-tabs"
                                label=t::wizard::title(l)
                                tabs=tabs
                                selected=tab
                                on_select=move |key: String| tab.set(key)
                            />
                        }
                    })}
                {panel}
                <Grants desk=desk />
            </div>
        </div>
        <div id="wizard-problems" tabindex="-1" role="alert">
            {move || desk.failed.get().map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })}
            {move || {
                desk.problems
                    .get()
                    .into_iter()
                    .map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })
                    .collect_view()
            }}
        </div>
        <div class="action-bar">
            <LinkButton href="/utenti">{t::wizard::back_to_users(l)}</LinkButton>
            <Button id="wizard-next" kind=ButtonKind::Primary busy=leave on_click=move || leave.set(true)>
                {t::wizard::next(l)}
            </Button>
        </div>
    }
}

/// The units that can be chosen: the whole organisation first, where it may be.
pub fn unit_options(desk: Desk) -> Vec<ChoiceOption> {
    let l = desk.l;
    desk.view.with_value(|v| {
        let whole = v.whole.then(|| ChoiceOption::new("", t::wizard::whole(l)));
        let units = v.units.iter().filter(|u| u.open).map(|u| {
            let indent = "\u{2003}".repeat(u.depth);
            ChoiceOption::new(u.id.to_string(), format!("{indent}{}", u.name))
        });
        whole.into_iter().chain(units).collect()
    })
}

/// «Assegnare autorizzazioni»: role, description, unit, dates.
#[component]
fn Assign(desk: Desk) -> impl IntoView {
    let l = desk.l;
    let filter = RwSignal::new(String::new());
    let role = RwSignal::new(None::<GroupId>);
    let options = unit_options(desk);
    let nothing_open = options.is_empty();
    let unit = RwSignal::new(options.first().map(|o| o.value.clone()).unwrap_or_default());
    let (from, until) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let error = RwSignal::new(None::<String>);
    let assign = move || {
        let Some(id) = role.get_untracked() else {
            error.set(Some(t::wizard::choose_first(l).to_owned()));
            return;
        };
        let read = |text: RwSignal<String>| text.with_untracked(|d| d.parse::<Date>().ok());
        let grant = DraftGrant {
            role: id,
            unit: unit.with_untracked(|u| u.parse::<UnitId>().ok()),
            from: read(from),
            until: read(until),
            pass_on: false,
        };
        if let Err(words) = fits(desk, &grant) {
            error.set(Some(words));
            return;
        }
        error.set(None);
        desk.change_profile(|p| p.grants.push(grant));
        let name = desk.role(id).map(|r| r.name).unwrap_or_default();
        let place = desk.draft.with_untracked(|d| d.chosen);
        desk.say(t::wizard::assigned_now(l, desk.profile_name(place), name));
        role.set(None);
        from.set(String::new());
        until.set(String::new());
    };
    let description = move || match role.get().and_then(|id| desk.role(id)) {
        Some(r) => view! {
            <p><strong>{r.name}</strong></p>
            <p>{role_description(l, &r.code)}</p>
        }
        .into_any(),
        None => view! { <p class="muted">{t::wizard::choose_role(l)}</p> }.into_any(),
    };
    view! {
        <h3 class="section__title">{t::wizard::tab_roles(l)}</h3>
        {nothing_open.then(|| view! { <Notice tone=Tone::Info><p>{t::wizard::no_roles(l)}</p></Notice> })}
        <div class="wizard-assign">
            <div class="wizard-assign__roles">
                <TextField
                    id="wizard-filter"
                    label=t::wizard::filter_roles(l)
                    value=filter
                    input_type="search"
                    autocomplete="off"
                    plain=true
                />
                <RoleList desk=desk filter=filter role=role />
            </div>
            <section class="wizard-role" aria-live="polite" aria-labelledby="wizard-role-title">
                <h4 id="wizard-role-title">{t::wizard::role_description(l)}</h4>
                {description}
            </section>
        </div>
        <div class="wizard-terms">
            <SelectField id="wizard-unit" label=t::wizard::unit(l) value=unit options=options />
            <TextField id="wizard-from" label=t::wizard::from(l) value=from input_type="date" hint=Some(t::wizard::optional(l).to_owned()) />
            <TextField id="wizard-until" label=t::wizard::until(l) value=until input_type="date" hint=Some(t::wizard::optional(l).to_owned()) />
            <Button id="wizard-assign" on_click=assign>{t::wizard::assign(l)}</Button>
        </div>
        <div role="alert">
            {move || error.get().map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })}
        </div>
    }
}

/// Whether the chosen profile takes the grant; otherwise what to do.
fn fits(desk: Desk, grant: &DraftGrant) -> Result<(), String> {
    let l = desk.l;
    let backwards = grant.from.zip(grant.until).is_some_and(|(a, b)| b < a);
    if backwards {
        return Err(t::wizard::p_dates(l).to_owned());
    }
    desk.view.with_value(|v| {
        let of = |id: GroupId| v.role(id).map(|r| r.category.as_str());
        desk.draft.with_untracked(|d| {
            let Some(profile) = d.profile() else {
                return Ok(());
            };
            if profile.grants.iter().any(|g| g.same_place(grant)) {
                return Err(t::wizard::already(l).to_owned());
            }
            match category(&profile.grants, of) {
                Some(has) if of(grant.role).is_some_and(|c| c != has) => {
                    Err(t::wizard::p_category(l).to_owned())
                }
                _ => Ok(()),
            }
        })
    })
}

/// The roles by category; those that cannot be granted are grey and say why.
#[component]
fn RoleList(
    desk: Desk,
    filter: RwSignal<String>,
    role: RwSignal<Option<GroupId>>,
) -> impl IntoView {
    let l = desk.l;
    let groups =
        move || {
            let wanted = filter.with(|f| f.trim().to_lowercase());
            let mut groups: Vec<(String, Vec<RoleChoice>)> = Vec::new();
            desk.view.with_value(|v| {
                let shown = v.roles.iter().filter(|r| !r.is_delegation()).filter(|r| {
                    wanted.is_empty()
                        || r.name.to_lowercase().contains(&wanted)
                        || role_description(l, &r.code)
                            .to_lowercase()
                            .contains(&wanted)
                });
                for r in shown {
                    match groups.iter_mut().find(|(c, _)| *c == r.category) {
                        Some((_, roles)) => roles.push(r.clone()),
                        None => groups.push((r.category.clone(), vec![r.clone()])),
                    }
                }
            });
            if groups.is_empty() {
                return view! { <p class="muted">{t::wizard::no_role_found(l)}</p> }.into_any();
            }
            groups
            .into_iter()
            .map(|(category, roles)| {
                let title = format!("wizard-category-{category}");
                let labelled = title.clone();
                let lines = roles.into_iter().map(|r| line(desk, r, role)).collect_view();
                view! {
                    <div role="group" aria-labelledby=labelled>
                        <p class="wizard-roles__category" id=title>{category_name(l, &category)}</p>
                        {lines}
                    </div>
                }
            })
            .collect_view()
            .into_any()
        };
    view! {
        <fieldset class="fieldset wizard-roles">
            <legend class="fieldset__legend">{t::wizard::roles(l)}</legend>
            <div class="wizard-roles__list">{groups}</div>
        </fieldset>
    }
}

fn line(desk: Desk, r: RoleChoice, role: RwSignal<Option<GroupId>>) -> impl IntoView {
    let (own, input) = (r.id, format!("wizard-role-{}", r.code));
    let why = r.refusal.map(|why| grant_refusal(desk.l, why));
    let why_id = format!("{input}-why");
    let described = why.map(|_| why_id.clone());
    view! {
        <div class="check">
            <input
                class="check__input"
                type="radio"
                name="wizard-role"
                id=input.clone()
                disabled=why.is_some()
                aria-describedby=described
                prop:checked=move || role.get() == Some(own)
                on:change=move |_| role.set(Some(own))
            />
            <label class="check__label" for=input>{r.name}</label>
            {why.map(|words| view! { <p class="check__hint" id=why_id>{words}</p> })}
        </div>
    }
}
