//! «Gruppi», «Ricerca libera», and what is filtered by now.

use super::{
    address::Wanted,
    canton::registration_word,
    list::use_list,
    views::{forget, standing_chips},
};
use crate::{
    i18n::t,
    state::use_session,
    ui::{
        Button, ButtonKind, Chip, ChipList, ChoiceOption, FilterPopover, IconName, SelectField,
        TextField,
    },
};
use domain::{
    Locale,
    registration::RegistrationState,
    user::{UserFilter, UserState},
};
use leptos::prelude::*;

/// The word of a state, in the middle of a sentence.
fn state_word(l: Locale, state: UserState) -> &'static str {
    match state {
        UserState::Active => t::users::state_active(l),
        UserState::Inactive => t::users::state_inactive(l),
        UserState::Archived => t::users::state_archived(l),
    }
}

/// «Tutti» and the states, for the field «Stato».
fn state_options(l: Locale) -> Vec<ChoiceOption> {
    let word = |state| match state {
        UserState::Active => t::users::state_all_active(l),
        UserState::Inactive => t::users::state_all_inactive(l),
        UserState::Archived => t::users::state_all_archived(l),
    };
    std::iter::once(ChoiceOption::new("", t::users::state_any(l)))
        .chain(UserState::ALL.map(|s| ChoiceOption::new(s.code(), word(s))))
        .collect()
}

/// «Tutto» and the states of a registration.
fn registration_options(l: Locale) -> Vec<ChoiceOption> {
    std::iter::once(ChoiceOption::new("", t::invite::any(l)))
        .chain(
            RegistrationState::ALL
                .iter()
                .map(|s| ChoiceOption::new(s.code(), registration_word(l, *s))),
        )
        .collect()
}

fn registration_code(state: Option<RegistrationState>) -> String {
    state.map_or("", RegistrationState::code).to_owned()
}

fn state_code(state: Option<UserState>) -> String {
    state.map_or("", UserState::code).to_owned()
}

/// The filter bar. What is typed and ticked is searched at «Filtra / Ricerca», Enter or
/// «Applica», all together.
#[component]
pub fn Filters() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let filter = list.wanted.with_untracked(|w| w.query.filter.clone());
    let (groups, text) = (RwSignal::new(filter.groups), RwSignal::new(filter.text));
    let state = RwSignal::new(state_code(filter.state));
    let canton = use_session().is_canton();
    let registration = RwSignal::new(registration_code(filter.registration));
    // Back, forward and chips change the address: the fields follow. A moment later,
    // because a field that comes alive takes over what was typed before.
    Effect::new(move |_| {
        let filter = list.wanted.with(|w| w.query.filter.clone());
        request_animation_frame(move || {
            let _ = groups.try_set(filter.groups);
            let _ = state.try_set(state_code(filter.state));
            let _ = registration.try_set(registration_code(filter.registration));
            let _ = text.try_set(filter.text);
        });
    });
    let search = move || {
        let mut wanted = list.wanted.get_untracked().first();
        wanted.query.filter.groups = groups.get_untracked();
        wanted.query.filter.state = state.with_untracked(|s| s.parse().ok());
        wanted.query.filter.registration =
            registration.with_untracked(|r| RegistrationState::from_code(r));
        wanted.query.filter.text = text.with_untracked(|t| t.trim().to_owned());
        list.go(wanted);
    };
    let clear = move || {
        let mut wanted = list.wanted.get_untracked().first();
        wanted.query.filter = UserFilter::default();
        groups.set(Vec::new());
        state.set(String::new());
        registration.set(String::new());
        text.set(String::new());
        list.go(wanted);
    };
    let options = Signal::derive(move || {
        list.frame.with(|f| {
            let groups = f.as_ref().map(|f| f.groups.as_slice()).unwrap_or_default();
            groups
                .iter()
                .map(|g| ChoiceOption::new(g.code.clone(), g.name.clone()))
                .collect::<Vec<_>>()
        })
    });
    let label = Signal::derive(move || {
        let chosen = groups.get();
        match chosen.as_slice() {
            [] => t::users::groups_choose(l).to_owned(),
            [one] => group_name(&options.get(), one),
            many => t::users::groups_chosen(l, many.len()),
        }
    });
    view! {
        <form
            class="filters"
            role="search"
            aria-label=t::users::filters(l)
            on:submit=move |event| {
                event.prevent_default();
                search();
            }
        >
            <div class="filters__fields">
                <div class="filters__item">
                    <span class="filters__label">{t::users::groups(l)}</span>
                    <FilterPopover
                        id="users-groups"
                        label=label
                        legend=t::users::groups(l)
                        options=options
                        value=groups
                        apply_label=t::users::apply(l)
                        clear_label=t::users::none(l)
                        on_apply=search
                    />
                </div>
                <SelectField
                    id="users-state"
                    label=t::users::state(l)
                    value=state
                    options=state_options(l)
                    on_change=move |_: String| search()
                />
                {canton
                    .then(|| {
                        view! {
                            <SelectField
                                id="users-registration"
                                label=t::invite::col_registration(l)
                                value=registration
                                options=registration_options(l)
                                on_change=move |_: String| search()
                            />
                        }
                    })}
                <div class="filters__search">
                    <TextField
                        id="users-search"
                        label=t::users::search(l)
                        value=text
                        input_type="search"
                        placeholder=t::users::search_placeholder(l)
                        autocomplete="off"
                        plain=true
                    />
                </div>
            </div>
            <div class="filters__actions">
                <Button submit=true icon=IconName::Search>{t::users::search_button(l)}</Button>
                <Button kind=ButtonKind::Quiet on_click=clear>{t::users::clear(l)}</Button>
            </div>
        </form>
    }
}

