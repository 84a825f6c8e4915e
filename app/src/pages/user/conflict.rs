//! Two people saved the same user: both versions side by side.

use super::sheet::Sheet;
use crate::{
    i18n::t,
    ui::{Button, ButtonKind, Notice, Tone},
    widgets::user_form::stored,
};
use domain::user::UserDraft;
use leptos::prelude::*;

/// What the reader typed beside what somebody else saved, and the choice.
#[component]
pub fn ConflictView(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    move || {
        sheet.conflict.get().map(|theirs| {
            let (mine, theirs) = (sheet.form.draft_now(Vec::new()), stored(&theirs));
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
    mine: &UserDraft,
    theirs: &UserDraft,
) -> Vec<(&'static str, String, String)> {
    let l = sheet.l;
    let both = |f: fn(&UserDraft) -> String| (f(mine), f(theirs));
    [
        (t::user::surname(l), both(|d| d.surname.clone())),
        (t::user::given_name(l), both(|d| d.given_name.clone())),
        (t::user::fiscal_code(l), both(|d| d.fiscal_code.clone())),
        (t::user::email(l), both(|d| d.email.clone())),
        (t::user::locale(l), both(|d| d.locale.endonym().to_owned())),
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
