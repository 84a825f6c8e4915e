//! «Gruppi».

use super::sheet::Sheet;
use crate::{i18n::t, state::use_session, ui::Button, widgets::GrantLine};
use leptos::prelude::*;

/// Groups with units and dates, and the button that opens the dialog.
#[component]
pub fn Groups(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let grants = move || {
        let all = sheet.data.with(|p| p.detail.grants.clone());
        if all.is_empty() {
            return view! { <p class="muted">{t::user::no_groups(l)}</p> }.into_any();
        }
        let all = all
            .into_iter()
            .map(|g| view! { <li><GrantLine grant=g /></li> })
            .collect_view();
        view! { <ul class="user-grants">{all}</ul> }.into_any()
    };
    let canton = use_session().is_canton();
    let open = move || sheet.groups.set(Some((sheet.id(), sheet.name_now())));
    view! {
        <section class="section" aria-labelledby="groups-section-title">
            <div class="section__head">
                <h2 class="section__title" id="groups-section-title">{t::user::groups(l)}</h2>
                <div class="section__actions">
                    {move || {
                        // A canton's roles change in the wizard, which the page's head leads to.
                        (!canton && sheet.data.with(|p| p.detail.may_edit))
                            .then(|| view! { <Button id="edit-groups" on_click=open>{t::user::edit_groups(l)}</Button> })
                    }}
                </div>
            </div>
            <div class="section__body">{grants}</div>
        </section>
    }
}
