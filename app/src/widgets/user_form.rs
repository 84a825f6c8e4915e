//! The fields of a user: «Dati» of a user's page and «+ Nuovo utente».

use crate::{
    api::user::sharing,
    i18n::{field_error, t, use_locale},
    state::use_session,
    ui::{self, ChoiceOption, SelectField, TextField},
    widgets::{EmailHint, email_hint::names},
};
use domain::{
    GroupId, Locale, UserId,
    user::{FieldError, FieldErrors, Shared, UserDetail, UserDraft},
};
use leptos::{prelude::*, task::spawn_local};

/// What is typed, and what is wrong with it.
#[derive(Clone, Copy)]
pub struct UserForm {
    /// «Cognome».
    pub surname: RwSignal<String>,
    /// «Nome».
    pub given_name: RwSignal<String>,
    /// «Codice fiscale».
    pub fiscal_code: RwSignal<String>,
    /// «Mail utente».
    pub email: RwSignal<String>,
    /// «Lingua», as its code.
    pub locale: RwSignal<String>,
    /// What the last attempt to save found wrong.
    pub errors: RwSignal<FieldErrors>,
    shared: RwSignal<Shared>,
    email_left: RwSignal<String>,
}

impl UserForm {
    /// An empty form, in the reader's language.
    pub fn empty(l: Locale) -> Self {
        Self {
            surname: RwSignal::default(),
            given_name: RwSignal::default(),
            fiscal_code: RwSignal::default(),
            email: RwSignal::default(),
            locale: RwSignal::new(l.code().to_owned()),
            errors: RwSignal::default(),
            shared: RwSignal::default(),
            email_left: RwSignal::default(),
        }
    }

    /// The data of a user.
    pub fn of(user: &UserDetail) -> Self {
        let form = Self::empty(user.locale);
        form.fill(user);
        form
    }

    /// Takes the data of a user over, and forgets errors and hints.
    pub fn fill(self, user: &UserDetail) {
        let draft = stored(user);
        self.surname.set(draft.surname);
        self.given_name.set(draft.given_name);
        self.fiscal_code.set(draft.fiscal_code);
        self.email.set(draft.email);
        self.locale.set(draft.locale.code().to_owned());
        self.errors.set(FieldErrors::default());
        self.shared.set(Shared::default());
        self.email_left.set(String::new());
    }

    /// As typed, tracked.
    pub fn draft(self, groups: Vec<GroupId>) -> UserDraft {
        UserDraft {
            surname: self.surname.get(),
            given_name: self.given_name.get(),
            fiscal_code: self.fiscal_code.get(),
            email: self.email.get(),
            locale: self.locale.with(|code| code.parse().unwrap_or_default()),
            groups,
        }
    }

    /// As typed, untracked.
    pub fn draft_now(self, groups: Vec<GroupId>) -> UserDraft {
        untrack(move || self.draft(groups))
    }

    /// The errors for the summary, each leading to its field.
    pub fn summary(self, l: Locale) -> Vec<ui::FieldError> {
        self.errors.with(|errors| {
            errors
                .0
                .iter()
                .map(|(field, e)| ui::FieldError::new(format!("user-{field}"), summed(l, field, e)))
                .collect()
        })
    }

    /// The error of one field.
    pub fn error(self, l: Locale, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.errors
                .with(|errors| errors.of(field).map(|e| sentence(l, field, e)))
        })
    }

    /// Asks who else has the codice fiscale or the address that was typed.
    fn look_around(self, except: Option<UserId>) {
        let (code, email) = (self.fiscal_code.get_untracked(), self.email.get_untracked());
        self.email_left.set(email.clone());
        spawn_local(async move {
            // A hint: where it fails, nothing is said.
            if let Ok(found) = sharing(code, email, except).await {
                self.shared.try_set(found);
            }
        });
    }
}

