//! A row of the first tab: user, comparison, record, commands. From 1280 the eight columns
//! of the window people know; below, two lines a cell.

use super::{
    board::{Board, Refusing},
    pairs::Proposals,
};
use crate::{
    api::alignment::{stage_pair, unstage_pair},
    i18n::{pair_problem, t},
    ui::{Button, ButtonKind, IconName, Status, Tag, Tone, VisuallyHidden},
    widgets::person_search::{code_view, kind_name, likelihood, person_view, reasons},
};
use domain::{
    alignment::{AlignmentRow, CodeMatch, LinkMethod, PersonSide, Proposal, Score, UserSide},
    person::PersonKind,
};
use leptos::{prelude::*, task::spawn_local};

/// What the right half shows.
#[derive(Clone, Debug, PartialEq)]
enum Right {
    Staged(
        Option<PersonSide>,
        Option<Score>,
        Option<String>,
        LinkMethod,
    ),
    Waiting,
    Failed,
    Proposed(Box<Proposal>, usize),
    Nothing,
}

/// The row.
#[component]
pub fn PairRow(
    row: AlignmentRow,
    proposals: Proposals,
    may_link: bool,
    searching: RwSignal<Option<UserSide>>,
) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let AlignmentRow {
        user,
        staged,
        linked_as,
    } = row;
    let id = user.id;
    let right = Memo::new(move |_| {
        if let Some(pair) = &staged {
            let why = pair.problem.as_ref().map(|p| pair_problem(l, p));
            return Right::Staged(pair.person.clone(), pair.score, why, pair.method);
        }
        if proposals.0.with(|p| matches!(p, Some(Err(_)))) {
            return Right::Failed;
        }
        match proposals.of(id) {
            None => Right::Waiting,
            Some(all) => {
                let more = all.len().saturating_sub(1);
                match all.into_iter().next() {
                    Some(first) => Right::Proposed(Box::new(first), more),
                    None => Right::Nothing,
                }
            }
        }
    });
    let person = Memo::new(move |_| match right.get() {
        Right::Staged(person, ..) => person,
        Right::Proposed(p, _) => Some(p.person),
        _ => None,
    });
    let own = StoredValue::new(user.fiscal_code.clone());
    let user = StoredValue::new(user);
    let with_user = move |f: fn(&UserSide) -> String| user.with_value(f);
    let other = move || person.with(|p| p.as_ref().and_then(|p| p.fiscal_code.clone()));
    let user_code = move || own.with_value(|c| code_view(l, c.as_deref(), other().as_deref()));
    let person_code = move || {
        person.with(|p| {
            p.as_ref().map(|p| {
                let own = own.get_value();
                code_view(l, p.fiscal_code.as_deref(), own.as_deref())
            })
        })
    };
    let part = move |f: fn(&PersonSide) -> String| move || person.with(|p| p.as_ref().map(f));
    let roles = (!linked_as.is_empty()).then(|| {
        let kinds: Vec<&str> = linked_as
            .iter()
            .map(|k: &PersonKind| kind_name(l, *k))
            .collect();
        t::alignment::linked_as(l, kinds.join(", "))
    });
    let state = move || match right.get() {
        Right::Staged(..) => "staged",
        Right::Proposed(..) => "proposed",
        _ => "open",
    };
    view! {
        <tr data-state=state>
            <td class="align-wide mono">{with_user(|u| u.username.clone())}</td>
            <th scope="row" class="cell-name">
                <span class="align-wide">
                    <a href=format!("/utenti/{id}")>{with_user(|u| u.surname.clone())}</a>
                </span>
                <span class="align-narrow">
                    <a href=format!("/utenti/{id}")>{with_user(UserSide::full_name)}</a>
                    <br />
                    <span class="muted mono">{with_user(|u| u.username.clone())}</span>
                    <br />
                    {t::alignment::code_short(l)}
                    " "
                    {user_code}
                </span>
                {roles.map(|words| view! { <span class="muted align-roles">{words}</span> })}
            </th>
            <td class="align-wide">{with_user(|u| u.given_name.clone())}</td>
            <td class="align-wide">{user_code}</td>
            <td class="align-match">{move || comparison(board, &right.get())}</td>
            <td class="align-wide mono">{part(|p| p.code.to_string())}</td>
            <td class="align-wide">{part(|p| p.surname.clone())}</td>
            <td class="align-wide">{part(|p| p.given_name.clone())}</td>
            <td class="align-wide">{person_code}</td>
            <td class="align-narrow-cell">
                {move || person.with(|p| p.as_ref().map(|p| person_view(l, p, own.get_value().as_deref())))}
            </td>
            <td class="cell-commands">
                {move || {
                    may_link.then(|| {
                        let user = user.get_value();
                        view! { <Commands user=user right=right.get() searching=searching /> }
                    })
                }}
            </td>
        </tr>
    }
}

