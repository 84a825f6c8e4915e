//! From facts to subject, text and HTML in the recipient's language.

use super::{
    text::{Block, Piece, one_line, parse, plain},
    words,
};
use askama::Template;
use domain::{Locale, job::MailKind};
use jiff::{Timestamp, tz::TimeZone};

/// Who sends.
#[derive(Clone, Debug)]
pub struct Institution {
    /// «IC Esempio».
    pub name: String,
    /// What people type as «Ente».
    pub code: String,
    /// A school, or else a canton.
    pub school: bool,
    /// Phone and hours, for people who did not expect the mail; may be empty.
    pub contact: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Zone of the moments in its mails.
    pub time_zone: TimeZone,
}

/// What a credentials mail says. The secret is a parameter: it lives no longer than the mail.
#[derive(Clone, Debug)]
pub struct MailFacts {
    /// Mail 1 or mail 2.
    pub kind: MailKind,
    /// Language of the recipient.
    pub locale: Locale,
    /// Who sends.
    pub institution: Institution,
    /// Given name and surname.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// The account never had credentials before.
    pub first: bool,
    /// End of the temporary password (mail 2).
    pub until: Option<Timestamp>,
    /// Where one signs in (mail 1).
    pub sign_in_url: String,
    /// «INV-2026-0142-017».
    pub reference: String,
}

/// A mail in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line, no secret in it.
    pub subject: String,
    /// At most 72 columns.
    pub text: String,
    /// One column, nothing loaded from anywhere.
    pub html: String,
}

/// What templates read: everything already one line.
struct Facts {
    institution: String,
    of: String,
    school: bool,
    contact: String,
    /// The contact names a phone: one calls.
    phone: bool,
    name: String,
    username: String,
    first: bool,
    secret: String,
    until: String,
    sign_in_url: String,
    reference: String,
}

macro_rules! templates {
    ($($name:ident = $path:literal),* $(,)?) => {$(
        #[derive(Template)]
        #[template(path = $path, escape = "none")]
        struct $name<'a> { m: &'a Facts }
    )*};
}

templates! {
    UserCodeIt = "it/user_code.txt",
    UserCodeDe = "de/user_code.txt",
    UserCodeFr = "fr/user_code.txt",
    UserCodeEn = "en/user_code.txt",
    PasswordIt = "it/temporary_password.txt",
    PasswordDe = "de/temporary_password.txt",
    PasswordFr = "fr/temporary_password.txt",
    PasswordEn = "en/temporary_password.txt",
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    lang: &'a str,
    subject: &'a str,
    blocks: &'a [Block],
}

/// Writes a credentials mail; other kinds have writers of their own. `secret` is the PIN or
/// the temporary password as shown.
///
/// # Errors
/// Where a template cannot be filled, which tests exclude.
pub fn render(facts: &MailFacts, secret: &str) -> Result<Rendered, askama::Error> {
    let i = &facts.institution;
    let institution = one_line(&i.name);
    let link = (facts.kind == MailKind::UserCode).then_some(facts.sign_in_url.as_str());
    let contact = one_line(&i.contact);
    let m = Facts {
        of: words::italian_of(&institution),
        school: i.school,
        // The password mail carries no link, not even one that a mail program would make.
        contact: if link.is_some() {
            trim_end(&contact)
        } else {
            trim_end(&without_links(&contact))
        },
        phone: contact.chars().filter(char::is_ascii_digit).count() >= 6,
        name: one_line(&facts.name),
        username: one_line(&facts.username),
        first: facts.first,
        secret: secret.to_owned(),
        until: facts
            .until
            .map(|at| words::moment(facts.locale, at, &i.time_zone))
            .unwrap_or_default(),
        sign_in_url: facts.sign_in_url.clone(),
        reference: one_line(&facts.reference),
        institution,
    };
    let filled = match (facts.kind, facts.locale) {
        (MailKind::UserCode, Locale::It) => UserCodeIt { m: &m }.render(),
        (MailKind::UserCode, Locale::De) => UserCodeDe { m: &m }.render(),
        (MailKind::UserCode, Locale::Fr) => UserCodeFr { m: &m }.render(),
        (MailKind::UserCode, Locale::En) => UserCodeEn { m: &m }.render(),
        (_, Locale::It) => PasswordIt { m: &m }.render(),
        (_, Locale::De) => PasswordDe { m: &m }.render(),
        (_, Locale::Fr) => PasswordFr { m: &m }.render(),
        (_, Locale::En) => PasswordEn { m: &m }.render(),
    }?;
    finish(facts.locale, &filled, link)
}

/// A filled template as subject, plain text and HTML.
pub(super) fn finish(
    locale: Locale,
    filled: &str,
    link: Option<&str>,
) -> Result<Rendered, askama::Error> {
    finish_links(locale, filled, link.as_slice())
}

