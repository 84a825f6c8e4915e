//! The entries: who did what, to what, and what changed, in words.

use super::{Paging, address, restore::Target};
use crate::{
    i18n::{moment, t, use_locale},
    ui::{Button, VisuallyHidden},
    widgets::act_words::{act_words, change_words},
};
use domain::{
    Locale,
    audit::{AuditFilter, AuditObject, AuditPage, AuditQuery, AuditRow},
};
use leptos::prelude::*;

/// The table and its pages.
#[component]
pub fn Rows(
    page: AuditPage,
    wanted: Memo<AuditQuery>,
    target: RwSignal<Option<Target>>,
) -> impl IntoView {
    let l = use_locale();
    let last = page.rows.last().map(|r| r.id).filter(|_| page.more);
    let in_batch = wanted.with_untracked(|w| w.filter.batch);
    let rows = page
        .rows
        .into_iter()
        .map(|r| row(l, r, in_batch, target))
        .collect_view();
    view! {
        <div class="table-region" role="region" aria-label=t::audit::table(l) tabindex="0">
            <table class="table table--audit table-cards">
                <caption class="visually-hidden">{t::audit::table(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::audit::when(l)}</th>
                        <th scope="col">{t::audit::who(l)}</th>
                        <th scope="col">{t::audit::action(l)}</th>
                        <th scope="col">{t::audit::object(l)}</th>
                        <th scope="col" class="cell-commands">{t::audit::commands(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Paging wanted=wanted last=last />
    }
}

fn row(
    l: Locale,
    r: AuditRow,
    in_batch: Option<i64>,
    target: RwSignal<Option<Target>>,
) -> impl IntoView {
    let act = act_words(l, &r.action);
    let words: Vec<String> = r
        .changes
        .iter()
        .filter_map(|c| change_words(l, c))
        .collect();
    let name = object_name(&r.object);
    let command = r.revert.map(|revert| {
        let goal = Target {
            id: r.id,
            name: if name.is_empty() {
                act.clone()
            } else {
                name.clone()
            },
            act: act.clone(),
            changes: words.clone(),
            reason_required: revert.reason_required,
            comes_back_inactive: revert.comes_back_inactive,
        };
        let of = t::audit::restore_of(l, &goal.name);
        view! {
            <Button on_click=move || target.set(Some(goal.clone()))>
                {t::audit::restore(l)} <VisuallyHidden>{of}</VisuallyHidden>
            </Button>
        }
    });
    let lines = words
        .into_iter()
        .map(|words| view! { <span class="audit-line">{words}</span> })
        .collect_view();
    let batch = r.batch.filter(|b| in_batch != Some(*b)).map(|batch| {
        let filter = AuditFilter {
            batch: Some(batch),
            ..AuditFilter::default()
        };
        view! { <span class="audit-line"><a href=address(&filter, None)>{t::audit::batch(l)}</a></span> }
    });
    view! {
        <tr>
            <td class="nowrap" data-label=t::audit::when(l)>
                <time datetime=r.at.to_string()>{moment(l, r.at)}</time>
            </td>
            <td data-label=t::audit::who(l)>{r.actor.1}</td>
            <th scope="row" class="audit-act">{act}</th>
            <td class="audit-object" data-label=t::audit::object(l)>
                {object(r.object, name)}
                <span class="audit-lines">
                {lines}
                {r.reason.map(|text| view! { <span class="audit-line">{t::audit::reason(l, text)}</span> })}
                {r.reverts.map(|_| view! { <span class="audit-line">{t::audit::reverted(l)}</span> })}
                {r.job.map(|job| view! { <span class="audit-line"><a href=format!("/operazioni/{job}")>{t::audit::job(l)}</a></span> })}
                {batch}
                </span>
            </td>
            <td class="cell-commands">{command}</td>
        </tr>
    }
}

fn object_name(object: &AuditObject) -> String {
    object.name.clone()
}

/// The name, as the way to what it names where there is a page.
fn object(object: AuditObject, name: String) -> AnyView {
    let page = match (object.kind.as_str(), object.id) {
        _ if !object.open => None,
        ("user", Some(id)) => Some(format!("/utenti/{id}")),
        ("person", Some(id)) => Some(format!("/anagrafiche/{id}")),
        ("unit", Some(id)) => Some(format!("/unita?unita={id}")),
        ("job", Some(id)) => Some(format!("/operazioni/{id}")),
        ("group", Some(id)) => Some(format!("/gruppi/{id}")),
        ("import", Some(id)) => Some(format!("/importa/{id}")),
        _ => None,
    };
    match page {
        Some(page) if !name.is_empty() => view! { <a href=page>{name}</a> }.into_any(),
        _ => view! { <span>{name}</span> }.into_any(),
    }
}
