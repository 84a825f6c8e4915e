//! The fields of a person: «Dati» of a person's page and «Nuova anagrafica». What is wrong
//! is told after the submit, never while typing.

use crate::{
    i18n::{field_error, t, use_locale},
    ui::{self, CheckboxField, ChoiceOption, SelectField, TextField},
    widgets::{EmailHint, person_words::kinds_word},
};
use domain::{
    Locale,
    person::{PersonDraft, PersonKind},
    user::{FieldError, FieldErrors},
};
use leptos::prelude::*;

/// What is typed, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct PersonForm {
    kind: RwSignal<String>,
    legal: RwSignal<bool>,
    surname: RwSignal<String>,
    given_name: RwSignal<String>,
    fiscal_code: RwSignal<String>,
    vat_number: RwSignal<String>,
    birth_date: RwSignal<String>,
    email: RwSignal<String>,
    email_left: RwSignal<String>,
    active: RwSignal<bool>,
    /// What the last attempt to save found wrong.
    pub errors: RwSignal<FieldErrors>,
}

impl PersonForm {
    /// A form with these data.
    pub fn of(draft: PersonDraft) -> Self {
        let form = Self {
            kind: RwSignal::default(),
            legal: RwSignal::default(),
            surname: RwSignal::default(),
            given_name: RwSignal::default(),
            fiscal_code: RwSignal::default(),
            vat_number: RwSignal::default(),
            birth_date: RwSignal::default(),
            email: RwSignal::default(),
            email_left: RwSignal::default(),
            active: RwSignal::new(true),
            errors: RwSignal::default(),
        };
        form.fill(draft);
        form
    }

    /// Takes data over, and forgets errors.
    pub fn fill(self, draft: PersonDraft) {
        self.kind.set(
            draft
                .kind
                .map(PersonKind::slug)
                .unwrap_or_default()
                .to_owned(),
        );
        self.legal.set(draft.legal);
        self.surname.set(draft.surname);
        self.given_name.set(draft.given_name);
        self.fiscal_code.set(draft.fiscal_code);
        self.vat_number.set(draft.vat_number);
        self.birth_date.set(draft.birth_date);
        self.email.set(draft.email);
        self.email_left.set(String::new());
        self.active.set(draft.active);
        self.errors.set(FieldErrors::default());
    }

    /// As typed, tracked.
    pub fn draft(self) -> PersonDraft {
        PersonDraft {
            kind: self.kind.with(|k| PersonKind::from_slug(k)),
            legal: self.legal.get(),
            surname: self.surname.get(),
            given_name: self.given_name.get(),
            fiscal_code: self.fiscal_code.get(),
            vat_number: self.vat_number.get(),
            birth_date: self.birth_date.get(),
            email: self.email.get(),
            active: self.active.get(),
        }
    }

    /// As typed, untracked.
    pub fn draft_now(self) -> PersonDraft {
        untrack(move || self.draft())
    }

    /// The errors for the summary, each leading to its field.
    pub fn summary(self, l: Locale) -> Vec<ui::FieldError> {
        self.errors.with(|errors| {
            errors
                .0
                .iter()
                .map(|(field, e)| {
                    ui::FieldError::new(format!("person-{field}"), summed(l, field, e))
                })
                .collect()
        })
    }

    fn error(self, l: Locale, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.errors
                .with(|errors| errors.of(field).map(|e| sentence(l, field, e)))
        })
    }

    /// A firm: only among the external.
    fn is_firm(self) -> bool {
        self.legal.get() && self.kind.with(|k| k == PersonKind::External.slug())
    }
}

/// What to do about a field.
fn sentence(l: Locale, field: &str, e: &FieldError) -> String {
    match (field, e) {
        ("kind", FieldError::ChooseOne) => t::registry::kind_required(l).to_owned(),
        ("surname", FieldError::Required) => t::registry::surname_required(l).to_owned(),
        ("given_name", FieldError::Required) => t::registry::given_name_required(l).to_owned(),
        (_, e) => field_error(l, e),
    }
}

