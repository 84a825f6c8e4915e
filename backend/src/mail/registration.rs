//! Mails about registrations: the code, the reminder without any secret, and the notice to
//! the delegate that a code ended.

use super::{
    Institution, Rendered,
    render::{finish, trim_end},
    text::one_line,
    words,
};
use askama::Template;
use domain::{Locale, job::MailKind};
use jiff::Timestamp;

/// What a mail about a registration says. The code is a parameter: it lives no longer than
/// the mail.
#[derive(Clone, Debug)]
pub struct RegistrationFacts {
    /// Code, reminder or notice.
    pub kind: MailKind,
    /// Language of the recipient.
    pub locale: Locale,
    /// Who sends.
    pub institution: Institution,
    /// Given name and surname of the recipient.
    pub name: String,
    /// Given name and surname of the invited person (the notice).
    pub invited: String,
    /// An earlier code stops working (the code).
    pub renewed: bool,
    /// When the code was sent.
    pub sent_at: Option<Timestamp>,
    /// When the code ends.
    pub until: Option<Timestamp>,
    /// Where it is redeemed; carries no code.
    pub url: String,
    /// Where the delegate finds those that ended.
    pub desk_url: String,
    /// «REG-12-345».
    pub reference: String,
}

/// What templates read: everything already one line.
struct Facts {
    institution: String,
    of: String,
    school: bool,
    contact: String,
    phone: bool,
    name: String,
    invited: String,
    renewed: bool,
    code: String,
    sent: String,
    until: String,
    url: String,
    desk_url: String,
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
    CodeIt = "it/registration_code.txt",
    CodeDe = "de/registration_code.txt",
    CodeFr = "fr/registration_code.txt",
    CodeEn = "en/registration_code.txt",
    ReminderIt = "it/registration_reminder.txt",
    ReminderDe = "de/registration_reminder.txt",
    ReminderFr = "fr/registration_reminder.txt",
    ReminderEn = "en/registration_reminder.txt",
    ExpiredIt = "it/registration_expired.txt",
    ExpiredDe = "de/registration_expired.txt",
    ExpiredFr = "fr/registration_expired.txt",
    ExpiredEn = "en/registration_expired.txt",
    DiscrepancyIt = "it/discrepancy_opened.txt",
    DiscrepancyDe = "de/discrepancy_opened.txt",
    DiscrepancyFr = "fr/discrepancy_opened.txt",
    DiscrepancyEn = "en/discrepancy_opened.txt",
}

