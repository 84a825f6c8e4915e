//! `/utenti/azione?tipo=…`: an act of the row menu on the selection: check, confirm, and what
//! became of each user (issue 4, X8).

use crate::{
    api::{
        ApiError,
        registrations::{check_bulk, run_bulk, undo_bulk},
    },
    i18n::{
        api_error, field_error, number,
        registration::{bulk_name, hindrance},
        t, use_locale,
    },
    state::Selected,
    ui::{Button, ButtonKind, LinkButton, Notice, PageHeader, SkeletonRows, TextAreaField, Tone},
    widgets::{ConfirmPassword, Guarded, PageTitle, fresh_key},
};
use domain::{
    Locale, UserId,
    access::{Denied, Right},
    registration::{BULK_MAX, BulkLine, Command},
    user::{REASON_MAX, Selection, check_reason},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

/// The page, for those who manage users.
#[component]
pub fn Bulk() -> impl IntoView {
    view! {
        <Guarded right=Right::ManageUsers>
            <Act />
        </Guarded>
    }
}

#[component]
fn Act() -> impl IntoView {
    let l = use_locale();
    let command = use_query_map()
        .with_untracked(|q| q.get("tipo").and_then(|c| Command::from_code(&c)))
        .filter(|c| Command::BULK.contains(c))
        .unwrap_or(Command::Deactivate);
    let selected = Selected::of_page();
    // The selection is the tab's: the server knows none until the page is alive.
    let lines = RwSignal::new(None::<Result<Option<Vec<BulkLine>>, String>>);
    let done = RwSignal::new(None::<Vec<BulkLine>>);
    let alive = RwSignal::new(false);
    let check = move || {
        let selection = selected.with_untracked(Selection::clone);
        if selection.is_empty() {
            lines.set(Some(Ok(Some(Vec::new()))));
            return;
        }
        lines.set(None);
        spawn_local(async move {
            let answer = check_bulk(command, selection).await;
            let _ = lines.try_set(Some(answer.map_err(|e| api_error(l, &e))));
        });
    };
    Effect::new(move |_| alive.set(true));
    Effect::new(move |_| {
        // Anew when the tab's selection has been read.
        selected.with(|_| ());
        if alive.get() && done.with_untracked(Option::is_none) {
            check();
        }
    });
    let body = move || match (done.get(), lines.get()) {
        (Some(done), _) => view! { <Outcome command=command lines=done /> }.into_any(),
        (None, None) => view! { <Checking /> }.into_any(),
        (None, Some(Err(words))) => view! {
            <Notice tone=Tone::Error title=t::commands::bulk_failed(l)>
                <p>{words}</p>
                <div class="notice__actions">
                    <Button on_click=check>{t::commands::retry(l)}</Button>
                </div>
            </Notice>
        }
        .into_any(),
        (None, Some(Ok(None))) => view! {
            <Notice tone=Tone::Info>
                <p>{t::commands::bulk_too_many(l, number(l, BULK_MAX))}</p>
            </Notice>
        }
        .into_any(),
        (None, Some(Ok(Some(found)))) if found.is_empty() => {
            view! { <Notice tone=Tone::Info><p>{t::commands::bulk_none(l)}</p></Notice> }.into_any()
        }
        (None, Some(Ok(Some(found)))) => {
            view! { <Check command=command lines=found selected=selected done=done /> }.into_any()
        }
    };
    view! {
        <PageTitle text=bulk_name(l, command) />
        <PageHeader title=bulk_name(l, command) />
        <div class="page">
            {body}
            <div class="action-bar">
                <LinkButton href="/utenti">{t::commands::bulk_back(l)}</LinkButton>
            </div>
        </div>
    }
}

#[component]
fn Checking() -> impl IntoView {
    let l = use_locale();
    view! {
        <p class="muted">{t::commands::bulk_checking(l)}</p>
        <div class="table-region">
            <table class="table">
                <tbody>
                    <SkeletonRows rows=6 columns=2 />
                </tbody>
            </table>
        </div>
    }
}

/// Whom it takes in, whom not and why; the motivation; the confirmation with the number.
#[component]
fn Check(
    command: Command,
    lines: Vec<BulkLine>,
    selected: Selected,
    done: RwSignal<Option<Vec<BulkLine>>>,
) -> impl IntoView {
    let l = use_locale();
    let able = lines.iter().filter(|x| x.hindrance.is_none()).count() as u64;
    let (left_out, inside): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|x| x.hindrance.is_some());
    let (reason, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let failed = RwSignal::new(None::<String>);
    let (busy, confirming) = (RwSignal::new(false), RwSignal::new(false));
    let key = StoredValue::new(None);
    let run = move || {
        let said = reason.get_untracked();
        if command.asks_why()
            && let Err(errors) = check_reason(&said, true)
        {
            error.set(errors.of("reason").map(|e| field_error(l, e)));
            crate::ui::dom::focus_id("bulk-reason");
            return;
        }
        error.set(None);
        failed.set(None);
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let own = key.get_value().unwrap_or_else(fresh_key);
        key.set_value(Some(own));
        let selection = selected.with_untracked(Selection::clone);
        spawn_local(async move {
            let answer = run_bulk(command, selection, able, said, own).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(lines) => {
                    done.set(Some(lines));
                    selected.clear();
                }
                // What is typed stays; the same click goes on with the password given.
                Err(ApiError::Denied(Denied::MustConfirm)) => confirming.set(true),
                Err(e) => failed.set(Some(api_error(l, &e))),
            }
        });
    };
    view! {
        {(able > 0 && command == Command::Archive).then(|| view! { <p>{t::commands::bulk_archive_effect(l)}</p> })}
        {(able > 0)
            .then(|| {
                view! {
                    <section class="section" aria-labelledby="bulk-able">
                        <div class="section__head">
                            <h2 class="section__title" id="bulk-able">{t::commands::bulk_able(l, number(l, able))}</h2>
                        </div>
                        <div class="section__body"><Names lines=inside /></div>
                    </section>
                }
            })}
        {(!left_out.is_empty())
            .then(|| {
                let n = number(l, left_out.len() as u64);
                view! {
                    <section class="section" aria-labelledby="bulk-left-out">
                        <div class="section__head">
                            <h2 class="section__title" id="bulk-left-out">{t::commands::bulk_left_out(l, n)}</h2>
                        </div>
                        <div class="section__body"><Names lines=left_out /></div>
                    </section>
                }
            })}
        {(able == 0).then(|| view! { <Notice tone=Tone::Info><p>{t::commands::bulk_nobody(l)}</p></Notice> })}
        {(able > 0 && command.asks_why())
            .then(|| {
                view! {
                    <TextAreaField
                        id="bulk-reason"
                        label=t::commands::reason(l)
                        value=reason
                        hint=Some(t::commands::reason_hint(l).to_owned())
                        error=error
                        required=true
                        counter=Signal::derive(move || {
                            Some(t::commands::reason_count(l, REASON_MAX, reason.with(|r| r.trim().chars().count())))
                        })
                    />
                }
            })}
        <div role="alert">
            {move || failed.get().map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })}
        </div>
        {(able > 0)
            .then(|| {
                let kind = if command.asks_why() { ButtonKind::Danger } else { ButtonKind::Primary };
                view! {
                    <p>
                        <Button id="bulk-go" kind=kind busy=busy on_click=run>
                            {t::commands::bulk_go(l, number(l, able))}
                        </Button>
                    </p>
                }
            })}
        <ConfirmPassword open=confirming on_done=move |()| run() />
    }
}

