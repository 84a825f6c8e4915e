//! «Messaggi inviati».

use super::sheet::Sheet;
use crate::{
    i18n::{moment, t},
    ui::{Status, Tone},
};
use domain::{
    Locale,
    job::{MailKind, MailReason, MailState, MailView},
    user::SentMail,
};
use leptos::prelude::*;

/// The newest mails with what became of them.
#[component]
pub fn Mails(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let body = move || match sheet.data.with(|p| p.mails.clone()) {
        None => view! { <p class="muted">{t::user::mails_hidden(l)}</p> }.into_any(),
        Some(mails) if mails.is_empty() => view! { <p class="muted">{t::user::no_mails(l)}</p> }.into_any(),
        Some(mails) => {
            let lines = mails.into_iter().map(|m| line(l, m)).collect_view();
            view! { <ul class="timeline">{lines}</ul> }.into_any()
        }
    };
    view! {
        <section class="section" aria-labelledby="mails-title">
            <div class="section__head">
                <h2 class="section__title" id="mails-title">{t::user::mails(l)}</h2>
            </div>
            <div class="section__body">{body}</div>
        </section>
    }
}

fn line(l: Locale, sent: SentMail) -> impl IntoView {
    let kind = match sent.mail.kind {
        MailKind::UserCode => t::user::mail_code(l),
        MailKind::TemporaryPassword => t::user::mail_password(l),
    };
    let (tone, words) = outcome(l, &sent.mail);
    let why = sent.mail.reason.map(|r| why(l, r));
    let reply = sent.mail.reply.filter(|_| tone != Tone::Ok).map(|reply| t::user::server_words(l, reply));
    view! {
        <li class="timeline__item">
            <time class="timeline__when" datetime=sent.created_at.to_string()>{moment(l, sent.created_at)}</time>
            <div class="timeline__what">
                <p>
                    <strong>{kind}</strong>
                    " "
                    <span class="muted">{sent.mail.address}</span>
                </p>
                <p>
                    <Status tone=tone>{words}</Status>
                    {why.map(|why| format!(" – {why}"))}
                    {sent
                        .job
                        .map(|job| view! { " " <a href=format!("/operazioni/{job}")>{t::user::operation_link(l)}</a> })}
                </p>
                {reply.map(|words| view! { <p class="muted">{words}</p> })}
            </div>
        </li>
    }
}

fn outcome(l: Locale, mail: &MailView) -> (Tone, String) {
    let at = || mail.at.map(|at| moment(l, at)).unwrap_or_default();
    match mail.state {
        MailState::Waiting => (Tone::Info, t::user::mail_waiting(l).into()),
        MailState::Sending => (Tone::Info, t::user::mail_sending(l).into()),
        MailState::Deferred => (Tone::Warning, t::user::mail_deferred(l, at())),
        MailState::Accepted => (Tone::Ok, t::user::mail_accepted(l).into()),
        MailState::Rejected => (Tone::Error, t::user::mail_rejected(l).into()),
        MailState::Uncertain => (Tone::Warning, t::user::mail_uncertain(l).into()),
        MailState::Cancelled => (Tone::Neutral, t::user::mail_cancelled(l).into()),
        MailState::Superseded => (Tone::Neutral, t::user::mail_superseded(l).into()),
    }
}

fn why(l: Locale, reason: MailReason) -> &'static str {
    match reason {
        MailReason::AddressChanged => t::user::why_address_changed(l),
        MailReason::Inactive => t::user::why_inactive(l),
        MailReason::ByPerson => t::user::why_by_person(l),
        MailReason::GaveUp => t::user::why_gave_up(l),
        MailReason::Unreachable => t::user::why_unreachable(l),
        MailReason::Newer => t::user::why_newer(l),
    }
}
