//! Secrets that are mailed: temporary passwords and PINs. Each lives in memory while its
//! mail is made and handed over; what is stored is its Argon2id hash.

use crate::entropy::Entropy;
use std::fmt;

/// Letters and digits nobody takes for one another: without 0 O 1 I L U.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Four groups of four: 16 characters, 78 bits, and never stored but as Argon2id.
const GROUPS: usize = 4;
const GROUP: usize = 4;

/// A secret on its way into a mail. It prints as dots, so that no log can hold it.
#[derive(Clone)]
pub struct Secret {
    shown: String,
    canonical: String,
}

impl Secret {
    /// A new temporary password, such as `K7QM-4TXH-9RWD-2BCF`.
    pub fn temporary_password(entropy: &Entropy) -> Self {
        let mut shown = String::with_capacity(GROUPS * (GROUP + 1));
        for i in 0..GROUPS * GROUP {
            if i > 0 && i % GROUP == 0 {
                shown.push('-');
            }
            shown.push(char::from(
                ALPHABET[entropy.below(ALPHABET.len() as u32) as usize],
            ));
        }
        let canonical = normalise_temporary_password(&shown);
        Self { shown, canonical }
    }

    /// A new PIN of eight digits, such as `4821 7093`.
    pub fn pin(entropy: &Entropy) -> Self {
        let digits = entropy.below(100_000_000);
        let shown = format!("{:04} {:04}", digits / 10_000, digits % 10_000);
        let canonical = normalise_pin(&shown);
        Self { shown, canonical }
    }

    /// As it stands in the mail, in groups.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// As it is hashed: what a person types comes to the same by
    /// [`normalise_temporary_password`] or [`normalise_pin`].
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(••••)")
    }
}

/// A typed temporary password as it is hashed: blanks, hyphens and case do not count.
pub fn normalise_temporary_password(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| !is_filler(*c))
        .flat_map(char::to_uppercase)
        .collect()
}

/// A typed PIN as it is hashed: blanks and hyphens do not count.
pub fn normalise_pin(typed: &str) -> String {
    typed.chars().filter(|c| !is_filler(*c)).collect()
}

/// What people and mail programs put between the groups.
fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '-' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn a_temporary_password_has_four_groups_of_four_unmistakable_characters() {
        let entropy = Entropy::seeded(7);
        for _ in 0..200 {
            let secret = Secret::temporary_password(&entropy);
            let groups: Vec<&str> = secret.shown().split('-').collect();
            assert_eq!(groups.len(), 4);
            assert!(groups.iter().all(|g| g.len() == 4));
            assert!(!secret.shown().contains(['0', 'O', '1', 'I', 'L', 'U']));
            assert_eq!(secret.canonical().len(), 16);
        }
    }

    #[test]
    fn a_pin_has_eight_digits_in_two_groups() {
        let secret = Secret::pin(&Entropy::seeded(7));
        assert_eq!(secret.shown().len(), 9);
        assert!(
            secret.canonical().len() == 8 && secret.canonical().bytes().all(|b| b.is_ascii_digit())
        );
    }

    #[test]
    fn no_two_of_many_secrets_are_the_same() {
        let entropy = Entropy::seeded(3);
        let all: HashSet<_> = (0..5000)
            .map(|_| Secret::temporary_password(&entropy).canonical)
            .collect();
        assert_eq!(all.len(), 5000);
    }

    #[test]
    fn printing_a_secret_shows_nothing_of_it() {
        let secret = Secret::temporary_password(&Entropy::seeded(1));
        assert_eq!(format!("{secret:?}"), "Secret(••••)");
    }

    proptest! {
        #[test]
        fn blanks_hyphens_and_case_do_not_count(seed in any::<u64>(), lower in any::<bool>(), filler in "[ \t\u{2010}\u{2013}-]{0,3}") {
            let secret = Secret::temporary_password(&Entropy::seeded(seed));
            let typed = secret.shown().replace('-', &filler);
            let typed = if lower { typed.to_lowercase() } else { typed };
            prop_assert_eq!(normalise_temporary_password(&format!(" {typed}\n")), secret.canonical());
        }
    }
}
