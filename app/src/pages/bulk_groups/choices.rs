//! The groups in three states, and what the change would do.

use super::Desk;
use crate::{
    i18n::{number, t},
    ui::{Notice, Tone},
};
use domain::{
    Locale,
    user::{BulkGroup, BulkSkip, BulkSkipped},
};
use leptos::prelude::*;

/// A group: «tutti / alcuni / nessuno» as native radio buttons, and how many have it now.
/// «alcuni» is «as it is»: it can be chosen where some have it, which is no change.
#[component]
pub fn Choices(desk: Desk) -> impl IntoView {
    let l = desk.l;
    // Made once: the numbers of another check change in place.
    let groups = desk
        .check
        .with_untracked(|c| c.as_ref().map(|c| c.groups.clone()).unwrap_or_default());
    let rows = groups.into_iter().map(|g| row(desk, g)).collect_view();
    view! {
        <section class="bulk__choices" aria-labelledby="bulk-groups">
            <h2 class="section__title" id="bulk-groups">{t::bulk::legend(l)}</h2>
            {rows}
        </section>
    }
}

fn row(desk: Desk, group: BulkGroup) -> impl IntoView {
    let l = desk.l;
    let id = group.group.id;
    let name = group.group.name.clone();
    let locked = group.locked.is_some();
    let fresh = Memo::new(move |_| {
        desk.check.with(|c| {
            let c = c.as_ref()?;
            let g = c.groups.iter().find(|g| g.group.id == id)?;
            Some((g.members, c.eligible))
        })
    });
    let now = move || match fresh.get().unwrap_or_default() {
        (0, _) => t::bulk::now_none(l).to_owned(),
        (n, all) if n == all => t::bulk::now_all(l, number(l, n)),
        (n, all) => t::bulk::now_some(l, number(l, all), number(l, n)),
    };
    // What is there now is the middle: choosing it asks for nothing.
    let (members, eligible) = fresh.get_untracked().unwrap_or_default();
    let is_now = if members == 0 {
        Some(false)
    } else if members == eligible {
        Some(true)
    } else {
        None
    };
    let wanted = Memo::new(move |_| desk.change.with(|c| c.of(id)).or(is_now));
    let choose = move |to: Option<bool>| {
        if locked {
            return;
        }
        let ask = if to == is_now { None } else { to };
        desk.change.update(|c| c.set(id, ask));
        desk.read();
    };
    let field = format!("bulk-{id}");
    let radio = move |value: &'static str, words: &'static str, to: Option<bool>| {
        let input = format!("{field}-{value}");
        view! {
            <span class="check">
                <input
                    class="check__input"
                    type="radio"
                    id=input.clone()
                    name=field.clone()
                    value=value
                    prop:checked=move || wanted.get() == to
                    aria-disabled=locked.then_some("true")
                    on:click=move |event| {
                        if locked {
                            event.prevent_default();
                        }
                    }
                    on:change=move |_| choose(to)
                />
                <label class="check__label" for=input>{words}</label>
            </span>
        }
    };
    view! {
        <fieldset class="bulk__group">
            <legend class="bulk__name">
                {name}
                " "
                <span class="muted">{now}</span>
            </legend>
            <div class="bulk__states">
                {radio("all", t::bulk::all(l), Some(true))}
                {is_now.is_none().then(|| radio("some", t::bulk::some(l), None))}
                {radio("none", t::bulk::none(l), Some(false))}
            </div>
            {locked.then(|| view! { <p class="check__hint">{t::bulk::locked(l)}</p> })}
        </fieldset>
    }
}

/// «Tutori aggiunto a 38 utenti (12 lo hanno già)», what is unusual, who is left out.
#[component]
pub fn Effects(desk: Desk) -> impl IntoView {
    let l = desk.l;
    let lines = move || {
        let change = desk.change.get();
        desk.check.with(|c| {
            let Some(c) = c.as_ref() else {
                return Vec::new();
            };
            c.groups
                .iter()
                .filter_map(|g| {
                    let (have, name) = (g.members, g.group.name.as_str());
                    let lack = c.eligible.saturating_sub(have);
                    let line = match change.of(g.group.id)? {
                        true => t::bulk::added(l, name, number(l, have), number(l, lack)),
                        false => t::bulk::removed(l, name, number(l, lack), number(l, have)),
                    };
                    let odd = change.add.contains(&g.group.id) && g.unlikely > 0;
                    Some((
                        line,
                        odd.then(|| t::bulk::unlikely(l, number(l, g.unlikely))),
                    ))
                })
                .collect::<Vec<_>>()
        })
    };
    let body = move || match lines() {
        lines if lines.is_empty() => {
            view! { <p class="muted">{t::bulk::no_changes(l)}</p> }.into_any()
        }
        lines => {
            let items = lines
                .into_iter()
                .map(|(line, odd)| {
                    view! {
                        <li>
                            {line}
                            {odd.map(|words| view! { <Notice tone=Tone::Warning><p>{words}</p></Notice> })}
                        </li>
                    }
                })
                .collect_view();
            view! { <ul class="plain-list">{items}</ul> }.into_any()
        }
    };
    let left_out = move || {
        desk.check.with(|c| {
            c.as_ref()
                .map(|c| c.skipped.iter().map(|s| skipped(l, s)).collect_view())
        })
    };
    view! {
        <section class="bulk__effects" aria-labelledby="bulk-effects">
            <h2 class="section__title" id="bulk-effects">{t::bulk::changes(l)}</h2>
            <div aria-live="polite">{body}</div>
            {left_out}
        </section>
    }
}

fn skipped(l: Locale, s: &BulkSkipped) -> impl IntoView + use<> {
    let n = number(l, s.count);
    let words = match s.reason {
        BulkSkip::NoGroup => t::bulk::skip_no_group(l, n),
        BulkSkip::Stronger => t::bulk::skip_stronger(l, n),
        BulkSkip::OwnAccount => t::bulk::skip_own(l).to_owned(),
        BulkSkip::OutOfScope => t::bulk::skip_scope(l, n),
        BulkSkip::Archived => t::bulk::skip_archived(l, n),
    };
    let mut names = s.names.join(", ");
    let more = s.count.saturating_sub(s.names.len() as u64);
    if more > 0 {
        names = format!("{names}, {}", t::bulk::and_more(l, number(l, more)));
    }
    view! {
        <Notice tone=Tone::Info>
            <p>{words}</p>
            <p class="muted">{names}</p>
        </Notice>
    }
}
