//! What a person without the right sees instead of a page: never an empty list, never a
//! blank refusal.

use crate::{
    i18n::{self, t, use_locale},
    state::use_session,
    ui::{Icon, IconName, LinkButton},
};
use domain::access::Right;
use leptos::prelude::*;
use leptos_meta::Title;

/// «Non hai l'autorizzazione per vedere questa pagina», which right is needed and who can
/// give it.
#[component]
pub fn Forbidden(
    /// The right that is missing.
    right: Right,
) -> impl IntoView {
    let l = use_locale();
    let session = use_session();
    let who = move || match session.administrators() {
        names if names.is_empty() => t::shell::forbidden_nobody(l).to_owned(),
        names => t::shell::forbidden_who(l, names.join(", ")),
    };
    let contact = move || {
        Some(session.contact())
            .filter(|c| !c.is_empty())
            .map(|c| t::shell::contact(l, c))
    };
    view! {
        <Title text=t::shell::forbidden_title(l) />
        <div class="error-page">
            <h1 tabindex="-1">
                <Icon name=IconName::Lock />
                " "
                {t::shell::forbidden_title(l)}
            </h1>
            <p>{t::shell::forbidden_text(l, i18n::right_name(l, right))}</p>
            <p>{who}</p>
            {move || contact().map(|text| view! { <p>{text}</p> })}
            <LinkButton href="/">{t::shell::go_home(l)}</LinkButton>
        </div>
    }
}

/// Shows the page to those who hold the right, and [`Forbidden`] to the others.
#[component]
pub fn Guarded(
    /// The right the page needs.
    right: Right,
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let session = use_session();
    if session.holds(right) {
        children().into_any()
    } else {
        view! { <Forbidden right=right /> }.into_any()
    }
}
