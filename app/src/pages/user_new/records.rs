//! Records of the registry that the new user may belong to (A11): link one at once, or not.

use super::{Ask, Sheet};
use crate::{
    i18n::{right_name, t},
    state::use_session,
    ui::{Button, ButtonKind, Notice, Tone},
    widgets::kind_word,
};
use domain::{
    access::Right,
    person::{SamePerson, padded_code},
    user::NewcomerRecord,
};
use leptos::prelude::*;

/// The notice, while records are offered. Nothing was created yet.
pub fn offered(sheet: Sheet) -> Option<impl IntoView> {
    let l = sheet.l;
    let records = sheet.records.get();
    let may_link = use_session().holds(Right::ManageRegistry);
    let again = move |record| Ask {
        record,
        ..sheet.asked.get_untracked()
    };
    (!records.is_empty()).then(|| {
        let lines = records
            .into_iter()
            .map(|p| {
                let id = p.id;
                let link = move || sheet.save(again(NewcomerRecord::Link(id)));
                view! { <li>{line(sheet, p, may_link.then_some(link))}</li> }
            })
            .collect_view();
        let ask = (!may_link).then(|| {
            let right = t::user::record_needs_right(l, right_name(l, Right::ManageRegistry));
            let who = match use_session().administrators() {
                names if names.is_empty() => t::shell::forbidden_nobody(l).to_owned(),
                names => t::shell::forbidden_who(l, names.join(", ")),
            };
            view! { <p>{right} " " {who}</p> }
        });
        view! {
            <div id="has-record" tabindex="-1" role="alert">
                <Notice tone=Tone::Warning title=t::user::record_title(l)>
                    <p>{t::user::record_text(l)}</p>
                    <ul class="plain-list">{lines}</ul>
                    {ask}
                    <div class="notice__actions">
                        <Button busy=sheet.busy on_click=move || sheet.save(again(NewcomerRecord::Without))>
                            {t::user::record_without(l)}
                        </Button>
                    </div>
                </Notice>
            </div>
        }
    })
}

/// One record: who it is, its page, and «Crea e collega» for who may link.
fn line(
    sheet: Sheet,
    p: SamePerson,
    link: Option<impl Fn() + Send + Sync + 'static>,
) -> impl IntoView {
    let l = sheet.l;
    let words = format!("{}, {}", p.name, kind_word(l, p.kind));
    view! {
        <a href=format!("/anagrafiche/{}", p.id)>{p.name}</a>
        " · "
        {kind_word(l, p.kind)}
        " · "
        <span class="mono">{padded_code(p.code)}</span>
        " "
        {link
            .map(|link| {
                view! {
                    <Button kind=ButtonKind::Primary busy=sheet.busy on_click=link>
                        {t::user::record_link(l)} <span class="visually-hidden">" " {words}</span>
                    </Button>
                }
            })}
    }
}
