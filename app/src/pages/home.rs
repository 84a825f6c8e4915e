//! `/`: leads to what the person may see; whoever may see nothing reads whom to ask.

use crate::{
    i18n::{t, use_locale},
    state::use_session,
    ui::{LinkButton, Notice, Tone},
};
use domain::access::Right;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, components::Redirect, hooks::use_query_map};

/// The home page.
#[component]
pub fn Home() -> impl IntoView {
    let session = use_session();
    let to = {
        if session.holds(Right::ReadUsers) {
            Some("/utenti")
        } else if session.holds(Right::ManageRegistry) || session.holds(Right::ManageUnits) {
            Some("/importa")
        } else if session.holds(Right::SendCredentials) {
            Some("/operazioni")
        } else {
            None
        }
    };
    match to {
        Some(path) => {
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            view! { <Redirect path=path options=options /> }.into_any()
        }
        None => view! { <Nothing /> }.into_any(),
    }
}

/// A calm page for those who have nothing to do here.
#[component]
fn Nothing() -> impl IntoView {
    let l = use_locale();
    let session = use_session();
    let name = session.view().map(|v| v.name).unwrap_or_default();
    let changed = use_query_map().with_untracked(|q| q.get("esito").as_deref() == Some("password"));
    let who = match session.administrators() {
        names if names.is_empty() => t::shell::forbidden_nobody(l).to_owned(),
        names => t::shell::home_who(l, names.join(", ")),
    };
    let contact = Some(session.contact()).filter(|c| !c.is_empty());
    view! {
        // The server writes titles unescaped, and a name is somebody else's text.
        <Title text=t::shell::home_title(l, name.replace(['<', '>'], "")) />
        <div class="error-page">
            <h1 tabindex="-1">{t::shell::home_title(l, &name)}</h1>
            {changed.then(|| view! { <Notice tone=Tone::Ok><p>{t::session::saved(l)}</p></Notice> })}
            <p>{t::shell::home_text(l)}</p>
            <p>{who}</p>
            {contact.map(|c| view! { <p>{t::shell::contact(l, c)}</p> })}
            <p>{t::shell::home_password(l)}</p>
            <LinkButton href="/password" external=true>{t::shell::change_password(l)}</LinkButton>
        </div>
    }
}
