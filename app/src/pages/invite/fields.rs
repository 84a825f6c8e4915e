//! The fields of the form, in the order of the portal's.

use crate::{
    i18n::{field_error, t, use_locale},
    ui::{self, ChoiceOption, SelectField, TextAreaField, TextField},
    widgets::EmailHint,
};
use domain::{
    Locale,
    email::is_private_provider,
    user::{COUNTRIES, FieldErrors, InviteeDraft, NOTE_MAX},
};
use leptos::prelude::*;

/// What is typed, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct InviteForm {
    salutation: RwSignal<String>,
    given_name: RwSignal<String>,
    surname: RwSignal<String>,
    birth_date: RwSignal<String>,
    locale: RwSignal<String>,
    address_1: RwSignal<String>,
    address_2: RwSignal<String>,
    country: RwSignal<String>,
    city: RwSignal<String>,
    postal_code: RwSignal<String>,
    email: RwSignal<String>,
    mobile: RwSignal<String>,
    note: RwSignal<String>,
    email_left: RwSignal<String>,
    /// What the last attempt to save found wrong.
    pub errors: RwSignal<FieldErrors>,
}

impl InviteForm {
    /// An empty form, in the reader's language.
    pub fn empty(l: Locale) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            salutation: text(),
            given_name: text(),
            surname: text(),
            birth_date: text(),
            locale: RwSignal::new(l.code().to_owned()),
            address_1: text(),
            address_2: text(),
            country: text(),
            city: text(),
            postal_code: text(),
            email: text(),
            mobile: text(),
            note: text(),
            email_left: text(),
            errors: RwSignal::default(),
        }
    }

    /// As typed, tracked.
    pub fn draft(self) -> InviteeDraft {
        InviteeDraft {
            salutation: self.salutation.get(),
            given_name: self.given_name.get(),
            surname: self.surname.get(),
            birth_date: self.birth_date.get(),
            locale: self.locale.with(|code| code.parse().unwrap_or_default()),
            address_1: self.address_1.get(),
            address_2: self.address_2.get(),
            country: self.country.get(),
            city: self.city.get(),
            postal_code: self.postal_code.get(),
            email: self.email.get(),
            mobile: self.mobile.get(),
            note: self.note.get(),
        }
    }

    /// Something was typed.
    pub fn is_dirty(self, l: Locale) -> bool {
        self.draft()
            != InviteeDraft {
                locale: l,
                ..InviteeDraft::default()
            }
    }

    /// Empties every field, for the next one.
    pub fn clear(self, l: Locale) {
        for field in [
            self.salutation,
            self.given_name,
            self.surname,
            self.birth_date,
            self.address_1,
            self.address_2,
            self.country,
            self.city,
            self.postal_code,
            self.email,
            self.mobile,
            self.note,
            self.email_left,
        ] {
            field.set(String::new());
        }
        self.locale.set(l.code().to_owned());
        self.errors.set(FieldErrors::default());
    }

    /// The errors for the summary, each leading to its field.
    pub fn summary(self, l: Locale) -> Vec<ui::FieldError> {
        self.errors.with(|errors| {
            errors
                .0
                .iter()
                .map(|(field, e)| {
                    let words = format!("{}: {}", label(l, field), field_error(l, e));
                    ui::FieldError::new(format!("invite-{field}"), words)
                })
                .collect()
        })
    }

    fn error(self, l: Locale, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.errors
                .with(|errors| errors.of(field).map(|e| field_error(l, e)))
        })
    }
}

fn label(l: Locale, field: &str) -> &'static str {
    match field {
        "salutation" => t::invite::salutation(l),
        "given_name" => t::invite::given_name(l),
        "surname" => t::invite::surname(l),
        "birth_date" => t::invite::birth_date(l),
        "address_1" => t::invite::address_1(l),
        "address_2" => t::invite::address_2(l),
        "country" => t::invite::country(l),
        "city" => t::invite::city(l),
        "postal_code" => t::invite::postal_code(l),
        "email" => t::invite::email(l),
        "mobile" => t::invite::mobile(l),
        "unit" => t::invite::unit(l),
        _ => t::invite::note(l),
    }
}

fn country(l: Locale, code: &str) -> &'static str {
    match code {
        "IT" => t::invite::country_it(l),
        "LI" => t::invite::country_li(l),
        "DE" => t::invite::country_de(l),
        "FR" => t::invite::country_fr(l),
        "AT" => t::invite::country_at(l),
        _ => t::invite::country_ch(l),
    }
}

