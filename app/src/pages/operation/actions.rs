//! What can be done with a send: call back, retry, take the result along.

use super::live::Live;
use crate::{
    api::{
        ApiResult,
        operations::{cancel_operation, operation_recipients, retry_mails},
    },
    i18n::{api_error, number, t, use_locale},
    state::{Selected, Toasts},
    ui::{Button, ButtonKind, ConfirmDialog, IconName, LinkButton, Tone},
};
use domain::{
    JobId, Locale,
    job::{JobView, MailState},
    page::{PageRequest, PageSize},
    sending::{RecipientFilter, Retried, Retry},
    user::Selection,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

/// Retrying, shared by the page's button and the rows'.
#[derive(Clone, Copy)]
pub struct Retrying {
    live: Live,
    l: Locale,
    /// A retry is being started.
    pub busy: RwSignal<bool>,
    toasts: Option<Toasts>,
}

impl Retrying {
    /// Puts it together.
    pub fn of(live: Live) -> Self {
        Self {
            live,
            l: use_locale(),
            busy: RwSignal::new(false),
            toasts: use_context(),
        }
    }

    /// Tries these again; what came of it is said.
    pub fn run(self, what: Vec<Retry>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let mut sum = Ok(Retried {
                started: 0,
                held_back: 0,
            });
            for one in what {
                sum = add(sum, retry_mails(one).await);
            }
            if self.busy.try_set(false).is_some() {
                return;
            }
            self.tell(sum);
            self.live.reload();
        });
    }

    fn tell(self, answer: ApiResult<Retried>) {
        let (l, Some(toasts)) = (self.l, self.toasts) else {
            return;
        };
        match answer {
            Ok(r) => {
                match r.started {
                    0 => {}
                    1 => toasts.push(Tone::Ok, t::operations::retried_one(l)),
                    n => toasts.push(Tone::Ok, t::operations::retried(l, number(l, n))),
                }
                if r.held_back > 0 {
                    toasts.push(
                        Tone::Warning,
                        t::operations::held_back(l, number(l, r.held_back)),
                    );
                }
            }
            Err(e) => toasts.push(Tone::Error, api_error(l, &e)),
        }
    }
}

fn add(sum: ApiResult<Retried>, more: ApiResult<Retried>) -> ApiResult<Retried> {
    let (sum, more) = (sum?, more?);
    Ok(Retried {
        started: sum.started + more.started,
        held_back: sum.held_back + more.held_back,
    })
}

fn mails_of(job: &JobView, state: MailState) -> u32 {
    job.mails
        .iter()
        .find(|(s, _)| *s == state)
        .map_or(0, |(_, n)| *n)
}

/// The buttons of the box.
#[component]
pub fn Actions(live: Live) -> impl IntoView {
    let l = use_locale();
    let id = live.job.with_untracked(|j| j.id);
    let retrying = Retrying::of(live);
    let asking = RwSignal::new(false);
    let may_cancel = Memo::new(move |_| live.job.with(|j| !j.state.ended()));
    let rejected = Memo::new(move |_| live.job.with(|j| mails_of(j, MailState::Rejected)));
    let ended = Memo::new(move |_| live.job.with(|j| j.state.ended()));
    let retry_words = move || match rejected.get() {
        1 => t::operations::retry_all_one(l).to_owned(),
        n => t::operations::retry_all(l, number(l, n.into())),
    };
    view! {
        <div class="job__actions">
            {move || {
                may_cancel
                    .get()
                    .then(|| {
                        view! {
                            <Button id="job-cancel" kind=ButtonKind::Danger on_click=move || asking.set(true)>
                                {t::operations::cancel(l)}
                            </Button>
                        }
                    })
            }}
            {move || {
                (rejected.get() > 0)
                    .then(|| {
                        view! {
                            <Button
                                id="job-retry"
                                kind=ButtonKind::Primary
                                busy=retrying.busy
                                icon=IconName::Refresh
                                on_click=move || retrying.run(vec![Retry::Rejected(id)])
                            >
                                {retry_words}
                            </Button>
                            <LinkButton href=format!("/utenti/lettere?operazione={id}")>{t::letters::for_failed(l)}</LinkButton>
                        }
                    })
            }}
            {move || {
                ended
                    .get()
                    .then(|| {
                        view! {
                            <LinkButton href=format!("/operazioni/{id}/risultato.csv") external=true icon=IconName::Download>
                                {t::operations::result(l)}
                            </LinkButton>
                        }
                    })
            }}
            <ShowInList id=id />
        </div>
        <CancelQuestion live=live open=asking />
    }
}

/// «Annulla gli invii non ancora partiti»: what it means, then the act.
#[component]
fn CancelQuestion(live: Live, open: RwSignal<bool>) -> impl IntoView {
    let l = use_locale();
    let toasts = use_context::<Toasts>();
    let busy = RwSignal::new(false);
    let id = live.job.with_untracked(|j| j.id);
    let cancel = move || {
        busy.set(true);
        spawn_local(async move {
            let answer = cancel_operation(id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            open.set(false);
            let (tone, words) = match answer {
                Ok(done) => (Tone::Ok, t::operations::cancelled(l, number(l, done.mails))),
                Err(e) => (Tone::Error, api_error(l, &e)),
            };
            if let Some(toasts) = toasts {
                toasts.push(tone, words);
            }
            live.reload();
        });
    };
    view! {
        <ConfirmDialog
            id="job-cancel-question"
            open=open
            title=t::operations::cancel_title(l)
            cancel_label=t::operations::cancel_no(l)
            confirm_label=t::operations::cancel_yes(l)
            danger=true
            busy=busy
            on_confirm=cancel
        >
            <p>{t::operations::cancel_text(l)}</p>
        </ConfirmDialog>
    }
}

/// «Mostra nell'elenco utenti»: the failed recipients, or everybody, selected in the list.
#[component]
fn ShowInList(id: JobId) -> impl IntoView {
    let l = use_locale();
    let (selected, toasts) = (use_context::<Selected>(), use_context::<Toasts>());
    let navigate = use_navigate();
    let go =
        Callback::new(move |()| navigate("/utenti", leptos_router::NavigateOptions::default()));
    let busy = RwSignal::new(false);
    let show = move || {
        busy.set(true);
        spawn_local(async move {
            let block = PageRequest {
                number: 1,
                size: PageSize::All,
            };
            let failed = operation_recipients(id, RecipientFilter::Failed, block).await;
            let people = match failed {
                Ok(page) if page.items.is_empty() => {
                    operation_recipients(id, RecipientFilter::All, block).await
                }
                other => other,
            };
            if busy.try_set(false).is_some() {
                return;
            }
            match (people, selected) {
                (Ok(page), Some(selected)) => {
                    selected.set(Selection::Only(page.items.iter().map(|r| r.user).collect()));
                    go.run(());
                }
                (Err(e), _) => toasts
                    .into_iter()
                    .for_each(|toasts| toasts.push(Tone::Error, api_error(l, &e))),
                (Ok(_), None) => go.run(()),
            }
        });
    };
    view! { <Button busy=busy on_click=show>{t::operations::show_in_list(l)}</Button> }
}
