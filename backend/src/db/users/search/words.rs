//! «Ricerca libera»: which words were typed, and how each is looked for.

use sqlx::{Postgres, QueryBuilder};

/// Words looked at; what comes after narrows nothing any more.
const MAX_WORDS: usize = 16;

/// How a word is looked for. Every form is served by the trigram index but [`Word::Rare`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Three letters or digits in a row: anywhere in the text.
    Anywhere(String),
    /// One or two letters or digits: at the beginning of surname, given name, mail,
    /// codice fiscale or user name. Anywhere, it would find nearly everybody.
    Beginning(String),
    /// Signs such as `_`: anywhere, row by row.
    Rare(String),
}

/// Splits what was typed. Apostrophes and the like alone find everybody: they are no word.
pub fn words(text: &str) -> Vec<Word> {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.chars().all(is_apostrophe))
        .take(MAX_WORDS)
        .map(|w| {
            let kept: Vec<char> = w.chars().filter(|c| !is_apostrophe(*c)).collect();
            if kept
                .windows(3)
                .any(|three| three.iter().all(|c| c.is_alphanumeric()))
            {
                Word::Anywhere(w.to_owned())
            } else if kept.len() < 3 && kept.iter().all(|c| c.is_alphanumeric()) {
                Word::Beginning(w.to_owned())
            } else {
                Word::Rare(w.to_owned())
            }
        })
        .collect()
}

/// The signs that `fold()` takes out of names.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '´' | '’' | '‘' | 'ʼ')
}

/// Adds ` and …` for a word, over `column`, the `search_text` of a table (folded names, and
/// mail, codice fiscale and user name or code in lower case).
pub fn push_word(q: &mut QueryBuilder<Postgres>, column: &str, word: &Word) {
    let text = match word {
        Word::Anywhere(w) | Word::Beginning(w) | Word::Rare(w) => w,
    };
    q.push(" and (");
    push_like(q, column, word, text, "fold");
    // Names lose their accents and apostrophes, mail addresses keep them.
    if text.chars().any(|c| !c.is_ascii() || is_apostrophe(c)) {
        q.push(" or ");
        push_like(q, column, word, text, "lower");
    }
    q.push(")");
}

fn push_like(q: &mut QueryBuilder<Postgres>, column: &str, word: &Word, text: &str, fold: &str) {
    // A sign alone has no trigram: the index would be read from end to end, so it is kept
    // out of reach.
    let column = if matches!(word, Word::Rare(_)) {
        format!("({column} || '')")
    } else {
        column.to_owned()
    };
    let forms: &[(&str, &str)] = match word {
        Word::Beginning(_) => &[("", "%"), ("% ", "%")],
        Word::Anywhere(_) | Word::Rare(_) => &[("%", "%")],
    };
    for (i, (before, after)) in forms.iter().enumerate() {
        if i > 0 {
            q.push(" or ");
        }
        // What the person typed is never a wildcard. Escaped after folding: folding can
        // itself bring a sign such as the full-width «％» to a plain one.
        q.push(format_args!(
            "{column} like '{before}' || replace(replace(replace({fold}(normalize("
        ));
        q.push_bind(text.to_owned());
        q.push(format_args!(
            r", nfc)), '\', '\\'), '%', '\%'), '_', '\_') || '{after}'"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_apostrophe_does_not_shorten_a_name_into_another_kind_of_word() {
        assert_eq!(words("D'Angelò"), [Word::Anywhere("D'Angelò".into())]);
        assert_eq!(words("d'a"), [Word::Beginning("d'a".into())]);
        assert_eq!(words(" ' ’ "), []);
    }

    #[test]
    fn short_words_and_signs_have_their_own_way() {
        assert_eq!(
            words("li rossi"),
            [Word::Beginning("li".into()), Word::Anywhere("rossi".into())]
        );
        assert_eq!(words("_"), [Word::Rare("_".into())]);
        assert_eq!(words("100%"), [Word::Anywhere("100%".into())]);
        assert_eq!(
            words("a\0b"),
            [Word::Beginning("a".into()), Word::Beginning("b".into())]
        );
    }
}
