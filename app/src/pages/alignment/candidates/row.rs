//! A record without a user: what stands in the way of creating one, with its repair.

use super::super::board::Board;
use crate::{
    api::alignment::link_now,
    i18n::{pair_problem, t},
    ui::{Button, IconName, RowCheckbox, Status, Tone, VisuallyHidden},
    widgets::person_search::kind_name,
};
use domain::{
    PersonId, UserId,
    alignment::{Candidate, CandidateCheck, Occupied},
};
use leptos::{prelude::*, task::spawn_local};

/// A record.
#[component]
pub fn Row(candidate: Candidate, groups: RwSignal<Option<(UserId, String)>>) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let c = candidate;
    let (id, name) = (c.id, c.full_name());
    let tick = c.check.can_create().then(|| {
        view! {
            <RowCheckbox
                id=format!("candidate-{id}")
                label=t::creation::select(l, &name)
                checked=Signal::derive(move || board.pick.with(|p| p.contains(id)))
                on_toggle=move |on: bool, _: bool| board.pick.update(|p| p.set(id, on))
            />
        }
    });
    let code = c.fiscal_code.clone().unwrap_or_else(|| "—".to_owned());
    let mail = match &c.email {
        Some(mail) => view! { <span class="align-mail">{mail.clone()}</span> }.into_any(),
        None => view! { <Status tone=Tone::Warning>{t::creation::no_mail(l)}</Status> }.into_any(),
    };
    view! {
        <tr>
            <td class="cell-check">{tick}</td>
            <th scope="row" class="cell-name">
                {c.surname.clone()}
                <span class="pop-in mono">{code.clone()}</span>
            </th>
            <td>
                {c.given_name.clone()}
                {(!c.class.is_empty()).then(|| view! { <span class="muted align-roles">{c.class.clone()}</span> })}
            </td>
            <td class="only-wide mono">{code}</td>
            <td>{mail}</td>
            <td>{check(board, c, groups)}</td>
        </tr>
    }
}

/// «pronto», or what stands in the way with its repair.
fn check(board: Board, c: Candidate, groups: RwSignal<Option<(UserId, String)>>) -> AnyView {
    let l = board.l;
    let name = c.full_name();
    match c.check.clone() {
        CandidateCheck::Ready => {
            view! { <Status tone=Tone::Ok>{t::creation::ready(l)}</Status> }.into_any()
        }
        CandidateCheck::NoMail => {
            let label = t::creation::add_mail_for(l, &name);
            view! {
                <Button on_click=move || board.mailing.set(Some(c.clone()))>
                    <span aria-hidden="true">{t::creation::add_mail(l)}</span>
                    <VisuallyHidden>{label}</VisuallyHidden>
                </Button>
                " "
                <span class="muted">{t::creation::or_letter(l)}</span>
            }
            .into_any()
        }
        CandidateCheck::MailUsed(by) => {
            view! { <Status tone=Tone::Info>{t::creation::mail_used(l, by)}</Status> }.into_any()
        }
        CandidateCheck::HasUser(there) => occupied(board, &name, c.id, there, groups),
    }
}

/// One person, one account: link it instead, and give it the group.
fn occupied(
    board: Board,
    name: &str,
    person: PersonId,
    there: Occupied,
    groups: RwSignal<Option<(UserId, String)>>,
) -> AnyView {
    let l = board.l;
    let user = there.user;
    let said = there.name.clone();
    let link = move || {
        if board.busy.get_untracked() {
            return;
        }
        board.busy.set(true);
        let said = said.clone();
        spawn_local(async move {
            let answer = link_now(user, person).await;
            if board.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(result) => {
                    let (tone, words) = match result.failed.first() {
                        Some(f) => (Tone::Warning, pair_problem(l, &f.problem)),
                        None => (Tone::Ok, t::alignment::linked_now(l, said)),
                    };
                    if let Some(toasts) = board.toasts {
                        toasts.push(tone, words);
                    }
                    board.focus.set_value(Some("create-text".into()));
                    board.reload();
                }
                Err(e) => board.fail(&e),
            }
        });
    };
    let kinds: Vec<&str> = there.kinds.iter().map(|k| kind_name(l, *k)).collect();
    let words = t::creation::has_user(l, &there.name, &there.username);
    let more = if there.taken {
        Some(t::creation::has_user_taken(l).to_owned())
    } else if kinds.is_empty() {
        None
    } else {
        Some(t::creation::has_user_kinds(l, kinds.join(", ")))
    };
    let label = t::creation::link_to(l, name, &there.username);
    let open = there.name.clone();
    let groups_label = t::creation::groups_of(l, &there.name);
    view! {
        <Status tone=Tone::Warning>{words}</Status>
        {more.map(|words| view! { <span class="muted align-roles">{words}</span> })}
        <div class="align-commands">
            {(!there.taken)
                .then(|| {
                    view! {
                        <Button icon=IconName::Link busy=board.busy on_click=link>
                            <span aria-hidden="true">{t::alignment::link(l)}</span>
                            <VisuallyHidden>{label}</VisuallyHidden>
                        </Button>
                    }
                })}
            <Button on_click=move || groups.set(Some((user, open.clone())))>
                <span aria-hidden="true">{t::creation::groups(l)}</span>
                <VisuallyHidden>{groups_label}</VisuallyHidden>
            </Button>
        </div>
    }
    .into_any()
}
