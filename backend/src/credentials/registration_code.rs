//! Registration codes: 25 characters (123 bits) behind the organisation and the IDext.
//! Too many to be tried, so a plain SHA-256 is enough, and the code can be looked up by it.

use crate::entropy::Entropy;
use domain::registration::{ALPHABET, GROUP, GROUPS, normalise};
use sha2::{Digest as _, Sha256};
use std::fmt;
use subtle::ConstantTimeEq as _;

/// A code on its way to its person. It prints as dots, so that no log can hold it.
#[derive(Clone)]
pub struct RegistrationCode {
    shown: String,
}

impl RegistrationCode {
    /// A new code, such as `TI-3325147-H6PUV-PCY2R-XBRVP-KNCQ2-NYFVR`.
    pub fn generate(entropy: &Entropy, organisation: &str, external_id: i64) -> Self {
        let letters = ALPHABET.as_bytes();
        let mut shown = format!("{}-{external_id}", organisation.to_ascii_uppercase());
        for i in 0..GROUPS * GROUP {
            if i % GROUP == 0 {
                shown.push('-');
            }
            shown.push(char::from(
                letters[entropy.below(letters.len() as u32) as usize],
            ));
        }
        Self { shown }
    }

    /// As it stands in the mail and on the screen, in groups.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// What is stored.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(normalise(&self.shown).unwrap_or_default()).to_vec()
    }
}

impl fmt::Debug for RegistrationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistrationCode(••••)")
    }
}

/// Hash of a typed code; `None` where the text cannot be one.
pub fn hash_typed(typed: &str) -> Option<Vec<u8>> {
    Some(Sha256::digest(normalise(typed).ok()?).to_vec())
}

/// Compares two hashes in a time that tells nothing of where they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_code_names_organisation_and_person_and_is_found_however_it_is_typed() {
        let code = RegistrationCode::generate(&Entropy::seeded(4), "scuola-demo", 3_325_147);
        assert!(code.shown().starts_with("SCUOLA-DEMO-3325147-"));
        let secret: Vec<&str> = code.shown().rsplit('-').take(5).collect();
        assert!(
            secret
                .iter()
                .all(|g| g.len() == 5 && g.chars().all(|c| ALPHABET.contains(c)))
        );
        let typed = format!("  {} ", code.shown().to_lowercase().replace('-', " "));
        assert!(same(&hash_typed(&typed).unwrap(), &code.hash()));
        assert_eq!(format!("{code:?}"), "RegistrationCode(••••)");
    }

    #[test]
    fn the_code_of_another_organisation_is_another_code() {
        let code = RegistrationCode::generate(&Entropy::seeded(4), "ti", 7);
        let other = code.shown().replacen("TI-", "ZH-", 1);
        assert!(!same(&hash_typed(&other).unwrap(), &code.hash()));
    }

    #[test]
    fn no_two_of_many_codes_are_the_same() {
        let entropy = Entropy::seeded(9);
        let all: HashSet<_> = (0..5000)
            .map(|_| RegistrationCode::generate(&entropy, "ti", 1).hash())
            .collect();
        assert_eq!(all.len(), 5000);
    }
}
