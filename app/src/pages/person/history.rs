//! «Cronologia»: what was done to the person, in words.

use super::sheet::Sheet;
use crate::{
    api::registry::person_history,
    i18n::{moment, t},
    ui::{Button, Tone},
    widgets::{person_search::method_name, person_words::kinds_word},
};
use domain::{
    Locale,
    alignment::LinkMethod,
    person::PersonKind,
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
            let answer = person_history(sheet.id(), last).await;
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
        "person.created" => t::registry::did_created(l).to_owned(),
        "person.edited" => t::registry::did_edited(l).to_owned(),
        "person.changed" => t::registry::did_imported(l).to_owned(),
        "person.deleted" => t::registry::did_deleted(l).to_owned(),
        "person.restored" => t::registry::did_restored(l).to_owned(),
        "person.enrolled" => t::registry::did_enrolled(l).to_owned(),
        "person.unenrolled" => t::registry::did_unenrolled(l).to_owned(),
        "folder.created" => t::registry::did_folder(l).to_owned(),
        "folder.deleted" => t::registry::did_folder_deleted(l).to_owned(),
        "folder.downloaded" => t::registry::did_downloaded(l).to_owned(),
        "user.person_linked" => t::registry::did_linked(l).to_owned(),
        "user.person_unlinked" => t::registry::did_unlinked(l).to_owned(),
        "user.person_relinked" => t::registry::did_relinked(l).to_owned(),
        "user.person_refused" => t::registry::did_refused(l).to_owned(),
        "user.person_refusal_revoked" => t::registry::did_refusal_revoked(l).to_owned(),
        "user.created" => t::registry::did_user_created(l).to_owned(),
        other => t::user::did_other(l, other),
    }
}

/// A changed field in words.
fn change(l: Locale, c: &HistoryChange) -> Option<String> {
    let field = match c.field.as_str() {
        "code" => t::registry::code(l),
        "kind" | "person_kind" => t::registry::kind_long(l),
        "surname" => t::registry::surname(l),
        "given_name" => t::registry::given_name(l),
        "fiscal_code" => t::registry::fiscal_code(l),
        "vat_number" => t::registry::vat_number(l),
        "birth_date" => t::registry::birth_date(l),
        "email" => t::registry::email(l),
        "state" => t::registry::active_field(l),
        "school_year" => t::registry::school_year(l),
        "site" => t::registry::site(l),
        "class" => t::registry::class(l),
        "folder" => t::registry::folder_word(l),
        "files" => t::registry::files(l),
        "user" => t::registry::user(l),
        "method" => t::audit::f_method(l),
        // Recorded for bringing back, or by another part of the product.
        _ => return None,
    };
    let (before, after) = (value(l, c, &c.before), value(l, c, &c.after));
    Some(match (before.is_empty(), after.is_empty()) {
        (true, _) => t::user::change_set(l, after, field),
        (false, true) => t::user::change_cleared(l, before, field),
        (false, false) => t::user::change_both(l, after, before, field),
    })
}

/// A recorded value as people read it.
fn value(l: Locale, c: &HistoryChange, recorded: &str) -> String {
    match c.field.as_str() {
        "kind" | "person_kind" => recorded
            .parse::<PersonKind>()
            .map_or_else(|_| recorded.to_owned(), |k| kinds_word(l, k).to_owned()),
        "method" => LinkMethod::from_code(recorded)
            .map_or_else(|| recorded.to_owned(), |m| method_name(l, m).to_owned()),
        "state" => match recorded {
            "active" => t::registry::active(l).to_owned(),
            "inactive" => t::registry::inactive(l).to_owned(),
            other => other.to_owned(),
        },
        "birth_date" => recorded
            .parse::<jiff::civil::Date>()
            .map_or_else(|_| recorded.to_owned(), |d| crate::i18n::day(l, d)),
        _ => recorded.to_owned(),
    }
}
