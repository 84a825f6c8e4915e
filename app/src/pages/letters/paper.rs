//! A letter: one A4 page in the recipient's language.

use crate::i18n::{day, t};
use domain::letter::{Letter, LetterSender};
use leptos::prelude::*;

/// The page. The values stand alone below the first fold, in letters that nobody mistakes.
#[component]
pub fn Paper(
    /// The letter with its values.
    letter: Letter,
    /// Who prints.
    sender: StoredValue<LetterSender>,
    /// The run, for the reference.
    run: i64,
) -> impl IntoView {
    let l = letter.locale;
    let from = sender.get_value();
    let intro = if from.school {
        t::letters::intro_school(l, &from.institution)
    } else {
        t::letters::intro_canton(l, &from.institution)
    };
    let help = if from.contact.is_empty() {
        t::letters::help_none(l).to_owned()
    } else {
        t::letters::help(l, &from.contact)
    };
    // The window stands at the right in Switzerland, at the left in Italy.
    let window = if from.school {
        "letter__address"
    } else {
        "letter__address letter__address--right"
    };
    let title = format!("letter-{}", letter.position);
    let labelled = title.clone();
    let reference = format!("LET-{run}-{:03}", letter.position);
    view! {
        <article class="letter" lang=l.code() aria-labelledby=labelled>
            <header class="letter__head">
                <strong>{from.institution.clone()}</strong>
                {from.day.map(|d| view! { <span>{day(l, d)}</span> })}
            </header>
            <div class=window>
                <p class="letter__confidential">{t::letters::confidential(l)}</p>
                <p><strong>{letter.name.clone()}</strong></p>
                {(!letter.class.is_empty()).then(|| view! { <p>{t::letters::class_of(l, &letter.class)}</p> })}
            </div>
            <h2 class="letter__subject" id=title>{t::letters::subject(l)}</h2>
            <p>{t::letters::hello(l, &letter.name)}</p>
            <p>{intro}</p>
            <dl class="letter__values">
                <div><dt>{t::letters::value_code(l)}</dt><dd>{letter.username}</dd></div>
                <div><dt>{t::letters::value_pin(l)}</dt><dd>{letter.pin}</dd></div>
                <div><dt>{t::letters::value_password(l)}</dt><dd>{letter.password}</dd></div>
            </dl>
            <p>{t::letters::valid(l, letter.until_words)}</p>
            <p><strong>{t::letters::steps(l)}</strong></p>
            <ol class="letter__steps">
                <li>{t::letters::step1(l, from.sign_in_url)}</li>
                <li>{t::letters::step2(l, from.code)}</li>
                <li>{t::letters::step3(l)}</li>
            </ol>
            <p>{t::letters::warning(l)}</p>
            <p>{help}</p>
            <footer class="letter__foot">{t::letters::reference(l, reference)}</footer>
        </article>
    }
}
