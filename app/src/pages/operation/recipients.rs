//! Recipients with both their mails, failures first.

use super::{actions::Retrying, live::Live};
use crate::{
    api::{operations::operation_recipients, user::read_user},
    i18n::{api_error, number, t, use_locale},
    state::Toasts,
    ui::{Button, EmptyState, IconName, Notice, Pagination, SkeletonRows, Tone, VisuallyHidden},
    widgets::{EmailEditor, EmailTarget, MailStatus, job_words::left_out},
};
use domain::{
    JobId, Locale, UserId,
    job::{MailKind, MailState, MailView, Recipient},
    page::{Page, PageRequest, PageSize},
    sending::{RecipientFilter, Retry},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// Which part is shown: it stands in the address, so that a reload shows the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    filter: RecipientFilter,
    page: u32,
}

/// The section under the box.
#[component]
pub fn Recipients(live: Live) -> impl IntoView {
    let l = use_locale();
    let id = live.job.with_untracked(|j| j.id);
    let query = use_query_map();
    let part = Memo::new(move |_| {
        query.with(|q| Part {
            filter: q
                .get("esito")
                .and_then(|c| RecipientFilter::from_code(&c))
                .unwrap_or_default(),
            page: q
                .get("pagina")
                .and_then(|n| n.parse().ok())
                .filter(|n| *n > 0)
                .unwrap_or(1),
        })
    });
    // Rows are read again when a mail has gone on.
    let moved = Memo::new(move |_| live.job.with(|j| (j.state, j.mails.clone())));
    let again = RwSignal::new(0_u32);
    let rows = Resource::new(
        move || (part.get(), moved.get(), again.get()),
        move |(part, ..)| {
            let page = PageRequest {
                number: part.page,
                size: PageSize::Fifty,
            };
            operation_recipients(id, part.filter, page)
        },
    );
    let retrying = Retrying::of(live);
    let repair = Repair::of(id, retrying);
    let shown = move || {
        rows.get().map(|answer| match answer {
            Ok(page) => table(l, part.get_untracked(), page, retrying, repair).into_any(),
            Err(e) => view! {
                <Notice tone=Tone::Error title=t::operations::recipients_failed(l)>
                    <p>{api_error(l, &e)}</p>
                    <div class="notice__actions">
                        <Button on_click=move || again.update(|n| *n += 1)>{t::operations::retry_load(l)}</Button>
                    </div>
                </Notice>
            }
            .into_any(),
        })
    };
    view! {
        <div>
            <h2 id="job-recipients" tabindex="-1">{t::operations::recipients(l)}</h2>
            <Filters id=id part=part />
            <Transition fallback=move || view! { <Loading /> }>{shown}</Transition>
            <EmailEditor target=repair.target on_saved=move |_: domain::user::UserRow| repair.saved() />
        </div>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <p class="muted">{t::operations::recipients_loading(l)}</p>
        <div class="table-region">
            <table class="table table--recipients">
                <tbody>
                    <SkeletonRows rows=5 columns=4 />
                </tbody>
            </table>
        </div>
    }
}

