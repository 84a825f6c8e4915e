//! `/registro`: what was done, by whom, to what; and the way back (ux §2.11).

mod filters;
mod restore;
mod rows;

use crate::{
    api::{
        ApiError,
        audit::{list_audit, read_audit_frame},
    },
    i18n::{api_error, number, t, use_locale},
    state::{
        Announcer, Session,
        fragment::{fragment_of, text_of},
        use_session,
    },
    ui::{
        Arrived, Button, EmptyState, IconName, LinkButton, Notice, PageHeader, SkeletonRows, Tone,
    },
};
use domain::{
    AuditId, Locale,
    access::Right,
    audit::{AuditFilter, AuditFrame, AuditPage, AuditQuery},
};
use filters::{Export, Filters};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use restore::RestoreDialog;
use rows::Rows;

/// Path of the page.
const PATH: &str = "/registro";

/// The address of a place in the trail.
pub(crate) fn address(filter: &AuditFilter, before: Option<AuditId>) -> String {
    let query = filter.to_query(before);
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{PATH}{mark}{query}{}", fragment_of(&filter.object))
}

/// The page, for everybody who is signed in: without «read_audit» it shows one's own acts.
#[component]
pub fn AuditTrail() -> impl IntoView {
    let l = use_locale();
    let location = use_location();
    // The server sees no fragment: while its page comes alive there is none, then there is.
    let hydrating = Owner::current_shared_context().is_some_and(|c| c.during_hydration());
    let alive = RwSignal::new(!is_server() && !hydrating);
    Effect::new(move |_| alive.set(true));
    let wanted = Memo::new(move |was: Option<&AuditQuery>| {
        // On the way to another page its address is none of ours.
        if let Some(was) = was
            && location.pathname.with(|p| p.trim_end_matches('/') != PATH)
        {
            return was.clone();
        }
        let (mut filter, before) = location.search.with(|s| {
            AuditFilter::from_pairs(
                s.trim_start_matches('?')
                    .split('&')
                    .filter_map(|p| p.split_once('=')),
            )
        });
        if alive.get() {
            filter.object = location.hash.with(|h| text_of(h));
        }
        AuditQuery { filter, before }
    });
    let again = RwSignal::new(0_u32);
    let page = Resource::new(
        move || (wanted.get(), again.get()),
        |(query, _)| async move { (query.clone(), list_audit(query).await) },
    );
    let frame = Resource::new(move || wanted.with(|w| w.filter.user), read_audit_frame);
    view! {
        <Title text=t::audit::title(l) />
        <Transition fallback=Loading>
            <Arrived when=move || page.with(Option::is_some) & frame.with(Option::is_some)>
                <Ready wanted=wanted page=page frame=frame again=again />
            </Arrived>
        </Transition>
    }
}

/// What was found, with what it was asked for.
type Found = Resource<(AuditQuery, Result<AuditPage, ApiError>)>;

#[component]
fn Ready(
    wanted: Memo<AuditQuery>,
    page: Found,
    frame: Resource<Result<AuditFrame, ApiError>>,
    again: RwSignal<u32>,
) -> impl IntoView {
    let l = use_locale();
    let navigate = use_navigate();
    let go = Callback::new(move |(to,): (String,)| {
        let options = NavigateOptions {
            resolve: false,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&to, options);
    });
    let facts = Memo::new(move |_| frame.get().and_then(Result::ok));
    let session: Session = use_session();
    let own_only = !session.holds(Right::ReadAudit);
    let target = RwSignal::new(None);
    say_found(l, page);
    let opened = RwSignal::new(false);
    Effect::new(move |_| opened.set(true));
    let reload = Callback::new(move |()| again.update(|n| *n += 1));
    let shown = move || {
        page.get().map(|(_, answer)| match answer {
            Ok(page) if page.rows.is_empty() => {
                view! { <Nothing wanted=wanted go=go /> }.into_any()
            }
            Ok(page) => view! { <Rows page=page wanted=wanted target=target /> }.into_any(),
            Err(e) => view! {
                <Notice tone=Tone::Error title=t::audit::failed(l)>
                    <p>{api_error(l, &e)}</p>
                    <div class="notice__actions">
                        <Button on_click=move || reload.run(())>{t::audit::retry(l)}</Button>
                    </div>
                </Notice>
            }
            .into_any(),
        })
    };
    view! {
        <PageHeader title=t::audit::title(l)>
            {(!own_only).then(|| view! { <Export wanted=wanted /> })}
        </PageHeader>
        {own_only.then(|| view! { <Notice tone=Tone::Info><p>{t::audit::lead_own(l)}</p></Notice> })}
        <Filters wanted=wanted frame=facts go=go own_only=own_only />
        <About wanted=wanted frame=facts />
        <Transition>{shown}</Transition>
        {move || opened.get().then(|| view! { <RestoreDialog target=target on_done=reload /> })}
    }
}

