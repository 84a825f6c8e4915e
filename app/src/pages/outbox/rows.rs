//! The table of mails and what can be done with a failed one.

use crate::{
    api::{operations::retry_mails, user::read_user},
    i18n::{api_error, moment, number, t, use_locale},
    state::Toasts,
    ui::{Button, Pagination, Tone, VisuallyHidden},
    widgets::{EmailEditor, EmailTarget, MailStatus},
};
use domain::{
    Locale, OutboxId, UserId,
    job::{MailKind, MailState},
    page::Page,
    sending::{OutboxRow, Retry},
};
use leptos::{prelude::*, task::spawn_local};

/// Name of a state in the filter.
pub fn state_name(l: Locale, state: MailState) -> &'static str {
    match state {
        MailState::Waiting => t::outbox::m_waiting(l),
        MailState::Sending => t::outbox::m_sending(l),
        MailState::Deferred => t::outbox::m_deferred_plain(l),
        MailState::Accepted => t::outbox::m_accepted(l),
        MailState::Rejected => t::outbox::m_rejected(l),
        MailState::Uncertain => t::outbox::m_uncertain(l),
        MailState::Cancelled => t::outbox::m_cancelled(l),
        MailState::Superseded => t::outbox::m_superseded(l),
    }
}

/// «Codice (1/2)».
pub fn kind_name(l: Locale, kind: MailKind) -> &'static str {
    match kind {
        MailKind::UserCode => t::outbox::kind_code(l),
        MailKind::TemporaryPassword => t::outbox::kind_password(l),
        MailKind::PasswordLink => t::forgotten::mail_kind(l),
        other => crate::i18n::registration::mail_name(l, other).unwrap_or_default(),
    }
}

#[derive(Clone, Copy)]
struct Desk {
    l: Locale,
    busy: RwSignal<bool>,
    target: RwSignal<Option<EmailTarget>>,
    mail: StoredValue<Option<OutboxId>>,
    reload: Callback<()>,
    toasts: Option<Toasts>,
}

/// The rows, their totals and pages.
#[component]
pub fn Rows(
    page: Page<OutboxRow>,
    #[prop(into)] on_go: Callback<(u64,)>,
    reload: Callback<()>,
) -> impl IntoView {
    let l = use_locale();
    let desk = Desk {
        l,
        busy: RwSignal::new(false),
        target: RwSignal::new(None),
        mail: StoredValue::new(None),
        reload,
        toasts: use_context(),
    };
    let (total, present, pages) = (page.total, page.number, page.pages());
    let rows = page.items.into_iter().map(|r| row(desk, r)).collect_view();
    view! {
        <div class="slot-a">
            <span class="slot-a__total">{t::outbox::total(l, number(l, total))}</span>
            <span class="slot-a__pages">{t::outbox::pages(l, number(l, present.into()), number(l, pages.into()))}</span>
        </div>
        <div class="table-region" role="region" aria-label=t::outbox::table(l) tabindex="0">
            <table class="table table--outbox table--sticky-bar">
                <caption class="visually-hidden">{t::outbox::table(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::outbox::col_when(l)}</th>
                        <th scope="col">{t::outbox::recipient(l)}</th>
                        <th scope="col">{t::outbox::col_mail(l)}</th>
                        <th scope="col">{t::outbox::state(l)}</th>
                        <th scope="col" class="cell-commands">{t::outbox::col_commands(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pagination
            id="outbox-pager"
            label=t::outbox::pager(l)
            page=Signal::stored(u64::from(present))
            pages=Signal::stored(u64::from(pages))
            first=t::outbox::pager_first(l)
            previous=t::outbox::pager_previous(l)
            page_label=t::outbox::pager_page(l)
            of_total=t::outbox::pager_of(l, number(l, pages.into()))
            next=t::outbox::pager_next(l)
            last=t::outbox::pager_last(l)
            on_go=on_go
        />
        <EmailEditor target=desk.target on_saved=move |_: domain::user::UserRow| desk.saved() />
    }
}

fn row(desk: Desk, r: OutboxRow) -> impl IntoView {
    let l = desk.l;
    let mail = r.mail.clone();
    let job = r.job.clone().map(|(id, number)| view! { <a href=format!("/operazioni/{id}")>{t::outbox::job(l, number)}</a> });
    let who = match r.user {
        Some(user) => view! { <a href=format!("/utenti/{user}")>{r.name.clone()}</a> }.into_any(),
        None => view! { <span>{r.name.clone()}</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="nowrap">
                <time datetime=r.created_at.to_string()>{moment(l, r.created_at)}</time>
            </td>
            <th scope="row" class="cell-name">
                {who}
                <span class="outbox-answer">{r.mail.address.clone()}</span>
            </th>
            <td>
                {kind_name(l, r.mail.kind)}
                <span class="outbox-answer">{job}</span>
            </td>
            <td><MailStatus mail=mail /></td>
            <td class="cell-commands">{command(desk, &r)}</td>
        </tr>
    }
}

/// «Riprova», or «Correggi e riprova» where the mailbox does not exist.
fn command(desk: Desk, r: &OutboxRow) -> Option<impl IntoView + use<>> {
    let l = desk.l;
    let (id, user) = (r.mail.id, r.user?);
    if !r.mail.state.can_retry() || r.outdated {
        return None;
    }
    let wrong_address = r.mail.state == MailState::Rejected
        && r.mail
            .reply
            .as_deref()
            .is_some_and(|w| w.starts_with("5.1.") || w.starts_with("5.2.1"));
    let words = if wrong_address {
        t::outbox::fix_retry(l)
    } else {
        t::outbox::retry(l)
    };
    let of = t::outbox::retry_of(l, &r.name);
    let act = move || {
        if wrong_address {
            desk.repair(id, user)
        } else {
            desk.retry(id)
        }
    };
    Some(view! {
        <Button busy=desk.busy on_click=act>
            {words} <VisuallyHidden>{of}</VisuallyHidden>
        </Button>
    })
}

impl Desk {
    fn retry(self, id: OutboxId) {
        self.busy.set(true);
        spawn_local(async move {
            let answer = retry_mails(Retry::One(id)).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            let (tone, words) = match answer {
                Ok(r) if r.started > 0 => (Tone::Ok, t::outbox::retried(self.l).to_owned()),
                Ok(_) => (Tone::Warning, t::outbox::held_back(self.l).to_owned()),
                Err(e) => (Tone::Error, api_error(self.l, &e)),
            };
            self.tell(tone, words);
            self.reload.run(());
        });
    }

    /// The row knows no version: the user is read first.
    fn repair(self, id: OutboxId, user: UserId) {
        self.mail.set_value(Some(id));
        self.busy.set(true);
        spawn_local(async move {
            let answer = read_user(user).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(page) => self.target.set(Some(EmailTarget::from(&page.detail.row))),
                Err(e) => self.tell(Tone::Error, api_error(self.l, &e)),
            }
        });
    }

    fn saved(self) {
        if let Some(id) = self.mail.get_value() {
            self.retry(id);
        }
    }

    fn tell(self, tone: Tone, words: String) {
        if let Some(toasts) = self.toasts {
            toasts.push(tone, words);
        }
    }
}