/// «Tutti · Errori · In corso · Consegnate · Esclusi», as addresses.
#[component]
fn Filters(id: JobId, part: Memo<Part>) -> impl IntoView {
    let l = use_locale();
    let links = RecipientFilter::ALL
        .map(|filter| {
            let href = address(id, Part { filter, page: 1 });
            view! {
                <li>
                    <a class="views__link" href=href aria-current=move || (part.get().filter == filter).then_some("true")>
                        {filter_name(l, filter)}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav aria-label=t::operations::filter(l)>
            <ul class="views">{links}</ul>
        </nav>
    }
}

fn address(id: JobId, part: Part) -> String {
    match (part.filter, part.page) {
        (RecipientFilter::All, 1) => format!("/operazioni/{id}"),
        (RecipientFilter::All, n) => format!("/operazioni/{id}?pagina={n}"),
        (f, 1) => format!("/operazioni/{id}?esito={}", f.code()),
        (f, n) => format!("/operazioni/{id}?esito={}&pagina={n}", f.code()),
    }
}

fn filter_name(l: Locale, filter: RecipientFilter) -> &'static str {
    match filter {
        RecipientFilter::All => t::operations::filter_all(l),
        RecipientFilter::Failed => t::operations::filter_failed(l),
        RecipientFilter::Open => t::operations::filter_open(l),
        RecipientFilter::Accepted => t::operations::filter_accepted(l),
        RecipientFilter::Excluded => t::operations::filter_excluded(l),
    }
}

fn table(
    l: Locale,
    part: Part,
    page: Page<Recipient>,
    retrying: Retrying,
    repair: Repair,
) -> impl IntoView {
    if page.items.is_empty() {
        let words = if part.filter == RecipientFilter::All {
            t::operations::none_all(l)
        } else {
            t::operations::none_filtered(l)
        };
        return view! { <EmptyState title=words icon=IconName::Users /> }.into_any();
    }
    let left_out = part.filter == RecipientFilter::Excluded;
    let head = if left_out {
        view! { <th scope="col">{t::operations::col_reason(l)}</th> }.into_any()
    } else {
        view! {
            <th scope="col">{t::operations::col_mail1(l)}</th>
            <th scope="col">{t::operations::col_mail2(l)}</th>
            <th scope="col" class="cell-commands">{t::operations::col_commands(l)}</th>
        }
        .into_any()
    };
    let (number_of, pages, id) = (page.number, page.pages(), repair.job);
    let rows = page
        .items
        .into_iter()
        .map(|r| row(l, r, retrying, repair))
        .collect_view();
    view! {
        <div class="table-region" role="region" aria-labelledby="job-recipients" tabindex="0">
            <table class="table table--recipients table-cards">
                <caption class="visually-hidden">{t::operations::recipients(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::operations::col_user(l)}</th>
                        {head}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pages l=l id=id part=Part { page: number_of, ..part } pages=pages />
    }
    .into_any()
}

#[component]
fn Pages(l: Locale, id: JobId, part: Part, pages: u32) -> impl IntoView {
    let navigate = use_navigate();
    let go = move |(page,): (u64,)| {
        let page = u32::try_from(page).unwrap_or(1);
        navigate(
            &address(id, Part { page, ..part }),
            NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            },
        );
    };
    view! {
        <Pagination
            id="recipients-pager"
            label=t::operations::pager(l)
            page=Signal::stored(u64::from(part.page))
            pages=Signal::stored(u64::from(pages))
            first=t::operations::pager_first(l)
            previous=t::operations::pager_previous(l)
            page_label=t::operations::pager_page(l)
            of_total=t::operations::pager_of(l, number(l, pages.into()))
            next=t::operations::pager_next(l)
            last=t::operations::pager_last(l)
            on_go=go
        />
    }
}

fn row(l: Locale, r: Recipient, retrying: Retrying, repair: Repair) -> impl IntoView {
    let address = r.mails.first().map(|m| m.address.clone());
    let name = r.name.clone();
    let cells = match r.excluded {
        Some(reason) => {
            view! { <td data-label=t::operations::col_reason(l)>{left_out(l, reason)}</td> }
                .into_any()
        }
        None => {
            let mail = |kind| {
                r.mails
                    .iter()
                    .find(|m| m.kind == kind)
                    .cloned()
                    .map(|mail| view! { <MailStatus mail=mail /> })
            };
            view! {
                <td data-label=t::operations::col_mail1(l)>{mail(MailKind::UserCode)}</td>
                <td data-label=t::operations::col_mail2(l)>{mail(MailKind::TemporaryPassword)}</td>
                <td class="cell-commands">{commands(l, &r, retrying, repair)}</td>
            }
            .into_any()
        }
    };
    view! {
        <tr>
            <th scope="row" class="cell-name">
                <a href=format!("/utenti/{}", r.user)>{name}</a>
                <span class="outbox-answer">
                    <span class="mono">{r.username}</span>
                    {address.map(|a| format!(" · {a}"))}
                </span>
            </th>
            {cells}
        </tr>
    }
}

/// A retry a mail; where the mailbox is unknown first the repair of the address.
fn commands(l: Locale, r: &Recipient, retrying: Retrying, repair: Repair) -> impl IntoView + use<> {
    let of = t::operations::retry_of(l, &r.name);
    let stuck: Vec<MailView> = r
        .mails
        .iter()
        .filter(|m| m.state.can_retry())
        .cloned()
        .collect();
    let unknown = stuck
        .iter()
        .any(|m| m.state == MailState::Rejected && names_the_mailbox(m));
    if unknown {
        let (user, mails, of) = (
            r.user,
            stuck.iter().map(|m| m.id).collect::<Vec<_>>(),
            of.clone(),
        );
        return view! {
            <Button busy=repair.busy on_click=move || repair.begin(user, mails.clone())>
                {t::operations::fix(l)} <VisuallyHidden>{of}</VisuallyHidden>
            </Button>
        }
        .into_any();
    }
    stuck
        .into_iter()
        .map(|mail| {
            let words = if mail.kind == MailKind::UserCode {
                t::operations::retry_1(l)
            } else {
                t::operations::retry_2(l)
            };
            let of = of.clone();
            view! {
                <Button busy=retrying.busy on_click=move || retrying.run(vec![Retry::One(mail.id)])>
                    {words} <VisuallyHidden>{of}</VisuallyHidden>
                </Button>
            }
        })
        .collect_view()
        .into_any()
}

/// The server said that the address is wrong, not that it does not want the mail.
fn names_the_mailbox(mail: &MailView) -> bool {
    mail.reply
        .as_deref()
        .is_some_and(|r| r.starts_with("5.1.") || r.starts_with("5.2.1"))
}

/// Correcting an address in place, then trying its mails again.
#[derive(Clone, Copy)]
struct Repair {
    job: JobId,
    l: Locale,
    busy: RwSignal<bool>,
    target: RwSignal<Option<EmailTarget>>,
    mails: StoredValue<Vec<domain::OutboxId>>,
    retrying: Retrying,
    toasts: Option<Toasts>,
}

impl Repair {
    fn of(job: JobId, retrying: Retrying) -> Self {
        Self {
            job,
            l: use_locale(),
            busy: RwSignal::new(false),
            target: RwSignal::new(None),
            mails: StoredValue::new(Vec::new()),
            retrying,
            toasts: use_context(),
        }
    }

    /// The row knows no version: the user is read first.
    fn begin(self, user: UserId, mails: Vec<domain::OutboxId>) {
        self.busy.set(true);
        self.mails.set_value(mails);
        spawn_local(async move {
            let answer = read_user(user).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(page) => self.target.set(Some(EmailTarget::from(&page.detail.row))),
                Err(e) => {
                    if let Some(toasts) = self.toasts {
                        toasts.push(Tone::Error, api_error(self.l, &e));
                    }
                }
            }
        });
    }

    fn saved(self) {
        self.retrying
            .run(self.mails.get_value().into_iter().map(Retry::One).collect());
    }
}
