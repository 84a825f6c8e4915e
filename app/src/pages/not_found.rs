//! No page at this address.

use crate::{
    i18n::{t, use_locale},
    ui::LinkButton,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Says so, and leads home. The status is 404 too.
#[component]
pub fn NotFound() -> impl IntoView {
    let l = use_locale();
    crate::state::page_not_found();
    view! {
        <Title text=t::shell::not_found_title(l) />
        <div class="error-page">
            <h1 tabindex="-1">{t::shell::not_found_title(l)}</h1>
            <p>{t::shell::not_found_text(l)}</p>
            <LinkButton href="/">{t::shell::go_home(l)}</LinkButton>
        </div>
    }
}
