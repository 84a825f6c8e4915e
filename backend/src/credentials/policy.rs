//! What an own password must be: long, and not the first thing somebody would try. No
//! composition rules and no forced renewal (NIST SP 800-63B-4).

use domain::user::FieldError;
use unicode_normalization::UnicodeNormalization as _;

/// Characters at least, where the password is the only factor.
pub const MIN: usize = 15;
/// Characters at most; longer ones are refused, never cut.
pub const MAX: usize = 128;

/// Words that stand in nearly every bad password of a school or an office, beside the
/// English lists of zxcvbn.
const WORDS: &str = "accesso amministrazione amministratore amore aprile arrivederci asilo benvenuto benvenuti \
    bonjour buongiorno canton cantone casa chocolat ciao classe codice cognome commune dicembre didattica digitale \
    dirigente docente docenti ecole elementare ente ferrari ferien fevrier forza francesco gennaio giugno giulia \
    gruezi hallo hello herbst hiver inter italia januar juventus kanton kennwort lehrer liceo luglio maestra maggio \
    marzo milan milano motdepasse napoli natale nome novembre ospedale ottobre parola passwort password personale \
    plesso preside primavera protocollo professore registro roma salut schule schweiz scuola scuole secret segreto \
    segreta segreteria settembre soleil sommer spital studente suisse svizzera ticino tutore universita utente utenti \
    vacances vacanze willkommen bienvenue winter zugang benutzer utilisateur chiave sicura sicuro qwertz qwertzuiop";

/// The password in its normal form (NFC), or what is wrong with it. `context` are words
/// that somebody who knows the person would try: organisation, user name, name. `least` is
/// what the person's groups ask for; never less than [`MIN`].
///
/// # Errors
/// [`FieldError::Required`], [`FieldError::TooShort`], [`FieldError::TooLong`] or
/// [`FieldError::Guessable`].
pub fn check(typed: &str, context: &[&str], least: usize) -> Result<String, FieldError> {
    let least = least.max(MIN);
    let password = normalise(typed);
    let length = password.chars().count();
    match length {
        0 => Err(FieldError::Required),
        _ if length < least => Err(FieldError::TooShort(least)),
        _ if length > MAX => Err(FieldError::TooLong(MAX)),
        _ if guessable(&password, context) => Err(FieldError::Guessable),
        _ => Ok(password),
    }
}

/// The form that is hashed and compared: the same text typed on two systems fits.
pub fn normalise(typed: &str) -> String {
    typed.nfc().collect()
}

fn guessable(password: &str, context: &[&str]) -> bool {
    let lower = password.to_lowercase();
    let words: Vec<String> = context
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .chain(WORDS.split_whitespace())
        .filter(|word| word.chars().count() >= 3)
        .map(str::to_lowercase)
        .collect();
    // One short piece repeated is as weak as the piece.
    if repeated(&lower) || only_known_words(&lower, &words) {
        return true;
    }
    let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    zxcvbn::zxcvbn(&lower, &inputs).score() < zxcvbn::Score::Three
}

/// Whether the letters are at most three words everybody would try, but for three others:
/// years and signs around them add nothing.
fn only_known_words(text: &str, words: &[String]) -> bool {
    let mut rest: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    let mut longest_first: Vec<&str> = words.iter().map(String::as_str).collect();
    longest_first.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut found = 0;
    for word in longest_first {
        found += rest.matches(word).count();
        rest = rest.replace(word, "");
    }
    (1..=3).contains(&found) && rest.chars().count() <= 3
}

/// Whether the text is one piece of at most a third of its length, over and over.
fn repeated(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=chars.len() / 3).any(|n| chars.iter().enumerate().all(|(i, c)| *c == chars[i % n]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: &[&str] = &["IC Esempio", "scuola-demo", "rossi.maria", "ROSSI MARIA"];

    #[test]
    fn a_phrase_of_four_words_is_welcome_whatever_its_letters() {
        for good in [
            "lampada tregua ottavo biscotto",
            "Übermut köchelt längst zwölf",
            "aaab bcd x8 tzq wöp 19",
            "πέντε μικρά καράβια",
        ] {
            assert!(check(good, CONTEXT, MIN).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_others_would_try_is_refused() {
        for bad in [
            "passwordpassword",
            "qwertyuiopasdfgh",
            "segreteria2026!!",
            "IC Esempio 2026!",
            "rossimaria12345",
            "111111111111111111",
            "abcabcabcabcabcabc",
            "benvenuto.scuola",
        ] {
            assert_eq!(
                check(bad, CONTEXT, MIN),
                Err(FieldError::Guessable),
                "{bad}"
            );
        }
    }

    #[test]
    fn length_counts_characters_and_nothing_is_cut() {
        assert_eq!(check("", CONTEXT, MIN), Err(FieldError::Required));
        assert_eq!(
            check("òàùèìéçñßøåæœ∆", CONTEXT, MIN),
            Err(FieldError::TooShort(15))
        );
        let long: String = "lampada tregua ottavo biscotto "
            .chars()
            .cycle()
            .take(129)
            .collect();
        assert_eq!(check(&long, CONTEXT, MIN), Err(FieldError::TooLong(128)));
        let whole: String = (0..128u32)
            .filter_map(|i| char::from_u32(u32::from(b'a') + (i * 7 + i / 5) % 26))
            .collect();
        assert_eq!(check(&whole, CONTEXT, MIN).as_deref(), Ok(whole.as_str()));
    }

    #[test]
    fn the_same_text_typed_on_two_systems_is_one_password() {
        let composed = "perché città più là sì";
        let decomposed: String = composed.nfd().collect();
        assert_ne!(composed, decomposed);
        assert_eq!(check(composed, &[], MIN), check(&decomposed, &[], MIN));
    }
}
