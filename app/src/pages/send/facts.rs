//! «47 riceveranno le credenziali, 2 esclusi: casella mail non definita [Correggi]».

use super::desk::Desk;
use crate::{
    api::sending::excluded_from_sending,
    i18n::{api_error, number, t},
    ui::{Button, ButtonKind, IconName, LinkButton, Notice, Tone, VisuallyHidden},
    widgets::EmailTarget,
};
use domain::{
    Locale,
    job::Exclusion,
    page::{PageRequest, PageSize},
    sending::{ExcludedGroup, ExcludedUser, SendCheck},
};
use leptos::{prelude::*, task::spawn_local};

/// Numbers, who is left out, shared addresses, what sending means.
#[component]
pub fn Facts(desk: Desk) -> impl IntoView {
    let open = RwSignal::new(None::<Exclusion>);
    let one = leptos_router::hooks::use_query_map()
        .with_untracked(|q| q.get("utente"))
        .and_then(|id| id.parse::<domain::UserId>().ok());
    let letters = match one {
        Some(id) => format!("/utenti/lettere?chi=senza-mail&utente={id}"),
        None => "/utenti/lettere?chi=senza-mail".to_owned(),
    };
    move || {
        desk.found
            .get()
            .map(|found| facts(desk, open, &found, letters.clone()))
    }
}

fn facts(
    desk: Desk,
    open: RwSignal<Option<Exclusion>>,
    found: &SendCheck,
    letters: String,
) -> impl IntoView + use<> {
    let l = desk.l;
    let heading = match found.selected {
        1 => t::sending::selected_one(l).to_owned(),
        n => t::sending::selected(l, number(l, n)),
    };
    let receive = if found.recipients == 1 {
        t::sending::receive_one(l)
    } else {
        t::sending::receive(l)
    };
    let groups = found
        .excluded
        .iter()
        .cloned()
        .map(|group| view! { <Left desk=desk open=open group=group /> })
        .collect_view();
    let drift = found
        .found_then
        .map(|then| t::sending::drift(l, number(l, found.selected), number(l, then)));
    let languages = found
        .languages
        .iter()
        .map(|(of, n)| format!("{} {}", of.endonym(), number(l, *n)))
        .collect::<Vec<_>>();
    let days = t::sending::warning_days(l, found.password_days);
    view! {
        <h2 id="send-summary" tabindex="-1">{heading}</h2>
        {drift.map(|words| view! { <Notice tone=Tone::Info>{words}</Notice> })}
        <ul class="send-facts">
            <li class="send-facts__row send-facts__row--main">
                <span class="send-facts__number">{number(l, found.recipients)}</span>
                <span class="send-facts__text">{receive}</span>
            </li>
            {groups}
        </ul>
        {found
            .excluded
            .iter()
            .any(|g| matches!(g.reason, Exclusion::NoMail | Exclusion::Bounced))
            .then(|| view! { <p><LinkButton href=letters icon=IconName::Mail>{t::letters::without_mailbox(l)}</LinkButton></p> })}
        {(found.recipients == 0)
            .then(|| {
                view! {
                    <Notice tone=Tone::Warning title=t::sending::nobody(l)>
                        <p>{t::sending::nobody_text(l)}</p>
                    </Notice>
                }
            })}
        {(languages.len() > 1).then(|| view! { <p class="muted">{t::sending::languages(l, languages.join(", "))}</p> })}
        {shared(l, found)}
        <Notice tone=Tone::Warning title=t::sending::warning_title(l)>
            <p>{t::sending::warning_text(l)}</p>
            <p>{days}</p>
        </Notice>
    }
}

/// Two parents, one address: told, not forbidden.
fn shared(l: Locale, found: &SendCheck) -> Option<impl IntoView + use<>> {
    let more = found.shared_total.saturating_sub(found.shared.len() as u64);
    let rows = found
        .shared
        .iter()
        .map(|s| {
            let names = s.names.join(", ");
            let dots = if s.users > s.names.len() as u64 {
                ", …"
            } else {
                ""
            };
            let words = t::sending::shared_row(l, number(l, s.users), format!("{names}{dots}"));
            view! {
                <li>
                    <span class="mono">{s.address.clone()}</span>
                    " – "
                    {words}
                </li>
            }
        })
        .collect_view();
    (!found.shared.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Info title=t::sending::shared_title(l)>
                <ul class="send-shared">{rows} {(more > 0).then(|| view! { <li>{t::sending::shared_more(l, number(l, more))}</li> })}</ul>
                <p>{t::sending::shared_text(l)}</p>
            </Notice>
        }
    })
}

/// Can this reason be repaired here?
const fn repairable(reason: Exclusion) -> bool {
    matches!(reason, Exclusion::NoMail | Exclusion::Bounced)
}

