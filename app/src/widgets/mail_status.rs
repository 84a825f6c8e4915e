//! Where a mail stands, in words: never «letta».

use crate::{
    i18n::{moment, t, use_locale},
    ui::{IconName, Status, Tone},
};
use domain::{
    Locale,
    job::{MailReason, MailState, MailView},
};
use leptos::prelude::*;

/// Where the mail stands, with the server's words under it where it was refused.
#[component]
pub fn MailStatus(
    /// The mail.
    mail: MailView,
) -> impl IntoView {
    let l = use_locale();
    let icon = icon(mail.state);
    let below = below(l, &mail);
    view! {
        <Status tone=tone(mail.state) icon=icon>{words(l, &mail)}</Status>
        {below.map(|text| view! { <span class="outbox-answer">{text}</span> })}
    }
}

/// The colour family of a state.
pub const fn tone(state: MailState) -> Tone {
    match state {
        MailState::Accepted => Tone::Ok,
        MailState::Rejected => Tone::Error,
        MailState::Deferred | MailState::Uncertain => Tone::Warning,
        MailState::Sending => Tone::Info,
        MailState::Waiting | MailState::Cancelled | MailState::Superseded => Tone::Neutral,
    }
}

const fn icon(state: MailState) -> IconName {
    match state {
        MailState::Accepted => IconName::Check,
        MailState::Rejected => IconName::Cross,
        MailState::Deferred | MailState::Waiting => IconName::Clock,
        MailState::Uncertain => IconName::Help,
        MailState::Sending => IconName::Mail,
        MailState::Cancelled | MailState::Superseded => IconName::Minus,
    }
}

/// «respinta: casella inesistente», «rinviata (nuovo tentativo il …)».
pub fn words(l: Locale, mail: &MailView) -> String {
    let reason = mail.reason.map(|r| reason(l, r));
    match mail.state {
        MailState::Waiting => t::outbox::m_waiting(l).into(),
        MailState::Sending => t::outbox::m_sending(l).into(),
        MailState::Accepted => t::outbox::m_accepted(l).into(),
        MailState::Deferred => match mail.at {
            Some(at) => t::outbox::m_deferred(l, moment(l, at)),
            None => t::outbox::m_deferred_plain(l).into(),
        },
        MailState::Rejected => {
            match reason.or_else(|| mail.reply.as_deref().and_then(|r| explanation(l, r))) {
                Some(why) => t::outbox::m_rejected_why(l, why),
                None => t::outbox::m_rejected(l).into(),
            }
        }
        MailState::Uncertain => t::outbox::m_uncertain(l).into(),
        MailState::Cancelled => match reason {
            Some(why) => t::outbox::m_cancelled_why(l, why),
            None => t::outbox::m_cancelled(l).into(),
        },
        MailState::Superseded => t::outbox::m_superseded(l).into(),
    }
}

/// What stands under the state: the server's words, or what an uncertain end means.
fn below(l: Locale, mail: &MailView) -> Option<String> {
    match (mail.state, &mail.reply, mail.reason) {
        (MailState::Uncertain, ..) => Some(t::outbox::uncertain_text(l).into()),
        (MailState::Rejected | MailState::Deferred, Some(text), _) => {
            Some(t::outbox::answer(l, text))
        }
        (MailState::Deferred, None, Some(r)) => Some(reason(l, r).to_owned()),
        _ => None,
    }
}

fn reason(l: Locale, r: MailReason) -> &'static str {
    match r {
        MailReason::AddressChanged => t::outbox::r_address_changed(l),
        MailReason::Inactive => t::outbox::r_inactive(l),
        MailReason::ByPerson => t::outbox::r_by_person(l),
        MailReason::GaveUp => t::outbox::r_gave_up(l),
        MailReason::Unreachable => t::outbox::r_unreachable(l),
        MailReason::Newer => t::outbox::r_newer(l),
        MailReason::Ended => t::registration::r_ended(l),
        MailReason::PasswordOff => t::outbox::r_password_off(l),
    }
}

/// What a server's enhanced status code (RFC 3463) means, in words people know.
fn explanation(l: Locale, reply: &str) -> Option<&'static str> {
    let code = reply.split_whitespace().next()?;
    let mut parts = code.split('.');
    let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
    if class != "5" {
        return None;
    }
    Some(match (subject, detail) {
        ("1", "2") => t::outbox::w_domain(l),
        ("1", "1" | "3" | "6" | "10") => t::outbox::w_unknown(l),
        ("2", "1") => t::outbox::w_disabled(l),
        ("2", "2") => t::outbox::w_full(l),
        ("2" | "3", "3" | "4") => t::outbox::w_too_big(l),
        ("7", _) => t::outbox::w_policy(l),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_code_is_told_in_words_where_it_has_a_meaning() {
        assert_eq!(
            explanation(Locale::It, "5.2.2 Mailbox full"),
            Some("casella piena")
        );
        assert_eq!(
            explanation(Locale::It, "5.1.1 <x@y>: no such user"),
            Some("casella inesistente")
        );
        assert_eq!(explanation(Locale::It, "4.2.2 Mailbox full"), None);
        assert_eq!(explanation(Locale::It, "no such user"), None);
        assert_eq!(explanation(Locale::It, ""), None);
    }
}
