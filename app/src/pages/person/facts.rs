//! «Utente collegato», «Codici fiscali precedenti», «Possibile stessa persona».

use super::sheet::{Sheet, same_records};
use crate::{
    i18n::{moment, t},
    ui::{IconName, Status, Tone},
    widgets::{address::address, person_words::method_word},
};
use domain::person::{LinkMethod, LinkedUser};
use leptos::prelude::*;

/// The linked user with the story of the link, or the way to link one.
#[component]
pub fn LinkedUserView(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let body = move || match sheet.data.with(|p| p.user.clone()) {
        Some(user) => linked(sheet, user).into_any(),
        None => {
            let (may, there) = sheet.data.with(|p| {
                let query = format!("tipo={}", p.row.kind.slug());
                (p.may_link, address("/allineamento", &query, &p.row.surname))
            });
            view! {
                <p>
                    <Status tone=Tone::Neutral icon=IconName::Circle>{t::registry::not_linked(l)}</Status>
                </p>
                <p class="muted">{t::registry::not_linked_text(l)}</p>
                {may.then(|| view! { <p><a href=there>{t::registry::link_in_alignment(l)}</a></p> })}
            }
            .into_any()
        }
    };
    view! {
        <section class="section" aria-labelledby="link-title">
            <div class="section__head">
                <h2 class="section__title" id="link-title">{t::registry::linked_user(l)}</h2>
            </div>
            <div class="section__body">{body}</div>
        </section>
    }
}

fn linked(sheet: Sheet, linked: LinkedUser) -> impl IntoView {
    let l = sheet.l;
    let who = linked
        .linked_by
        .unwrap_or_else(|| t::registry::by_system(l).to_owned());
    let forced = linked.user.method == LinkMethod::Forced;
    let codes = forced.then(|| {
        let dash = |code: Option<String>| code.unwrap_or_else(|| "–".to_owned());
        view! {
            <div>
                <dt>{t::registry::codes_at_link(l)}</dt>
                <dd class="mono">{dash(linked.user_code)} " / " {dash(linked.person_code)}</dd>
            </div>
        }
    });
    view! {
        <p>
            <Status tone=Tone::Ok>{t::registry::linked(l)}</Status>
        </p>
        <dl class="facts">
            <div>
                <dt>{t::registry::user(l)}</dt>
                <dd>
                    <a href=format!("/utenti/{}", linked.user.id)>{linked.name}</a>
                    " "
                    <span class="mono">{linked.user.username}</span>
                </dd>
            </div>
            <div>
                <dt>{t::registry::method(l)}</dt>
                <dd>{method_word(l, linked.user.method)}</dd>
            </div>
            {codes}
            <div>
                <dt>{t::registry::linked_when(l)}</dt>
                <dd>
                    <time datetime=linked.linked_at.to_string()>{moment(l, linked.linked_at)}</time>
                    ", "
                    {who}
                </dd>
            </div>
        </dl>
    }
}

/// Codes that another took the place of.
#[component]
pub fn OldCodes(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let body = move || {
        let codes = sheet.data.with(|p| p.old_codes.clone());
        if codes.is_empty() {
            return view! { <p class="muted">{t::registry::no_old_codes(l)}</p> }.into_any();
        }
        let lines = codes
            .into_iter()
            .map(|c| {
                view! {
                    <li>
                        <span class="mono">{c.code}</span>
                        <span class="muted">
                            " "
                            {t::registry::replaced_at(l, moment(l, c.replaced_at))}
                        </span>
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="plain-list">{lines}</ul> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby="codes-title">
            <div class="section__head">
                <h2 class="section__title" id="codes-title">{t::registry::old_codes(l)}</h2>
            </div>
            <div class="section__body">{body}</div>
        </section>
    }
}

/// «Possibile stessa persona».
#[component]
pub fn Same(sheet: Sheet) -> impl IntoView {
    move || same_records(sheet)
}