fn group_name(options: &[ChoiceOption], code: &str) -> String {
    options
        .iter()
        .find(|o| o.value == code)
        .map_or_else(|| code.to_owned(), |o| o.label.clone())
}

/// What the list is filtered by, each removable.
#[component]
pub fn Chips() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let chips = Signal::derive(move || {
        let filter = list.wanted.with(|w| w.query.filter.clone());
        let mut chips = Vec::new();
        let mut add = |key: String, label: String| {
            chips.push(Chip {
                key,
                remove_label: t::users::chip_remove(l, &label),
                label,
            });
        };
        for code in &filter.groups {
            let name = list.frame.with(|f| {
                f.as_ref().and_then(|f| {
                    f.groups
                        .iter()
                        .find(|g| g.code == *code)
                        .map(|g| g.name.clone())
                })
            });
            add(
                format!("g:{code}"),
                t::users::chip_group(l, name.unwrap_or_else(|| code.clone())),
            );
        }
        if let Some(state) = filter.state {
            add(
                "s:".to_owned(),
                t::users::chip_state(l, state_word(l, state)),
            );
        }
        if let Some(state) = filter.registration {
            add(
                "r:".to_owned(),
                t::invite::chip_registration(l, registration_word(l, state)),
            );
        }
        if filter.without_mail {
            add("m:".to_owned(), t::invite::chip_mail(l).to_owned());
        }
        for (key, label) in standing_chips(l, &filter) {
            add(key.to_owned(), label.to_owned());
        }
        if !filter.text.trim().is_empty() {
            add(
                "q:".to_owned(),
                t::users::chip_search(l, filter.text.trim()),
            );
        }
        chips
    });
    let remove = move |key: String| {
        let mut wanted: Wanted = list.wanted.get_untracked().first();
        match key.split_once(':') {
            Some(("g", code)) => wanted.query.filter.groups.retain(|g| g != code),
            Some(("v", key)) => forget(&mut wanted.query.filter, key),
            Some(("s", _)) => wanted.query.filter.state = None,
            Some(("r", _)) => wanted.query.filter.registration = None,
            Some(("m", _)) => wanted.query.filter.without_mail = false,
            _ => wanted.query.filter.text.clear(),
        }
        list.go(wanted);
    };
    view! {
        <ChipList
            id="users-chips"
            label=t::users::chips(l)
            chips=chips
            on_remove=remove
            fallback_focus="users-search"
        />
    }
}