/// All fields.
#[component]
pub fn Fields(
    /// The form.
    form: InviteForm,
    /// The unit the user will belong to.
    unit: String,
) -> impl IntoView {
    let l = use_locale();
    let hint = || Some(t::invite::name_hint(l).to_owned());
    let salutations = vec![
        ChoiceOption::new("", t::invite::none(l)),
        ChoiceOption::new("mr", t::invite::mr(l)),
        ChoiceOption::new("ms", t::invite::ms(l)),
    ];
    let languages: Vec<_> = Locale::ALL
        .iter()
        .map(|l| ChoiceOption::new(l.code(), l.endonym()))
        .collect();
    let countries: Vec<_> = std::iter::once(ChoiceOption::new("", t::invite::none(l)))
        .chain(
            COUNTRIES
                .iter()
                .map(|c| ChoiceOption::new(*c, country(l, c))),
        )
        .collect();
    // While it is typed, not after: what comes at leaving the field would move the buttons
    // from under the pointer.
    let private = move || {
        form.email.with(|typed| {
            let domain = typed.trim().rsplit_once('@')?.1.to_lowercase();
            is_private_provider(&domain).then_some(domain)
        })
    };
    let count = Signal::derive(move || {
        Some(format!(
            "{} / {NOTE_MAX}",
            form.note.with(|n| n.chars().count())
        ))
    });
    view! {
        <fieldset class="fieldset form__group">
            <legend class="fieldset__legend form__legend">{t::invite::data(l)}</legend>
            <SelectField id="invite-salutation" label=t::invite::salutation(l) value=form.salutation options=salutations error=form.error(l, "salutation") />
            <div class="form__row">
                <TextField id="invite-given_name" label=t::invite::given_name(l) value=form.given_name hint=hint() error=form.error(l, "given_name") required=true autocomplete="off" />
                <TextField id="invite-surname" label=t::invite::surname(l) value=form.surname hint=hint() error=form.error(l, "surname") required=true autocomplete="off" />
            </div>
            <div class="form__row">
                <TextField id="invite-birth_date" label=t::invite::birth_date(l) value=form.birth_date input_type="date" error=form.error(l, "birth_date") autocomplete="off" />
                <SelectField id="invite-locale" label=t::invite::locale(l) value=form.locale options=languages />
            </div>
        </fieldset>
        <fieldset class="fieldset form__group">
            <legend class="fieldset__legend form__legend">{t::invite::address(l)}</legend>
            <TextField id="invite-address_1" label=t::invite::address_1(l) value=form.address_1 error=form.error(l, "address_1") autocomplete="off" />
            <TextField id="invite-address_2" label=t::invite::address_2(l) value=form.address_2 error=form.error(l, "address_2") autocomplete="off" />
            <SelectField id="invite-country" label=t::invite::country(l) value=form.country options=countries error=form.error(l, "country") />
            <div class="form__row">
                <TextField id="invite-city" label=t::invite::city(l) value=form.city error=form.error(l, "city") autocomplete="off" />
                <TextField id="invite-postal_code" label=t::invite::postal_code(l) value=form.postal_code error=form.error(l, "postal_code") autocomplete="off" plain=true />
            </div>
        </fieldset>
        <fieldset class="fieldset form__group">
            <legend class="fieldset__legend form__legend">{t::invite::access(l)}</legend>
            <div>
                <TextField
                    id="invite-email"
                    label=t::invite::email(l)
                    value=form.email
                    input_type="email"
                    inputmode="email"
                    error=form.error(l, "email")
                    required=true
                    autocomplete="off"
                    plain=true
                    on_change=move || form.email_left.set(form.email.get_untracked())
                />
                <EmailHint left=form.email_left value=form.email field="invite-email" />
                {move || {
                    private()
                        .map(|domain| {
                            view! { <p class="field__hint" role="status">{t::invite::email_private(l, domain)}</p> }
                        })
                }}
            </div>
            <TextField id="invite-mobile" label=t::invite::mobile(l) value=form.mobile input_type="tel" inputmode="tel" error=form.error(l, "mobile") autocomplete="off" />
            <TextField id="invite-unit" label=t::invite::unit(l) value=RwSignal::new(unit) error=form.error(l, "unit") readonly=true />
        </fieldset>
        <TextAreaField
            id="invite-note"
            label=t::invite::note(l)
            value=form.note
            error=form.error(l, "note")
            maxlength=u32::try_from(NOTE_MAX).unwrap_or(255)
            counter=count
        />
    }
}
