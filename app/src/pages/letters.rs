//! «Stampa lettere con credenziali»: `/utenti/lettere` says who gets a letter and what it
//! voids; `/utenti/lettere/:id` makes the letters, shows them once and has them confirmed.

mod check;
mod leave;
mod paper;
mod run;
mod tally;
mod unconfirmed;

use crate::{
    i18n::{t, use_locale},
    widgets::Guarded,
};
use check::Check;
use domain::access::Right;
use leptos::prelude::*;
use leptos_meta::Title;
use run::Run;

/// The check page, for those who may send credentials.
#[component]
pub fn Letters() -> impl IntoView {
    let l = use_locale();
    view! {
        <Guarded right=Right::SendCredentials>
            <Title text=t::letters::title(l) />
            <Check />
        </Guarded>
    }
}

/// The letters of a run.
#[component]
pub fn LetterRun() -> impl IntoView {
    let l = use_locale();
    view! {
        <Guarded right=Right::SendCredentials>
            <Title text=t::letters::run_title(l) />
            <Run />
        </Guarded>
    }
}
