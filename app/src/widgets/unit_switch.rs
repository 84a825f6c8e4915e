//! Changing the unit worked in: the switcher in the line of the path, and the question
//! before a selection is lost.

use crate::{
    api::units::work_in,
    i18n::{api_error, number, t, use_locale},
    state::{Selected, Toasts},
    ui::{ChoiceOption, ConfirmDialog, SelectField, Tone},
};
use domain::{
    Locale, UnitId,
    session::{SessionView, UNITS_IN_SELECT},
};
use leptos::{prelude::*, task::spawn_local};

/// A change that waits for an answer: the unit, and where to go.
#[derive(Clone, Copy)]
pub struct UnitChange(RwSignal<Option<(Option<UnitId>, String)>>);

impl UnitChange {
    /// Makes it and puts it into the context. Call once, in the frame.
    pub fn provide() -> Self {
        let change = Self(RwSignal::new(None));
        provide_context(change);
        change
    }
}

/// What a change of unit touches; taken from the context where a component is made.
pub type Ways = (Option<UnitChange>, Option<Selected>, Option<Toasts>);

/// [`Ways`] from the context.
pub fn ways() -> Ways {
    (use_context(), use_context(), use_context())
}

/// Works in the unit and loads `to`; asks first where users are selected.
pub fn leave_for(l: Locale, unit: Option<UnitId>, to: &str, (change, selected, toasts): Ways) {
    let many = selected.is_some_and(|s| s.with_untracked(|s| !s.is_empty()));
    match change.filter(|_| many) {
        Some(change) => change.0.set(Some((unit, to.to_owned()))),
        None => go(l, unit, to.to_owned(), toasts),
    }
}

fn go(l: Locale, unit: Option<UnitId>, to: String, toasts: Option<Toasts>) {
    spawn_local(async move {
        match work_in(unit).await {
            // Everything on the page belongs to the unit left: it is loaded anew.
            Ok(()) => drop(window().location().assign(&to)),
            Err(e) => {
                if let Some(toasts) = toasts {
                    toasts.push(Tone::Error, api_error(l, &e));
                }
            }
        }
    });
}

/// «Cambiare unità?»: mounted once, in the frame.
#[component]
pub fn UnitChangeDialog(
    /// What waits.
    change: UnitChange,
) -> impl IntoView {
    let l = use_locale();
    let (selected, toasts) = (use_context::<Selected>(), use_context::<Toasts>());
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(change.0.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && change.0.with_untracked(Option::is_some) {
            change.0.set(None);
        }
    });
    let confirm = move || {
        if let Some((unit, to)) = change.0.get_untracked() {
            if let Some(selected) = selected {
                selected.clear();
            }
            open.set(false);
            go(l, unit, to, toasts);
        }
    };
    let count = move || selected.map_or(0, |s| s.with(|s| s.len()));
    view! {
        <ConfirmDialog
            id="unit-change"
            open=open
            title=t::units::change_title(l)
            cancel_label=t::units::cancel(l)
            confirm_label=t::units::change_confirm(l)
            on_confirm=confirm
        >
            <p>{move || t::units::change_text(l, number(l, count()))}</p>
        </ConfirmDialog>
    }
}

/// «Unità: …»: a list up to fifteen units, above that the way to the tree, where they can
/// be searched.
#[component]
pub fn UnitSwitch(
    /// The session.
    view: SessionView,
) -> impl IntoView {
    let l = use_locale();
    let ways = ways();
    if view.choices.len() > UNITS_IN_SELECT {
        return view! { <a href="/unita">{t::units::switch_change(l)}</a> }.into_any();
    }
    let now = view
        .unit
        .as_ref()
        .map(|u| u.id.to_string())
        .unwrap_or_default();
    let value = RwSignal::new(now.clone());
    let options: Vec<ChoiceOption> = std::iter::once(ChoiceOption::new("", t::units::all(l)))
        .chain(view.choices.iter().map(|u| {
            let indent = "\u{2003}".repeat(u.depth.into());
            ChoiceOption::new(u.id.to_string(), format!("{indent}{}", u.name))
        }))
        .collect();
    let stands = now.clone();
    let change = move |chosen: String| {
        if chosen != now {
            leave_for(l, chosen.parse().ok(), "/utenti", ways);
        }
    };
    // Where the question is answered with no, the list shows again what holds.
    Effect::new(move |asked: Option<bool>| {
        let asks = ways.0.is_some_and(|c| c.0.with(Option::is_some));
        if asked == Some(true) && !asks && value.get_untracked() != stands {
            value.set(stands.clone());
        }
        asks
    });
    view! {
        <span class="unit-switch">
            <SelectField id="unit-switch" label=t::units::switch(l) value=value options=options on_change=change />
        </span>
    }
    .into_any()
}