/// One reason: how many, and who when it is opened.
#[component]
fn Left(desk: Desk, open: RwSignal<Option<Exclusion>>, group: ExcludedGroup) -> impl IntoView {
    let l = desk.l;
    let reason = group.reason;
    let is_open = Memo::new(move |_| open.get() == Some(reason));
    let (number_of, words) = (
        number(l, group.count),
        exclusion(l, reason, group.count == 1),
    );
    let group = StoredValue::new(group);
    let label = move || match (is_open.get(), repairable(reason)) {
        (true, _) => t::sending::hide(l),
        (false, true) => t::sending::fix(l),
        (false, false) => t::sending::see(l),
    };
    view! {
        <li class="send-facts__row">
            <span class="send-facts__number">{number_of}</span>
            <span class="send-facts__text">{words}</span>
            <span class="send-facts__action">
                <button
                    type="button"
                    class=ButtonKind::Secondary.class()
                    aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| open.set(if is_open.get_untracked() { None } else { Some(reason) })
                >
                    <span class="button__label">{label} <VisuallyHidden>{format!(": {words}")}</VisuallyHidden></span>
                </button>
            </span>
            {move || is_open.get().then(|| view! { <People desk=desk group=group.get_value() /> })}
        </li>
    }
}

/// Who is left out for this reason, with the repair in place.
#[component]
fn People(desk: Desk, group: ExcludedGroup) -> impl IntoView {
    let l = desk.l;
    let (reason, count) = (group.reason, group.count);
    let people = RwSignal::new(group.first);
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let rest = move || count.saturating_sub(people.with(Vec::len) as u64);
    let more = move || {
        busy.set(true);
        let selection = desk.selected.with_untracked(Clone::clone);
        // The first five are replaced by the first hundred, then by hundreds.
        let had = people.with_untracked(Vec::len);
        let page = PageRequest {
            number: u32::try_from(had / 100 + 1).unwrap_or(1),
            size: PageSize::Hundred,
        };
        spawn_local(async move {
            let answer = excluded_from_sending(selection, reason, page).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(found) => people.update(|p| {
                    p.truncate(had / 100 * 100);
                    p.extend(found.items);
                }),
                Err(e) => failure.set(Some(api_error(l, &e))),
            }
        });
    };
    view! {
        <div class="send-people">
            <ul class="send-people__list" aria-label=t::sending::people(l)>
                {move || people.get().into_iter().map(|p| person(desk, reason, p)).collect_view()}
            </ul>
            {move || {
                (rest() > 0)
                    .then(|| {
                        view! {
                            <Button kind=ButtonKind::Quiet busy=busy on_click=more>
                                {t::sending::more_excluded(l, number(l, rest().min(100)))}
                            </Button>
                        }
                    })
            }}
            {move || failure.get().map(|words| view! { <Notice tone=Tone::Error>{words}</Notice> })}
        </div>
    }
}

fn person(desk: Desk, reason: Exclusion, p: ExcludedUser) -> impl IntoView {
    let l = desk.l;
    let target = EmailTarget {
        id: p.id,
        name: p.name.clone(),
        email: p.email.clone(),
        version: p.version,
    };
    let of = t::sending::add_address_of(l, &p.name);
    let word = if p.email.is_none() {
        t::sending::add_address(l)
    } else {
        t::sending::fix(l)
    };
    view! {
        <li class="send-people__row">
            <a href=format!("/utenti/{}", p.id)>{p.name}</a>
            <span class="mono muted">{p.username}</span>
            {p.email.map(|email| view! { <span class="muted">{email}</span> })}
            {repairable(reason)
                .then(|| {
                    view! {
                        <Button on_click=move || desk.target.set(Some(target.clone()))>
                            {word} <VisuallyHidden>{of}</VisuallyHidden>
                        </Button>
                    }
                })}
        </li>
    }
}

/// «esclusi: casella mail non definita».
fn exclusion(l: Locale, reason: Exclusion, one: bool) -> &'static str {
    match (reason, one) {
        (Exclusion::NoMail, false) => t::sending::no_mail(l),
        (Exclusion::NoMail, true) => t::sending::no_mail_one(l),
        (Exclusion::Bounced, false) => t::sending::bounced(l),
        (Exclusion::Bounced, true) => t::sending::bounced_one(l),
        (Exclusion::Inactive, false) => t::sending::inactive(l),
        (Exclusion::Inactive, true) => t::sending::inactive_one(l),
        (Exclusion::Archived, false) => t::sending::archived(l),
        (Exclusion::Archived, true) => t::sending::archived_one(l),
        (Exclusion::Stronger, false) => t::sending::stronger(l),
        (Exclusion::Stronger, true) => t::sending::stronger_one(l),
        (Exclusion::OutOfScope, false) => t::sending::out_of_scope(l),
        (Exclusion::OutOfScope, true) => t::sending::out_of_scope_one(l),
        (Exclusion::PasswordOff, false) => t::group_page::send_off(l),
        (Exclusion::PasswordOff, true) => t::group_page::send_off_one(l),
        (Exclusion::ByCode, false) => t::house::send_by_code(l),
        (Exclusion::ByCode, true) => t::house::send_by_code_one(l),
    }
}
