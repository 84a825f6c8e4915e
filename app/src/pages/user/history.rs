//! «Cronologia»: what was done to the user, in words.

use super::sheet::Sheet;
use crate::{
    api::user::user_history,
    i18n::{moment, t},
    ui::{Button, Tone},
};
use domain::{
    Locale,
    user::{HISTORY_BLOCK, HistoryChange, HistoryEntry},
};
use leptos::{prelude::*, task::spawn_local};

/// Entries newest first; older ones on request.
#[component]
pub fn History(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let older = RwSignal::new(Vec::<HistoryEntry>::new());
    let (busy, ended) = (RwSignal::new(false), RwSignal::new(false));
    // What is read anew replaces the newest block; older ones belong to the old one.
    let newest = Memo::new(move |_| sheet.data.with(|p| p.history.clone()));
    Effect::new(move |_| {
        newest.track();
        older.set(Vec::new());
        ended.set(false);
    });
    let full = |n: usize| n > 0 && i64::try_from(n).unwrap_or(0) % HISTORY_BLOCK == 0;
    let more = move || {
        !ended.get()
            && newest.with(|n| {
                full(n.as_ref().map_or(0, Vec::len))
                    && older.with(|o| o.is_empty() || full(o.len()))
            })
    };
    let load = move || {
        let last = older
            .with_untracked(|o| o.last().map(|e| e.id))
            .or_else(|| newest.with_untracked(|n| n.as_ref().and_then(|n| n.last().map(|e| e.id))));
        let Some(last) = last.filter(|_| !busy.get_untracked()) else {
            return;
        };
        busy.set(true);
        spawn_local(async move {
            let answer = user_history(sheet.id(), last).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(entries) if entries.is_empty() => ended.set(true),
                Ok(entries) => older.update(|o| o.extend(entries)),
                Err(_) => {
                    if let Some(toasts) = sheet.toasts {
                        toasts.push(Tone::Error, t::user::history_failed(l));
                    }
                }
            }
        });
    };
    let body = move || match newest.get() {
        None => view! { <p class="muted">{t::user::history_hidden(l)}</p> }.into_any(),
        Some(entries) if entries.is_empty() => {
            view! { <p class="muted">{t::user::no_history(l)}</p> }.into_any()
        }
        Some(entries) => {
            let lines = entries
                .into_iter()
                .chain(older.get())
                .map(|e| line(l, e))
                .collect_view();
            view! { <ol class="timeline">{lines}</ol> }.into_any()
        }
    };
    view! {
        <section class="section" aria-labelledby="history-title">
            <div class="section__head">
                <h2 class="section__title" id="history-title">{t::user::history(l)}</h2>
            </div>
            <div class="section__body">
                {body}
                {move || more().then(|| view! { <Button busy=busy on_click=load>{t::user::history_more(l)}</Button> })}
            </div>
        </section>
    }
}

fn line(l: Locale, entry: HistoryEntry) -> impl IntoView {
    let changes = entry
        .changes
        .iter()
        .filter_map(|c| change(l, c))
        .map(|words| view! { <p>{words}</p> })
        .collect_view();
    view! {
        <li class="timeline__item">
            <time class="timeline__when" datetime=entry.at.to_string()>{moment(l, entry.at)}</time>
            <div class="timeline__what">
                <p>
                    <strong>{act(l, &entry.action)}</strong>
                    " "
                    <span class="muted">{t::user::by(l, entry.actor)}</span>
                </p>
                {changes}
                {entry.reason.map(|reason| view! { <p>{t::user::reason_said(l, reason)}</p> })}
                {entry
                    .job
                    .map(|job| view! { <p><a href=format!("/operazioni/{job}")>{t::user::operation_link(l)}</a></p> })}
            </div>
        </li>
    }
}

/// The act in words. Names are open: parts of the product add their own.
fn act(l: Locale, action: &str) -> String {
    match action {
        "user.created" => t::user::did_created(l).to_owned(),
        "user.edited" => t::user::did_edited(l).to_owned(),
        "user.activated" => t::user::did_activated(l).to_owned(),
        "user.deactivated" => t::user::did_deactivated(l).to_owned(),
        "user.groups_changed" => t::user::did_groups(l).to_owned(),
        "password.changed" => t::user::did_password(l).to_owned(),
        "session.signed_in" => t::user::did_signed_in(l).to_owned(),
        "session.signed_out" => t::user::did_signed_out(l).to_owned(),
        "session.ended" => t::user::did_session_ended(l).to_owned(),
        "session.others_ended" => t::user::did_others_ended(l).to_owned(),
        other => crate::i18n::registration::act(l, other)
            .map_or_else(|| t::user::did_other(l, other), str::to_owned),
    }
}

/// A changed field in words; the state is said by the act itself.
fn change(l: Locale, c: &HistoryChange) -> Option<String> {
    let field = match c.field.as_str() {
        "username" => t::user::username(l),
        "surname" => t::user::surname(l),
        "given_name" => t::user::given_name(l),
        "fiscal_code" => t::user::fiscal_code(l),
        "email" => t::user::email(l),
        "locale" => t::user::locale(l),
        "groups" => t::user::groups(l),
        // Recorded by another part of the product: nothing a reader of this page needs.
        _ => return None,
    };
    let (before, after) = (value(&c.field, &c.before), value(&c.field, &c.after));
    Some(match (before.is_empty(), after.is_empty()) {
        (true, _) => t::user::change_set(l, after, field),
        (false, true) => t::user::change_cleared(l, before, field),
        (false, false) => t::user::change_both(l, after, before, field),
    })
}

/// A language by its own name; everything else as recorded.
fn value(field: &str, recorded: &str) -> String {
    match field {
        "locale" => recorded
            .parse::<Locale>()
            .map_or_else(|_| recorded.to_owned(), |l| l.endonym().to_owned()),
        _ => recorded.to_owned(),
    }
}
