//! Runs of one's own that were left without a word: found again here.

use crate::{
    api::letters::open_letters,
    i18n::{moment, number, t, use_locale},
    ui::{Notice, Tone},
};
use leptos::prelude::*;

/// A notice with a link to each; nothing where none is open.
#[component]
pub fn Unconfirmed() -> impl IntoView {
    let l = use_locale();
    let runs = Resource::new(|| (), |()| open_letters());
    view! {
        <Transition>
            {move || {
                let open = runs.get().and_then(Result::ok).filter(|all| !all.is_empty())?;
                let lines = open
                    .into_iter()
                    .map(|run| {
                        let words = t::letters::open_run(l, moment(l, run.begun_at), number(l, run.made));
                        view! {
                            <li>
                                {words} " "
                                <a href=format!("/utenti/lettere/{}", run.id)>{t::letters::open_link(l)}</a>
                            </li>
                        }
                    })
                    .collect_view();
                Some(
                    view! {
                        <Notice tone=Tone::Warning title=t::letters::open_title(l)>
                            <ul class="list">{lines}</ul>
                        </Notice>
                    },
                )
            }}
        </Transition>
    }
}
