//! Second tab: «Utenti collegati».

use super::{
    address::Address,
    board::{Board, Body, Sheet, Shown},
    dissolve::offer_undo,
    filter_form::FilterForm,
    pairs::Pager,
};
use crate::{
    api::alignment::unlink_user,
    i18n::{moment, number, t},
    ui::{Button, ChoiceOption, EmptyState, IconName, SelectField, Tag, VisuallyHidden},
    widgets::person_search::{code_view, kind_name, method_name, method_tone, person_view},
};
use domain::{alignment::LinkedRow, page::Page, person::PersonKind};
use leptos::{prelude::*, task::spawn_local};

/// The panel.
#[component]
pub fn Linked(sheet: Shown) -> impl IntoView {
    let l = expect_context::<Board>().l;
    let found = Memo::new(move |_| {
        sheet.with(|s| match s {
            Some(Sheet {
                counters,
                body: Body::Linked(page),
                ..
            }) => Some((counters.may_link, page.clone())),
            _ => None,
        })
    });
    view! {
        <h2 class="visually-hidden">{t::alignment::linked_title(l)}</h2>
        <Filters />
        {move || found.get().map(|(may_link, page)| view! { <Rows page=page may_link=may_link /> })}
    }
}

/// The rows, or why there are none.
#[component]
fn Rows(page: Page<LinkedRow>, may_link: bool) -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let (total, present, pages) = (page.total, page.number, page.pages());
    if page.items.is_empty() {
        let filtered = board
            .address
            .with_untracked(|a| a.kind.is_some() || !a.text.is_empty());
        let words = if filtered {
            t::alignment::none_found(l)
        } else {
            t::alignment::none_linked(l)
        };
        let clear = move || {
            board.go(Address {
                kind: None,
                page: 1,
                text: String::new(),
                ..board.address.get_untracked()
            });
        };
        return view! {
            <EmptyState title=words icon=IconName::Search>
                {filtered.then(|| view! { <Button on_click=clear>{t::alignment::clear(l)}</Button> })}
            </EmptyState>
        }
        .into_any();
    }
    let rows = page
        .items
        .into_iter()
        .map(|r| row(board, r, may_link))
        .collect_view();
    view! {
        <div class="slot-a">
            <span class="slot-a__total">{t::alignment::found(l, number(l, total))}</span>
            <span class="slot-a__pages">
                {t::alignment::pages(l, number(l, present.into()), number(l, pages.into()))}
            </span>
        </div>
        <div
            class="table-region"
            role="region"
            aria-label=t::alignment::table_linked(l)
            tabindex="0"
            aria-busy=move || board.loading.get().then_some("true")
        >
            <table class="table table--align">
                <caption class="visually-hidden">{t::alignment::table_linked(l)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t::alignment::group_users(l)}</th>
                        <th scope="col">{t::alignment::group_link(l)}</th>
                        <th scope="col">{t::alignment::group_persons(l)}</th>
                        <th scope="col" class="cell-commands">{t::alignment::group_commands(l)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Pager present=present pages=pages />
    }
    .into_any()
}

fn row(board: Board, r: LinkedRow, may_link: bool) -> impl IntoView {
    let l = board.l;
    let (id, kind, name) = (r.user.id, r.kind, r.user.full_name());
    let said = name.clone();
    let unlink = move || {
        if board.busy.get_untracked() {
            return;
        }
        board.busy.set(true);
        let said = said.clone();
        spawn_local(async move {
            let answer = unlink_user(id, kind).await;
            if board.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(done) => {
                    offer_undo(board, t::alignment::dissolved_one(l, said), done.batch);
                    board.focus.set_value(Some("linked-text".into()));
                    board.reload();
                }
                Err(e) => board.fail(&e),
            }
        });
    };
    view! {
        <tr>
            <th scope="row" class="cell-name">
                <a href=format!("/utenti/{id}")>{name.clone()}</a>
                <br />
                <span class="muted mono">{r.user.username.clone()}</span>
                " · "
                {t::alignment::code_short(l)}
                " "
                {code_view(l, r.user.fiscal_code.as_deref(), r.person.fiscal_code.as_deref())}
            </th>
            <td>
                {kind_name(l, kind)} " " <Tag tone=method_tone(r.method)>{method_name(l, r.method)}</Tag>
                <span class="muted align-roles">
                    <time datetime=r.linked_at.to_string()>{moment(l, r.linked_at)}</time>
                    " "
                    {r.linked_by.clone()}
                </span>
            </td>
            <td>{person_view(l, &r.person, r.user.fiscal_code.as_deref())}</td>
            <td class="cell-commands">
                {may_link
                    .then(|| {
                        view! {
                            <Button
                                id=format!("unlink-{id}-{}", kind.code())
                                icon=IconName::Unlink
                                busy=board.busy
                                on_click=unlink
                            >
                                {t::alignment::unlink(l)}
                                <VisuallyHidden>" " {name.clone()}</VisuallyHidden>
                            </Button>
                        }
                    })}
            </td>
        </tr>
    }
}

/// «Tipo anagrafica», «Ricerca».
#[component]
fn Filters() -> impl IntoView {
    let board = expect_context::<Board>();
    let l = board.l;
    let address = board.address.get_untracked();
    let kind = RwSignal::new(address.kind.map_or("", PersonKind::code).to_owned());
    let typed = RwSignal::new(address.text.clone());
    board.follow(move |to| {
        let _ = kind.try_set(to.kind.map_or("", PersonKind::code).to_owned());
        let _ = typed.try_set(to.text.clone());
    });
    let kinds: Vec<ChoiceOption> =
        std::iter::once(ChoiceOption::new("", t::alignment::kind_all(l)))
            .chain(
                PersonKind::ALL
                    .into_iter()
                    .map(|k| ChoiceOption::new(k.code(), kind_name(l, k))),
            )
            .collect();
    let search = move || {
        board.ask(Address {
            kind: kind.with_untracked(|k| k.parse().ok()),
            page: 1,
            text: typed.with_untracked(|t| t.trim().to_owned()),
            ..board.address.get_untracked()
        });
    };
    view! {
        <FilterForm id="linked-text" typed=typed on_search=search>
            <SelectField id="linked-kind" label=t::alignment::link_kind(l) value=kind options=kinds />
        </FilterForm>
    }
}
