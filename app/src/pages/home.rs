//! `/`: the own desk, with what waits for this person; whoever may see nothing comes to
//! their own page.

use crate::{
    api::{ApiResult, desk::desk_tiles},
    i18n::{api_error, number, t, use_locale},
    state::use_session,
    ui::{Button, Icon, IconName, LinkButton, Notice, PageHeader, SkeletonCards, Tone},
};
use domain::{
    Locale,
    access::Right,
    desk::{Tile, TileKind},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, components::Redirect, hooks::use_query_map};

/// The home page.
#[component]
pub fn Home() -> impl IntoView {
    let session = use_session();
    if Right::ALL.into_iter().any(|r| session.holds(r)) {
        view! { <Desk /> }.into_any()
    } else {
        let changed =
            use_query_map().with_untracked(|q| q.get("esito").as_deref() == Some("password"));
        let path = if changed { "/io?esito=password" } else { "/io" };
        let options = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        view! { <Redirect path=path options=options /> }.into_any()
    }
}

/// What waits, as numbers that lead to lists.
#[component]
fn Desk() -> impl IntoView {
    let l = use_locale();
    let session = use_session();
    let name = session.view().map(|v| v.name).unwrap_or_default();
    let changed = use_query_map().with_untracked(|q| q.get("esito").as_deref() == Some("password"));
    let tiles = Resource::new(|| (), |()| desk_tiles());
    view! {
        <Title text=t::desk::title(l) />
        <PageHeader title=t::desk::title(l) lead=t::desk::welcome(l, name) />
        {changed.then(|| view! { <Notice tone=Tone::Ok><p>{t::session::saved(l)}</p></Notice> })}
        <Suspense fallback=|| view! { <SkeletonCards count=3 /> }>
            {move || tiles.get().map(|answer| loaded(l, answer, move || tiles.refetch()))}
        </Suspense>
        {session
            .holds(Right::ReadUsers)
            .then(|| view! { <p class="desk__go"><LinkButton href="/utenti">{t::desk::go_users(l)}</LinkButton></p> })}
    }
}

fn loaded(
    l: Locale,
    answer: ApiResult<Vec<Tile>>,
    retry: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    match answer {
        Ok(tiles) => {
            let quiet = tiles.iter().all(|t| t.count == 0);
            view! {
                <section aria-labelledby="desk-waits">
                    <h2 id="desk-waits">{t::desk::waits(l)}</h2>
                    {quiet.then(|| view! { <p>{t::desk::all_done(l)}</p> })}
                    <ul class="desk">{tiles.into_iter().map(|tile| tile_view(l, tile)).collect_view()}</ul>
                </section>
            }
            .into_any()
        }
        Err(e) => view! {
            <Notice tone=Tone::Error title=t::desk::error(l)>
                <p>{api_error(l, &e)}</p>
                <div class="notice__actions"><Button on_click=retry>{t::desk::retry(l)}</Button></div>
            </Notice>
        }
        .into_any(),
    }
}

/// Words, address and icon of a tile; the list behind it shows exactly what was counted.
fn words(l: Locale, kind: TileKind) -> (&'static str, &'static str, &'static str, IconName) {
    match kind {
        TileKind::FailedMails => (
            t::desk::failed_mails(l),
            t::desk::failed_mails_text(l),
            "/posta?stato=rejected",
            IconName::Mail,
        ),
        TileKind::WithoutMail => (
            t::desk::without_mail(l),
            t::desk::without_mail_text(l),
            "/utenti?mail=manca",
            IconName::User,
        ),
        TileKind::CodeRequests => (
            t::desk::code_requests(l),
            t::desk::code_requests_text(l),
            "/abilitazioni?stato=richiesto",
            IconName::Lock,
        ),
        TileKind::CodesEnding => (
            t::desk::codes_ending(l),
            t::desk::codes_ending_text(l),
            "/abilitazioni?stato=in-scadenza",
            IconName::Clock,
        ),
        TileKind::OpenDiscrepancies => (
            t::desk::open_discrepancies(l),
            t::desk::open_discrepancies_text(l),
            "/discrepanze",
            IconName::Warning,
        ),
        TileKind::OpenLetters => (
            t::desk::open_letters(l),
            t::desk::open_letters_text(l),
            "/utenti/lettere",
            IconName::Warning,
        ),
        TileKind::ToReview => (
            t::desk::to_review(l),
            t::desk::to_review_text(l),
            "/revisione",
            IconName::Eye,
        ),
    }
}

fn tile_view(l: Locale, tile: Tile) -> impl IntoView {
    let (title, text, href, icon) = words(l, tile.kind);
    view! {
        <li class="desk__tile" class:desk__tile--quiet=tile.count == 0>
            <a class="desk__link" href=href>
                <span class="desk__count">{number(l, tile.count)}</span>
                <span class="desk__title"><Icon name=icon /> {title}</span>
            </a>
            <p class="desk__text">{text}</p>
        </li>
    }
}
