//! The fields of the third tab: who is looked for, and what is done with whom is ticked.

use super::{
    super::{address::Address, board::Board, filter_form::FilterForm},
    Frame,
};
use crate::{
    i18n::{number, t},
    state::Creation,
    ui::{Button, ButtonKind, ChoiceOption, SelectField, dom},
    widgets::person_search::kind_name,
};
use domain::{
    GroupId,
    alignment::{CandidatePick, CreationFrame},
    person::PersonKind,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// «Tipo anagrafica da collegare», «Plesso», «Anno Scolastico», «Classe», «Ricerca».
#[component]
pub fn Filters(frame: Frame) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let a = board.address.get_untracked();
    let text = |n: Option<String>| RwSignal::new(n.unwrap_or_default());
    let kind = RwSignal::new(a.chosen().code().to_owned());
    let unit = text(a.unit.map(|n| n.to_string()));
    let year = text(a.year.map(|n| n.to_string()));
    let class = text(a.class.clone());
    let typed = RwSignal::new(a.text.clone());
    board.follow(move |to| {
        let words = |n: Option<String>| n.unwrap_or_default();
        let _ = kind.try_set(to.chosen().code().to_owned());
        let _ = unit.try_set(words(to.unit.map(|n| n.to_string())));
        let _ = year.try_set(words(to.year.map(|n| n.to_string())));
        let _ = class.try_set(words(to.class.clone()));
        let _ = typed.try_set(to.text.clone());
    });
    let search = move || {
        board.forget_pick();
        board.ask(Address {
            text: typed.with_untracked(|t| t.trim().to_owned()),
            kind: kind.with_untracked(|k| k.parse().ok()),
            unit: unit.with_untracked(|n| n.parse().ok()),
            year: year.with_untracked(|n| n.parse().ok()),
            class: class.with_untracked(|c| (!c.is_empty()).then(|| c.clone())),
            page: 1,
            ..board.address.get_untracked()
        });
    };
    // Kind, site and year decide what the others offer: they have their effect at once. What
    // is chosen while that is on its way stays chosen.
    let of_kind = move |(code,): (String,)| {
        kind.set(code);
        class.set(String::new());
        search();
    };
    let of_unit = move |(n,): (String,)| {
        unit.set(n);
        class.set(String::new());
        search();
    };
    let of_year = move |(n,): (String,)| {
        year.set(n);
        class.set(String::new());
        search();
    };
    let kinds: Vec<ChoiceOption> = PersonKind::ALL
        .into_iter()
        .map(|k| ChoiceOption::new(k.code(), kind_name(l, k)))
        .collect();
    let offered = move |first: &'static str, rest: fn(&CreationFrame) -> Vec<ChoiceOption>| {
        Signal::from(Memo::new(move |_| {
            let rest = frame.with(|f| f.as_ref().map(rest).unwrap_or_default());
            std::iter::once(ChoiceOption::new("", first))
                .chain(rest)
                .collect::<Vec<_>>()
        }))
    };
    let units = offered(t::creation::all(l), |f| {
        f.units
            .iter()
            .map(|u| ChoiceOption::new(u.id.to_string(), u.name.clone()))
            .collect()
    });
    let years = offered(t::creation::all(l), |f| {
        f.years
            .iter()
            .map(|y| {
                let words = format!("{y}/{:02}", (y + 1).rem_euclid(100));
                ChoiceOption::new(y.to_string(), words)
            })
            .collect()
    });
    // A class that is not there stays visible: it explains why nobody is found.
    let classes = Memo::new(move |_| {
        let known = frame.with(|f| f.as_ref().map(|f| f.classes.clone()).unwrap_or_default());
        let gone = class.with(|c| Some(c.clone()).filter(|c| !c.is_empty() && !known.contains(c)));
        std::iter::once(ChoiceOption::new("", t::creation::all_f(l)))
            .chain(
                gone.into_iter()
                    .chain(known)
                    .map(|c| ChoiceOption::new(c.clone(), c)),
            )
            .collect::<Vec<_>>()
    });
    view! {
        <FilterForm id="create-text" typed=typed on_search=search>
            <SelectField id="create-kind" label=t::alignment::kind(l) value=kind options=kinds on_change=of_kind />
            <SelectField id="create-unit" label=t::creation::unit(l) value=unit options=units on_change=of_unit />
            <SelectField id="create-year" label=t::creation::year(l) value=year options=years on_change=of_year />
            <SelectField id="create-class" label=t::creation::class(l) value=class options=classes />
        </FilterForm>
    }
}

/// The group, and «CREA UTENTI (12)».
#[component]
pub fn Submit(frame: Frame) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    // The kind proposes its group: Tutori → Tutori.
    let propose = move || {
        let usual = match board.kind() {
            PersonKind::Employee => None,
            kind => kind.usual_groups().first(),
        };
        frame.with_untracked(|f| {
            let groups = f.as_ref().map(|f| f.groups.as_slice()).unwrap_or_default();
            let found = usual.and_then(|code| groups.iter().find(|g| g.code == *code));
            found.map(|g| g.id.to_string()).unwrap_or_default()
        })
    };
    if board.group.with_untracked(String::is_empty) {
        board.group.set(propose());
    }
    Effect::new(move |was: Option<PersonKind>| {
        frame.track();
        let kind = board.kind();
        if was.is_some_and(|was| was != kind) {
            board.group.set(propose());
        }
        kind
    });
    let options = Memo::new(move |_| {
        let known = frame.with(|f| f.as_ref().map(|f| f.groups.clone()).unwrap_or_default());
        std::iter::once(ChoiceOption::new("", t::creation::choose(l)))
            .chain(
                known
                    .into_iter()
                    .map(|g| ChoiceOption::new(g.id.to_string(), g.name)),
            )
            .collect::<Vec<_>>()
    });
    let error = RwSignal::new(None::<String>);
    let n = Memo::new(move |_| board.pick.with(CandidatePick::len));
    let nobody =
        Signal::derive(move || (n.get() == 0).then(|| t::creation::select_one(l).to_owned()));
    let navigate = use_navigate();
    let go = move || {
        let Some(group) = board
            .group
            .with_untracked(|g| g.parse::<i64>().ok())
            .map(GroupId)
        else {
            error.set(Some(t::creation::group_required(l).to_owned()));
            dom::focus_id("create-group");
            return;
        };
        error.set(None);
        Creation {
            pick: board.pick.get_untracked(),
            group,
            back: board.address.with_untracked(Address::write),
        }
        .keep();
        navigate("/allineamento/creazione", NavigateOptions::default());
    };
    view! {
        <div class="align-actions align-actions--create">
            <SelectField
                id="create-group"
                label=t::creation::group(l)
                value=board.group
                options=options
                required=true
                error=error
            />
            <Button id="create-go" kind=ButtonKind::Primary disabled_reason=nobody on_click=go>
                {move || t::creation::create(l, number(l, n.get()))}
            </Button>
        </div>
    }
}
