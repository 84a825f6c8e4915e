//! Mail addresses: what is accepted, and what a domain tells about a mailbox.

mod providers;

pub use providers::{is_private_provider, suggested_domain};

use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest address that mail systems carry (RFC 5321, in bytes).
pub const MAX_LENGTH: usize = 254;

/// A checked mail address, kept as written but for blanks around it and the case of its domain.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

/// Why a text is no mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
pub enum EmailError {
    /// Has a line break or another control character: it could add lines to a mail's head.
    #[error("control characters in a mail address")]
    ControlCharacters,
    /// Longer than [`MAX_LENGTH`] bytes.
    #[error("a mail address longer than 254 bytes")]
    TooLong,
    /// No `@`, or more than one.
    #[error("a mail address needs exactly one @")]
    At,
    /// What stands before the `@` cannot be a mailbox.
    #[error("the part before the @ is malformed")]
    Mailbox,
    /// What stands after the `@` cannot be a domain.
    #[error("the part after the @ is malformed")]
    Domain,
}

impl Email {
    /// Reads an address. International domains are kept as written (`müller@gemeinde-zürich.example`
    /// is refused for its mailbox, `mueller@gemeinde-zürich.example` is not).
    ///
    /// # Errors
    /// [`EmailError`].
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim_matches(|c: char| c == ' ' || c == '\t' || c == '\u{a0}');
        if text.chars().any(|c| c.is_control() || is_invisible(c)) {
            return Err(EmailError::ControlCharacters);
        }
        if text.len() > MAX_LENGTH {
            return Err(EmailError::TooLong);
        }
        let (mailbox, domain) = text.split_once('@').ok_or(EmailError::At)?;
        if domain.contains('@') {
            return Err(EmailError::At);
        }
        if !is_mailbox(mailbox) {
            return Err(EmailError::Mailbox);
        }
        if !is_domain(domain) {
            return Err(EmailError::Domain);
        }
        Ok(Self(format!("{mailbox}@{}", domain.to_lowercase())))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address, taken out.
    pub fn into_string(self) -> String {
        self.0
    }

    /// What stands after the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Line and paragraph separators, zero-width and direction marks: they hide in pasted text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn is_mailbox(mailbox: &str) -> bool {
    mailbox.len() <= 64
        && mailbox.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        })
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    labels.len() >= 2
        && labels.iter().all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
        && labels
            .last()
            .is_some_and(|top| top.chars().count() >= 2 && !top.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_plus_and_international_addresses_are_accepted() {
        for text in [
            "rossi@scuola.example",
            "anna.rossi+registro@scuola.example",
            "o'neill@scuola.example",
            "segreteria@gemeinde-zürich.example",
            "segreteria@xn--gemeinde-zrich-psb.example",
            "a@b.example",
        ] {
            assert_eq!(Email::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn blanks_around_go_and_the_domain_is_lower_case() {
        assert_eq!(
            Email::parse(" Anna.Rossi@Scuola.EXAMPLE ")
                .unwrap()
                .as_str(),
            "Anna.Rossi@scuola.example"
        );
    }

    #[test]
    fn line_breaks_and_hidden_characters_are_refused() {
        for text in [
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example\n",
            "a\r@b.example",
            "a\u{0}@b.example",
            "a\u{200b}@b.example",
            "a\u{202e}@b.example",
        ] {
            assert_eq!(
                Email::parse(text),
                Err(EmailError::ControlCharacters),
                "{text:?}"
            );
        }
    }

    #[test]
    fn malformed_addresses_are_refused() {
        for text in [
            "",
            "non-una-mail",
            "@b.example",
            "a@",
            "a@b",
            "a@@b.example",
            "a@b@c.example",
            "a b@c.example",
            "a@b c.example",
            ".a@b.example",
            "a.@b.example",
            "a..b@c.example",
            "a@.example",
            "a@b..example",
            "a@-b.example",
            "a@b-.example",
            "a@b.1",
            "josé@b.example",
            "a@b.example,c@d.example",
            "Anna <a@b.example>",
            "a@b.example;",
            "a@[127.0.0.1]",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn two_hundred_and_fifty_four_bytes_are_the_limit() {
        let domain = format!(
            "{}.{}.{}.example",
            "d".repeat(60),
            "d".repeat(60),
            "d".repeat(60)
        );
        let longest = format!("{}@{domain}", "a".repeat(254 - domain.len() - 1));
        assert_eq!(longest.len(), 254);
        assert!(Email::parse(&longest).is_ok());
        assert_eq!(
            Email::parse(&format!("a{longest}")),
            Err(EmailError::TooLong)
        );
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_one_line_with_one_at(text in ".{0,40}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert!(!email.as_str().contains(['\r', '\n']));
                prop_assert_eq!(email.as_str().matches('@').count(), 1);
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
            }
        }
    }
}
