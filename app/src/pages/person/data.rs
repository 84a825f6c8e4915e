//! «Dati»: the form, or only the data for those who may not change them.

use super::sheet::Sheet;
use crate::{
    i18n::t,
    ui::{Button, ButtonKind, ErrorSummary},
    widgets::{
        PersonFields,
        person_words::{day_or_dash, kinds_word},
    },
};
use leptos::prelude::*;

/// «Dati».
#[component]
pub fn Data(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let may_edit = Memo::new(move |_| sheet.may_edit());
    view! {
        <section class="section" aria-labelledby="data-title">
            <div class="section__head">
                <h2 class="section__title" id="data-title">{t::registry::data(l)}</h2>
            </div>
            <div class="section__body">
                {move || if may_edit.get() { form(sheet).into_any() } else { facts(sheet).into_any() }}
            </div>
        </section>
    }
}

fn form(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let locked = Signal::derive(move || {
        sheet.data.with(|p| {
            p.row
                .user
                .is_some()
                .then(|| t::registry::kind_locked(l).to_owned())
        })
    });
    view! {
        <form
            class="form"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                sheet.save(false);
            }
        >
            <ErrorSummary
                id="person-errors"
                title=t::user::problem(l)
                errors=Signal::derive(move || sheet.form.summary(l))
            />
            <PersonFields form=sheet.form kind_locked=locked />
            <div class="form__actions">
                <Button id="person-save" submit=true kind=ButtonKind::Primary busy=sheet.busy>{t::user::save(l)}</Button>
                {move || {
                    sheet
                        .dirty
                        .get()
                        .then(|| {
                            view! {
                                <Button kind=ButtonKind::Quiet on_click=move || sheet.revert()>{t::user::revert(l)}</Button>
                            }
                        })
                }}
            </div>
        </form>
    }
}

fn facts(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let p = sheet.data.with(|p| p.row.clone());
    let dash = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
    let rows = [
        (t::registry::kind_long(l), kinds_word(l, p.kind).to_owned()),
        (t::registry::surname(l), p.surname),
        (t::registry::given_name(l), p.given_name),
        (t::registry::fiscal_code(l), dash(p.fiscal_code)),
        (t::registry::vat_number(l), dash(p.vat_number)),
        (t::registry::birth_date(l), day_or_dash(l, p.birth_date)),
        (
            t::registry::email(l),
            p.email
                .unwrap_or_else(|| t::user::email_missing(l).to_owned()),
        ),
    ];
    let rows = rows
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
        .collect_view();
    view! {
        <p class="muted">{t::registry::read_only(l)}</p>
        <dl class="facts">{rows}</dl>
    }
}
