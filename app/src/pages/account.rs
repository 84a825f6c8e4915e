//! `/io`: the own account. What stands in the way of the applications behind the sign-in is
//! told here, in words and with whom to ask.

mod pin;

use crate::{
    api::account::read_account,
    i18n::{api_error, moment, t, use_locale},
    state::use_session,
    ui::{Button, LinkButton, Notice, PageHeader, SkeletonCards, Tone},
    widgets::OwnSessionsDialog,
};
use domain::{
    Locale,
    account::{AccessNotice, OwnAccount},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use pin::PinDialog;

/// The page.
#[component]
pub fn Account() -> impl IntoView {
    let l = use_locale();
    let account = Resource::new(|| (), |()| read_account());
    let changed = use_query_map().with_untracked(|q| q.get("esito").as_deref() == Some("password"));
    view! {
        <Title text=t::account::title(l) />
        <PageHeader title=t::account::title(l) lead=t::account::lead(l) />
        <div class="page own-account">
            {changed.then(|| view! { <Notice tone=Tone::Ok><p>{t::session::saved(l)}</p></Notice> })}
            <Suspense fallback=move || {
                view! {
                    <p class="muted">{t::account::loading(l)}</p>
                    <SkeletonCards count=2 />
                }
            }>
                {move || {
                    account
                        .get()
                        .map(|answer| match answer {
                            Ok(own) => view! { <Own own=own on_pin=move || account.refetch() /> }.into_any(),
                            Err(e) => {
                                view! {
                                    <Notice tone=Tone::Error title=t::account::failed(l)>
                                        <p>{api_error(l, &e)}</p>
                                        <div class="notice__actions">
                                            <Button on_click=move || account.refetch()>{t::account::retry(l)}</Button>
                                        </div>
                                    </Notice>
                                }
                                    .into_any()
                            }
                        })
                }}
            </Suspense>
        </div>
    }
}

#[component]
fn Own(own: OwnAccount, #[prop(into)] on_pin: Callback<()>) -> impl IntoView {
    let l = use_locale();
    let (pin, sessions) = (RwSignal::new(false), RwSignal::new(false));
    let idle = use_session().view().is_none_or(|v| v.rights.is_empty());
    let pin_words = if own.pin {
        (t::account::pin_set(l), t::account::change_pin(l))
    } else {
        (t::account::pin_none(l), t::account::choose_pin(l))
    };
    let groups = if own.groups.is_empty() {
        t::account::no_groups(l).to_owned()
    } else {
        own.groups.join(", ")
    };
    let records = records(l, &own);
    let notice = own.notice.map(|n| stands_in_the_way(l, n, &own.contact));
    let email = own
        .email
        .unwrap_or_else(|| t::account::no_email(l).to_owned());
    view! {
        {notice}
        {(idle && own.notice.is_none()).then(|| view! { <Notice tone=Tone::Info><p>{t::account::no_rights(l)}</p></Notice> })}
        <section class="section" aria-labelledby="own-data">
            <div class="section__head"><h2 class="section__title" id="own-data">{t::account::data(l)}</h2></div>
            <div class="section__body">
                <dl class="facts">
                    <div><dt>{t::account::name(l)}</dt><dd>{own.name}</dd></div>
                    <div><dt>{t::account::username(l)}</dt><dd class="mono">{own.username}</dd></div>
                    <div><dt>{t::account::email(l)}</dt><dd>{email}</dd></div>
                    <div><dt>{t::account::institution(l)}</dt><dd>{own.institution}</dd></div>
                    <div><dt>{t::account::groups(l)}</dt><dd>{groups}</dd></div>
                    <div><dt>{t::account::persons(l)}</dt><dd>{records}</dd></div>
                </dl>
            </div>
        </section>
        <section class="section" aria-labelledby="own-access">
            <div class="section__head"><h2 class="section__title" id="own-access">{t::account::access(l)}</h2></div>
            <div class="section__body">
                <ul class="check-list">
                    <li class="check-list__item">
                        <p class="check-list__text">
                            <strong>{t::account::password(l)}</strong>
                            {own.changed_at
                                .map(|at| view! { " " <span class="muted">{t::account::changed_at(l, moment(l, at))}</span> })}
                        </p>
                        <LinkButton href="/password" external=true>{t::account::change_password(l)}</LinkButton>
                    </li>
                    <li class="check-list__item">
                        <p class="check-list__text">
                            <strong>{t::account::pin(l)}</strong> " " <span class="muted">{pin_words.0}</span>
                        </p>
                        <Button id="cambia-pin" on_click=move || pin.set(true)>{pin_words.1}</Button>
                    </li>
                    <li class="check-list__item">
                        <div class="check-list__text">
                            <p><strong>{t::account::sessions(l)}</strong></p>
                            <p class="muted">{t::account::sessions_text(l)}</p>
                        </div>
                        <Button id="mostra-accessi" on_click=move || sessions.set(true)>{t::account::sessions_open(l)}</Button>
                    </li>
                </ul>
            </div>
        </section>
        <PinDialog open=pin on_saved=on_pin />
        <OwnSessionsDialog id="i-miei-accessi" fallback_focus="mostra-accessi" open=sessions />
    }
}

fn records(l: Locale, own: &OwnAccount) -> String {
    if own.records.is_empty() {
        return t::account::no_persons(l).to_owned();
    }
    own.records
        .iter()
        .map(|(record, class)| {
            let kind = crate::widgets::groups_dialog::kind_word(l, record.kind);
            match class.as_deref().filter(|c| !c.is_empty()) {
                Some(class) => {
                    format!(
                        "{} ({kind}, {})",
                        record.name,
                        t::account::class_of(l, class)
                    )
                }
                None => format!("{} ({kind})", record.name),
            }
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// «anagrafica non allineata», «nessun curriculum presente»: the words of the applications,
/// what they mean, and whom to ask.
fn stands_in_the_way(l: Locale, notice: AccessNotice, contact: &str) -> impl IntoView + use<> {
    let (title, text) = match notice {
        AccessNotice::NotAligned => (t::account::not_aligned(l), t::account::not_aligned_text(l)),
        AccessNotice::NoCurriculum => (
            t::account::no_curriculum(l),
            t::account::no_curriculum_text(l),
        ),
    };
    let contact = if contact.is_empty() {
        t::account::no_contact(l).to_owned()
    } else {
        t::account::contact(l, contact)
    };
    view! {
        <Notice tone=Tone::Warning title=title>
            <p>{text}</p>
            <p>{contact}</p>
        </Notice>
    }
}