/// The same with several addresses that become links.
pub(super) fn finish_links(
    locale: Locale,
    filled: &str,
    links: &[&str],
) -> Result<Rendered, askama::Error> {
    let (subject, blocks) = parse(filled, links);
    let html = Html {
        lang: locale.code(),
        subject: &subject,
        blocks: &blocks,
    }
    .render()?;
    Ok(Rendered {
        text: plain(&blocks),
        subject,
        html,
    })
}

fn without_links(contact: &str) -> String {
    let is_link = |w: &str| {
        let w = w.to_lowercase();
        w.contains("://") || w.contains("www.") || w.contains('@')
    };
    contact
        .split(' ')
        .filter(|w| !is_link(w))
        .collect::<Vec<_>>()
        .join(" ")
}

pub(super) fn trim_end(text: &str) -> String {
    text.trim_end_matches(['.', ',', ';', ' ', '-', '–'])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts(kind: MailKind, locale: Locale) -> MailFacts {
        MailFacts {
            kind,
            locale,
            institution: Institution {
                name: "IC Esempio".into(),
                code: "scuola-demo".into(),
                school: true,
                contact: "091 000 00 00, lun-ven 8-12".into(),
                reply_to: None,
                time_zone: TimeZone::get("Europe/Rome").unwrap(),
            },
            name: "Maria Stella Alfano".into(),
            username: "0001518".into(),
            first: true,
            until: "2026-11-29T13:30:00Z".parse().ok(),
            sign_in_url: "https://scuola.example.it/accesso".into(),
            reference: "INV-2026-0142-017".into(),
        }
    }

    #[test]
    fn mail_one_reads_as_the_office_agreed() {
        let mail = render(&facts(MailKind::UserCode, Locale::It), "4821 7093").unwrap();
        assert_eq!(mail.subject, "Il tuo codice utente – IC Esempio");
        assert_eq!(
            mail.text,
            "Gentile Maria Stella Alfano,\n\
             la segreteria dell'IC Esempio ha creato il tuo accesso a Scuola\n\
             Digitale.\n\
             \n\
             Codice utente:   0001518\n\
             PIN:             4821 7093\n\
             \n\
             La password temporanea arriva in un'altra mail, tra pochi minuti.\n\
             Come entrare: apri https://scuola.example.it/accesso e scrivi codice\n\
             utente e password.\n\
             Non ti chiederemo mai la password per telefono o per e-mail.\n\
             Non aspettavi questa mail? Chiama la segreteria: 091 000 00 00, lun-ven\n\
             8-12.\n\
             Riferimento: INV-2026-0142-017\n"
        );
    }

    #[test]
    fn the_password_mail_has_no_link_in_any_language_and_no_user_code() {
        for locale in Locale::ALL {
            let mut facts = facts(MailKind::TemporaryPassword, locale);
            facts.institution.contact =
                "091 000 00 00, segreteria@ic.example, https://ic.example".into();
            let mail = render(&facts, "K7QM-4TXH-9RWD-2BCF").unwrap();
            for part in [&mail.text, &mail.html] {
                assert!(part.contains("K7QM-4TXH-9RWD-2BCF"));
                assert!(
                    !part.contains("http")
                        && !part.contains("href")
                        && !part.contains('@')
                        && !part.contains("www."),
                    "{part}"
                );
                assert!(
                    !part.contains("0001518"),
                    "one mail never carries both secrets' halves"
                );
                let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(
                    part.contains("091 000 00 00")
                        && part.contains("INV-2026-0142-017")
                        && part.contains("2026")
                );
            }
        }
    }

    #[test]
    fn the_html_loads_nothing_and_links_only_to_us() {
        for locale in Locale::ALL {
            let html = render(&facts(MailKind::UserCode, locale), "4821 7093")
                .unwrap()
                .html;
            assert!(!html.contains("src=") && !html.contains("<img") && !html.contains("url("));
            assert_eq!(
                html.matches("http").count(),
                2,
                "href and the text shown: {html}"
            );
            assert!(html.contains(&format!("<html lang=\"{}\">", locale.code())));
        }
    }

    proptest! {
        #[test]
        fn text_stays_in_its_columns_and_the_subject_holds_no_secret(
            name in ".{1,200}", username in "[A-Za-z0-9._-]{1,64}", institution in ".{1,200}", contact in ".{0,200}", which in 0_usize..8
        ) {
            let kind = MailKind::ALL[which % 2];
            let mut facts = facts(kind, Locale::ALL[which / 2]);
            facts.name = name;
            facts.username = username;
            facts.institution.name = institution;
            facts.institution.contact = contact.replace("http", "");
            let mail = render(&facts, "K7QM-4TXH-9RWD-2BCF").unwrap();
            prop_assert!(mail.text.lines().all(|l| l.chars().count() <= 78), "{}", mail.text);
            prop_assert!(!mail.subject.contains("K7QM") && !mail.subject.chars().any(char::is_control));
            prop_assert!(!mail.html.contains("<script"));
        }
    }
}
