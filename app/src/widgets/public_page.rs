//! The frame of pages outside the shell: `/accesso` and `/password`.

use super::{BrandMark, LanguageForm, PageTitle};
use crate::{
    i18n::{t, use_locale},
    state::{Announcer, use_session},
    ui::{LiveRegion, SkipLinks},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Head with brand and languages, the task, and a foot.
#[component]
pub fn PublicPage(
    /// The title of the document.
    #[prop(into)]
    title: Signal<String>,
    /// The card and what stands below it.
    children: Children,
) -> impl IntoView {
    let l = use_locale();
    // A plain text: the head is written when signals are out of reach.
    let house = use_session().house_in_title();
    let announcer = use_context::<Announcer>();
    view! {
        <Title formatter=move |text: String| format!("{text} – {house}") />
        <PageTitle text=title />
        <SkipLinks links=vec![("contenuto".to_owned(), t::shell::skip_content(l).to_owned())] />
        <div class="public">
            <header class="public__head">
                <a class="public__brand" href="/" rel="external">
                    <BrandMark class="public__mark" />
                    <span>{t::shell::product(l)} " " {t::shell::brand_rest(l)}</span>
                </a>
                <LanguageForm />
            </header>
            <main class="public__main" id="contenuto" tabindex="-1">
                {children()}
            </main>
            <footer class="public__foot">
                <a href="/accessibilita" rel="external">{t::shell::accessibility(l)}</a>
            </footer>
        </div>
        {announcer.map(|announcer| view! { <LiveRegion announcer=announcer /> })}
    }
}
