//! The fields of the first tab.

use super::super::{address::Address, board::Board, filter_form::FilterForm};
use crate::{
    i18n::t,
    ui::{ChoiceOption, SelectField},
    widgets::person_search::kind_name,
};
use domain::person::PersonKind;
use leptos::prelude::*;

/// «Mostra», as the field has it.
const fn show_code(staged: Option<bool>) -> &'static str {
    match staged {
        None => "",
        Some(true) => "s",
        Some(false) => "o",
    }
}

/// «Tipo anagrafica da collegare», «Mostra», «Ricerca».
#[component]
pub fn Filters() -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let address = board.address.get_untracked();
    let kind = RwSignal::new(address.chosen().code().to_owned());
    let show = RwSignal::new(show_code(address.staged).to_owned());
    let typed = RwSignal::new(address.text.clone());
    board.follow(move |to| {
        let _ = kind.try_set(to.chosen().code().to_owned());
        let _ = show.try_set(show_code(to.staged).to_owned());
        let _ = typed.try_set(to.text.clone());
    });
    let kinds: Vec<ChoiceOption> = PersonKind::ALL
        .into_iter()
        .map(|k| ChoiceOption::new(k.code(), kind_name(l, k)))
        .collect();
    let shows = vec![
        ChoiceOption::new("", t::alignment::show_all(l)),
        ChoiceOption::new("s", t::alignment::show_staged(l)),
        ChoiceOption::new("o", t::alignment::show_open(l)),
    ];
    let search = move || {
        board.result.set(None);
        board.ask(Address {
            kind: kind.with_untracked(|k| k.parse().ok()),
            text: typed.with_untracked(|t| t.trim().to_owned()),
            staged: show.with_untracked(|s| match s.as_str() {
                "s" => Some(true),
                "o" => Some(false),
                _ => None,
            }),
            page: 1,
            ..board.address.get_untracked()
        });
    };
    // Choosing the kind is the first thing to do, and has its effect at once.
    let chosen = move |(code,): (String,)| {
        kind.set(code);
        search();
    };
    view! {
        <FilterForm id="align-text" typed=typed on_search=search>
            <SelectField id="align-kind" label=t::alignment::kind(l) value=kind options=kinds on_change=chosen />
            <SelectField id="align-show" label=t::alignment::show(l) value=show options=shows />
        </FilterForm>
    }
}
