//! The frame around every signed-in page: header, path, notices, footer, and what happens
//! when the connection or the session goes.

mod appearance;
mod calls;
mod crumbs;
mod header;
mod help;
mod navigation;
mod session_watch;
mod sign_in_again;

use crate::{
    i18n::{t, use_locale},
    state::{Announcer, Toasts, use_connection, use_session},
    ui::{Icon, IconName, LiveRegion, SkipLinks, ToastStack},
};
use domain::session::SessionView;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;

/// The frame. What the session says is there from the first moment, so page and frame come
/// in one piece.
#[component]
pub fn Layout() -> impl IntoView {
    let session = use_session();
    // A plain text: the head is written when signals are out of reach.
    let house = session.house_in_title();
    view! {
        <Title formatter=move |text: String| format!("{text} – {house}") />
        <Frame view=session.view() />
    }
}

#[component]
fn Frame(
    /// The session; `None` on pages that need none.
    view: Option<SessionView>,
) -> impl IntoView {
    let l = use_locale();
    navigation::follow_pages();
    let announcer = use_context::<Announcer>();
    let change = crate::widgets::UnitChange::provide();
    let toasts = use_context::<Toasts>();
    let demo = view.as_ref().is_some_and(|v| v.demo);
    let path = leptos_router::hooks::use_location().pathname;
    // Only the list of users has a table worth jumping over, and a place behind it.
    let skips = Signal::derive(move || {
        let table = path.with(|p| p.trim_end_matches('/') == "/utenti");
        let content = ("contenuto".to_owned(), t::shell::skip_content(l).to_owned());
        let behind = table.then(|| {
            (
                "dopo-tabella".to_owned(),
                t::shell::skip_table(l).to_owned(),
            )
        });
        std::iter::once(content).chain(behind).collect::<Vec<_>>()
    });
    let watch = view.clone().map(|view| {
        view! {
            <session_watch::SessionWatch seconds_left=view.seconds_left />
            <sign_in_again::SignInAgain
                organisation=view.organisation_code
                username=view.username
                name=view.name
            />
        }
    });
    view! {
        <SkipLinks links=skips />
        <div class="shell">
            <header::Header view=view.clone() />
            <crumbs::CrumbLine view=view />
            <Offline />
            <main class="main" id="contenuto" tabindex="-1">
                <Outlet />
            </main>
            <footer class="footer">
                <p>{t::shell::footer(l)} {demo.then(|| format!(" · {}", t::shell::demo(l)))}</p>
                <ul class="footer__links">
                    {demo
                        .then(|| {
                            view! {
                                <li>
                                    <a href="/posta-di-prova" rel="external">{t::shell::demo_mail(l)}</a>
                                </li>
                            }
                        })}
                    <li><a href="/accessibilita">{t::shell::accessibility(l)}</a></li>
                </ul>
            </footer>
        </div>
        {watch}
        <crate::widgets::UnitChangeDialog change=change />
        {toasts
            .map(|toasts| {
                view! {
                    <ToastStack toasts=toasts label=t::shell::messages(l) close_label=t::shell::close_message(l) />
                }
            })}
        {announcer.map(|announcer| view! { <LiveRegion announcer=announcer /> })}
    }
}

/// «Connessione assente»: what is shown stays, what is written stays.
#[component]
fn Offline() -> impl IntoView {
    let l = use_locale();
    let since = use_connection().offline_since();
    move || {
        since.get().map(|time| {
            view! {
                <div class="offline">
                    <Icon name=IconName::Warning />
                    <p>{t::shell::offline(l, time)}</p>
                </div>
            }
        })
    }
}
