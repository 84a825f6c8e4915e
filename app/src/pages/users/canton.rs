//! What the list of a canton shows otherwise than a school's (X6, X7).

use crate::{
    i18n::{day, t},
    state::use_session,
    ui::{Status, Tone},
};
use domain::{
    Locale,
    registration::RegistrationState,
    user::{UserRow, UserState},
};
use leptos::prelude::*;

/// The list's heading: «Selezione utente» in a canton (X6).
pub fn title(l: Locale) -> &'static str {
    if use_session().is_canton() {
        t::users::title_canton(l)
    } else {
        t::users::title(l)
    }
}

/// Whose users the list shows: the unit worked in, those the rights are limited to, or the
/// organisation.
pub fn place() -> String {
    use_session()
        .view()
        .map_or_else(String::new, |v| match v.unit {
            Some(unit) => unit.name,
            None if v.units.is_empty() => v.organisation_name,
            None => v.units.join(", "),
        })
}

/// «In corso».
pub fn registration_word(l: Locale, state: RegistrationState) -> &'static str {
    match state {
        RegistrationState::ToStart => t::invite::reg_to_start(l),
        RegistrationState::Running => t::invite::reg_running(l),
        RegistrationState::Completed => t::invite::reg_completed(l),
        RegistrationState::Expired => t::invite::reg_expired(l),
        RegistrationState::Revoked => t::invite::reg_revoked(l),
    }
}

/// «Stato della registrazione», with when the code was sent, when it ends, and reminders.
pub fn registration(l: Locale, row: Signal<UserRow>) -> impl IntoView {
    let mark = row.with(|r| r.invited.registration);
    let state = mark.map_or(RegistrationState::ToStart, |m| m.state);
    let tone = match state {
        RegistrationState::ToStart | RegistrationState::Revoked => Tone::Neutral,
        RegistrationState::Running => Tone::Info,
        RegistrationState::Completed => Tone::Ok,
        RegistrationState::Expired => Tone::Warning,
    };
    let mut facts = Vec::new();
    if let Some(mark) = mark {
        facts.extend(mark.sent_on.map(|d| t::invite::sent_on(l, day(l, d))));
        if state == RegistrationState::Running {
            facts.extend(mark.ends_on.map(|d| t::invite::ends_on(l, day(l, d))));
        }
        match mark.reminders {
            0 => {}
            1 => facts.push(t::invite::reminders_one(l).to_owned()),
            n => facts.push(t::invite::reminders_many(l, n)),
        }
    }
    view! {
        <Status tone=tone>{registration_word(l, state)}</Status>
        {(!facts.is_empty()).then(|| view! { <span class="registration-facts">{facts.join(" · ")}</span> })}
    }
}

/// «10000042 · In corso · scade il 22.12.2026», under the mail where the columns are hidden.
pub fn under_mail(l: Locale, row: &UserRow) -> String {
    let mark = row.invited.registration;
    let state = mark.map_or(RegistrationState::ToStart, |m| m.state);
    let mut parts = vec![external_id(row), registration_word(l, state).to_owned()];
    if state == RegistrationState::Running {
        let end = mark.and_then(|m| m.ends_on);
        parts.extend(end.map(|d| t::invite::ends_on(l, day(l, d))));
    }
    parts.join(" · ")
}

/// «Stato utente».
pub fn user_state(l: Locale, state: UserState) -> impl IntoView {
    let (tone, word) = match state {
        UserState::Active => (Tone::Ok, t::invite::state_active(l)),
        UserState::Inactive => (Tone::Neutral, t::invite::state_inactive(l)),
        UserState::Archived => (Tone::Neutral, t::invite::state_archived(l)),
    };
    view! { <Status tone=tone>{word}</Status> }
}

/// «IDext», or the user name where there is none.
pub fn external_id(row: &UserRow) -> String {
    row.invited
        .external_id
        .map_or_else(|| row.username.clone(), |n| n.to_string())
}