/// Writes the mail; `code` is empty but for the mail that carries it.
///
/// # Errors
/// Where a template cannot be filled, which tests exclude.
pub fn render_registration(
    facts: &RegistrationFacts,
    code: &str,
) -> Result<Rendered, askama::Error> {
    let i = &facts.institution;
    let moment = |at: Option<Timestamp>| {
        at.map(|at| words::moment(facts.locale, at, &i.time_zone))
            .unwrap_or_default()
    };
    let institution = one_line(&i.name);
    let contact = one_line(&i.contact);
    let m = Facts {
        of: words::italian_of(&institution),
        school: i.school,
        phone: contact.chars().filter(char::is_ascii_digit).count() >= 6,
        contact: trim_end(&contact),
        name: one_line(&facts.name),
        invited: one_line(&facts.invited),
        renewed: facts.renewed,
        code: code.to_owned(),
        sent: moment(facts.sent_at),
        until: moment(facts.until),
        url: facts.url.clone(),
        desk_url: facts.desk_url.clone(),
        reference: one_line(&facts.reference),
        institution,
    };
    let (filled, link) = match facts.kind {
        MailKind::RegistrationReminder => (
            match facts.locale {
                Locale::It => ReminderIt { m: &m }.render(),
                Locale::De => ReminderDe { m: &m }.render(),
                Locale::Fr => ReminderFr { m: &m }.render(),
                Locale::En => ReminderEn { m: &m }.render(),
            }?,
            &facts.url,
        ),
        MailKind::RegistrationExpired => (
            match facts.locale {
                Locale::It => ExpiredIt { m: &m }.render(),
                Locale::De => ExpiredDe { m: &m }.render(),
                Locale::Fr => ExpiredFr { m: &m }.render(),
                Locale::En => ExpiredEn { m: &m }.render(),
            }?,
            &facts.desk_url,
        ),
        MailKind::DiscrepancyOpened => (
            match facts.locale {
                Locale::It => DiscrepancyIt { m: &m }.render(),
                Locale::De => DiscrepancyDe { m: &m }.render(),
                Locale::Fr => DiscrepancyFr { m: &m }.render(),
                Locale::En => DiscrepancyEn { m: &m }.render(),
            }?,
            &facts.desk_url,
        ),
        _ => (
            match facts.locale {
                Locale::It => CodeIt { m: &m }.render(),
                Locale::De => CodeDe { m: &m }.render(),
                Locale::Fr => CodeFr { m: &m }.render(),
                Locale::En => CodeEn { m: &m }.render(),
            }?,
            &facts.url,
        ),
    };
    finish(facts.locale, &filled, Some(link))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    const CODE: &str = "TI-3325147-H6PUV-PCY2R-XBRVP-KNCQ2-NYFVR";

    fn facts(kind: MailKind, locale: Locale) -> RegistrationFacts {
        RegistrationFacts {
            kind,
            locale,
            institution: Institution {
                name: "Cantone Ticino".into(),
                code: "ti".into(),
                school: false,
                contact: "091 000 00 00, lun-ven 8-12".into(),
                reply_to: None,
                time_zone: TimeZone::get("Europe/Zurich").unwrap(),
            },
            name: "Lea Bianchi".into(),
            invited: "Ugo Verdi".into(),
            renewed: true,
            sent_at: "2026-11-21T09:15:00Z".parse().ok(),
            until: "2026-12-21T09:15:00Z".parse().ok(),
            url: "https://delega.example/registrazione".into(),
            desk_url: "https://delega.example/abilitazioni?stato=scaduto".into(),
            reference: "REG-7-19".into(),
        }
    }

    #[test]
    fn the_mail_with_the_code_reads_as_agreed() {
        let mail =
            render_registration(&facts(MailKind::RegistrationCode, Locale::It), CODE).unwrap();
        assert_eq!(mail.subject, "Codice di registrazione – Cantone Ticino");
        assert!(mail.text.contains(CODE), "{}", mail.text);
        assert!(
            mail.text.contains("21 dicembre 2026, ore 10:15"),
            "{}",
            mail.text
        );
        assert!(
            mail.text.contains("Il codice precedente non vale più"),
            "{}",
            mail.text
        );
    }

    #[test]
    fn no_reminder_or_notice_carries_a_secret_and_each_tells_sending_and_end() {
        for locale in Locale::ALL {
            let mail = render_registration(&facts(MailKind::RegistrationReminder, locale), CODE);
            let mail = mail.unwrap();
            for part in [&mail.subject, &mail.text, &mail.html] {
                assert!(!part.contains("H6PUV"), "{part}");
            }
            let text = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
            for moment in ["21", "10", "15", "2026"] {
                assert!(text.contains(moment), "{text}");
            }
            let notice = render_registration(&facts(MailKind::RegistrationExpired, locale), CODE);
            let notice = notice.unwrap();
            assert!(notice.text.contains("Ugo Verdi") && !notice.text.contains("H6PUV"));
        }
    }

    #[test]
    fn the_mail_about_a_discrepancy_says_what_happened_where_to_decide_and_no_secret() {
        for (locale, subject) in [
            (Locale::It, "Dati diversi alla registrazione"),
            (Locale::De, "Abweichende Angaben"),
            (Locale::Fr, "Données différentes"),
            (Locale::En, "Different details"),
        ] {
            let mut facts = facts(MailKind::DiscrepancyOpened, locale);
            facts.desk_url = "https://delega.example/discrepanze".into();
            let mail = render_registration(&facts, CODE).unwrap();
            assert!(mail.subject.starts_with(subject), "{}", mail.subject);
            for part in [&mail.text, &mail.html] {
                assert!(
                    part.contains("https://delega.example/discrepanze"),
                    "{part}"
                );
                assert!(
                    part.contains("Ugo Verdi") && part.contains("REG-7-19"),
                    "{part}"
                );
                assert!(!part.contains("H6PUV"), "{part}");
            }
        }
    }

    #[test]
    fn no_subject_holds_the_code_and_lines_keep_their_columns() {
        for locale in Locale::ALL {
            for kind in [
                MailKind::RegistrationCode,
                MailKind::RegistrationReminder,
                MailKind::RegistrationExpired,
                MailKind::DiscrepancyOpened,
            ] {
                let mail = render_registration(&facts(kind, locale), CODE).unwrap();
                assert!(!mail.subject.contains("H6PUV"));
                assert!(
                    mail.text.lines().all(|l| l.chars().count() <= 78),
                    "{}",
                    mail.text
                );
                assert_eq!(mail.html.matches("http").count(), 2, "{}", mail.html);
            }
        }
    }
}
