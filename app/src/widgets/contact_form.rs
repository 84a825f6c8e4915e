//! Contact data of a canton's user (X9): the fields of «Aggiungi un nuovo utente» and of
//! «Dati di contatto».

use crate::{
    i18n::{field_error, t},
    ui::{self, ChoiceOption, SelectField, TextAreaField, TextField},
};
use domain::{
    Locale,
    user::{COUNTRIES, ContactDraft, FieldErrors, NOTE_MAX},
};
use leptos::prelude::*;

/// What is typed, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct ContactForm {
    /// Stands before the name of a field in its id.
    prefix: &'static str,
    salutation: RwSignal<String>,
    birth_date: RwSignal<String>,
    address_1: RwSignal<String>,
    address_2: RwSignal<String>,
    country: RwSignal<String>,
    city: RwSignal<String>,
    postal_code: RwSignal<String>,
    mobile: RwSignal<String>,
    note: RwSignal<String>,
    /// What the last attempt to save found wrong.
    pub errors: RwSignal<FieldErrors>,
}

impl ContactForm {
    /// An empty form.
    pub fn empty(prefix: &'static str) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            prefix,
            salutation: text(),
            birth_date: text(),
            address_1: text(),
            address_2: text(),
            country: text(),
            city: text(),
            postal_code: text(),
            mobile: text(),
            note: text(),
            errors: RwSignal::default(),
        }
    }

    /// As typed, tracked.
    pub fn draft(self) -> ContactDraft {
        ContactDraft {
            salutation: self.salutation.get(),
            birth_date: self.birth_date.get(),
            address_1: self.address_1.get(),
            address_2: self.address_2.get(),
            country: self.country.get(),
            city: self.city.get(),
            postal_code: self.postal_code.get(),
            mobile: self.mobile.get(),
            note: self.note.get(),
        }
    }

    /// Takes data over, and forgets errors.
    pub fn fill(self, data: ContactDraft) {
        self.salutation.set(data.salutation);
        self.birth_date.set(data.birth_date);
        self.address_1.set(data.address_1);
        self.address_2.set(data.address_2);
        self.country.set(data.country);
        self.city.set(data.city);
        self.postal_code.set(data.postal_code);
        self.mobile.set(data.mobile);
        self.note.set(data.note);
        self.errors.set(FieldErrors::default());
    }

    /// The errors for the summary, each leading to its field.
    pub fn summary(self, l: Locale) -> Vec<ui::FieldError> {
        self.errors.with(|errors| {
            errors
                .0
                .iter()
                .map(|(field, e)| {
                    let words = format!("{}: {}", contact_label(l, field), field_error(l, e));
                    ui::FieldError::new(self.id(field), words)
                })
                .collect()
        })
    }

    /// The error of one field.
    pub fn error(self, l: Locale, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.errors
                .with(|errors| errors.of(field).map(|e| field_error(l, e)))
        })
    }

    /// The id of a field.
    pub fn id(self, field: &str) -> String {
        format!("{}-{field}", self.prefix)
    }

    /// «Saluto».
    pub fn salutation(self, l: Locale) -> impl IntoView {
        let options = vec![
            ChoiceOption::new("", t::invite::none(l)),
            ChoiceOption::new("mr", t::invite::mr(l)),
            ChoiceOption::new("ms", t::invite::ms(l)),
        ];
        view! {
            <SelectField id=self.id("salutation") label=t::invite::salutation(l) value=self.salutation options=options error=self.error(l, "salutation") />
        }
    }

    /// «Data di nascita».
    pub fn birth_date(self, l: Locale) -> impl IntoView {
        view! {
            <TextField id=self.id("birth_date") label=t::invite::birth_date(l) value=self.birth_date input_type="date" error=self.error(l, "birth_date") autocomplete="off" />
        }
    }

    /// The address.
    pub fn address(self, l: Locale) -> impl IntoView {
        let countries: Vec<_> = std::iter::once(ChoiceOption::new("", t::invite::none(l)))
            .chain(
                COUNTRIES
                    .iter()
                    .map(|c| ChoiceOption::new(*c, country(l, c))),
            )
            .collect();
        view! {
            <TextField id=self.id("address_1") label=t::invite::address_1(l) value=self.address_1 error=self.error(l, "address_1") autocomplete="off" />
            <TextField id=self.id("address_2") label=t::invite::address_2(l) value=self.address_2 error=self.error(l, "address_2") autocomplete="off" />
            <SelectField id=self.id("country") label=t::invite::country(l) value=self.country options=countries error=self.error(l, "country") />
            <div class="form__row">
                <TextField id=self.id("city") label=t::invite::city(l) value=self.city error=self.error(l, "city") autocomplete="off" />
                <TextField id=self.id("postal_code") label=t::invite::postal_code(l) value=self.postal_code error=self.error(l, "postal_code") autocomplete="off" plain=true />
            </div>
        }
    }

    /// «N. cellulare».
    pub fn mobile(self, l: Locale) -> impl IntoView {
        view! {
            <TextField id=self.id("mobile") label=t::invite::mobile(l) value=self.mobile input_type="tel" inputmode="tel" error=self.error(l, "mobile") autocomplete="off" />
        }
    }

    /// «Osservazioni sulla modifica».
    pub fn note(self, l: Locale) -> impl IntoView {
        let count = Signal::derive(move || {
            let typed = self.note.with(|n| n.chars().count());
            Some(format!("{typed} / {NOTE_MAX}"))
        });
        view! {
            <TextAreaField
                id=self.id("note")
                label=t::invite::note(l)
                value=self.note
                error=self.error(l, "note")
                maxlength=u32::try_from(NOTE_MAX).unwrap_or(255)
                counter=count
            />
        }
    }
}

/// The label of a field of the form.
pub fn contact_label(l: Locale, field: &str) -> &'static str {
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

/// «Saluto» in words; empty where none is known.
pub fn salutation_word(l: Locale, code: &str) -> &'static str {
    match code {
        "mr" => t::invite::mr(l),
        "ms" => t::invite::ms(l),
        _ => "",
    }
}

/// The name of a country that is offered.
pub fn country(l: Locale, code: &str) -> &'static str {
    match code {
        "IT" => t::invite::country_it(l),
        "LI" => t::invite::country_li(l),
        "DE" => t::invite::country_de(l),
        "FR" => t::invite::country_fr(l),
        "AT" => t::invite::country_at(l),
        _ => t::invite::country_ch(l),
    }
}
