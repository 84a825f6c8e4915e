//! The form of a registration code, `ORG-EXTID-xxxxx-xxxxx-xxxxx-xxxxx-xxxxx` (X17).

/// Letters and digits nobody takes for one another: without 0 O 1 I L.
pub const ALPHABET: &str = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Groups of the secret part.
pub const GROUPS: usize = 5;
/// Characters a group.
pub const GROUP: usize = 5;
/// Longest text looked at: nobody types more.
const LONGEST: usize = 200;

/// The text cannot be a registration code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the form of a registration code")]
pub struct CodeShape;

/// A typed or pasted code as it is hashed: blanks, hyphens of every kind and case do not
/// count. The organisation and the IDext before the secret are part of it.
///
/// # Errors
/// [`CodeShape`] where the secret part is too short or holds a character that none has.
pub fn normalise(typed: &str) -> Result<String, CodeShape> {
    if typed.chars().count() > LONGEST {
        return Err(CodeShape);
    }
    let whole: String = typed
        .chars()
        .filter(|c| !is_filler(*c))
        .flat_map(char::to_uppercase)
        .collect();
    if !whole.is_ascii() || !whole.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(CodeShape);
    }
    // Something must stand before the secret: organisation and IDext.
    let secret = whole
        .len()
        .checked_sub(GROUPS * GROUP)
        .filter(|before| *before > 0)
        .and_then(|before| whole.get(before..))
        .ok_or(CodeShape)?;
    if secret.chars().all(|c| ALPHABET.contains(c)) {
        Ok(whole)
    } else {
        Err(CodeShape)
    }
}

/// What people, mail programs and word processors put between the groups.
fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '-' | '_' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{2060}' | '\u{2212}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CODE: &str = "TI-3325147-H6PUV-PCY2R-XBRVP-KNCQ2-NYFVR";

    #[test]
    fn the_alphabet_has_thirty_one_unmistakable_characters() {
        assert_eq!(ALPHABET.len(), 31);
        assert!(!ALPHABET.contains(['0', 'O', '1', 'I', 'L']));
    }

    #[test]
    fn what_cannot_be_a_code_is_refused() {
        let long = "A".repeat(300);
        for bad in [
            "",
            "TI-3325147",
            "H6PUV-PCY2R-XBRVP-KNCQ2-NYFVR",
            "TI-3325147-H6PUV-PCY2R-XBRVP-KNCQ2-NYFV0",
            "TI-3325147-H6PUV-PCY2R-XBRVP-KNCQ2-NYFVÄ",
            "TI-3325147-H6PUV-PCY2R-XBRVP-KNCQ2-NYFV'",
            &long,
        ] {
            assert_eq!(normalise(bad), Err(CodeShape), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn blanks_hyphens_and_case_do_not_count(filler in "[ \t\u{a0}\u{2010}\u{2013}-]{0,3}", lower in any::<bool>()) {
            let typed = CODE.replace('-', &filler);
            let typed = if lower { typed.to_lowercase() } else { typed };
            prop_assert_eq!(normalise(&format!(" {typed}\r\n")), normalise(CODE));
        }

        #[test]
        fn no_text_breaks_it(typed in ".{0,300}") {
            if let Ok(code) = normalise(&typed) {
                prop_assert!(code.len() > GROUPS * GROUP && code.is_ascii());
            }
        }
    }
}
