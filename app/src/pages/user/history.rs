//! «Cronologia»: what was done to the user, in words.

use super::sheet::Sheet;
use crate::{
    api::user::user_history,
    i18n::{moment, t},
    ui::{Button, Tone},
    widgets::act_words::{act_words, change_words},
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
        <section class="section" id="cronologia" aria-labelledby="history-title" tabindex="-1">
            <div class="section__head">
                <h2 class="section__title" id="history-title">{t::user::history(l)}</h2>
                <a href=move || format!("/registro?utente={}", sheet.id())>{t::audit::all_of_user(l)}</a>
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
                    <strong>{act_words(l, &entry.action)}</strong>
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

/// A changed field in words; the state is said by the act itself.
fn change(l: Locale, c: &HistoryChange) -> Option<String> {
    (c.field != "state").then(|| change_words(l, c)).flatten()
}
