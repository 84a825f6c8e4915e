//! «Messaggi inviati».

use super::sheet::Sheet;
use crate::{
    i18n::{moment, t},
    widgets::MailStatus,
};
use domain::{Locale, job::MailKind, user::SentMail};
use leptos::prelude::*;

/// The newest mails with what became of them.
#[component]
pub fn Mails(sheet: Sheet) -> impl IntoView {
    let l = sheet.l;
    let body = move || match sheet.data.with(|p| p.mails.clone()) {
        None => view! { <p class="muted">{t::user::mails_hidden(l)}</p> }.into_any(),
        Some(mails) if mails.is_empty() => {
            view! { <p class="muted">{t::user::no_mails(l)}</p> }.into_any()
        }
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
        MailKind::PasswordLink => t::forgotten::mail_kind(l),
        other => crate::i18n::registration::mail_name(l, other).unwrap_or_default(),
    };
    let address = sent.mail.address.clone();
    let operation = sent
        .job
        .map(|job| view! { <p><a href=format!("/operazioni/{job}")>{t::user::operation_link(l)}</a></p> });
    view! {
        <li class="timeline__item">
            <time class="timeline__when" datetime=sent.created_at.to_string()>{moment(l, sent.created_at)}</time>
            <div class="timeline__what">
                <p>
                    <strong>{kind}</strong>
                    " "
                    <span class="muted">{address}</span>
                </p>
                <p><MailStatus mail=sent.mail /></p>
                {operation}
            </div>
        </li>
    }
}