/// The data as stored, as a form would hold it.
pub fn stored(user: &UserDetail) -> UserDraft {
    UserDraft {
        surname: user.row.surname.clone(),
        given_name: user.row.given_name.clone(),
        fiscal_code: user.fiscal_code.clone().unwrap_or_default(),
        email: user.row.email.clone().unwrap_or_default(),
        locale: user.locale,
        groups: Vec::new(),
    }
}

/// An untouched form for a new user.
pub fn stored_empty(l: Locale) -> UserDraft {
    UserDraft {
        locale: l,
        ..UserDraft::default()
    }
}

/// What to do about a field.
fn sentence(l: Locale, field: &str, e: &FieldError) -> String {
    match (field, e) {
        ("surname", FieldError::Required) => t::user::surname_required(l).to_owned(),
        ("given_name", FieldError::Required) => t::user::given_name_required(l).to_owned(),
        ("groups", FieldError::ChooseOne) => t::user::groups_required(l).to_owned(),
        (_, e) => field_error(l, e),
    }
}

/// The same in the summary, away from the field's label.
fn summed(l: Locale, field: &str, e: &FieldError) -> String {
    let words = sentence(l, field, e);
    match (field, e) {
        (_, FieldError::Required | FieldError::ChooseOne) => words,
        ("surname", _) => format!("{}: {words}", t::user::surname(l)),
        ("given_name", _) => format!("{}: {words}", t::user::given_name(l)),
        _ => words,
    }
}

/// The five fields with their hints.
#[component]
pub fn UserFields(
    /// The form.
    form: UserForm,
    /// The user it is about: not told as sharing with itself.
    #[prop(optional_no_strip)]
    except: Option<UserId>,
    /// The mailbox refused mail for good.
    #[prop(optional, into)]
    bounced: Signal<bool>,
) -> impl IntoView {
    let l = use_locale();
    let languages: Vec<_> = Locale::ALL
        .iter()
        .map(|l| ChoiceOption::new(l.code(), l.endonym()))
        .collect();
    let bounced =
        Signal::derive(move || bounced.get().then(|| t::user::email_bounced(l).to_owned()));
    let shared_code = move || {
        let people = form.shared.with(|s| names(&s.fiscal_code));
        (!people.is_empty()).then(
            || view! { <p class="field__hint" role="status">{t::user::shared_code(l, people)}</p> },
        )
    };
    let shared_email = move || {
        let people = form.shared.with(|s| names(&s.email));
        (!people.is_empty()).then(|| view! { <p class="field__hint" role="status">{t::user::shared_email(l, people)}</p> })
    };
    view! {
        <div class="form__row">
            <TextField
                id="user-surname"
                label=t::user::surname(l)
                value=form.surname
                error=form.error(l, "surname")
                required=true
                autocomplete="off"
            />
            <TextField
                id="user-given_name"
                label=t::user::given_name(l)
                value=form.given_name
                error=form.error(l, "given_name")
                required=true
                autocomplete="off"
            />
        </div>
        // A canton's users are known by their IDext.
        {(!use_session().is_canton())
            .then(|| {
                view! {
                    <div>
                        <TextField
                            id="user-fiscal_code"
                            label=t::user::fiscal_code(l)
                            value=form.fiscal_code
                            hint=Some(t::user::fiscal_code_hint(l).to_owned())
                            error=form.error(l, "fiscal_code")
                            autocomplete="off"
                            plain=true
                            on_change=move || form.look_around(except)
                        />
                        {shared_code}
                    </div>
                }
            })}
        <div>
            <TextField
                id="user-email"
                label=t::user::email(l)
                value=form.email
                input_type="email"
                inputmode="email"
                hint=bounced
                error=form.error(l, "email")
                autocomplete="off"
                plain=true
                on_change=move || form.look_around(except)
            />
            <EmailHint left=form.email_left value=form.email field="user-email" />
            {shared_email}
        </div>
        <SelectField
            id="user-locale"
            label=t::user::locale(l)
            value=form.locale
            options=languages
            hint=Some(t::user::locale_hint(l).to_owned())
        />
    }
}
