//! An import among the operations: its figures.

use super::live::Live;
use crate::i18n::{number, t, use_locale};
use leptos::prelude::*;

/// «12 nuovi, 3 modificati».
#[component]
pub fn ImportFigures(live: Live) -> impl IntoView {
    let l = use_locale();
    let figures = move || {
        live.job.with(|j| {
            let known = [
                ("new", t::operations::figure_new(l)),
                ("changed", t::operations::figure_changed(l)),
                ("unchanged", t::operations::figure_unchanged(l)),
                ("duplicate", t::operations::figure_duplicate(l)),
                ("error", t::operations::figure_error(l)),
            ];
            known
                .into_iter()
                .filter_map(|(key, words)| {
                    let n = u64::try_from(*j.result.get(key)?).ok()?;
                    Some(view! {
                        <li>
                            <strong>{number(l, n)}</strong>
                            " "
                            {words}
                        </li>
                    })
                })
                .collect_view()
        })
    };
    view! { <ul class="job__counts">{figures}</ul> }
}
