//! States of operations in words, and the rows of the result file.

use crate::{
    i18n::{number, t},
    ui::{IconName, Tone},
    widgets::mail_status,
};
use domain::{
    Locale,
    job::{Exclusion, JobKind, JobState, JobView, MailKind, MailState, Recipient},
};

/// «Invio credenziali».
pub fn job_name(l: Locale, kind: JobKind) -> &'static str {
    match kind {
        JobKind::SendCredentials => t::operations::kind_send(l),
        JobKind::Import => t::operations::kind_import(l),
    }
}

/// The same, told apart where users were created: «Creazione utenti».
pub fn job_name_of(l: Locale, job: &JobView) -> &'static str {
    if job.kind == JobKind::SendCredentials && job.result.contains_key("created") {
        t::creation::job_name(l)
    } else {
        job_name(l, job.kind)
    }
}

/// Word, tone and icon of a state: «Completata con 2 errori» is never green.
pub fn job_status(l: Locale, job: &JobView) -> (Tone, IconName, String) {
    match job.state {
        JobState::Held => (
            Tone::Info,
            IconName::Clock,
            t::operations::state_held(l).into(),
        ),
        JobState::Queued => (
            Tone::Info,
            IconName::Clock,
            t::operations::state_queued(l).into(),
        ),
        JobState::Running => (
            Tone::Info,
            IconName::Refresh,
            t::operations::state_running(l).into(),
        ),
        JobState::Done => match job.failed {
            0 => (
                Tone::Ok,
                IconName::Check,
                t::operations::state_done(l).into(),
            ),
            1 => (
                Tone::Warning,
                IconName::Warning,
                t::operations::state_done_failed_one(l).into(),
            ),
            n => (
                Tone::Warning,
                IconName::Warning,
                t::operations::state_done_failed(l, number(l, n.into())),
            ),
        },
        JobState::Cancelled => (
            Tone::Neutral,
            IconName::Minus,
            t::operations::state_cancelled(l).into(),
        ),
        JobState::Failed => (
            Tone::Error,
            IconName::Cross,
            t::operations::state_failed(l).into(),
        ),
    }
}

/// «consegnate al server», after a number.
pub fn mails_in(l: Locale, state: MailState) -> &'static str {
    match state {
        MailState::Waiting => t::operations::n_waiting(l),
        MailState::Sending => t::operations::n_sending(l),
        MailState::Deferred => t::operations::n_deferred(l),
        MailState::Accepted => t::operations::n_accepted(l),
        MailState::Rejected => t::operations::n_rejected(l),
        MailState::Uncertain => t::operations::n_uncertain(l),
        MailState::Cancelled => t::operations::n_cancelled(l),
        MailState::Superseded => t::operations::n_superseded(l),
    }
}

/// Why somebody was left out.
pub fn left_out(l: Locale, reason: Exclusion) -> &'static str {
    match reason {
        Exclusion::NoMail => t::operations::ex_no_mail(l),
        Exclusion::Bounced => t::operations::ex_bounced(l),
        Exclusion::Inactive => t::operations::ex_inactive(l),
        Exclusion::Archived => t::operations::ex_archived(l),
        Exclusion::Stronger => t::operations::ex_stronger(l),
        Exclusion::OutOfScope => t::operations::ex_out_of_scope(l),
        Exclusion::PasswordOff => t::group_page::ex_off_one(l),
        Exclusion::ByCode => t::house::ex_by_code_one(l),
    }
}

/// Name of the result file, without its ending.
pub fn result_file_name(l: Locale, job_number: &str) -> String {
    t::operations::csv_file(l, job_number)
}

/// Head of the result file.
pub fn result_head(l: Locale) -> [&'static str; 6] {
    [
        t::operations::csv_name(l),
        t::operations::csv_username(l),
        t::operations::csv_address(l),
        t::operations::col_mail1(l),
        t::operations::col_mail2(l),
        t::operations::csv_excluded(l),
    ]
}

/// A recipient in the result file.
pub fn result_row(l: Locale, r: &Recipient) -> [String; 6] {
    let mail = |kind| {
        let mail = r.mails.iter().find(|m| m.kind == kind)?;
        let words = mail_status::words(l, mail);
        let answer = mail
            .reply
            .as_ref()
            .filter(|_| matches!(mail.state, MailState::Rejected | MailState::Deferred));
        Some(answer.map_or_else(|| words.clone(), |text| format!("{words} ({text})")))
    };
    [
        r.name.clone(),
        r.username.clone(),
        r.mails
            .first()
            .map(|m| m.address.clone())
            .unwrap_or_default(),
        mail(MailKind::UserCode).unwrap_or_default(),
        mail(MailKind::TemporaryPassword).unwrap_or_default(),
        r.excluded
            .map(|e| left_out(l, e).to_owned())
            .unwrap_or_default(),
    ]
}
