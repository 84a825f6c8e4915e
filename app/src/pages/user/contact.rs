//! «Dati di contatto» of a canton's user, and the dialog that changes them.

use super::sheet::Sheet;
use crate::{
    api::{
        ApiError,
        user::{change_contact, read_contact},
    },
    i18n::{api_error, t},
    ui::{Button, ButtonKind, Dialog, DialogActions, ErrorSummary, Notice, Tone},
    widgets::{
        ContactForm,
        contact_form::{country, salutation_word},
    },
};
use domain::{
    Locale,
    problem::Conflict,
    user::{ContactDraft, ContactView},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

/// The section: what is known, and [Modifica] where the reader may.
#[component]
pub fn Contact(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let resource = Resource::new(|| (), move |()| read_contact(sheet.id()));
    let edited = RwSignal::new(None::<ContactView>);
    let open = RwSignal::new(false);
    let again = Callback::new(move |()| resource.refetch());
    let arrived = move |answer| match answer {
        Ok(view) => known(sheet, view, edited, open).into_any(),
        Err(e) => view! {
            <Notice tone=Tone::Error>
                <p>{api_error(l, &e)}</p>
                <div class="notice__actions">
                    <Button on_click=move || again.run(())>{t::user::contact_retry(l)}</Button>
                </div>
            </Notice>
        }
        .into_any(),
    };
    view! {
        <section class="section" aria-labelledby="contact-title">
            <div class="section__head">
                <h2 class="section__title" id="contact-title" tabindex="-1">{t::user::contact(l)}</h2>
            </div>
            <div class="section__body">
                <Suspense fallback=move || view! { <p class="muted">{t::user::contact_loading(l)}</p> }>
                    {move || resource.get().map(arrived)}
                </Suspense>
            </div>
        </section>
        <Editor sheet=sheet open=open edited=edited again=again />
    }
}

/// What is known, and the button.
fn known(
    sheet: Sheet,
    view: ContactView,
    edited: RwSignal<Option<ContactView>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let l = sheet.l;
    let may_edit = move || sheet.data.with(|p| p.detail.may_edit_data);
    let data = view.data.clone();
    let edit = move || {
        edited.set(Some(view.clone()));
        open.set(true);
    };
    view! {
        {facts(l, data)}
        {move || {
            let edit = edit.clone();
            may_edit()
                .then(|| {
                    view! {
                        <div class="form__actions">
                            <Button id="contact-edit" on_click=edit>{t::user::contact_edit(l)}</Button>
                        </div>
                    }
                })
        }}
    }
}

/// Only what is known; where nothing is, that is said.
fn facts(l: Locale, c: ContactDraft) -> impl IntoView {
    let birth = c
        .birth_date
        .parse()
        .map_or_else(|_| c.birth_date.clone(), |d| crate::i18n::day(l, d));
    let place = format!("{} {}", c.postal_code, c.city).trim().to_owned();
    let land = if c.country.is_empty() {
        ""
    } else {
        country(l, &c.country)
    };
    let lines = [
        (
            t::invite::salutation(l),
            salutation_word(l, &c.salutation).to_owned(),
        ),
        (t::invite::birth_date(l), birth),
        (t::invite::mobile(l), c.mobile),
        (t::invite::address_1(l), c.address_1),
        (t::invite::address_2(l), c.address_2),
        (t::invite::city(l), place),
        (t::invite::country(l), land.to_owned()),
        (t::invite::note(l), c.note),
    ];
    let known: Vec<_> = lines
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(
            |(name, value)| view! { <div class="facts__row"><dt>{name}</dt><dd>{value}</dd></div> },
        )
        .collect();
    if known.is_empty() {
        view! { <p class="muted">{t::user::contact_none(l)}</p> }.into_any()
    } else {
        view! { <dl class="facts">{known}</dl> }.into_any()
    }
}

/// The dialog. What is typed stays until it is saved or cancelled.
#[component]
fn Editor(
    sheet: Sheet,
    open: RwSignal<bool>,
    edited: RwSignal<Option<ContactView>>,
    again: Callback<()>,
) -> impl IntoView {
    let l = sheet.l;
    let form = ContactForm::empty("contact");
    let refused = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get()
            && let Some(view) = edited.get_untracked()
        {
            form.fill(view.data);
            refused.set(None);
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(view) = edited.get_untracked() else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        let typed = untrack(move || form.draft());
        refused.set(None);
        form.errors.set(domain::user::FieldErrors::default());
        busy.set(true);
        spawn_local(async move {
            let answer = change_contact(sheet.id(), view.version, typed).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(saved) => {
                    open.set(false);
                    sheet.changed(saved.row);
                    again.run(());
                    if let Some(toasts) = sheet.toasts {
                        toasts.push(Tone::Ok, t::user::contact_saved(l));
                    }
                }
                Err(ApiError::Invalid(errors)) => form.errors.set(errors),
                Err(ApiError::Conflict(Conflict::Changed(row))) => {
                    // Saving again writes over what the other one saved, and that is said.
                    edited.update(|f| {
                        if let Some(f) = f {
                            f.version = row.version;
                        }
                    });
                    refused.set(Some(t::user::contact_changed(l).to_owned()));
                }
                Err(e) => refused.set(Some(api_error(l, &e))),
            }
        });
    };
    view! {
        <Dialog id="contact-dialog" open=open title=t::user::contact(l) fallback_focus="contact-title">
            <form class="form dialog-form" novalidate=true on:submit=submit>
                <ErrorSummary id="contact-errors" title=t::user::problem(l) errors=Signal::derive(move || form.summary(l)) />
                {move || {
                    refused
                        .get()
                        .map(|words| view! { <div role="alert"><Notice tone=Tone::Error><p>{words}</p></Notice></div> })
                }}
                <div class="form__row">{form.salutation(l)} {form.birth_date(l)}</div>
                {form.mobile(l)}
                {form.address(l)}
                {form.note(l)}
                <DialogActions>
                    <Button on_click=move || open.set(false)>{t::user::contact_cancel(l)}</Button>
                    <Button submit=true kind=ButtonKind::Primary busy=busy>{t::user::contact_save(l)}</Button>
                </DialogActions>
            </form>
        </Dialog>
    }
}
