//! The four languages as a form, so that it works before the page is alive and without
//! JavaScript.

use crate::i18n::{t, use_locale};
use domain::Locale;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// One button a language. The answer leads back to this page.
#[component]
pub fn LanguageForm() -> impl IntoView {
    let l = use_locale();
    let place = use_location();
    let back = move || {
        let query = place.search.get();
        let query = query.trim_start_matches('?');
        if query.is_empty() {
            place.pathname.get()
        } else {
            format!("{}?{query}", place.pathname.get())
        }
    };
    let buttons = Locale::ALL
        .into_iter()
        .map(|locale| {
            view! {
                <li>
                    <button
                        type="submit"
                        name="lingua"
                        value=locale.code()
                        lang=locale.code()
                        aria-current=(locale == l).then_some("true")
                    >
                        {locale.endonym()}
                    </button>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav aria-label=t::shell::language(l)>
            <form method="post" action="/lingua">
                <input type="hidden" name="ritorno" value=back />
                <ul class="public__languages">{buttons}</ul>
            </form>
        </nav>
    }
}