/// The same in the summary, away from the field's label.
fn summed(l: Locale, field: &str, e: &FieldError) -> String {
    let words = sentence(l, field, e);
    let label = match (field, e) {
        (_, FieldError::Required | FieldError::ChooseOne) => return words,
        ("surname", _) => t::registry::surname(l),
        ("given_name", _) => t::registry::given_name(l),
        ("fiscal_code", _) => t::registry::fiscal_code(l),
        ("vat_number", _) => t::registry::vat_number(l),
        ("birth_date", _) => t::registry::birth_date(l),
        _ => return words,
    };
    format!("{label}: {words}")
}

/// The fields.
#[component]
pub fn PersonFields(
    /// The form.
    form: PersonForm,
    /// The kind cannot be changed, and why.
    #[prop(optional, into)]
    kind_locked: Signal<Option<String>>,
) -> impl IntoView {
    let l = use_locale();
    let kinds = Signal::derive(move || {
        let mut all = Vec::new();
        if form.kind.with(String::is_empty) {
            all.push(ChoiceOption::new("", t::registry::kind_choose(l)));
        }
        let locked = kind_locked.with(Option::is_some);
        all.extend(
            PersonKind::ALL
                .into_iter()
                .filter(|k| !locked || form.kind.with_untracked(|now| now == k.slug()))
                .map(|k| ChoiceOption::new(k.slug(), kinds_word(l, k))),
        );
        all
    });
    let firm = Memo::new(move |_| form.is_firm());
    let external = Memo::new(move |_| form.kind.with(|k| k == PersonKind::External.slug()));
    let surname_label = Signal::derive(move || {
        let words = if firm.get() {
            t::registry::firm_name(l)
        } else {
            t::registry::surname(l)
        };
        words.to_owned()
    });
    view! {
        <div class="form__row">
            <SelectField
                id="person-kind"
                label=t::registry::kind_long(l)
                value=form.kind
                options=kinds
                hint=kind_locked
                error=form.error(l, "kind")
                required=true
            />
            <CheckboxField
                id="person-active"
                label=t::registry::active_field(l)
                checked=form.active
                on_change=move |on: bool| form.active.set(on)
            />
        </div>
        <Show when=move || external.get()>
            <CheckboxField
                id="person-legal"
                label=t::registry::legal(l)
                checked=form.legal
                on_change=move |on: bool| form.legal.set(on)
            />
        </Show>
        <div class="form__row">
            <TextField
                id="person-surname"
                label=surname_label
                value=form.surname
                error=form.error(l, "surname")
                required=true
                autocomplete="off"
            />
            <Show when=move || !firm.get()>
                <TextField
                    id="person-given_name"
                    label=t::registry::given_name(l)
                    value=form.given_name
                    error=form.error(l, "given_name")
                    required=true
                    autocomplete="off"
                />
            </Show>
        </div>
        <div class="form__row">
            <TextField
                id="person-fiscal_code"
                label=t::registry::fiscal_code(l)
                value=form.fiscal_code
                hint=Some(t::registry::fiscal_code_hint(l).to_owned())
                error=form.error(l, "fiscal_code")
                autocomplete="off"
                plain=true
            />
            <TextField
                id="person-vat_number"
                label=t::registry::vat_number(l)
                value=form.vat_number
                hint=Some(t::registry::optional(l).to_owned())
                error=form.error(l, "vat_number")
                autocomplete="off"
                inputmode="numeric"
                plain=true
            />
        </div>
        <div class="form__row">
            <Show when=move || !firm.get()>
                <TextField
                    id="person-birth_date"
                    label=t::registry::birth_date(l)
                    value=form.birth_date
                    input_type="date"
                    hint=Some(t::registry::optional(l).to_owned())
                    error=form.error(l, "birth_date")
                    autocomplete="off"
                />
            </Show>
            <div>
                <TextField
                    id="person-email"
                    label=t::registry::email(l)
                    value=form.email
                    input_type="email"
                    hint=Some(t::registry::optional(l).to_owned())
                    error=form.error(l, "email")
                    autocomplete="off"
                    plain=true
                    on_change=move || form.email_left.set(form.email.get_untracked())
                />
                <EmailHint left=form.email_left value=form.email field="person-email" />
            </div>
        </div>
    }
}
