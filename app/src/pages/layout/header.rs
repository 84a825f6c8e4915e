//! Brand, pages, tools.

use super::{appearance::AppearanceDialog, help::HelpDialog};
use crate::{
    api::session::{current_session, keep_preference},
    i18n::{t, use_locale},
    state::use_session,
    ui::{Icon, IconName, MenuButton, MenuEntry},
    widgets::{BrandMark, OwnSessionsDialog},
};
use domain::{
    Locale,
    access::Right,
    organisation::OrganisationKind,
    session::{Preference, SessionView},
};
use leptos::{ev::KeyboardEvent, prelude::*};
use leptos_router::hooks::use_location;
use web_sys::wasm_bindgen::JsCast as _;

/// The header.
#[component]
pub fn Header(
    /// The session; `None` on pages that need none.
    view: Option<SessionView>,
) -> impl IntoView {
    let l = use_locale();
    let open = RwSignal::new(false);
    let path = use_location().pathname;
    Effect::new(move |_| {
        path.track();
        open.set(false);
    });
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            open.set(false);
            crate::ui::dom::focus_id("menu-principale");
        }
    };
    let signed_in = view.is_some();
    view! {
        <header class="shell-header">
            {signed_in
                .then(|| {
                    view! {
                        <button
                            type="button"
                            id="menu-principale"
                            class="shell-header__menu"
                            aria-expanded=move || open.get().to_string()
                            aria-controls="navigazione"
                            on:click=move |_| open.update(|o| *o = !*o)
                            on:keydown=escape
                        >
                            <Icon name=IconName::Menu />
                            <span class="shell-header__menu-text">{t::shell::menu(l)}</span>
                        </button>
                    }
                })}
            <a class="shell-header__brand" href="/" aria-label=t::shell::brand_home(l) rel=(!signed_in).then_some("external")>
                <BrandMark class="shell-header__mark" />
                <span class="shell-header__name">
                    {t::shell::product(l)} " "
                    <span class="shell-header__name-rest">{t::shell::brand_rest(l)}</span>
                </span>
            </a>
            {signed_in
                .then(|| {
                    view! {
                        <nav
                            class="shell-nav"
                            id="navigazione"
                            aria-label=t::shell::nav_label(l)
                            data-open=move || open.get().to_string()
                            on:keydown=escape
                        >
                            <ul class="shell-nav__list">{pages(l)}</ul>
                        </nav>
                    }
                })}
            <Tools view=view />
        </header>
    }
}

const DISCREPANCIES: &str = "/discrepanze";

/// The pages the person may see.
fn pages(l: Locale) -> impl IntoView {
    let session = use_session();
    let canton = session
        .view()
        .is_some_and(|v| v.kind == domain::organisation::OrganisationKind::Canton);
    let imports = [
        Right::ManageRegistry,
        Right::ManageUsers,
        Right::ManageUnits,
    ];
    // Cantons keep no registry of persons.
    let school = session
        .view()
        .is_some_and(|v| v.kind == OrganisationKind::School);
    let all = [
        (
            "/utenti",
            t::shell::users(l),
            session.holds(Right::ReadUsers),
        ),
        (
            "/anagrafiche",
            t::registry::title(l),
            school && (session.holds(Right::ManageRegistry) || session.holds(Right::ReadUsers)),
        ),
        (
            "/allineamento",
            t::alignment::nav(l),
            school && session.holds(Right::ManageRegistry),
        ),
        (
            "/importa",
            t::shell::import(l),
            imports.into_iter().any(|r| session.holds(r)),
        ),
        (
            "/unita",
            t::units::nav(l),
            session.holds(Right::ManageUnits) || canton && session.holds(Right::ReadUsers),
        ),
        (
            "/revisione",
            t::review::title(l),
            session.holds(Right::ManageUsers) && session.holds(Right::ManageAuthorisations),
        ),
        (
            "/abilitazioni",
            t::worklist::title(l),
            session.holds(Right::ManageUsers) && session.holds(Right::ManageAuthorisations),
        ),
        (
            DISCREPANCIES,
            t::discrepancies::title(l),
            canton && session.holds(Right::ManageUsers),
        ),
        (
            "/posta",
            t::shell::outbox(l),
            session.holds(Right::SendCredentials),
        ),
        // Without «read_audit» it shows one's own acts: for whoever has some.
        ("/registro", t::shell::audit(l), session.acts()),
    ];
    all.into_iter()
        .filter(|(_, _, may)| *may)
        .map(|(href, words, _)| {
            view! {
                <li>
                    <a class="shell-nav__link" href=href aria-current=current(href)>
                        {words}
                        {(href == DISCREPANCIES).then(|| view! { <OpenDiscrepancies /> })}
                    </a>
                </li>
            }
        })
        .collect_view()
}

/// How many wait for a decision, beside the word; nothing where none does.
#[component]
fn OpenDiscrepancies() -> impl IntoView {
    let l = use_locale();
    let session = use_session();
    let open = Memo::new(move |_| session.open_discrepancies());
    move || {
        (open.get() > 0).then(|| {
            view! {
                " "
                <span class="shell-nav__count">
                    {open}
                    <span class="visually-hidden">" " {t::house::discrepancies_open(l)}</span>
                </span>
            }
        })
    }
}

/// `page` on the page itself, `true` on the pages below it.
fn current(
    href: &'static str,
) -> impl Fn() -> Option<&'static str> + Send + Sync + Clone + 'static {
    let path = use_location().pathname;
    move || {
        path.with(|p| {
            let p = p.trim_end_matches('/');
            if p == href {
                Some("page")
            } else {
                p.strip_prefix(href)
                    .is_some_and(|rest| rest.starts_with('/'))
                    .then_some("true")
            }
        })
    }
}

