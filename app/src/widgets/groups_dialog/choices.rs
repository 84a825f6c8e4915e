//! The checkboxes, narrowed by the filter.

use super::draft::Draft;
use crate::i18n::{t, use_locale};
use domain::{
    Locale,
    person::PersonKind,
    user::{GroupChoice, GroupLock},
};
use leptos::prelude::*;

/// One checkbox a group. What the filter hides stays ticked.
#[component]
pub fn Choices(
    /// The ticks.
    draft: RwSignal<Option<Draft>>,
    /// What is typed into «Filtra gruppi».
    filter: RwSignal<String>,
    /// Runs after each tick.
    #[prop(into)]
    on_toggle: Callback<()>,
) -> impl IntoView {
    let l = use_locale();
    let shown = move || {
        let wanted = filter.get().trim().to_lowercase();
        draft.with(|draft| {
            let all = draft
                .as_ref()
                .map(|d| d.groups.as_slice())
                .unwrap_or_default();
            all.iter()
                .filter(|c| c.group.name.to_lowercase().contains(&wanted))
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    // Ticking changes the draft, not the list: rows are made anew only by the filter.
    let shown = Memo::new(move |_| shown());
    view! {
        <fieldset class="fieldset">
            <legend class="fieldset__legend">{t::groups::legend(l)}</legend>
            <div class="fieldset__choices groups__list">
                <For each=move || shown.get() key=|choice| choice.group.id let:choice>
                    {row(l, draft, choice, on_toggle)}
                </For>
            </div>
            {move || {
                shown
                    .with(Vec::is_empty)
                    .then(|| view! { <p class="muted">{t::groups::none_match(l, filter.get())}</p> })
            }}
        </fieldset>
    }
}

/// A group: checkbox, name, «(aggiunto)», and why it is odd or locked.
fn row(
    l: Locale,
    draft: RwSignal<Option<Draft>>,
    choice: GroupChoice,
    on_toggle: Callback<()>,
) -> impl IntoView {
    let id = choice.group.id;
    let (input_id, hint_id) = (format!("groups-{id}"), format!("groups-{id}-hint"));
    let locked = choice.locked;
    let (name, own) = (choice.group.name.clone(), choice);
    let ticked = move || draft.with(|d| d.as_ref().is_some_and(|d| d.chosen.contains(&id)));
    let state = Memo::new(move |_| {
        draft
            .with(|d| {
                d.as_ref()
                    .map(|d| (d.change(&own), d.is_unlikely(&own).then(|| d.kinds.clone())))
            })
            .unwrap_or_default()
    });
    let note = move || match state.with(|s| s.0) {
        Some(true) => t::groups::added(l),
        Some(false) => t::groups::removed(l),
        None => "",
    };
    let hint = Memo::new(move |_| match locked {
        Some(GroupLock::Stronger) => Some(t::groups::locked_stronger(l).to_owned()),
        Some(GroupLock::Elsewhere) => Some(t::groups::locked_elsewhere(l).to_owned()),
        None => state.with(|s| {
            s.1.as_ref()
                .map(|kinds| t::groups::unlikely(l, kind_words(l, kinds)))
        }),
    });
    let described = hint_id.clone();
    view! {
        <div class="check">
            <input
                class="check__input"
                type="checkbox"
                id=input_id.clone()
                prop:checked=ticked
                aria-disabled=locked.is_some().then_some("true")
                aria-describedby=move || hint.with(Option::is_some).then(|| described.clone())
                on:click=move |event| {
                    if locked.is_some() {
                        event.prevent_default();
                    }
                }
                on:change:target=move |event| {
                    let ticked = event.target().checked();
                    draft.update(|d| {
                        if let Some(d) = d {
                            d.set(id, ticked);
                        }
                    });
                    on_toggle.run(());
                }
            />
            <label class="check__label" for=input_id>
                {name}
                " "
                <span class="check__note">{note}</span>
            </label>
            {move || hint.get().map(|words| view! { <p class="check__hint" id=hint_id.clone()>{words}</p> })}
        </div>
    }
}

fn kind_words(l: Locale, kinds: &[PersonKind]) -> String {
    kinds
        .iter()
        .map(|k| kind_word(l, *k))
        .collect::<Vec<_>>()
        .join(", ")
}

/// «Tutore», «Alunno»…
pub fn kind_word(l: Locale, kind: PersonKind) -> &'static str {
    match kind {
        PersonKind::Pupil => t::groups::kind_pupil(l),
        PersonKind::Employee => t::groups::kind_employee(l),
        PersonKind::Guardian => t::groups::kind_guardian(l),
        PersonKind::External => t::groups::kind_external(l),
    }
}
