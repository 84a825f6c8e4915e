//! Proposes a passphrase: four words that can be remembered and typed.
//!
//! The Italian, French and English words are the public lists of BIP-0039 (2,048 words,
//! chosen to be unlike one another); the German ones are our own.

use crate::entropy::Entropy;
use domain::Locale;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Four words out of 2,048, or five out of a shorter list: never less than 44 bits.
const BITS: f64 = 44.0;

/// A phrase in the person's language, words apart by a blank, without accents so that
/// every keyboard types it.
pub fn propose(locale: Locale, entropy: &Entropy) -> String {
    let words: Vec<&str> = list(locale).lines().collect();
    let count = (BITS / (words.len() as f64).log2()).ceil().max(4.0) as usize;
    let chosen: Vec<String> = (0..count)
        .map(|_| {
            words[entropy.below(words.len() as u32) as usize]
                .nfd()
                .filter(|c| !is_combining_mark(*c))
                .collect()
        })
        .collect();
    chosen.join(" ")
}

const fn list(locale: Locale) -> &'static str {
    match locale {
        Locale::It => include_str!("words/it.txt"),
        Locale::De => include_str!("words/de.txt"),
        Locale::Fr => include_str!("words/fr.txt"),
        Locale::En => include_str!("words/en.txt"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::policy;

    #[test]
    fn a_proposed_phrase_is_accepted_in_every_language() {
        let entropy = Entropy::seeded(5);
        for locale in Locale::ALL {
            for _ in 0..50 {
                let phrase = propose(locale, &entropy);
                assert!(phrase.split(' ').count() >= 4, "{phrase}");
                assert!(phrase.is_ascii(), "{phrase}");
                // A phrase of four very short words can fall under the minimum; the
                // service then proposes another.
                if phrase.len() >= policy::MIN {
                    assert!(policy::check(&phrase, &[], policy::MIN).is_ok(), "{phrase}");
                }
            }
        }
    }
}
