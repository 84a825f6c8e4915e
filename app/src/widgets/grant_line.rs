//! A role with what limits it: «KT_User in Ospedale Regionale, fino al 31.12.2026».

use crate::{
    i18n::{day, t, use_locale},
    ui::Tag,
};
use domain::user::GrantView;
use leptos::prelude::*;

/// The role, its unit and its days.
#[component]
pub fn GrantLine(
    /// The grant.
    grant: GrantView,
) -> impl IntoView {
    let l = use_locale();
    let limits = [
        grant.unit.map(|(_, unit)| t::user::grant_unit(l, unit)),
        grant.valid_from.map(|d| t::user::grant_from(l, day(l, d))),
        grant
            .valid_until
            .map(|d| t::user::grant_until(l, day(l, d))),
    ];
    let limits = limits.into_iter().flatten().collect::<Vec<_>>().join(", ");
    view! {
        <Tag>{grant.group.name}</Tag>
        {(!limits.is_empty()).then(|| view! { " " <span class="muted">{limits}</span> })}
    }
}
