//! Two people saved the same person: both versions side by side.

use super::sheet::Sheet;
use crate::{
    i18n::t,
    ui::{Button, ButtonKind, Notice, Tone},
    widgets::person_words::kinds_word,
};
use domain::person::PersonDraft;
use leptos::prelude::*;

/// What the reader typed beside what somebody else saved, and the choice.
#[component]
pub fn ConflictView(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    move || {
        sheet.conflict.get().map(|theirs| {
            let (mine, theirs) = (sheet.form.draft_now(), PersonDraft::from(&theirs));
            let rows = fields(sheet, &mine, &theirs)
                .into_iter()
                .map(|(name, mine, theirs)| {
                    let differs = mine.trim() != theirs.trim();
                    let (mine, theirs) = (value(sheet, mine, differs), value(sheet, theirs, differs));
                    view! { <tr><th scope="row">{name}</th><td>{mine}</td><td>{theirs}</td></tr> }
                })
                .collect_view();
            view! {
                <div id="conflict" tabindex="-1" role="alert">
                    <Notice tone=Tone::Warning title=t::user::conflict_title(l)>
                        <p>{t::user::conflict_text(l)}</p>
                        <div class="table-region" role="region" tabindex="0" aria-label=t::user::conflict_title(l)>
                            <table class="table">
                                <thead>
                                    <tr>
                                        <th scope="col">{t::user::conflict_field(l)}</th>
                                        <th scope="col">{t::user::conflict_yours(l)}</th>
                                        <th scope="col">{t::user::conflict_theirs(l)}</th>
                                    </tr>
                                </thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </div>
                        <div class="notice__actions">
                            <Button on_click=move || sheet.take_theirs()>{t::user::reload(l)}</Button>
                            <Button kind=ButtonKind::Danger busy=sheet.busy on_click=move || sheet.keep_mine()>
                                {t::user::overwrite(l)}
                            </Button>
                        </div>
                    </Notice>
                </div>
            }
        })
    }
}

fn fields(
    sheet: Sheet,
    mine: &PersonDraft,
    theirs: &PersonDraft,
) -> Vec<(&'static str, String, String)> {
    let l = sheet.l;
    let kind = |d: &PersonDraft| {
        d.kind
            .map(|k| kinds_word(l, k))
            .unwrap_or_default()
            .to_owned()
    };
    let active = |d: &PersonDraft| {
        let words = if d.active {
            t::registry::active(l)
        } else {
            t::registry::inactive(l)
        };
        words.to_owned()
    };
    let both = |f: &dyn Fn(&PersonDraft) -> String| (f(mine), f(theirs));
    [
        (t::registry::kind_long(l), both(&kind)),
        (t::registry::surname(l), both(&|d| d.surname.clone())),
        (t::registry::given_name(l), both(&|d| d.given_name.clone())),
        (
            t::registry::fiscal_code(l),
            both(&|d| d.fiscal_code.clone()),
        ),
        (t::registry::vat_number(l), both(&|d| d.vat_number.clone())),
        (t::registry::birth_date(l), both(&|d| d.birth_date.clone())),
        (t::registry::email(l), both(&|d| d.email.clone())),
        (t::registry::active_field(l), both(&active)),
    ]
    .into_iter()
    .map(|(name, (mine, theirs))| (name, mine, theirs))
    .collect()
}

/// A value; one that differs is marked, and said.
fn value(sheet: Sheet, text: String, differs: bool) -> AnyView {
    let text = if text.trim().is_empty() {
        "–".to_owned()
    } else {
        text
    };
    if differs {
        view! { <mark>{text}</mark><span class="visually-hidden">" " {t::user::different(sheet.l)}</span> }.into_any()
    } else {
        text.into_any()
    }
}
