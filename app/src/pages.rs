//! One file a page; its parts in a folder of the same name. Pages do not import pages.

pub mod accessibility;
pub mod account;
pub mod alignment;
pub mod audit;
pub mod bulk_groups;
pub mod creation;
pub mod discrepancies;
pub mod forgotten;
pub mod groups;
pub mod home;
pub mod house;
pub mod import;
pub mod invite;
pub mod layout;
pub mod letters;
pub mod not_found;
pub mod operation;
pub mod operations;
pub mod outbox;
pub mod password;
pub mod person;
pub mod person_new;
pub mod profile;
pub mod register;
pub mod registry;
pub mod reset;
pub mod review;
pub mod row_acts;
pub mod send;
pub mod sign_in;
pub mod terms;
pub mod units;
pub mod user;
pub mod user_new;
pub mod users;
pub mod wizard;
pub mod worklist;

use crate::state::use_session;
use domain::organisation::OrganisationKind;
use leptos::prelude::*;

/// `/utenti/nuovo`: a canton asks for more than a school, and grants roles afterwards.
#[component]
pub fn NewUserOf() -> impl IntoView {
    let kind = use_session().view().map(|v| v.kind);
    if kind == Some(OrganisationKind::Canton) {
        view! { <invite::Invite /> }.into_any()
    } else {
        view! { <user_new::NewUser /> }.into_any()
    }
}

/// `/impostazioni/promemoria`: a school registers nobody by code, it has nothing to set there.
#[component]
pub fn HouseSettingsOf() -> impl IntoView {
    if use_session().is_canton() {
        view! { <house::HouseSettingsPage /> }.into_any()
    } else {
        view! { <not_found::NotFound /> }.into_any()
    }
}
