//! Registrations in words: why a command cannot be used now, and mails and acts by name.

use super::{moment, t};
use domain::{
    Locale,
    access::GrantRefusal,
    authorisation::DraftProblem,
    job::MailKind,
    registration::{Command, Hindrance, Registration, RegistrationState},
};

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
        "profile.created" => t::registration::did_profile_created(l),
        "profile.deactivated" => t::registration::did_profile_deactivated(l),
        "user.authorisations_changed" => t::registration::did_authorisations(l),
        _ => return None,
    })
}

/// What to do about edited authorisations.
pub fn draft_problem(l: Locale, p: &DraftProblem) -> String {
    match p {
        DraftProblem::Unknown => t::wizard::p_unknown(l).into(),
        DraftProblem::OtherCategory(_) => t::wizard::p_category(l).into(),
        DraftProblem::Refused(_, why) => t::wizard::p_refused(l, grant_refusal(l, *why)),
        DraftProblem::Dates(_) => t::wizard::p_dates(l).into(),
        DraftProblem::ClosedUnit(_) => t::wizard::p_closed(l).into(),
        DraftProblem::Name(_) => t::wizard::profile_name_wrong(l).into(),
        DraftProblem::NoRole => t::wizard::p_no_role(l).into(),
        DraftProblem::NotActive => t::wizard::p_not_active(l).into(),
    }
}

/// Why a role is grey.
pub fn grant_refusal(l: Locale, why: GrantRefusal) -> &'static str {
    match why {
        GrantRefusal::OnlyFederal => t::wizard::g_only_federal(l),
        GrantRefusal::NotHeld => t::wizard::g_not_held(l),
        GrantRefusal::NotPassedOn => t::wizard::g_not_passed_on(l),
        GrantRefusal::Outside => t::wizard::g_outside(l),
    }
}

/// What a role may and may not do (X14), by its code.
pub fn role_description(l: Locale, code: &str) -> &'static str {
    match code {
        "bfs-superuser" => t::roles::bfs_superuser(l),
        "bfs-user" => t::roles::bfs_user(l),
        "bfs-read" => t::roles::bfs_read(l),
        "kt-superuser" => t::roles::kt_superuser(l),
        "kt-erhv" => t::roles::kt_erhv(l),
        "kt-admin-abschlussuser" => t::roles::kt_admin_abschlussuser(l),
        "kt-user" => t::roles::kt_user(l),
        "kt-read" => t::roles::kt_read(l),
        "sp-erhv-unternehmen" => t::roles::sp_erhv_unternehmen(l),
        "sp-erhv-standort" => t::roles::sp_erhv_standort(l),
        "sp-user-unternehmen" => t::roles::sp_user_unternehmen(l),
        "sp-user-standort" => t::roles::sp_user_standort(l),
        "sp-read-unternehmen" => t::roles::sp_read_unternehmen(l),
        "sp-read-standort" => t::roles::sp_read_standort(l),
        "delega-unita" => t::roles::delega_unita(l),
        "delega-utenti" => t::roles::delega_utenti(l),
        "delega-autorizzazioni" => t::roles::delega_autorizzazioni(l),
        "amministratori" => t::roles::amministratori(l),
        "ufficio-personale" | "ufficio-didattica" => t::roles::office(l),
        "ufficio-protocollo" | "ufficio-contabilita" => t::roles::reader(l),
        "docenti" | "personale-ata" | "tutori" | "esterni" | "alunni" => t::roles::member(l),
        code if code.starts_with("empf-") => t::roles::recipient(l),
        _ => t::roles::other(l),
    }
}

/// The name of a category of roles (X21).
pub fn category_name(l: Locale, category: &str) -> String {
    match category {
        "bfs" => t::wizard::cat_bfs(l).into(),
        "canton" => t::wizard::cat_canton(l).into(),
        "hospital" => t::wizard::cat_hospital(l).into(),
        "recipient" => t::wizard::cat_recipient(l).into(),
        "school" => t::wizard::cat_school(l).into(),
        "delegation" => t::wizard::cat_delegation(l).into(),
        other => other.to_owned(),
    }
}

/// «Stato della registrazione» in words.
pub fn registration_state(l: Locale, r: &Registration) -> String {
    let at = |m: Option<jiff::Timestamp>| m.map(|m| moment(l, m)).unwrap_or_default();
    match r.state {
        RegistrationState::ToStart if r.on_its_way => t::wizard::s_on_its_way(l).into(),
        RegistrationState::ToStart if r.mail_failed => t::wizard::s_mail_failed(l).into(),
        RegistrationState::ToStart => t::wizard::s_to_start(l).into(),
        RegistrationState::Running => t::wizard::s_running(l, at(r.expires_at)),
        RegistrationState::Expired => t::wizard::s_expired(l, at(r.expires_at)),
        RegistrationState::Completed => t::wizard::s_completed(l, at(r.redeemed_at)),
        RegistrationState::Revoked => t::wizard::s_revoked(l).into(),
    }
}

/// A command of the row menu (X8).
pub fn command_name(l: Locale, command: Command) -> &'static str {
    match command {
        Command::Authorise => t::commands::authorise(l),
        Command::Remind => t::commands::remind(l),
        Command::NewCode => t::commands::new_code(l),
        Command::Deactivate => t::commands::deactivate(l),
        Command::Reactivate => t::commands::reactivate(l),
        Command::Archive => t::commands::archive(l),
        Command::Restore => t::commands::restore(l),
    }
}

/// An act on a selection, as «UTILITA'» calls it.
pub fn bulk_name(l: Locale, command: Command) -> &'static str {
    match command {
        Command::Remind => t::commands::bulk_remind(l),
        Command::NewCode => t::commands::bulk_new_code(l),
        Command::Deactivate => t::commands::bulk_deactivate(l),
        Command::Archive => t::commands::bulk_archive(l),
        other => command_name(l, other),
    }
}