/// Names with what hinders them, or what was done.
#[component]
fn Names(lines: Vec<BulkLine>, #[prop(optional)] done: bool) -> impl IntoView {
    let l = use_locale();
    let all = lines.into_iter().map(|x| name(l, x, done)).collect_view();
    view! { <ul class="bulk-names">{all}</ul> }
}

fn name(l: Locale, x: BulkLine, done: bool) -> impl IntoView {
    let words = match (x.hindrance, done) {
        (Some(h), _) => Some(hindrance(l, &h)),
        (None, true) => Some(t::commands::done(l).to_owned()),
        (None, false) => None,
    };
    view! {
        <li>
            <a href=format!("/utenti/{}", x.user)>{x.name}</a>
            {words.map(|words| format!(" – {words}"))}
        </li>
    }
}

/// What became of each; after a deactivation the way back, with a result of its own.
#[component]
fn Outcome(command: Command, lines: Vec<BulkLine>) -> impl IntoView {
    let (not, done): (Vec<_>, Vec<_>) = lines.into_iter().partition(|x| x.hindrance.is_some());
    let ids: Vec<_> = done.iter().map(|x| x.user).collect();
    let undone = RwSignal::new(None::<Vec<BulkLine>>);
    let offers = command == Command::Deactivate && !ids.is_empty();
    let shown = move || match undone.get() {
        Some(lines) => {
            let (not, back): (Vec<_>, Vec<_>) =
                lines.into_iter().partition(|x| x.hindrance.is_some());
            view! { <Told words=t::commands::bulk_undone done=back not=not /> }.into_any()
        }
        None => view! {
            <Told words=t::commands::bulk_done done=done.clone() not=not.clone() />
            {offers.then(|| view! { <Undo ids=ids.clone() undone=undone /> })}
        }
        .into_any(),
    };
    view! { <div class="stack">{shown}</div> }
}

/// «Fatto, utenti: 2»: how many, and who with what hindered them.
#[component]
fn Told(
    words: fn(Locale, String) -> String,
    done: Vec<BulkLine>,
    not: Vec<BulkLine>,
) -> impl IntoView {
    let l = use_locale();
    let (n, m) = (done.len() as u64, not.len() as u64);
    view! {
        <div role="status">
            <Notice tone=if m == 0 { Tone::Ok } else { Tone::Warning }>
                <p>{words(l, number(l, n))}</p>
                {(m > 0).then(|| view! { <p>{t::commands::bulk_not_done(l, number(l, m))}</p> })}
            </Notice>
        </div>
        {(m > 0).then(|| view! { <Names lines=not /> })}
        {(n > 0).then(|| view! { <Names lines=done done=true /> })}
    }
}

/// «Annulla: riattiva gli utenti appena disattivati».
#[component]
fn Undo(ids: Vec<UserId>, undone: RwSignal<Option<Vec<BulkLine>>>) -> impl IntoView {
    let l = use_locale();
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let back = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let ids = ids.clone();
        spawn_local(async move {
            let answer = undo_bulk(ids, t::commands::undo_reason(l).to_owned()).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(lines) => undone.set(Some(lines)),
                Err(e) => failed.set(Some(api_error(l, &e))),
            }
        });
    };
    view! {
        <div role="alert">
            {move || failed.get().map(|words| view! { <Notice tone=Tone::Error><p>{words}</p></Notice> })}
        </div>
        <p>
            <Button id="bulk-undo" busy=busy on_click=back>{t::commands::bulk_undo(l)}</Button>
        </p>
    }
}
