//! Words about persons of the registry that several pages share.

use crate::{
    i18n::{day, moment, t},
    ui::{Status, Tone},
    widgets::kind_word,
};
use domain::{
    Locale,
    person::{LinkMethod, PersonKind, PersonWarning, SamePerson, padded_code},
};
use leptos::prelude::*;

/// «Alunni», «Dipendenti», «Tutori», «Esterni».
pub fn kinds_word(l: Locale, kind: PersonKind) -> &'static str {
    match kind {
        PersonKind::Pupil => t::registry::kind_pupils(l),
        PersonKind::Employee => t::registry::kind_employees(l),
        PersonKind::Guardian => t::registry::kind_guardians(l),
        PersonKind::External => t::registry::kind_externals(l),
    }
}

/// «automatico», «manuale», «forzato».
pub fn method_word(l: Locale, method: LinkMethod) -> &'static str {
    match method {
        LinkMethod::Automatic => t::registry::method_automatic(l),
        LinkMethod::Manual => t::registry::method_manual(l),
        LinkMethod::Forced => t::registry::method_forced(l),
    }
}

/// «ATTIVO» or «NON ATTIVO».
pub fn active_view(l: Locale, active: bool) -> AnyView {
    if active {
        view! { <Status tone=Tone::Ok>{t::registry::active(l)}</Status> }.into_any()
    } else {
        view! { <Status tone=Tone::Neutral>{t::registry::inactive(l)}</Status> }.into_any()
    }
}

/// What does not fit together, in words.
pub fn warning_words(l: Locale, warning: PersonWarning) -> String {
    match warning {
        PersonWarning::BirthDate { day, month, year } => {
            t::registry::warn_birth(l, format!("{day:02}/{month:02}/{year:02}"))
        }
        PersonWarning::Name => t::registry::warn_name(l).to_owned(),
        PersonWarning::Provisional => t::registry::warn_provisional(l).to_owned(),
    }
}

/// Records with the same codice fiscale, each a link.
pub fn same_list(l: Locale, same: Vec<SamePerson>) -> impl IntoView {
    let lines = same
        .into_iter()
        .map(|p| {
            let user = match p.user {
                Some(user) => t::registry::same_user(l, user.username),
                None => t::registry::same_no_user(l).to_owned(),
            };
            view! {
                <li>
                    <a href=format!("/anagrafiche/{}", p.id)>{p.name}</a>
                    " · "
                    {kind_word(l, p.kind)}
                    " · "
                    <span class="mono">{padded_code(p.code)}</span>
                    " · "
                    {user}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="plain-list">{lines}</ul> }
}

/// «Ultimo aggiornamento dell'anagrafe: 20/11/2026, 14:05»: when a file was last applied.
pub fn freshness(l: Locale, imported_at: Option<jiff::Timestamp>) -> String {
    let when = imported_at.map_or_else(
        || t::registry::imported_never(l).to_owned(),
        |at| moment(l, at),
    );
    t::registry::imported_at(l, when)
}

/// A day, or a dash.
pub fn day_or_dash(l: Locale, d: Option<jiff::civil::Date>) -> String {
    d.map_or_else(|| "–".to_owned(), |d| day(l, d))
}
