//! The frame around every signed-in page: header, path, notices, footer, and what happens
//! when the connection or the session goes.

mod appearance;
mod calls;
mod crumbs;
mod header;
mod help;
mod navigation;
mod own_sessions;
mod session_watch;
mod sign_in_again;

use crate::{
    api::session::current_session,
    i18n::{self, t, use_locale},
    state::{Announcer, Toasts, use_connection, use_session},
    ui::{Icon, IconName, LiveRegion, SkipLinks, ToastStack},
};
use domain::session::SessionView;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;

/// The frame. The page inside appears with what the session says, in one piece.
#[component]
pub fn Layout() -> impl IntoView {
    let l = use_locale();
    let session = use_session();
    let loaded = Resource::new_blocking(|| (), |()| current_session());
    view! {
        <Title formatter=move |text: String| format!("{text} – {}", session.house()) />
        <Suspense fallback=move || view! { <p class="visually-hidden">{t::shell::loading(l)}</p> }>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok(view) => {
                        session.set(view.clone());
                        view! { <Frame view=view /> }.into_any()
                    }
                    Err(e) => view! { <Broken text=i18n::api_error(l, &e) /> }.into_any(),
                }
            })}
        </Suspense>
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
    let toasts = use_context::<Toasts>();
    let demo = view.as_ref().is_some_and(|v| v.demo);
    let skips = vec![
        ("contenuto".to_owned(), t::shell::skip_content(l).to_owned()),
        ("dopo-tabella".to_owned(), t::shell::skip_table(l).to_owned()),
    ];
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

/// The session could not be read: the server is there, its database is not.
#[component]
fn Broken(
    /// What happened, in words.
    text: String,
) -> impl IntoView {
    let l = use_locale();
    view! {
        <main class="main" id="contenuto">
            <div class="error-page">
                <h1 tabindex="-1">{t::shell::error_title(l)}</h1>
                <p>{text}</p>
                // A plain link to this page: it asks again.
                <a class="button button--primary" href="" rel="external">{t::shell::retry(l)}</a>
            </div>
        </main>
    }
}
