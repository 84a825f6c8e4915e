//! What a server's answer means.

use super::{Reply, Step};
use crate::mail::text::one_line;
use lettre::transport::smtp::Error;

pub(super) fn step_of(error: &Error) -> Step {
    match error.status() {
        Some(code) => {
            let text = std::error::Error::source(error)
                .map(ToString::to_string)
                .unwrap_or_default();
            Step::Refused(
                Reply {
                    code: code.into(),
                    text: cleaned(&text),
                },
                error.is_permanent(),
            )
        }
        None => Step::Broken,
    }
}

/// The server's words without anything that could disturb a page or a log.
pub(super) fn cleaned(words: &str) -> String {
    one_line(words).chars().take(500).collect()
}

/// RFC 3463: 5.1.x say that the address is bad, 5.2.1 that the mailbox is switched off.
/// Servers without such codes say it in words.
pub(super) fn is_unknown_mailbox(reply: &Reply) -> bool {
    let enhanced = reply
        .text
        .split_whitespace()
        .next()
        .filter(|w| w.starts_with("5."));
    match enhanced {
        Some(code) => matches!(
            code,
            "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1"
        ),
        None => {
            let text = reply.text.to_lowercase();
            matches!(reply.code, 550 | 551 | 553)
                && [
                    "user unknown",
                    "unknown user",
                    "no such user",
                    "unknown recipient",
                    "mailbox unavailable",
                    "mailbox not found",
                    "does not exist",
                    "doesn't exist",
                    "no mailbox",
                    "invalid recipient",
                    "recipient rejected",
                    "inesistente",
                ]
                .iter()
                .any(|w| text.contains(w))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_mailbox_is_not_an_unknown_one() {
        let reply = |code, text: &str| Reply {
            code,
            text: text.into(),
        };
        assert!(is_unknown_mailbox(&reply(
            550,
            "5.1.1 The email account does not exist"
        )));
        assert!(is_unknown_mailbox(&reply(550, "No such user here")));
        assert!(!is_unknown_mailbox(&reply(552, "5.2.2 Mailbox full")));
        assert!(!is_unknown_mailbox(&reply(
            550,
            "5.7.1 Message rejected as spam"
        )));
        assert!(!is_unknown_mailbox(&reply(554, "Transaction failed")));
    }
}
