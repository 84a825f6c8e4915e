//! Changing the unit worked in: the switcher in the line of the path, and the question
//! before a selection is lost.

use crate::{
    api::units::{read_tree, work_in},
    i18n::{api_error, number, t, use_locale},
    state::{Selected, Toasts},
    ui::{ChoiceOption, Combobox, ConfirmDialog, SelectField, Tone},
};
use domain::{
    Locale, UnitId,
    import::fold,
    session::{SessionView, UNITS_IN_SELECT},
    unit::UnitRow,
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

/// «Unità: …»: a list up to fifteen units, above that a field that searches them, and the
/// way to the tree.
#[component]
pub fn UnitSwitch(
    /// The session.
    view: SessionView,
) -> impl IntoView {
    let l = use_locale();
    let ways = ways();
    if view.choices.len() > UNITS_IN_SELECT {
        return view! {
            <UnitSearch />
            <a href="/unita">{t::units::switch_change(l)}</a>
        }
        .into_any();
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

/// So many units are listed below the field; whoever looks for another writes more of it.
const LISTED: usize = 30;

/// Where the units for the field are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    /// Nobody asked yet.
    Not,
    /// On their way.
    Coming,
    /// Those that can be worked in: number, name, and both names and code as searched.
    Here(Vec<(UnitId, String, String)>),
    /// They did not come.
    Failed(String),
}

/// The field. The units are read when it is first used: who never changes unit reads none.
#[component]
fn UnitSearch() -> impl IntoView {
    let l = use_locale();
    let ways = ways();
    let (typed, known) = (RwSignal::new(String::new()), RwSignal::new(Known::Not));
    let read = move || {
        if matches!(known.get_untracked(), Known::Coming | Known::Here(_)) {
            return;
        }
        known.set(Known::Coming);
        spawn_local(async move {
            let answer = match read_tree().await {
                Ok(tree) => Known::Here(
                    tree.units
                        .into_iter()
                        .filter(|u| u.may_choose)
                        .map(searched)
                        .collect(),
                ),
                Err(e) => Known::Failed(api_error(l, &e)),
            };
            let _ = known.try_set(answer);
        });
    };
    // What fits, and how many there are.
    let found = Memo::new(move |_| {
        let wanted = fold(&typed.get());
        let words: Vec<&str> = wanted.split(' ').collect();
        known.with(|k| {
            let Known::Here(units) = k else {
                return (Vec::new(), 0);
            };
            let fits = |text: &str| words.iter().all(|w| text.contains(w));
            let all: Vec<_> = units.iter().filter(|(_, _, text)| fits(text)).collect();
            // «Everywhere I may» stands first while nothing is looked for.
            let first = wanted
                .is_empty()
                .then(|| ChoiceOption::new("", t::units::all(l)));
            let listed = all
                .iter()
                .take(LISTED)
                .map(|(id, name, _)| ChoiceOption::new(id.to_string(), name.clone()));
            (
                first.into_iter().chain(listed).collect::<Vec<_>>(),
                all.len(),
            )
        })
    });
    let status = move || {
        known.with(|k| match k {
            Known::Not | Known::Coming => t::house::units_coming(l).to_owned(),
            Known::Failed(why) => why.clone(),
            Known::Here(_) => match found.with(|(_, n)| *n) {
                0 => t::house::units_none(l).to_owned(),
                n if n > LISTED => t::house::units_more(l, number(l, n as u64), LISTED),
                n => t::house::units_found(l, number(l, n as u64)),
            },
        })
    };
    view! {
        <span class="unit-switch">
            <Combobox
                id="unit-search"
                label=t::units::switch(l)
                value=typed
                options=Signal::derive(move || found.with(|(list, _)| list.clone()))
                status=Signal::derive(status)
                placeholder=t::house::units_search(l)
                on_open=read
                on_choose=move |chosen: String| leave_for(l, chosen.parse().ok(), "/utenti", ways)
            />
        </span>
    }
}

/// A unit as it is listed and searched: in any of its languages, or by its number.
fn searched(unit: UnitRow) -> (UnitId, String, String) {
    let n = &unit.names;
    let text = [&unit.name, &n.it, &n.de, &n.fr, &n.en, &unit.code]
        .into_iter()
        .map(|part| fold(part))
        .collect::<Vec<_>>()
        .join("\n");
    (unit.id, format!("{} ({})", unit.name, unit.code), text)
}
