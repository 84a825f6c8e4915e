//! A card of «Anagrafiche» (A21, A22): what it says and its commands.

use super::list::{List, use_list};
use crate::{
    api::registry::{delete_person, restore_person},
    i18n::{api_error, number, t},
    ui::{Button, ButtonKind, IconName, LinkButton, Notice, Status, Tone, dom},
    widgets::{
        address::address,
        person_words::{active_view, kinds_word, method_word},
    },
};
use domain::{
    AuditId, Locale, PersonId,
    person::{LinkMethod, PersonRow, padded_code},
};
use leptos::{prelude::*, task::spawn_local};

/// Where «Collega» leads: the alignment of this kind, with the name searched.
fn align_address(person: &PersonRow) -> String {
    let query = format!("tipo={}", person.kind.slug());
    address("/allineamento", &query, &person.surname)
}

/// The card.
#[component]
pub fn CardView(person: PersonRow) -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let (id, name) = (person.id, person.full_name());
    let heading = format!("anagrafica-{id}");
    let labelled = heading.clone();
    let said = RwSignal::new(None::<String>);
    // The rights may come later than the cards, when reading them failed at first.
    let (of_link, of_commands) = (person.clone(), person.clone());
    let linked_name = name.clone();
    view! {
        <li>
            <article class="card registry-card" aria-labelledby=labelled>
                <div class="registry-card__head">
                    <p class="registry-card__code">{t::registry::code(l)} ": " <span class="mono">{padded_code(person.code)}</span></p>
                    <h2 class="card__title" id=heading>{name.clone()}</h2>
                    {active_view(l, person.active)}
                </div>
                <div class="registry-card__body">
                    <p class="registry-card__kind">
                        {kinds_word(l, person.kind)} " · " {t::registry::not_in_cs(l)}
                    </p>
                    {move || link_line(list, &of_link, &linked_name)}
                    {facts(l, &person)}
                </div>
                <div class="registry-card__commands">
                    {move || commands(list, &of_commands, &name, said)}
                </div>
                <div class="registry-card__said" role="alert">
                    {move || {
                        said.get()
                            .map(|words| {
                                view! { <Notice tone=Tone::Warning><p>{words}</p></Notice> }
                            })
                    }}
                </div>
            </article>
        </li>
    }
}

/// «✓ COLLEGATO UTENTE → utente 0000205» or «○ NON COLLEGATO» with «Collega».
fn link_line(list: List, person: &PersonRow, name: &str) -> AnyView {
    let l = list.l;
    match &person.user {
        Some(user) => {
            let forced = (user.method == LinkMethod::Forced).then(
                || view! { " " <span class="muted">"(" {method_word(l, user.method)} ")"</span> },
            );
            view! {
                <p class="registry-card__link">
                    <Status tone=Tone::Ok>{t::registry::linked(l)}</Status>
                    <span>
                        <span aria-hidden="true">"→ "</span>
                        <a href=format!("/utenti/{}", user.id)>{t::registry::linked_to(l, &user.username)}</a>
                        {forced}
                    </span>
                </p>
            }
            .into_any()
        }
        None => {
            let link = list.may_link().then(|| {
                let there = align_address(person);
                let name = name.to_owned();
                view! {
                    <a href=there>{t::registry::link(l)} <span class="visually-hidden">" " {name}</span></a>
                }
            });
            view! {
                <p class="registry-card__link">
                    <Status tone=Tone::Neutral icon=IconName::Circle>{t::registry::not_linked(l)}</Status>
                    {link}
                </p>
            }
            .into_any()
        }
    }
}

fn facts(l: Locale, person: &PersonRow) -> impl IntoView {
    let missing = || "–".to_owned();
    let born = person.birth_date.map(|d| crate::i18n::day(l, d));
    let mut rows = vec![(
        t::registry::fiscal_code(l),
        person.fiscal_code.clone().unwrap_or_else(missing),
        true,
    )];
    if let Some(vat) = &person.vat_number {
        rows.push((t::registry::vat_number(l), vat.clone(), true));
    }
    if !person.legal {
        rows.push((
            t::registry::birth_date(l),
            born.unwrap_or_else(missing),
            false,
        ));
    }
    rows.push((
        t::registry::folders_linked(l),
        number(l, person.folders.into()),
        false,
    ));
    let rows = rows
        .into_iter()
        .map(|(name, value, code)| {
            view! { <div><dt>{name}": "</dt><dd class:mono=code>{value}</dd></div> }
        })
        .collect_view();
    view! { <dl class="registry-card__facts">{rows}</dl> }
}

fn commands(
    list: List,
    person: &PersonRow,
    name: &str,
    said: RwSignal<Option<String>>,
) -> impl IntoView + use<> {
    let l = list.l;
    let id = person.id;
    let why = refusal(l, person);
    let busy = RwSignal::new(false);
    let remove = move || match why.clone() {
        Some(why) => said.set(Some(why)),
        None => delete(list, id, busy, said),
    };
    let of = |words: &'static str| {
        let name = name.to_owned();
        view! { {words} <span class="visually-hidden">" " {name}</span> }.into_any()
    };
    let (sheet, folder, gone) = (
        of(t::registry::sheet(l)),
        of(t::registry::folder(l)),
        of(t::registry::delete(l)),
    );
    let edits = list.may_edit().then(|| {
        view! {
            <LinkButton href=format!("/anagrafiche/{id}?apri=fascicolo")>
                {folder}
            </LinkButton>
            <Button kind=ButtonKind::Quiet busy=busy on_click=remove>{gone}</Button>
        }
    });
    view! {
        <LinkButton href=format!("/anagrafiche/{id}")>{sheet}</LinkButton>
        {edits}
    }
}

/// Why a person cannot be deleted; `None` where it can.
fn refusal(l: Locale, person: &PersonRow) -> Option<String> {
    match (&person.user, person.folders) {
        (Some(_), _) => Some(t::registry::conflict_linked(l).to_owned()),
        (None, 0) => None,
        (None, 1) => Some(t::registry::conflict_folder(l).to_owned()),
        (None, n) => Some(t::registry::conflict_folders(l, n)),
    }
}

fn delete(list: List, id: PersonId, busy: RwSignal<bool>, said: RwSignal<Option<String>>) {
    let (l, toasts) = (list.l, list.toasts);
    busy.set(true);
    spawn_local(async move {
        let answer = delete_person(id).await;
        if busy.try_set(false).is_some() {
            return;
        }
        match answer {
            Ok(gone) => {
                list.refetch.run(());
                dom::focus_heading();
                if let Some(toasts) = toasts {
                    let undo = gone.undo;
                    toasts.push_with_action(
                        Tone::Ok,
                        t::registry::deleted(l, gone.name),
                        t::registry::undo(l),
                        move || restore(list, undo),
                    );
                }
            }
            Err(e) => said.set(Some(api_error(l, &e))),
        }
    });
}

fn restore(list: List, entry: AuditId) {
    let (l, toasts) = (list.l, list.toasts);
    spawn_local(async move {
        let answer = restore_person(entry).await;
        let _ = list.refetch.try_run(());
        if let Some(toasts) = toasts {
            match answer {
                Ok(row) => toasts.push(Tone::Ok, t::registry::restored(l, row.full_name())),
                Err(e) => toasts.push(Tone::Error, api_error(l, &e)),
            }
        }
    });
}
