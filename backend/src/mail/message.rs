//! From words to the bytes on the wire: headers that no value can break out of.

use super::{Institution, Rendered, text::one_line};
use jiff::Timestamp;
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

/// The words, and who sends them.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// The words.
    pub mail: &'a Rendered,
    /// Who sends.
    pub institution: &'a Institution,
}

/// What goes around the words.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// The words.
    pub mail: &'a Rendered,
    /// Address of the recipient.
    pub to: &'a str,
    /// Name of the recipient.
    pub to_name: &'a str,
    /// Our address.
    pub from: &'a str,
    /// Name of the institution.
    pub from_name: &'a str,
    /// Where answers go: a mailbox that somebody reads.
    pub reply_to: Option<&'a str>,
    /// The same for every attempt of the same mail.
    pub message_id: Uuid,
    /// `Date:`
    pub date: Timestamp,
}

/// A finished mail.
#[derive(Clone)]
pub struct Parcel {
    /// Envelope sender.
    pub from: Address,
    /// Envelope recipient.
    pub to: Address,
    /// Stable across attempts.
    pub message_id: Uuid,
    /// When it was made.
    pub date: Timestamp,
    /// Head and body.
    pub bytes: Vec<u8>,
}

/// The address or the message cannot be written as mail.
#[derive(Debug, thiserror::Error)]
pub enum Unsendable {
    /// No server could take this address.
    #[error("the address cannot be written on an envelope")]
    Address,
    /// The message cannot be put together.
    #[error("the message cannot be put together")]
    Message(#[from] lettre::error::Error),
}

impl Outgoing<'_> {
    /// Puts the message together.
    ///
    /// # Errors
    /// [`Unsendable`].
    pub fn pack(&self) -> Result<Parcel, Unsendable> {
        let (from, to) = (
            envelope_address(bare(self.from))?,
            envelope_address(self.to)?,
        );
        let mut builder = Message::builder()
            .message_id(Some(format!("<{}@{}>", self.message_id, from.domain())))
            .date(self.date.into())
            .from(Mailbox::new(named(self.from_name), from.clone()))
            .to(Mailbox::new(named(self.to_name), to.clone()))
            .subject(one_line(&self.mail.subject))
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"));
        if let Some(reply_to) = self.reply_to.and_then(|a| envelope_address(a).ok()) {
            builder = builder.reply_to(Mailbox::new(named(self.from_name), reply_to));
        }
        let message = builder.multipart(MultiPart::alternative_plain_html(
            self.mail.text.clone(),
            self.mail.html.clone(),
        ))?;
        Ok(Parcel {
            from,
            to,
            message_id: self.message_id,
            date: self.date,
            bytes: message.formatted(),
        })
    }
}

/// An address as servers take it: international domains in their ASCII form (IDNA).
fn envelope_address(address: &str) -> Result<Address, Unsendable> {
    let email = domain::email::Email::parse(address).map_err(|_| Unsendable::Address)?;
    let (mailbox, host) = email.as_str().split_once('@').ok_or(Unsendable::Address)?;
    let host = match url::Host::parse(host) {
        Ok(url::Host::Domain(ascii)) => ascii,
        _ => return Err(Unsendable::Address),
    };
    Address::new(mailbox, host).map_err(|_| Unsendable::Address)
}

/// `delega@scuola.example` out of `Delega <delega@scuola.example>`: the name that people
/// see is the institution's.
fn bare(setting: &str) -> &str {
    setting
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or(setting, |(address, _)| address)
}

fn named(name: &str) -> Option<String> {
    let name = one_line(name);
    (!name.is_empty()).then_some(name)
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(to: &str, to_name: &str, from_name: &str, subject: &str) -> Result<String, Unsendable> {
        let mail = Rendered {
            subject: subject.into(),
            text: "Ciao à\n".into(),
            html: "<p>Ciao à</p>".into(),
        };
        let outgoing = Outgoing {
            mail: &mail,
            to,
            to_name,
            from: "credenziali@scuola.example",
            from_name,
            reply_to: Some("segreteria@scuola.example"),
            message_id: Uuid::from_u128(7),
            date: "2026-11-22T03:00:00Z".parse().unwrap(),
        };
        outgoing.pack().map(|p| String::from_utf8(p.bytes).unwrap())
    }

    #[test]
    fn the_head_says_who_sends_that_a_machine_wrote_it_and_where_answers_go() {
        let mail = pack(
            "d.ba@example.it",
            "DAMIANO BA",
            "IC Esempio",
            "Il tuo codice utente – IC Esempio",
        )
        .unwrap();
        assert!(
            mail.contains("Message-ID: <00000000-0000-0000-0000-000000000007@scuola.example>"),
            "{mail}"
        );
        assert!(mail.contains("Auto-Submitted: auto-generated"));
        assert!(
            mail.contains("Reply-To: \"IC Esempio\" <segreteria@scuola.example>"),
            "{mail}"
        );
        assert!(mail.contains("Date: Sun, 22 Nov 2026 03:00:00 +0000"));
        assert!(mail.contains("multipart/alternative"));
        assert!(mail.is_ascii(), "no server needs 8BITMIME");
    }

    #[test]
    fn no_name_subject_or_address_adds_a_header() {
        let tricks = [
            "x\r\nBcc: evil@evil.example",
            "x\nBcc: evil@evil.example",
            "x\rBcc: evil@evil.example",
            "x\r\n\r\n<script>",
            "x\u{2028}Bcc: evil@evil.example",
            "x\u{85}Bcc: evil@evil.example",
            "\"x\" <evil@evil.example>, ",
            "x\0y",
            "=?utf-8?q?=0D=0ABcc:_evil@evil.example?=",
        ];
        for trick in tricks {
            let mail = pack("d.ba@example.it", trick, trick, trick).unwrap();
            let (head, _) = mail.split_once("\r\n\r\n").unwrap();
            let names: Vec<&str> = head
                .split("\r\n")
                .filter(|l| !l.starts_with([' ', '\t']))
                .filter_map(|l| l.split_once(':').map(|(n, _)| n))
                .collect();
            assert!(
                !names.iter().any(|n| n.eq_ignore_ascii_case("bcc")),
                "{head}"
            );
            assert_eq!(names.iter().filter(|n| **n == "To").count(), 1, "{head}");
            assert_eq!(names.len(), 10, "{names:?}");
            assert!(
                pack(&format!("a@b.example{trick}"), "A", "B", "C").is_err(),
                "{trick:?}"
            );
        }
    }

    #[test]
    fn international_domains_plus_addresses_and_254_characters_can_be_written() {
        let long_domain = format!(
            "{}.{}.{}.example",
            "d".repeat(60),
            "d".repeat(60),
            "d".repeat(60)
        );
        let longest = format!("{}@{long_domain}", "a".repeat(254 - long_domain.len() - 1));
        for to in [
            "anna+scuola@example.it",
            "info@gemeinde-zürich.example",
            "o'neill@example.it",
            &longest,
        ] {
            assert!(pack(to, "A", "B", "C").is_ok(), "{to}");
        }
        assert!(
            pack("info@gemeinde-zürich.example", "A", "B", "C")
                .unwrap()
                .contains("info@xn--gemeinde-zrich-psb.example")
        );
    }
}