/// Operations, help, language, person; signed out: the way in.
#[component]
fn Tools(view: Option<SessionView>) -> impl IntoView {
    let l = use_locale();
    let help = RwSignal::new(false);
    let help_button = move || {
        view! {
            <button
                type="button"
                id="aiuto"
                class="shell-header__tool"
                aria-haspopup="dialog"
                on:click=move |_| help.set(true)
            >
                <span class="shell-header__tool-icon"><Icon name=IconName::Help /></span>
                <span class="shell-header__tool-text">{t::shell::help(l)}</span>
            </button>
        }
    };
    let languages = Signal::derive(move || {
        Locale::ALL
            .into_iter()
            .map(|locale| {
                MenuEntry::action(locale.endonym(), move || choose(locale))
                    .in_language(locale.code())
            })
            .collect::<Vec<_>>()
    });
    let language = move || {
        view! {
            <MenuButton
                id="lingua"
                class="shell-header__tool"
                label=format!("{}", l.code().to_uppercase())
                hidden_label=format!("{}: {}", t::shell::language(l), l.endonym())
                entries=languages
            />
        }
    };
    match view {
        None => view! {
            <div class="shell-header__tools">
                {help_button()} {language()}
                <a class="shell-header__tool" href="/accesso" rel="external">{t::shell::sign_in(l)}</a>
            </div>
            <HelpDialog open=help />
        }
        .into_any(),
        Some(view) => view! {
            <div class="shell-header__tools">
                <Running />
                {help_button()} {language()}
                <Person view=view />
            </div>
            <HelpDialog open=help />
        }
        .into_any(),
    }
}

/// «Operazioni» with how many run. The number is asked again at each change of page.
#[component]
fn Running() -> impl IntoView {
    let l = use_locale();
    let session = use_session();
    let may = [
        Right::SendCredentials,
        Right::ManageUsers,
        Right::ManageRegistry,
        Right::ManageUnits,
    ];
    if !may.into_iter().any(|r| session.holds(r)) {
        return ().into_any();
    }
    let path = use_location().pathname;
    let refresh = Action::new(move |_: &()| async move {
        if let Ok(Some(fresh)) = current_session().await {
            session.update(|view| {
                view.running_jobs = fresh.running_jobs;
                view.open_discrepancies = fresh.open_discrepancies;
            });
        }
    });
    Effect::new(move |first: Option<()>| {
        path.track();
        if first.is_some() {
            refresh.dispatch(());
        }
    });
    let running = Memo::new(move |_| session.running_jobs());
    view! {
        <a class="shell-header__tool" href="/operazioni" aria-current=current("/operazioni")>
            <span class="shell-header__tool-icon"><Icon name=IconName::List /></span>
            <span class="shell-header__tool-text">{t::shell::operations(l)}</span>
            {move || {
                (running.get() > 0)
                    .then(|| {
                        view! {
                            <span class="shell-nav__count">
                                {running}
                                <span class="visually-hidden">" " {t::shell::operations_running(l)}</span>
                            </span>
                        }
                    })
            }}
        </a>
    }
    .into_any()
}

/// The person's own menu.
#[component]
fn Person(view: SessionView) -> impl IntoView {
    let l = use_locale();
    let (appearance, sessions) = (RwSignal::new(false), RwSignal::new(false));
    let several = view.several_profiles;
    let settings = view.kind == OrganisationKind::Canton && view.holds(Right::Administer);
    let entries = Signal::derive(move || {
        let mut entries = Vec::new();
        if several {
            entries.push(MenuEntry::download(t::profile::change(l), "/profilo"));
        }
        if settings {
            entries.push(MenuEntry::link(
                t::house::menu(l),
                "/impostazioni/promemoria",
            ));
        }
        entries.extend([
            MenuEntry::link(t::account::menu(l), "/io"),
            MenuEntry::action(t::shell::appearance(l), move || appearance.set(true)),
            MenuEntry::action(t::shell::sessions(l), move || sessions.set(true)),
            MenuEntry::download(t::shell::change_password(l), "/password"),
            MenuEntry::Separator,
            MenuEntry::action(t::shell::sign_out(l), submit_sign_out),
        ]);
        entries
    });
    view! {
        <MenuButton id="persona" class="shell-header__tool" icon=IconName::User label=view.name.clone() entries=entries />
        // «Esci» is a post. The form stands here for it, and for browsers without JavaScript.
        <form id="esci" method="post" action="/esci" hidden>
            <button type="submit">{t::shell::sign_out(l)}</button>
        </form>
        <noscript>
            <form method="post" action="/esci">
                <button class="shell-header__tool" type="submit">{t::shell::sign_out(l)}</button>
            </form>
        </noscript>
        <AppearanceDialog open=appearance kept=view.preferences />
        <OwnSessionsDialog open=sessions />
    }
}

fn submit_sign_out() {
    let form = document()
        .get_element_by_id("esci")
        .and_then(|e| e.dyn_into::<web_sys::HtmlFormElement>().ok());
    if let Some(form) = form {
        let _ = form.submit();
    }
}

/// Keeps the language in the browser and for the person, then loads the page in it.
fn choose(locale: Locale) {
    if let Ok(html) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = html.set_cookie(&format!(
            "delega_lang={}; Path=/; Max-Age=31536000; SameSite=Lax",
            locale.code()
        ));
    }
    leptos::task::spawn_local(async move {
        // Signed out there is nobody to keep it for; the cookie is enough.
        let _ = keep_preference(Preference::Locale(locale)).await;
        let _ = window().location().reload();
    });
}
