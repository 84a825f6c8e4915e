//! The tally page: who was handed a letter, with room for a tick, a date and a signature.
//! No value stands on it.

use crate::i18n::{day, number, t, use_locale};
use domain::letter::{Letter, LetterSender};
use leptos::prelude::*;

/// The table behind the letters.
#[component]
pub fn Tally(
    /// The letters.
    letters: RwSignal<Vec<Letter>>,
    /// Who prints.
    sender: StoredValue<LetterSender>,
) -> impl IntoView {
    let l = use_locale();
    let from = sender.get_value();
    let lead = move || {
        let on = from.day.map(|d| day(l, d)).unwrap_or_default();
        let n = letters.with(|all| all.len() as u64);
        t::letters::tally_lead(l, on, &from.institution, number(l, n))
    };
    let rows = move || {
        letters.with(|all| {
            all.iter()
                .map(|letter| {
                    view! {
                        <tr>
                            <td>{letter.position}</td>
                            <td>{letter.class.clone()}</td>
                            <th scope="row">{letter.name.clone()}</th>
                            <td class="mono">{letter.username.clone()}</td>
                            <td><span class="letter-tally__box" aria-hidden="true"></span></td>
                            <td></td>
                            <td></td>
                            <td></td>
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <section class="letter-tally" aria-labelledby="letters-tally">
            <h2 id="letters-tally">{t::letters::tally(l)}</h2>
            <p>{lead}</p>
            // A group: the section around it is the landmark of this name.
            <div class="letter-tally__region" role="group" aria-labelledby="letters-tally" tabindex="0">
                <table class="letter-tally__table">
                    <thead>
                        <tr>
                            <th scope="col">{t::letters::col_number(l)}</th>
                            <th scope="col">{t::letters::col_class(l)}</th>
                            <th scope="col">{t::letters::col_name(l)}</th>
                            <th scope="col">{t::letters::col_code(l)}</th>
                            <th scope="col">{t::letters::col_done(l)}</th>
                            <th scope="col">{t::letters::col_document(l)}</th>
                            <th scope="col">{t::letters::col_date(l)}</th>
                            <th scope="col">{t::letters::col_signature(l)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}
