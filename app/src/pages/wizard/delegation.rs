//! «Assegnare autorizzazioni per la gestione delegata»: three rights over a unit, each with
//! or without representation (X13). What the actor may not pass on is grey.

use super::desk::Desk;
use crate::{
    i18n::{registration::grant_refusal, t},
    ui::SelectField,
};
use domain::{
    UnitId,
    authorisation::{DraftGrant, RoleChoice},
};
use leptos::prelude::*;

/// The tab.
#[component]
pub fn Delegation(desk: Desk) -> impl IntoView {
    let l = desk.l;
    let roles = desk.view.with_value(|v| {
        v.roles
            .iter()
            .filter(|r| r.is_delegation())
            .cloned()
            .collect::<Vec<_>>()
    });
    let options = super::roles::unit_options(desk);
    let unit = RwSignal::new(options.first().map(|o| o.value.clone()).unwrap_or_default());
    let lines = roles
        .into_iter()
        .map(|role| line(desk, role, unit))
        .collect_view();
    view! {
        <h3 class="section__title">{t::wizard::tab_delegation(l)}</h3>
        <p>{t::wizard::delegation_intro(l)}</p>
        <SelectField id="wizard-delegation-unit" label=t::wizard::unit(l) value=unit options=options />
        <ul class="wizard-delegation">{lines}</ul>
    }
}

fn line(desk: Desk, role: RoleChoice, unit: RwSignal<String>) -> impl IntoView {
    let l = desk.l;
    let id = role.id;
    let at = move || unit.with(|u| u.parse::<UnitId>().ok());
    let grant = Memo::new(move |_| {
        let place = at();
        desk.draft.with(|d| {
            d.profile().and_then(|p| {
                p.grants
                    .iter()
                    .find(|g| g.role == id && g.unit == place)
                    .cloned()
            })
        })
    });
    let fixed = Memo::new(move |_| {
        grant.get().is_some_and(|g| {
            desk.view
                .with_value(|v| v.fixed.iter().any(|(_, f, _)| *f == g))
        })
    });
    let refused = role.refusal;
    let disabled = move || refused.is_some() || fixed.get();
    let set = move |on: bool, pass_on: bool| {
        let place = unit.with_untracked(|u| u.parse::<UnitId>().ok());
        desk.change_profile(|p| {
            p.grants.retain(|g| !(g.role == id && g.unit == place));
            if on {
                p.grants.push(DraftGrant {
                    role: id,
                    unit: place,
                    from: None,
                    until: None,
                    pass_on,
                });
            }
        });
    };
    let (main_id, sub_id) = (
        format!("wizard-delegation-{}", role.code),
        format!("wizard-representation-{}", role.code),
    );
    let why_id = format!("{main_id}-why");
    let described = refused.map(|_| why_id.clone());
    view! {
        <li class="wizard-delegation__item">
            <div class="check">
                <input
                    class="check__input"
                    type="checkbox"
                    id=main_id.clone()
                    prop:checked=move || grant.with(Option::is_some)
                    disabled=disabled
                    aria-describedby=described
                    on:change:target=move |event| set(event.target().checked(), false)
                />
                <label class="check__label" for=main_id>{role.name.clone()}</label>
            </div>
            <p class="check__hint">{crate::i18n::registration::role_description(l, &role.code)}</p>
            {refused.map(|why| view! { <p class="check__hint" id=why_id>{grant_refusal(l, why)}</p> })}
            <div class="check wizard-delegation__sub">
                <input
                    class="check__input"
                    type="checkbox"
                    id=sub_id.clone()
                    aria-label=t::wizard::representation_of(l, &role.name)
                    prop:checked=move || grant.with(|g| g.as_ref().is_some_and(|g| g.pass_on))
                    disabled=move || disabled() || grant.with(Option::is_none)
                    on:change:target=move |event| set(true, event.target().checked())
                />
                <label class="check__label" for=sub_id>{t::wizard::representation(l)}</label>
            </div>
        </li>
    }
}