/// «≈ 92 % molto probabile: CF diverso in 1 carattere».
fn comparison(board: Board, right: &Right) -> AnyView {
    let l = board.l;
    match right {
        Right::Waiting => {
            view! { <span class="muted">{t::alignment::searching(l)}</span> }.into_any()
        }
        Right::Failed => {
            view! { <Status tone=Tone::Warning>{t::alignment::proposals_failed(l)}</Status> }
                .into_any()
        }
        Right::Nothing => {
            view! { <span class="muted">{t::alignment::no_proposal(l)}</span> }.into_any()
        }
        Right::Staged(_, score, why, method) => {
            let (tone, words) = if *method == LinkMethod::Forced {
                (Tone::Warning, t::alignment::staged_forced(l))
            } else {
                (Tone::Info, t::alignment::staged(l))
            };
            view! {
                {score.map(|s| scored(l, &s))}
                <Tag tone=tone>{words}</Tag>
                {why
                    .as_ref()
                    .map(|why| {
                        let words = t::alignment::not_saved(l, why);
                        view! { <Status tone=Tone::Error>{words}</Status> }
                    })}
            }
            .into_any()
        }
        Right::Proposed(p, more) => {
            let more = (*more > 0).then(|| t::alignment::more_proposals(l, more));
            view! {
                {scored(l, &p.score)}
                {p.contested
                    .then(|| {
                        view! {
                            <Tag tone=Tone::Warning>{t::alignment::contested(l)}</Tag>
                            <span class="muted align-roles">{t::alignment::contested_text(l)}</span>
                        }
                    })}
                {more.map(|words| view! { <span class="muted align-roles">{words}</span> })}
            }
            .into_any()
        }
    }
}

fn scored(l: domain::Locale, score: &Score) -> AnyView {
    let (tone, words) = likelihood(l, score);
    let percent = (score.code != CodeMatch::Same)
        .then(|| format!(" {}", t::alignment::percent(l, score.percent)));
    // An equal code says it all.
    let why = match score.code {
        CodeMatch::Same => t::alignment::code_same(l).to_owned(),
        _ => reasons(l, score),
    };
    view! {
        <Status tone=tone>{words} {percent}</Status>
        <span class="muted align-roles">{why}</span>
    }
    .into_any()
}

/// [Usa] [Non è lei/lui] [Dissocia] [RICERCA].
#[component]
fn Commands(user: UserSide, right: Right, searching: RwSignal<Option<UserSide>>) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let (id, name) = (user.id, user.full_name());
    let find = {
        let user = user.clone();
        move || searching.set(Some(user.clone()))
    };
    let said = name.clone();
    let unstage = move || {
        let said = said.clone();
        act(board, format!("find-{id}"), async move {
            unstage_pair(board.kind(), Some(id)).await?;
            Ok(t::alignment::said_unstaged(l, said))
        });
    };
    let main = match right {
        Right::Staged(..) => {
            let whom = name.clone();
            view! {
            <Button id=format!("unlink-{id}") icon=IconName::Unlink busy=board.busy on_click=unstage>
                {t::alignment::unlink(l)}
                <VisuallyHidden>" " {whom}</VisuallyHidden>
            </Button>
        }
        .into_any()
        }
        Right::Proposed(p, _) => {
            let person = p.person.id;
            let (user_name, person_name) = (name.clone(), p.person.full_name());
            let (said, refused) = (name.clone(), person_name.clone());
            let use_it = move || {
                let said = said.clone();
                act(board, format!("unlink-{id}"), async move {
                    stage_pair(id, person).await?;
                    Ok(t::alignment::said_staged(l, said))
                });
            };
            let refuse = move || {
                board.refusing.set(Some(Refusing {
                    user: id,
                    user_name: user_name.clone(),
                    person,
                    person_name: refused.clone(),
                }));
            };
            let whom = t::alignment::use_for(l, &person_name, &name);
            let not = t::alignment::not_them_for(l, &person_name, &name);
            view! {
                <Button id=format!("use-{id}") kind=ButtonKind::Primary busy=board.busy on_click=use_it>
                    <span aria-hidden="true">{t::alignment::use_it(l)}</span>
                    <VisuallyHidden>{whom}</VisuallyHidden>
                </Button>
                <Button id=format!("not-{id}") on_click=refuse>
                    <span aria-hidden="true">{t::alignment::not_them(l)}</span>
                    <VisuallyHidden>{not}</VisuallyHidden>
                </Button>
            }
            .into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <div class="align-commands">
            {main}
            <Button id=format!("find-{id}") icon=IconName::Search on_click=find>
                {t::alignment::find(l)}
                <VisuallyHidden>" " {name}</VisuallyHidden>
            </Button>
        </div>
    }
}

/// Does something to a row, then reads the rows again and puts the focus at `focus`.
fn act(
    board: Board,
    focus: String,
    work: impl Future<Output = Result<String, crate::api::ApiError>> + 'static,
) {
    if board.busy.get_untracked() {
        return;
    }
    board.busy.set(true);
    board.result.set(None);
    spawn_local(async move {
        let answer = work.await;
        if board.busy.try_set(false).is_some() {
            return;
        }
        match answer {
            Ok(words) => {
                board.say(words);
                board.focus.set_value(Some(focus));
                board.reload();
            }
            Err(e) => board.fail(&e),
        }
    });
}
