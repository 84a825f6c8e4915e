//! The diagnosis in words: for the office, and for the user.

use crate::{
    i18n::{day, moment, t},
    ui::Tone,
};
use domain::{
    Locale,
    diagnosis::{
        AttemptOutcome, CodeFinding, Diagnosis, EnrolmentFinding, Finding, MailFinding,
        PasswordFinding,
    },
    job::MailState,
    user::{GroupName, UserState},
};

/// What is checked.
pub fn name(l: Locale, f: &Finding) -> &'static str {
    match f {
        Finding::State(_) => t::diagnosis::state(l),
        Finding::Password(_) => t::diagnosis::password(l),
        Finding::Mail(_) => t::diagnosis::mail(l),
        Finding::Code(_) => t::diagnosis::code(l),
        Finding::Linked(_) => t::diagnosis::linked(l),
        Finding::Groups(_) => t::diagnosis::groups(l),
        Finding::Enrolment(_) => t::diagnosis::enrolment(l),
    }
}

/// What was seen.
pub fn seen(l: Locale, f: &Finding) -> String {
    match f {
        Finding::State(UserState::Active) => String::new(),
        Finding::State(UserState::Inactive) => t::diagnosis::state_inactive(l).into(),
        Finding::State(UserState::Archived) => t::diagnosis::state_archived(l).into(),
        Finding::Password(p) => password(l, p),
        Finding::Mail(m) => mail(l, m),
        Finding::Code(c) => match c {
            CodeFinding::Valid { until } => t::diagnosis::code_valid(l, moment(l, *until)),
            CodeFinding::Redeemed => t::diagnosis::code_redeemed(l).into(),
            CodeFinding::Expired { at } => t::diagnosis::code_expired(l, moment(l, *at)),
            CodeFinding::Void => t::diagnosis::code_void(l).into(),
        },
        Finding::Linked(records) if records.is_empty() => t::diagnosis::not_linked(l).into(),
        Finding::Linked(records) => {
            let names: Vec<&str> = records.iter().map(|r| r.name.as_str()).collect();
            t::diagnosis::linked_to(l, names.join(", "))
        }
        Finding::Groups(None) => t::diagnosis::groups_none(l).into(),
        Finding::Groups(Some(odd)) if odd.is_empty() => t::diagnosis::groups_fine(l).into(),
        Finding::Groups(Some(odd)) => t::diagnosis::groups_odd(l, group_names(odd)),
        Finding::Enrolment(EnrolmentFinding::Present { year, class, site }) => {
            let class = [class.as_str(), site.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ");
            if class.is_empty() {
                t::diagnosis::enrolled_no_class(l, school_year(*year))
            } else {
                t::diagnosis::enrolled(l, class, school_year(*year))
            }
        }
        Finding::Enrolment(EnrolmentFinding::Missing { year, record }) => {
            t::diagnosis::not_enrolled(l, &record.name, school_year(*year))
        }
    }
}

fn group_names(groups: &[GroupName]) -> String {
    groups
        .iter()
        .map(|g| g.name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// `2026/2027`
fn school_year(year: i16) -> String {
    format!("{year}/{}", year + 1)
}

fn password(l: Locale, p: &PasswordFinding) -> String {
    match p {
        PasswordFinding::Own { until: None } => t::diagnosis::password_own(l).into(),
        PasswordFinding::Own { until: Some(on) } => {
            t::diagnosis::password_own_until(l, day(l, *on))
        }
        PasswordFinding::Temporary { until: None } => t::diagnosis::password_temporary(l).into(),
        PasswordFinding::Temporary { until: Some(on) } => {
            t::diagnosis::password_temporary_until(l, day(l, *on))
        }
        PasswordFinding::Expired { on } => t::diagnosis::password_expired(l, day(l, *on)),
        PasswordFinding::Missing => t::diagnosis::password_missing(l).into(),
        PasswordFinding::Off { since } => t::diagnosis::password_off(l, day(l, *since)),
    }
}

fn mail(l: Locale, m: &MailFinding) -> String {
    match m {
        MailFinding::Delivered { at } => t::diagnosis::mail_delivered(l, moment(l, *at)),
        MailFinding::Underway => t::diagnosis::mail_underway(l).into(),
        MailFinding::NotNeeded => t::diagnosis::mail_not_needed(l).into(),
        MailFinding::Never => t::diagnosis::mail_never(l).into(),
        MailFinding::NoMailbox => t::diagnosis::mail_no_mailbox(l).into(),
        MailFinding::Bounced => t::diagnosis::mail_bounced(l).into(),
        MailFinding::Failed { state, reply } => {
            let words = match state {
                MailState::Uncertain => t::diagnosis::mail_uncertain(l),
                MailState::Cancelled => t::diagnosis::mail_cancelled(l),
                _ => t::diagnosis::mail_rejected(l),
            };
            match reply.as_deref().filter(|r| !r.is_empty()) {
                Some(reply) => format!("{words} ({reply})"),
                None => words.to_owned(),
            }
        }
    }
}

/// How an attempt ended.
pub fn outcome(l: Locale, outcome: AttemptOutcome) -> (Tone, &'static str) {
    match outcome {
        AttemptOutcome::Ok => (Tone::Ok, t::diagnosis::try_ok(l)),
        AttemptOutcome::WrongPassword => (Tone::Error, t::diagnosis::try_wrong(l)),
        AttemptOutcome::Expired => (Tone::Error, t::diagnosis::try_expired(l)),
        AttemptOutcome::Inactive => (Tone::Error, t::diagnosis::try_inactive(l)),
        AttemptOutcome::NoPassword => (Tone::Error, t::diagnosis::try_none(l)),
        AttemptOutcome::PasswordOff => (Tone::Error, t::diagnosis::try_off(l)),
        AttemptOutcome::Throttled => (Tone::Warning, t::diagnosis::try_throttled(l)),
    }
}

/// The text for the user: the first obstacle in their language. No address, code or other
/// secret is in it.
pub fn explanation(found: &Diagnosis) -> String {
    let l = found.locale;
    let why = match found.first_obstacle() {
        None => t::diagnosis::say_ok(l),
        Some(Finding::State(_)) => t::diagnosis::say_state(l),
        Some(Finding::Password(PasswordFinding::Off { .. })) => t::diagnosis::say_off(l),
        Some(Finding::Password(_)) => t::diagnosis::say_password(l),
        Some(Finding::Mail(_)) => t::diagnosis::say_mail(l),
        Some(Finding::Code(_)) => t::diagnosis::say_code(l),
        Some(Finding::Linked(_)) => t::diagnosis::say_linked(l),
        Some(Finding::Groups(_)) => t::diagnosis::say_groups(l),
        Some(Finding::Enrolment(_)) => t::diagnosis::say_enrolment(l),
    };
    let mut text = format!("{}\n{why}\n", t::diagnosis::say_hello(l, &found.name));
    if !found.contact.is_empty() {
        text.push_str(&t::diagnosis::say_contact(l, &found.contact));
        text.push('\n');
    }
    text.push_str(&found.institution);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_reads_the_first_obstacle_in_their_own_language() {
        let found = Diagnosis {
            findings: vec![
                Finding::State(UserState::Active),
                Finding::Linked(Vec::new()),
            ],
            attempts: Vec::new(),
            imported_at: None,
            name: "Anna Rossi".into(),
            locale: Locale::De,
            institution: "IC Esempio".into(),
            contact: "091 000 00 00".into(),
        };
        let text = explanation(&found);
        assert!(text.starts_with("Guten Tag Anna Rossi\n"), "{text}");
        assert!(text.contains("Stammdaten nicht abgeglichen"), "{text}");
        assert!(text.contains("091 000 00 00") && text.ends_with("IC Esempio"));
    }
}
