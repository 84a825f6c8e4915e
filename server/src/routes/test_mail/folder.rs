//! Reading the folder of mails.

use jiff::Timestamp;
use mail_parser::{Address, Message, MessageParser};
use std::{fs, path::Path};

/// How many mails the list shows.
const SHOWN: usize = 200;

/// A mail, as far as the pages show it.
pub struct Mail {
    /// Name of its file: its address.
    pub name: String,
    /// Sender, with name.
    pub from: String,
    /// Recipients.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// When it was made.
    pub at: Option<Timestamp>,
    /// Plain text part.
    pub text: Option<String>,
    /// HTML part.
    pub html: Option<String>,
}

/// The newest mails, newest first, and how many there are in all. Names begin with the
/// moment, so their order is the order of time.
pub fn newest(folder: &Path) -> (Vec<Mail>, usize) {
    let Ok(entries) = fs::read_dir(folder) else {
        return (Vec::new(), 0);
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|n| is_mail(n))
        .collect();
    names.sort_unstable_by(|a, b| b.cmp(a));
    let total = names.len();
    (
        names
            .iter()
            .take(SHOWN)
            .filter_map(|name| read(folder, name))
            .collect(),
        total,
    )
}

/// One mail; `None` where there is none of this name.
pub fn read(folder: &Path, name: &str) -> Option<Mail> {
    if !is_mail(name) {
        return None;
    }
    let bytes = fs::read(folder.join(name)).ok()?;
    Some(match MessageParser::default().parse(&bytes) {
        Some(message) => from_message(name, &message),
        None => Mail {
            name: name.to_owned(),
            from: String::new(),
            to: String::new(),
            subject: String::new(),
            at: None,
            text: None,
            html: None,
        },
    })
}

/// A file name of ours and nothing that leads out of the folder.
fn is_mail(name: &str) -> bool {
    name.strip_suffix(".eml").is_some_and(|stem| {
        !stem.is_empty()
            && !stem.starts_with('.')
            && stem
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    })
}

fn from_message(name: &str, message: &Message<'_>) -> Mail {
    Mail {
        name: name.to_owned(),
        from: addresses(message.from()),
        to: addresses(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        at: message
            .date()
            .and_then(|d| Timestamp::from_second(d.to_timestamp()).ok()),
        text: message.body_text(0).map(|t| t.into_owned()),
        // Only a part that is HTML itself, none made out of the text.
        html: message
            .html_bodies()
            .find(|p| p.is_text_html())
            .and_then(|p| p.text_contents())
            .map(str::to_owned),
    }
}

fn addresses(list: Option<&Address<'_>>) -> String {
    let each = |a: &mail_parser::Addr<'_>| match (a.name(), a.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (_, Some(address)) => address.to_owned(),
        (name, None) => name.unwrap_or_default().to_owned(),
    };
    list.map(|l| l.iter().map(each).collect::<Vec<_>>().join(", "))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "From: =?utf-8?q?IC_Esempio?= <no@scuola.example>\r\nTo: \"Rossi, Anna\" <anna@posta.example>\r\n\
        Subject: =?utf-8?q?Citt=C3=A0?=\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
        Codice <b>\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Codice</p>\r\n--b--\r\n";

    #[test]
    fn a_mail_of_two_parts_is_read_and_the_newest_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "20261122T100000Z-a.eml",
            "20261122T110000Z-b.eml",
            ".x.eml.part",
            "note.txt",
        ] {
            fs::write(folder.path().join(name), MAIL).unwrap();
        }
        let (mails, total) = newest(folder.path());
        assert_eq!((mails.len(), total), (2, 2));
        let mail = &mails[0];
        assert_eq!(mail.name, "20261122T110000Z-b.eml");
        assert_eq!(
            (mail.subject.as_str(), mail.to.as_str()),
            ("Città", "Rossi, Anna <anna@posta.example>")
        );
        assert_eq!(mail.text.as_deref().map(str::trim), Some("Codice <b>"));
        assert_eq!(mail.html.as_deref().map(str::trim), Some("<p>Codice</p>"));
        assert_eq!(mail.at, Some("2026-11-22T10:00:00Z".parse().unwrap()));
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in [
            "../a.eml", "..", "a/b.eml", ".eml", ".a.eml", "a.txt", "a\0.eml", "",
        ] {
            assert!(read(Path::new("/"), name).is_none(), "{name}");
            assert!(!is_mail(name), "{name}");
        }
    }
}
