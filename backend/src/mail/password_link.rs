//! The mail of «Password dimenticata?»: one a mailbox, with everybody in it who uses it.

use super::{
    Institution, Rendered,
    render::{finish_links, trim_end},
    text::one_line,
    words,
};
use askama::Template;
use domain::Locale;
use jiff::Timestamp;

/// What the mail says. The links are secrets: they live no longer than the mail.
pub struct LinkFacts {
    /// Language of the recipient.
    pub locale: Locale,
    /// Who sends.
    pub institution: Institution,
    /// Who uses the mailbox.
    pub users: Vec<UserLink>,
    /// When the links end.
    pub until: Timestamp,
    /// «PWD-142».
    pub reference: String,
}

/// A user with the link that sets their password.
pub struct UserLink {
    /// Surname and name.
    pub name: String,
    /// Given name and surname.
    pub greeting: String,
    /// Codice utente.
    pub username: String,
    /// Where the password is set.
    pub url: String,
}

/// What templates read: everything already one line.
struct Facts {
    institution: String,
    of: String,
    school: bool,
    contact: String,
    phone: bool,
    name: String,
    users: Vec<UserLink>,
    until: String,
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
    It = "it/password_link.txt",
    De = "de/password_link.txt",
    Fr = "fr/password_link.txt",
    En = "en/password_link.txt",
}

/// Writes the mail.
///
/// # Errors
/// Where a template cannot be filled, which tests exclude.
pub fn render_links(facts: &LinkFacts) -> Result<Rendered, askama::Error> {
    let i = &facts.institution;
    let institution = one_line(&i.name);
    let contact = one_line(&i.contact);
    let users: Vec<UserLink> = facts
        .users
        .iter()
        .map(|u| UserLink {
            name: one_line(&u.name),
            greeting: one_line(&u.greeting),
            username: one_line(&u.username),
            url: u.url.clone(),
        })
        .collect();
    let m = Facts {
        of: words::italian_of(&institution),
        school: i.school,
        phone: contact.chars().filter(char::is_ascii_digit).count() >= 6,
        contact: trim_end(&contact),
        // One person is greeted by name; several share the mailbox.
        name: match users.as_slice() {
            [one] => one.greeting.clone(),
            _ => String::new(),
        },
        users,
        until: words::moment(facts.locale, facts.until, &i.time_zone),
        reference: one_line(&facts.reference),
        institution,
    };
    let filled = match facts.locale {
        Locale::It => It { m: &m }.render(),
        Locale::De => De { m: &m }.render(),
        Locale::Fr => Fr { m: &m }.render(),
        Locale::En => En { m: &m }.render(),
    }?;
    let urls: Vec<&str> = m.users.iter().map(|u| u.url.as_str()).collect();
    finish_links(facts.locale, &filled, &urls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn facts(locale: Locale, users: &[&str]) -> LinkFacts {
        LinkFacts {
            locale,
            institution: Institution {
                name: "IC Esempio".into(),
                code: "scuola-demo".into(),
                school: true,
                contact: "091 000 00 00, lun-ven 8-12".into(),
                reply_to: None,
                time_zone: TimeZone::get("Europe/Rome").unwrap(),
            },
            users: users
                .iter()
                .map(|username| UserLink {
                    name: format!("ROSSI {username}"),
                    greeting: format!("{username} ROSSI"),
                    username: (*username).into(),
                    url: format!("https://scuola.example.it/reimposta-password#1.{username}"),
                })
                .collect(),
            until: "2026-11-22T11:00:00Z".parse().unwrap(),
            reference: "PWD-7".into(),
        }
    }

    #[test]
    fn the_mail_names_everybody_who_uses_the_mailbox_with_a_link_each() {
        for locale in Locale::ALL {
            let mail = render_links(&facts(locale, &["0000205", "0000311"])).unwrap();
            for user in ["0000205", "0000311"] {
                let url = format!("https://scuola.example.it/reimposta-password#1.{user}");
                assert!(mail.text.contains(&url), "{}", mail.text);
                assert!(
                    mail.html.contains(&format!("href=\"{url}\"")),
                    "{}",
                    mail.html
                );
                assert!(
                    mail.text.contains(&format!("ROSSI {user}")),
                    "{}",
                    mail.text
                );
            }
            assert!(!mail.subject.contains("000"));
            assert!(
                mail.text.lines().all(|l| l.chars().count() <= 78),
                "{}",
                mail.text
            );
        }
    }

    #[test]
    fn a_single_user_is_greeted_and_told_that_nothing_has_changed_yet() {
        let mail = render_links(&facts(Locale::It, &["0000205"])).unwrap();
        assert_eq!(mail.subject, "Scegli una nuova password – IC Esempio");
        assert!(
            mail.text.starts_with("Gentile 0000205 ROSSI,\n"),
            "{}",
            mail.text
        );
        assert!(
            mail.text.contains("22 novembre 2026, ore 12:00"),
            "{}",
            mail.text
        );
        assert!(
            mail.text.contains("la password attuale resta valida"),
            "{}",
            mail.text
        );
    }
}
