//! The fields of the form, in the order of the portal's.

use crate::{
    i18n::{t, use_locale},
    ui::{self, ChoiceOption, SelectField, TextField},
    widgets::{ContactForm, EmailHint},
};
use domain::{Locale, email::is_private_provider, user::InviteeDraft};
use leptos::prelude::*;

/// What is typed, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct InviteForm {
    given_name: RwSignal<String>,
    surname: RwSignal<String>,
    locale: RwSignal<String>,
    email: RwSignal<String>,
    email_left: RwSignal<String>,
    /// All else, and what the last attempt to save found wrong with any field.
    pub contact: ContactForm,
}

impl InviteForm {
    /// An empty form, in the reader's language.
    pub fn empty(l: Locale) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            given_name: text(),
            surname: text(),
            locale: RwSignal::new(l.code().to_owned()),
            email: text(),
            email_left: text(),
            contact: ContactForm::empty("invite"),
        }
    }

    /// As typed, tracked.
    pub fn draft(self) -> InviteeDraft {
        InviteeDraft {
            given_name: self.given_name.get(),
            surname: self.surname.get(),
            locale: self.locale.with(|code| code.parse().unwrap_or_default()),
            email: self.email.get(),
            contact: self.contact.draft(),
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
        for field in [self.surname, self.given_name, self.email, self.email_left] {
            field.set(String::new());
        }
        self.locale.set(l.code().to_owned());
        self.contact.fill(domain::user::ContactDraft::default());
    }

    /// The errors for the summary, each leading to its field.
    pub fn summary(self, l: Locale) -> Vec<ui::FieldError> {
        self.contact.summary(l)
    }

    fn error(self, l: Locale, field: &'static str) -> Signal<Option<String>> {
        self.contact.error(l, field)
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
    let contact = form.contact;
    let hint = || Some(t::invite::name_hint(l).to_owned());
    let languages: Vec<_> = Locale::ALL
        .iter()
        .map(|l| ChoiceOption::new(l.code(), l.endonym()))
        .collect();
    // While it is typed, not after: what comes at leaving the field would move the buttons
    // from under the pointer.
    let private = move || {
        form.email.with(|typed| {
            let domain = typed.trim().rsplit_once('@')?.1.to_lowercase();
            is_private_provider(&domain).then_some(domain)
        })
    };
    view! {
        <fieldset class="fieldset form__group">
            <legend class="fieldset__legend form__legend">{t::invite::data(l)}</legend>
            {contact.salutation(l)}
            <div class="form__row">
                <TextField id="invite-given_name" label=t::invite::given_name(l) value=form.given_name hint=hint() error=form.error(l, "given_name") required=true autocomplete="off" />
                <TextField id="invite-surname" label=t::invite::surname(l) value=form.surname hint=hint() error=form.error(l, "surname") required=true autocomplete="off" />
            </div>
            <div class="form__row">
                {contact.birth_date(l)}
                <SelectField id="invite-locale" label=t::invite::locale(l) value=form.locale options=languages />
            </div>
        </fieldset>
        <fieldset class="fieldset form__group">
            <legend class="fieldset__legend form__legend">{t::invite::address(l)}</legend>
            {contact.address(l)}
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
            {contact.mobile(l)}
            <TextField id="invite-unit" label=t::invite::unit(l) value=RwSignal::new(unit) error=form.error(l, "unit") readonly=true />
        </fieldset>
        {contact.note(l)}
    }
}
