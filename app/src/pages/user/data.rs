//! «Dati»: the form.

use super::sheet::{Sheet, Then};
use crate::{
    i18n::t,
    state::use_session,
    ui::{Button, ButtonKind, ErrorSummary, Notice, Tone},
    widgets::UserFields,
};
use domain::user::UserState;
use leptos::prelude::*;

/// «Dati», to be changed or, for an account out of reach, only read.
#[component]
pub fn Data(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let may_edit = Memo::new(move |_| sheet.data.with(|p| p.detail.may_edit_data));
    view! {
        <section class="section" aria-labelledby="data-title">
            <div class="section__head">
                <h2 class="section__title" id="data-title">{t::user::data(l)}</h2>
            </div>
            <div class="section__body">
                {move || if may_edit.get() { form(sheet).into_any() } else { facts(sheet).into_any() }}
            </div>
        </section>
    }
}

fn form(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let (id, bounced) = (
        sheet.id(),
        Signal::derive(move || sheet.data.with(|p| p.detail.row.email_bounced)),
    );
    // A canton's people get a registration code, in the wizard.
    let canton = use_session().is_canton();
    let may_send = move || {
        !canton
            && sheet
                .data
                .with(|p| p.detail.may_send && p.detail.row.state == UserState::Active)
    };
    view! {
        <form
            class="form"
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                sheet.save(Then::Stay);
            }
        >
            <ErrorSummary id="user-errors" title=t::user::problem(l) errors=Signal::derive(move || sheet.form.summary(l)) />
            {move || {
                sheet
                    .refused
                    .get()
                    .map(|words| {
                        view! {
                            <div role="alert">
                                <Notice tone=Tone::Error>
                                    <p>{words}</p>
                                </Notice>
                            </div>
                        }
                    })
            }}
            <UserFields form=sheet.form except=Some(id) bounced=bounced />
            <div class="form__actions">
                <Button id="user-save" submit=true kind=ButtonKind::Primary busy=sheet.busy>{t::user::save(l)}</Button>
                {move || {
                    may_send()
                        .then(|| {
                            view! {
                                <Button busy=sheet.busy on_click=move || sheet.save(Then::Send)>
                                    {t::user::save_and_send(l)}
                                </Button>
                            }
                        })
                }}
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

/// The data of an account that the reader may not change.
fn facts(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let user = sheet.data.with(|p| p.detail.clone());
    let why = match user.row.state {
        UserState::Archived => t::user::archived_read_only(l),
        UserState::Inactive if user.may_edit => t::house::read_only(l),
        _ => t::user::read_only(l),
    };
    let mail = user
        .row
        .email
        .unwrap_or_else(|| t::user::email_missing(l).to_owned());
    let rows = [
        (t::user::surname(l), user.row.surname),
        (t::user::given_name(l), user.row.given_name),
        (
            t::user::fiscal_code(l),
            user.fiscal_code.unwrap_or_else(|| "–".to_owned()),
        ),
        (t::user::email(l), mail),
        (t::user::locale(l), user.locale.endonym().to_owned()),
    ];
    let rows = rows
        .into_iter()
        .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
        .collect_view();
    view! {
        <p class="muted">{why}</p>
        <dl class="facts">{rows}</dl>
    }
}
