//! «Accessibilità»: the statement, reachable without signing in.

use crate::{
    i18n::{self, t, use_locale},
    state::use_session,
    ui::PageHeader,
};
use jiff::civil::date;
use leptos::prelude::*;
use leptos_meta::Title;

/// The statement.
#[component]
pub fn Accessibility() -> impl IntoView {
    let l = use_locale();
    let session = use_session();
    let view = session.view();
    let canton = session.is_canton();
    let contact = view.map(|v| v.contact).filter(|c| !c.is_empty());
    let (created, reviewed) = (date(2026, 11, 22), date(2026, 11, 22));
    view! {
        <Title text=t::accessibility::title(l) />
        <div class="page page--narrow">
            <PageHeader title=t::accessibility::title(l) lead=t::accessibility::lead(l) />
            <div class="prose">
                <h2>{t::accessibility::conformity(l)}</h2>
                <p>
                    {if canton { t::accessibility::conformity_canton(l) } else { t::accessibility::conformity_school(l) }}
                </p>
                <h2>{t::accessibility::checked(l)}</h2>
                <p>{t::accessibility::checked_text(l)}</p>
                <h2>{t::accessibility::limits(l)}</h2>
                <ul>
                    <li>{t::accessibility::limit_manual(l)}</li>
                    <li>{t::accessibility::limit_script(l)}</li>
                </ul>
                <h2>{t::accessibility::feedback(l)}</h2>
                <p>{t::accessibility::feedback_text(l)}</p>
                {contact.map(|c| view! { <p>{t::shell::contact(l, c)}</p> })}
                <p>{t::accessibility::dates(l, i18n::day(l, created), i18n::day(l, reviewed))}</p>
            </div>
        </div>
    }
}
