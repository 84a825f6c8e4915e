//! The heading with «+ Nuovo utente» and «UTILITA'».

use super::list::use_list;
use crate::{
    api::users::{ExportRequest, FileKind},
    i18n::{number, registration::bulk_name, t},
    state::use_session,
    ui::{ButtonKind, IconName, LinkButton, MenuButton, MenuEntry, PageHeader},
};
use domain::{access::Right, registration::Command, user::Selection};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The page's heading and its buttons.
#[component]
pub fn Tools() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let (form, field) = (
        NodeRef::<leptos::html::Form>::new(),
        NodeRef::<leptos::html::Input>::new(),
    );
    // A form, so that the browser itself saves the file while it comes; a POST, so that
    // what was searched stands in no address.
    let export = move |file: FileKind, selected: bool| {
        let (wanted, total) = (list.wanted.get_untracked(), untrack(move || list.total()));
        let selection = if selected {
            list.selected.with_untracked(Selection::clone)
        } else {
            Selection::AllFound {
                filter: wanted.query.filter,
                except: BTreeSet::new(),
                found: total,
            }
        };
        let request = ExportRequest {
            file,
            selection,
            sort: wanted.query.sort,
        };
        if let (Some(form), Some(field), Ok(json)) = (
            form.get_untracked(),
            field.get_untracked(),
            serde_json::to_string(&request),
        ) {
            field.set_value(&json);
            let _ = form.submit();
        }
    };
    let session = use_session();
    let may_register =
        session.holds(Right::ManageUsers) && session.holds(Right::ManageAuthorisations);
    let canton = session.is_canton();
    let entries = Signal::derive(move || {
        let n = if list.may_select() {
            list.selected.len()
        } else {
            0
        };
        let shown = number(l, n);
        let mut entries = Vec::new();
        // A canton's people choose their password with the registration code: nothing is sent.
        if list.may_send() && !canton {
            let why = (n == 0).then(|| t::users::select_one(l).to_owned());
            let send = MenuEntry::link(t::users::send_selected(l, &shown), "/utenti/invio");
            let print = MenuEntry::link(t::letters::menu(l, &shown), "/utenti/lettere");
            entries.extend([
                send.disabled_because(why.clone()),
                print.disabled_because(why),
                MenuEntry::Separator,
            ]);
        }
        let bulk = Command::BULK.into_iter().filter(|c| match c {
            Command::Deactivate | Command::Archive => list.may_edit(),
            _ => may_register,
        });
        let mut any = false;
        for command in bulk {
            any = true;
            let why = (n == 0).then(|| t::users::select_one(l).to_owned());
            let to = format!("/utenti/azione?tipo={}", command.code());
            entries.push(MenuEntry::link(bulk_name(l, command), to).disabled_because(why));
        }
        if any {
            entries.push(MenuEntry::Separator);
        }
        if list.may_edit() && !canton {
            let why = (n == 0).then(|| t::users::select_one(l).to_owned());
            let groups = MenuEntry::link(t::bulk::menu(l, &shown), "/utenti/gruppi");
            entries.extend([groups.disabled_because(why), MenuEntry::Separator]);
        }
        if session.holds(Right::ManageRegistry) {
            entries.push(MenuEntry::link(
                t::alignment::align_menu(l),
                "/allineamento",
            ));
        }
        entries.push(MenuEntry::link(t::group_page::menu(l), "/gruppi"));
        if canton && session.holds(Right::Administer) {
            entries.push(MenuEntry::link(
                t::house::menu(l),
                "/impostazioni/promemoria",
            ));
        }
        entries.push(MenuEntry::action(t::users::export_csv(l), move || {
            export(FileKind::Csv, false)
        }));
        entries.push(MenuEntry::action(t::users::export_xlsx(l), move || {
            export(FileKind::Xlsx, false)
        }));
        if n > 0 {
            entries.push(MenuEntry::action(
                t::users::export_selected_csv(l, &shown),
                move || export(FileKind::Csv, true),
            ));
            entries.push(MenuEntry::action(
                t::users::export_selected_xlsx(l, &shown),
                move || export(FileKind::Xlsx, true),
            ));
        }
        entries
    });
    let buttons = move || {
        view! {
            {canton.then(|| view! { <LinkButton href="/unita" kind=ButtonKind::Quiet>{t::house::back_to_units(l)}</LinkButton> })}
            {move || {
                list.may_edit()
                    .then(|| {
                        view! {
                            <LinkButton href="/utenti/nuovo" icon=IconName::Plus kind=ButtonKind::Primary>
                                {if canton { t::invite::button(l) } else { t::users::new_user(l) }}
                            </LinkButton>
                        }
                    })
            }}
            <MenuButton id="users-tools" label=t::users::tools(l) entries=entries />
        }
    };
    let title = super::canton::title(l);
    view! {
        {if canton {
            view! { <PageHeader title=title lead=t::house::list_lead(l, super::canton::place())>{buttons()}</PageHeader> }
                .into_any()
        } else {
            view! { <PageHeader title=title>{buttons()}</PageHeader> }.into_any()
        }}
        <form node_ref=form method="post" action="/utenti/esporta" hidden=true>
            <input node_ref=field type="hidden" name="richiesta" />
        </form>
    }
}
