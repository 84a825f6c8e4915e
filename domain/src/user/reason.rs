//! Motivations: why somebody did something that others will ask about (decision 8).

use super::{FieldError, FieldErrors};

/// A motivation has at least this many characters.
pub const REASON_MIN: usize = 10;
/// A motivation has at most this many characters.
pub const REASON_MAX: usize = 500;

/// Trims and checks a motivation; an empty one is `None` where it is not required.
///
/// # Errors
/// The field `reason`.
pub fn check_reason(typed: &str, required: bool) -> Result<Option<String>, FieldErrors> {
    let reason = typed.trim();
    let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let wrong = match reason.chars().count() {
        0 if !required => return Ok(None),
        0 => FieldError::Required,
        n if n < REASON_MIN => FieldError::TooShort(REASON_MIN),
        n if n > REASON_MAX => FieldError::TooLong(REASON_MAX),
        _ if reason.chars().any(hidden) => FieldError::ControlCharacters,
        _ => return Ok(Some(reason.to_owned())),
    };
    Err(FieldErrors::one("reason", wrong))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_motivation_has_ten_to_five_hundred_characters_without_the_blanks_around() {
        let wrong = |typed: &str| check_reason(typed, true).unwrap_err().0[0].1.clone();
        assert_eq!(wrong("  "), FieldError::Required);
        assert_eq!(wrong("  partita   "), FieldError::TooShort(REASON_MIN));
        assert_eq!(wrong(&"x".repeat(501)), FieldError::TooLong(REASON_MAX));
        assert_eq!(
            check_reason(" Trasferita a giugno ", true),
            Ok(Some("Trasferita a giugno".into()))
        );
        assert_eq!(check_reason("", false), Ok(None));
    }
}
