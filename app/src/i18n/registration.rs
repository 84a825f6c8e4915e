//! Registrations in words: why a command cannot be used now, and mails and acts by name.

use super::{moment, t};
use domain::{Locale, job::MailKind, registration::Hindrance};

/// The reason beside a command that cannot be used: «codice scaduto il 3/11/2026, 10:15».
pub fn hindrance(l: Locale, h: &Hindrance) -> String {
    match h {
        Hindrance::NotStarted => t::registration::h_not_started(l).into(),
        Hindrance::NoCodeYet => t::registration::h_no_code_yet(l).into(),
        Hindrance::Expired(Some(at)) => t::registration::h_expired_on(l, moment(l, *at)),
        Hindrance::Expired(None) => t::registration::h_expired(l).into(),
        Hindrance::Revoked => t::registration::h_revoked(l).into(),
        Hindrance::Completed => t::registration::h_completed(l).into(),
        Hindrance::TooSoon(at) => t::registration::h_too_soon(l, moment(l, *at)),
        Hindrance::OnItsWay => t::registration::h_on_its_way(l).into(),
        Hindrance::NoMail => t::registration::h_no_mail(l).into(),
        Hindrance::Bounced => t::registration::h_bounced(l).into(),
        Hindrance::Inactive => t::registration::h_inactive(l).into(),
        Hindrance::Archived => t::registration::h_archived(l).into(),
        Hindrance::Stronger => t::registration::h_stronger(l).into(),
        Hindrance::OwnAccount => t::registration::h_own_account(l).into(),
        Hindrance::TooLate => t::registration::h_too_late(l).into(),
        Hindrance::ProfileInactive => t::registration::h_profile_inactive(l).into(),
    }
}

/// The name of a mail about a registration; `None` for a credentials mail.
pub fn mail_name(l: Locale, kind: MailKind) -> Option<&'static str> {
    match kind {
        MailKind::UserCode | MailKind::TemporaryPassword | MailKind::PasswordLink => None,
        MailKind::RegistrationCode => Some(t::registration::mail_code(l)),
        MailKind::RegistrationReminder => Some(t::registration::mail_reminder(l)),
        MailKind::RegistrationExpired => Some(t::registration::mail_expired(l)),
        MailKind::DiscrepancyOpened => Some(t::discrepancies::mail_opened(l)),
    }
}

/// An act of the audit trail by its recorded name; `None` where it is none of ours.
pub fn act(l: Locale, action: &str) -> Option<&'static str> {
    Some(match action {
        "registration.started" => t::registration::did_started(l),
        "registration.code_ordered" => t::registration::did_code_ordered(l),
        "registration.new_code_ordered" => t::registration::did_new_code_ordered(l),
        "registration.code_sent" => t::registration::did_code_sent(l),
        "registration.code_shown" => t::registration::did_code_shown(l),
        "registration.reminder_ordered" => t::registration::did_reminder_ordered(l),
        "registration.reminder_due" => t::registration::did_reminder_due(l),
        "registration.expired" => t::registration::did_expired(l),
        "registration.redeemed" => t::discrepancies::did_redeemed(l),
        "registration.refused_by_person" => t::discrepancies::did_refused(l),
        "registration.code_requested" => t::discrepancies::did_requested(l),
        "discrepancy.opened" => t::discrepancies::did_opened(l),
        "discrepancy.closed_by_itself" => t::discrepancies::did_closed_itself(l),
        "discrepancy.closed" => t::discrepancies::did_closed(l),
        "discrepancy.contacted" => t::discrepancies::did_contacted(l),
        "discrepancy.reported" => t::discrepancies::did_reported(l),
        "user.archived" => t::registration::did_archived(l),
        "user.restored" => t::registration::did_restored(l),
        "user.authorisations_changed" => t::registration::did_authorisations(l),
        _ => return None,
    })
}
