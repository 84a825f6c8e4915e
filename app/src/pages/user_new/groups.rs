//! The groups of a user to be created.

use crate::{
    i18n::{t, use_locale},
    ui::{Icon, IconName},
};
use domain::{
    GroupId,
    user::{GroupChoice, GroupLock},
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// One checkbox a group; one that the reader may not give says why.
#[component]
pub fn GroupChoices(
    /// Every group.
    groups: Vec<GroupChoice>,
    /// What is ticked.
    chosen: RwSignal<BTreeSet<GroupId>>,
    /// What to do about the error.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let l = use_locale();
    let rows = groups
        .into_iter()
        .map(|choice| row(choice, chosen))
        .collect_view();
    let described = move || {
        if error.with(Option::is_some) {
            "user-groups-hint user-groups-error"
        } else {
            "user-groups-hint"
        }
    };
    view! {
        // The summary's link leads here: the fieldset takes the focus.
        <fieldset class="fieldset" class:field--error=move || error.with(Option::is_some) id="user-groups" tabindex="-1" aria-describedby=described>
            <legend class="fieldset__legend">{t::user::groups(l)}</legend>
            <p class="field__hint" id="user-groups-hint">{t::user::new_groups_hint(l)}</p>
            <div class="fieldset__choices groups__list">{rows}</div>
            {move || {
                error
                    .get()
                    .map(|words| {
                        view! {
                            <p class="field__error" id="user-groups-error">
                                <Icon name=IconName::Warning/>
                                <span>{words}</span>
                            </p>
                        }
                    })
            }}
        </fieldset>
    }
}

fn row(choice: GroupChoice, chosen: RwSignal<BTreeSet<GroupId>>) -> impl IntoView {
    let l = use_locale();
    let id = choice.group.id;
    let (input_id, hint_id) = (format!("new-group-{id}"), format!("new-group-{id}-hint"));
    let why = choice.locked.map(|lock| match lock {
        GroupLock::Stronger => t::groups::locked_stronger(l),
        GroupLock::Elsewhere => t::groups::locked_elsewhere(l),
    });
    let locked = why.is_some();
    view! {
        <div class="check">
            <input
                class="check__input"
                type="checkbox"
                id=input_id.clone()
                prop:checked=move || chosen.with(|c| c.contains(&id))
                aria-disabled=locked.then_some("true")
                aria-describedby=locked.then(|| hint_id.clone())
                on:click=move |event| {
                    if locked {
                        event.prevent_default();
                    }
                }
                on:change:target=move |event| {
                    let ticked = event.target().checked();
                    chosen
                        .update(|c| {
                            if ticked {
                                c.insert(id);
                            } else {
                                c.remove(&id);
                            }
                        });
                }
            />
            <label class="check__label" for=input_id>{choice.group.name}</label>
            {why.map(|words| view! { <p class="check__hint" id=hint_id>{words}</p> })}
        </div>
    }
}
