//! A row of the table.

use super::list::use_list;
use crate::{
    i18n::{day, t},
    state::use_session,
    ui::{
        Button, ButtonKind, Icon, IconName, MenuEntry, RowCheckbox, SplitButton, Status, Tag, Tone,
        VisuallyHidden,
    },
    widgets::{EmailTarget, RowMenu},
};
use domain::{
    Locale, UserId,
    access::Right,
    user::{UserRow, UserState},
};
use leptos::prelude::*;

/// What a row opens; each is mounted once for the whole table.
#[derive(Clone, Copy)]
pub struct Openers {
    /// The mail editor.
    pub email: RwSignal<Option<EmailTarget>>,
    /// The groups dialog.
    pub groups: RwSignal<Option<(UserId, String)>>,
}

/// The cells of a row; the caller makes the `tr` around them (its place in the list is the
/// caller's). Every control says the person's name.
#[component]
pub fn RowCells(
    /// The row; only its content changes, never whose it is.
    #[prop(into)]
    row: Signal<UserRow>,
    /// What the row opens.
    openers: Openers,
) -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let id = row.with_untracked(|r| r.id);
    let name = Memo::new(move |_| row.with(UserRow::full_name));
    let href = format!("/utenti/{}", id.0);
    let state = Memo::new(move |_| row.with(|r| r.state));
    let canton = use_session().is_canton();
    view! {
        {move || {
            list.may_select()
                .then(|| {
                    view! {
                        <td class="cell-check">
                            <RowCheckbox
                                id=format!("users-tick-{}", id.0)
                                label=Signal::derive(move || t::users::select_row(l, name.get()))
                                checked=Signal::derive(move || list.is_ticked(id))
                                on_toggle=move |on: bool, shift: bool| list.tick(id, on, shift)
                            />
                        </td>
                    }
                })
        }}
        {if canton {
            view! {
                <td class="col-username only-wide">
                    <span class="mono">{move || row.with(super::canton::external_id)}</span>
                </td>
            }
                .into_any()
        } else {
            view! { <td class="col-groups only-wide">{move || groups(row)}</td> }.into_any()
        }}
        // A canton's columns stand in the portal's order (X6): the name before the surname.
        {canton.then(|| view! { <td class="col-name">{move || row.with(|r| r.given_name.clone())}</td> })}
        <th scope="row" class="col-surname cell-name">
            <a href=href.clone() aria-label=name>{move || row.with(|r| r.surname.clone())}</a>
            <span class="pop-in">{move || row.with(groups_short)}</span>
        </th>
        {(!canton).then(|| view! { <td class="col-name">{move || row.with(|r| r.given_name.clone())}</td> })}
        {(!canton)
            .then(|| {
                view! {
                    <td class="col-username only-wide">
                        <span class="mono">{move || row.with(|r| r.username.clone())}</span>
                    </td>
                }
            })}
        <td class="col-mail">
            {move || mail(l, row, openers, list.may_edit() && !(canton && state.get() != UserState::Active))}
            <span class="pop-in">
                {move || row.with(|r| if canton { super::canton::under_mail(l, r) } else { under_mail(l, r) })}
            </span>
        </td>
        {canton
            .then(|| {
                view! {
                    <td class="col-phone only-wide">
                        <span class="nowrap">{move || row.with(|r| r.invited.phone.clone())}</span>
                    </td>
                }
            })}
        <td class="col-active">
            {move || {
                if canton {
                    super::canton::user_state(l, state.get()).into_any()
                } else {
                    active(l, state.get()).into_any()
                }
            }}
        </td>
        {if canton {
            view! { <td class="col-registration only-wide">{move || super::canton::registration(l, row)}</td> }.into_any()
        } else {
            view! { <td class="col-expiry only-wide">{move || password_end(l, row)}</td> }.into_any()
        }}
        <td class="cell-commands">
            <span class="user-commands">
                // A canton's roles change in the wizard, which the menu leads to.
                {(!canton).then(|| groups_button(l, id, name, openers))}
                {move || commands(l, id, name, row, state, list.may_edit(), list.may_send())}
            </span>
        </td>
    }
}

/// «Gruppi».
fn groups_button(l: Locale, id: UserId, name: Memo<String>, openers: Openers) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button user-commands__groups"
            id=format!("users-groups-{}", id.0)
            on:click=move |_| openers.groups.set(Some((id, name.get_untracked())))
        >
            <Icon name=IconName::Users />
            <span class="button__label">
                {t::users::groups(l)}
                <VisuallyHidden>{move || t::users::groups_of(l, name.get())}</VisuallyHidden>
            </span>
        </button>
    }
}