/// Says how many entries were found, whenever something else was asked for.
fn say_found(l: Locale, page: Found) {
    let Some(announcer) = use_context::<Announcer>() else {
        return;
    };
    Effect::new(move |was: Option<Option<AuditQuery>>| {
        let was = was.flatten();
        let Some((asked, answer)) = page.get() else {
            return was;
        };
        if let Ok(page) = answer
            && was.is_some_and(|was| was != asked)
        {
            let n = number(l, page.rows.len() as u64);
            announcer.status(match (page.rows.is_empty(), page.more) {
                (true, _) => t::audit::empty(l).to_owned(),
                (false, true) => t::audit::said_more(l, n),
                (false, false) => t::audit::said_found(l, n),
            });
        }
        Some(asked)
    });
}

/// What the address narrows beyond the filters: one user, or one act on many.
#[component]
fn About(wanted: Memo<AuditQuery>, frame: Memo<Option<AuditFrame>>) -> impl IntoView {
    let l = use_locale();
    let words = move || {
        let (user, batch) = wanted.with(|w| (w.filter.user, w.filter.batch));
        match (user, batch) {
            (Some(id), _) => {
                let known = frame.with(|f| f.as_ref().and_then(|f| f.user.clone()));
                let name = known
                    .filter(|(known, _)| *known == id)
                    .map_or_else(|| id.to_string(), |(_, name)| name);
                Some(t::audit::about_user(l, name))
            }
            (None, Some(_)) => Some(t::audit::about_batch(l).to_owned()),
            (None, None) => None,
        }
    };
    move || {
        words().map(|words| {
            view! {
                <div class="list-line">
                    <strong>{words}</strong>
                    <a href=PATH>{t::audit::clear(l)}</a>
                </div>
            }
        })
    }
}

#[component]
fn Nothing(wanted: Memo<AuditQuery>, go: Callback<(String,)>) -> impl IntoView {
    let l = use_locale();
    if wanted.with_untracked(|w| w.filter.is_empty() && w.before.is_none()) {
        return view! { <EmptyState title=t::audit::empty_new(l) icon=IconName::List /> }
            .into_any();
    }
    view! {
        <EmptyState title=t::audit::empty(l) icon=IconName::Search>
            <Button on_click=move || go.run((PATH.to_owned(),))>{t::audit::clear(l)}</Button>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <PageHeader title=t::audit::title(l) />
        <p class="muted">{t::audit::loading(l)}</p>
        <div class="table-region">
            <table class="table table--audit">
                <tbody>
                    <SkeletonRows rows=8 columns=5 />
                </tbody>
            </table>
        </div>
    }
}

/// «Eventi precedenti», «Torna ai più recenti»: links, so that back and a new tab work.
#[component]
fn Paging(wanted: Memo<AuditQuery>, last: Option<AuditId>) -> impl IntoView {
    let l = use_locale();
    let (filter, before) = wanted.with_untracked(|w| (w.filter.clone(), w.before));
    let newest = before.map(|_| address(&filter, None));
    let older = last.map(|last| address(&filter, Some(last)));
    (newest.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="audit-pages" aria-label=t::audit::paging(l)>
                {newest.map(|to| view! { <LinkButton href=to>{t::audit::newest(l)}</LinkButton> })}
                {older.map(|to| view! { <LinkButton href=to>{t::audit::older(l)}</LinkButton> })}
            </nav>
        }
    })
}
