//! «Autorizzazioni assegnate»: the grants of the chosen profile (X11).

use super::desk::Desk;
use crate::{
    i18n::{day, registration::grant_refusal, t},
    ui::{Button, ButtonKind, VisuallyHidden},
};
use domain::{
    Locale,
    access::GrantRefusal,
    authorisation::{DraftGrant, WizardView},
};
use leptos::prelude::*;

/// The table, or a line where there is nothing.
#[component]
pub fn Grants(desk: Desk) -> impl IntoView {
    let l = desk.l;
    let rows = move || {
        let grants = desk
            .draft
            .with(|d| d.profile().map(|p| p.grants.clone()))
            .unwrap_or_default();
        if grants.is_empty() {
            return view! { <p class="muted">{t::wizard::none_assigned(l)}</p> }.into_any();
        }
        let lines = grants.into_iter().map(|g| row(desk, g)).collect_view();
        view! {
            <div class="table-region" role="group" tabindex="0" aria-labelledby="wizard-assigned">
                <table class="table wizard-grants table-cards">
                    <thead>
                        <tr>
                            <th scope="col">{t::wizard::col_role(l)}</th>
                            <th scope="col">{t::wizard::unit(l)}</th>
                            <th scope="col">{t::wizard::col_validity(l)}</th>
                            <th scope="col">{t::wizard::col_action(l)}</th>
                        </tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="wizard-assigned">
            <div class="section__head">
                <h3 class="section__title" id="wizard-assigned" tabindex="-1">{t::wizard::assigned(l)}</h3>
            </div>
            <div class="section__body">{rows}</div>
        </section>
    }
}

fn row(desk: Desk, grant: DraftGrant) -> impl IntoView {
    let l = desk.l;
    let role = desk.role(grant.role).map(|r| r.name).unwrap_or_default();
    let unit = desk.unit_name(grant.unit);
    let fixed = desk.view.with_value(|v| refusal(v, &grant));
    let control = match fixed {
        Some(why) => view! { <span class="muted">{grant_refusal(l, why)}</span> }.into_any(),
        None => {
            let (own, words) = (grant.clone(), t::wizard::remove_role(l, &role, &unit));
            let said = role.clone();
            let remove = move || {
                desk.change_profile(|p| p.grants.retain(|g| *g != own));
                let place = desk.draft.with_untracked(|d| d.chosen);
                desk.say(t::wizard::removed_now(
                    l,
                    desk.profile_name(place),
                    said.clone(),
                ));
                crate::ui::dom::focus_id("wizard-assigned");
            };
            view! {
                <Button kind=ButtonKind::Quiet on_click=remove>
                    {t::wizard::remove(l)}
                    <VisuallyHidden>{words}</VisuallyHidden>
                </Button>
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <th scope="row">
                {role}
                {grant.pass_on.then(|| view! { <span class="wizard-grants__note">{t::wizard::with_representation(l)}</span> })}
            </th>
            <td data-label=t::wizard::unit(l)>{unit}</td>
            <td data-label=t::wizard::col_validity(l)>{validity(l, &grant)}</td>
            <td>{control}</td>
        </tr>
    }
}

/// Why a stored grant stays as it is.
fn refusal(view: &WizardView, grant: &DraftGrant) -> Option<GrantRefusal> {
    view.fixed
        .iter()
        .find(|(_, g, _)| g == grant)
        .map(|(_, _, why)| *why)
}

/// «dal 1/12/2026 fino al 31/01/2027».
pub fn validity(l: Locale, grant: &DraftGrant) -> String {
    let parts = [
        grant.from.map(|d| t::wizard::from_day(l, day(l, d))),
        grant.until.map(|d| t::wizard::until_day(l, day(l, d))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        t::wizard::always(l).to_owned()
    } else {
        parts.join(" ")
    }
}