/// The pencil and its menu.
fn commands(
    l: Locale,
    id: UserId,
    name: Memo<String>,
    row: Signal<UserRow>,
    state: Memo<UserState>,
    edit: bool,
    send: bool,
) -> impl IntoView {
    let href = format!("/utenti/{}", id.0);
    let menu = use_context::<RowMenu>();
    let session = use_session();
    let canton = session.is_canton();
    // A canton's row that is not active is only read (X7), which the ⓘ says.
    let only_read = edit && canton && state.get() != UserState::Active;
    let edit = edit && !only_read;
    let why = edit || only_read || send;
    let history = session.holds(Right::ManageUsers) || session.holds(Right::ReadAudit);
    let main = move || {
        if only_read {
            t::house::open_read_only(l, name.get())
        } else if edit {
            t::users::edit_name(l, name.get())
        } else {
            t::users::open_name(l, name.get())
        }
    };
    let target = href.clone();
    let entries = Signal::derive(move || {
        let mut entries = vec![MenuEntry::link(
            if edit {
                t::users::edit(l)
            } else {
                t::users::open(l)
            },
            target.clone(),
        )];
        // A canton's people choose their password with the registration code: nothing is sent.
        if send && !canton {
            let why = row.with(|r| match (r.state, &r.email) {
                (UserState::Active, Some(_)) => None,
                (UserState::Active, None) => Some(t::users::mail_missing(l).to_owned()),
                _ => Some(t::users::not_active(l).to_owned()),
            });
            let item = MenuEntry::link(t::users::send(l), format!("/utenti/invio?utente={}", id.0));
            entries.push(item.disabled_because(why));
            let why = row.with(|r| {
                (r.state != UserState::Active).then(|| t::users::not_active(l).to_owned())
            });
            let letter = MenuEntry::link(
                t::diagnosis::fix_letter(l),
                format!("/utenti/lettere?utente={}", id.0),
            );
            entries.push(letter.disabled_because(why));
        }
        if why {
            entries.push(MenuEntry::link(
                t::diagnosis::title(l),
                format!("/utenti/{}#diagnosi", id.0),
            ));
        }
        if history {
            entries.push(MenuEntry::link(
                t::user::history(l),
                format!("/utenti/{}#cronologia", id.0),
            ));
        }
        match menu {
            // The acts of the registration come first, those on the account last.
            Some(menu) if canton => menu.entries_around((id, None), name.get(), entries),
            Some(menu) => {
                entries.extend(menu.entries((id, None), name.get()));
                entries
            }
            None => entries,
        }
    });
    view! {
        <SplitButton
            id=format!("users-commands-{}", id.0)
            label=Signal::derive(move || t::users::commands_for(l, name.get()))
            main_label=Signal::derive(main)
            href=href
            icon=match (only_read, edit) {
                (true, _) => IconName::Info,
                (false, true) => IconName::Pencil,
                (false, false) => IconName::Eye,
            }
            more_label=Signal::derive(move || t::users::more_for(l, name.get()))
            entries=entries
        />
    }
}

/// The first group and how many more; all of them for those who hear the page.
fn groups(row: Signal<UserRow>) -> impl IntoView {
    let names: Vec<String> = row.with(|r| r.groups.iter().map(|g| g.name.clone()).collect());
    let mut names = names.into_iter();
    let first = names.next();
    let others: Vec<String> = names.collect();
    first.map(|first| {
        let more = (!others.is_empty()).then(|| {
            let (count, names) = (
                format!("+{}", others.len()),
                format!(", {}", others.join(", ")),
            );
            view! {
                <Tag>
                    <span aria-hidden="true">{count}</span>
                    <VisuallyHidden>{names}</VisuallyHidden>
                </Tag>
            }
        });
        view! {
            <span class="user-groups" title=others.join(", ")>
                <Tag>{first}</Tag>
                {more}
            </span>
        }
    })
}

/// «Docenti +1», under the surname where the column is hidden.
fn groups_short(row: &UserRow) -> String {
    match row.groups.as_slice() {
        [] => String::new(),
        [one] => one.name.clone(),
        [first, others @ ..] => format!("{} +{}", first.name, others.len()),
    }
}

fn mail(l: Locale, row: Signal<UserRow>, openers: Openers, may_edit: bool) -> AnyView {
    let (email, bounced) = row.with(|r| (r.email.clone(), r.email_bounced));
    match email {
        Some(address) => {
            // A narrow column breaks the address at its sign, not within a word.
            let at = address.find('@').map_or(address.len(), |at| at + 1);
            let (local, domain) = (address[..at].to_owned(), address[at..].to_owned());
            view! {
                <span class="user-mail">
                    <span class="user-mail__address">{local}<wbr />{domain}</span>
                    {bounced.then(|| view! { <Tag tone=Tone::Error>{t::users::mail_bounced(l)}</Tag> })}
                </span>
            }
            .into_any()
        }
        None => view! {
            <span class="user-mail">
                <Status tone=Tone::Warning>{t::users::mail_missing(l)}</Status>
                {may_edit
                    .then(|| {
                        view! {
                            <Button
                                kind=ButtonKind::Quiet
                                on_click=move || {
                                    openers.email.set(Some(row.with_untracked(|r| EmailTarget::from(r))));
                                }
                            >
                                {t::users::add_email(l)}
                                <VisuallyHidden>
                                    {t::users::add_email_of(l, row.with_untracked(UserRow::full_name))}
                                </VisuallyHidden>
                            </Button>
                        }
                    })}
            </span>
        }
        .into_any(),
    }
}

/// «0000205 · scade 31/01/2027», under the mail where the columns are hidden.
fn under_mail(l: Locale, row: &UserRow) -> String {
    match row.password_end {
        None => row.username.clone(),
        Some(end) => {
            let on = day(l, end.day);
            let words = if end.over {
                t::users::expired_on(l, on)
            } else {
                t::users::expires_on(l, on)
            };
            format!("{} · {words}", row.username)
        }
    }
}

fn active(l: Locale, state: UserState) -> impl IntoView {
    let (tone, word) = match state {
        UserState::Active => (Tone::Ok, t::users::yes(l)),
        UserState::Inactive => (Tone::Neutral, t::users::no(l)),
        UserState::Archived => (Tone::Neutral, t::users::archived(l)),
    };
    view! { <Status tone=tone>{word}</Status> }
}

fn password_end(l: Locale, row: Signal<UserRow>) -> impl IntoView {
    row.with(|r| r.password_end).map(|end| {
        view! {
            <time class="nowrap" datetime=end.day.to_string()>{day(l, end.day)}</time>
            {end.over.then(|| view! { " " <Tag tone=Tone::Error>{t::users::expired(l)}</Tag> })}
        }
    })
}
