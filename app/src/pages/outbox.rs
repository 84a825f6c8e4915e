//! `/posta`: every mail, where it stands, and what the server said.

mod rows;

use crate::{
    api::operations::list_outbox,
    i18n::{api_error, number, t, use_locale},
    state::Announcer,
    ui::{
        Button, ButtonKind, ChoiceOption, EmptyState, IconName, Notice, PageHeader, SelectField,
        SkeletonRows, TextField, Tone,
    },
    widgets::Guarded,
};
use domain::{
    access::Right,
    job::{MailKind, MailState},
    page::{PageRequest, PageSize},
    sending::OutboxQuery,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use rows::Rows;

/// The page, for those who may send.
#[component]
pub fn Outbox() -> impl IntoView {
    let l = use_locale();
    view! {
        <Guarded right=Right::SendCredentials>
            <Title text=t::outbox::title(l) />
            <Mails />
        </Guarded>
    }
}

/// What the address says. The recipient stands in no address: it is personal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Address {
    state: Option<MailState>,
    kind: Option<MailKind>,
    page: u32,
}

impl Address {
    fn text(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.state.map(|s| format!("stato={}", s.code())));
        parts.extend(self.kind.map(|k| format!("tipo={}", k.code())));
        parts.extend((self.page > 1).then(|| format!("pagina={}", self.page)));
        if parts.is_empty() {
            "/posta".to_owned()
        } else {
            format!("/posta?{}", parts.join("&"))
        }
    }
}

#[component]
fn Mails() -> impl IntoView {
    let l = use_locale();
    let query = use_query_map();
    let navigate = use_navigate();
    let go = Callback::new(move |(to,): (Address,)| {
        navigate(
            &to.text(),
            NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            },
        );
    });
    let address = Memo::new(move |_| {
        query.with(|q| Address {
            state: q.get("stato").and_then(|s| MailState::from_code(&s)),
            kind: q.get("tipo").and_then(|k| MailKind::from_code(&k)),
            page: q
                .get("pagina")
                .and_then(|n| n.parse().ok())
                .filter(|n| *n > 0)
                .unwrap_or(1),
        })
    });
    let text = RwSignal::new(String::new());
    let again = RwSignal::new(0_u32);
    let mails = Resource::new(
        move || (address.get(), text.get(), again.get()),
        |(address, text, _)| {
            let page = PageRequest {
                number: address.page,
                size: PageSize::Fifty,
            };
            list_outbox(OutboxQuery {
                state: address.state,
                kind: address.kind,
                text,
                page,
            })
        },
    );
    let announcer = use_context::<Announcer>();
    Effect::new(move |before: Option<()>| {
        if let (Some(Ok(page)), Some(()), Some(announcer)) = (mails.get(), before, announcer) {
            announcer.status(t::outbox::said_found(l, number(l, page.total)));
        }
    });
    let clear = move || {
        text.set(String::new());
        go.run((Address::default(),));
    };
    let shown = move || {
        let reload = Callback::new(move |()| again.update(|n| *n += 1));
        mails.get().map(|answer| match answer {
            Ok(page) if page.total == 0 => {
                let a = address.get_untracked();
                if a.state.is_none() && a.kind.is_none() && text.with_untracked(String::is_empty) {
                    view! { <EmptyState title=t::outbox::empty_new(l) icon=IconName::Mail /> }
                        .into_any()
                } else {
                    view! {
                        <EmptyState title=t::outbox::empty_filter(l) icon=IconName::Search>
                            <Button on_click=clear>{t::outbox::clear(l)}</Button>
                        </EmptyState>
                    }
                    .into_any()
                }
            }
            Ok(page) => {
                let to = move |(page,): (u64,)| {
                    go.run((Address {
                        page: u32::try_from(page).unwrap_or(1),
                        ..address.get_untracked()
                    },));
                };
                view! { <Rows page=page on_go=to reload=reload /> }.into_any()
            }
            Err(e) => view! {
                <Notice tone=Tone::Error title=t::outbox::failed(l)>
                    <p>{api_error(l, &e)}</p>
                    <div class="notice__actions">
                        <Button on_click=move || reload.run(())>{t::outbox::retry_load(l)}</Button>
                    </div>
                </Notice>
            }
            .into_any(),
        })
    };
    view! {
        <PageHeader title=t::outbox::title(l) />
        <Filters address=address text=text go=go />
        <Transition fallback=move || view! { <Loading /> }>{shown}</Transition>
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <p class="muted">{t::outbox::loading(l)}</p>
        <div class="table-region">
            <table class="table table--outbox">
                <tbody>
                    <SkeletonRows rows=8 columns=5 />
                </tbody>
            </table>
        </div>
    }
}

/// «Stato», «Tipo», «Destinatario», searched together.
#[component]
fn Filters(
    address: Memo<Address>,
    text: RwSignal<String>,
    go: Callback<(Address,)>,
) -> impl IntoView {
    let l = use_locale();
    let state =
        RwSignal::new(address.with_untracked(|a| a.state.map_or("", MailState::code).to_owned()));
    let kind =
        RwSignal::new(address.with_untracked(|a| a.kind.map_or("", MailKind::code).to_owned()));
    let typed = RwSignal::new(text.get_untracked());
    // Back and forward change the address: the fields follow.
    Effect::new(move |_| {
        let a = address.get();
        state.set(a.state.map_or("", MailState::code).to_owned());
        kind.set(a.kind.map_or("", MailKind::code).to_owned());
    });
    Effect::new(move |_| typed.set(text.get()));
    let search = move || {
        text.set(typed.with_untracked(|t| t.trim().to_owned()));
        go.run((Address {
            state: state.with_untracked(|s| MailState::from_code(s)),
            kind: kind.with_untracked(|k| MailKind::from_code(k)),
            page: 1,
        },));
    };
    let states = std::iter::once(ChoiceOption::new("", t::outbox::all(l)))
        .chain(
            MailState::ALL
                .iter()
                .map(|s| ChoiceOption::new(s.code(), rows::state_name(l, *s))),
        )
        .collect::<Vec<_>>();
    let kinds = std::iter::once(ChoiceOption::new("", t::outbox::all(l)))
        .chain(
            MailKind::ALL
                .iter()
                .map(|k| ChoiceOption::new(k.code(), rows::kind_name(l, *k))),
        )
        .collect::<Vec<_>>();
    view! {
        <form
            class="filters"
            role="search"
            aria-label=t::outbox::filters(l)
            on:submit=move |event| {
                event.prevent_default();
                search();
            }
        >
            <div class="filters__fields">
                <SelectField id="outbox-state" label=t::outbox::state(l) value=state options=states />
                <SelectField id="outbox-kind" label=t::outbox::kind(l) value=kind options=kinds />
                <div class="filters__search">
                    <TextField
                        id="outbox-recipient"
                        label=t::outbox::recipient(l)
                        value=typed
                        input_type="search"
                        autocomplete="off"
                        plain=true
                    />
                </div>
            </div>
            <div class="filters__actions">
                <Button submit=true kind=ButtonKind::Primary icon=IconName::Search>{t::outbox::search(l)}</Button>
            </div>
        </form>
    }
}
