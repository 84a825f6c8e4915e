//! `/unita`: «Selezione dell'unità», the tree of units (X3–X5).

mod close;
mod sheet;
mod words;

use crate::{
    api::{
        ApiError, ApiResult,
        units::{read_tree, reopen_unit},
    },
    i18n::{api_error, number, t, use_locale},
    state::{Toasts, use_session},
    ui::{
        Button, ButtonKind, EmptyState, Icon, IconButton, IconName, LinkButton, MenuButton,
        MenuEntry, Notice, PageHeader, SkeletonRows, Status, TextField, Tone,
    },
    widgets::{
        Forbidden, PageTitle,
        unit_switch::{leave_for, ways},
    },
};
use close::CloseDialog;
use domain::{
    Locale, UnitId,
    access::{Denied, Right},
    unit::{UnitLevel, UnitLock, UnitRow, UnitState, UnitTree, level_below},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use sheet::{Sheet, UnitSheet};
use words::{level_word, lock_words};

/// The page.
#[component]
pub fn UnitsPage() -> impl IntoView {
    let l = use_locale();
    let tree = Resource::new(|| (), |()| read_tree());
    view! {
        <PageTitle text=t::units::title(l) />
        <Transition fallback=move || view! { <Loading /> }>
            {move || tree.get().map(|answer| loaded(l, answer, tree))}
        </Transition>
    }
}

type Tree = Resource<ApiResult<UnitTree>>;

fn loaded(l: Locale, answer: ApiResult<UnitTree>, tree: Tree) -> AnyView {
    match answer {
        Ok(found) => view! { <Ready found=found tree=tree /> }.into_any(),
        Err(ApiError::Denied(Denied::Missing(right))) => {
            view! { <Forbidden right=right /> }.into_any()
        }
        Err(e) => view! {
            <PageHeader title=t::units::title(l) />
            <Notice tone=Tone::Error title=t::units::error(l)>
                <p>{api_error(l, &e)}</p>
                <div class="notice__actions">
                    <Button on_click=move || tree.refetch()>{t::units::retry(l)}</Button>
                </div>
            </Notice>
        }
        .into_any(),
    }
}

#[component]
fn Loading() -> impl IntoView {
    let l = use_locale();
    view! {
        <PageHeader title=t::units::title(l) />
        <p class="muted" role="status">{t::units::loading(l)}</p>
        <div class="table-region">
            <table class="table">
                <tbody>
                    <SkeletonRows rows=8 columns=5 />
                </tbody>
            </table>
        </div>
    }
}

/// What the page shares with its rows.
#[derive(Clone, Copy)]
struct Desk {
    l: Locale,
    tree: Tree,
    chosen: RwSignal<Option<UnitId>>,
    sheet: RwSignal<Option<Sheet>>,
    close: RwSignal<Option<(UnitId, String)>>,
    toasts: Option<Toasts>,
    /// Units are chosen where there is somebody to see in them: in a canton.
    chooses: bool,
}

#[component]
fn Ready(found: UnitTree, tree: Tree) -> impl IntoView {
    let l = use_locale();
    let session = use_session();
    let canton = session.is_canton();
    let desk = Desk {
        l,
        tree,
        chosen: RwSignal::new(found.current),
        sheet: RwSignal::new(None),
        close: RwSignal::new(None),
        toasts: use_context(),
        chooses: canton,
    };
    let ways = ways();
    let edits = session.holds(Right::ManageUnits);
    let root = if canton {
        UnitLevel::Canton
    } else {
        UnitLevel::Institute
    };
    let add_root = found.may_add_root;
    let current = found.current;
    // The way from elsewhere names a unit: it is looked for.
    let named = use_query_map().with_untracked(|q| q.get("unita")?.parse().ok());
    let named = found.units.iter().find(|u| Some(u.id) == named);
    let search = RwSignal::new(named.map(|u| u.name.clone()).unwrap_or_default());
    let total = found.units.len();
    let client = found.client.clone();
    let units = StoredValue::new(found.units);
    let shown = Memo::new(move |_| {
        let words = search.get().trim().to_lowercase();
        units.with_value(|all| {
            all.iter()
                .filter(|u| {
                    words.is_empty()
                        || u.name.to_lowercase().contains(&words)
                        || u.code.to_lowercase().contains(&words)
                })
                .map(|u| u.id)
                .collect::<Vec<_>>()
        })
    });
    let go = move || {
        if let Some(unit) = desk.chosen.get_untracked() {
            leave_for(l, Some(unit), "/utenti", ways);
        }
    };
    let why = Signal::derive(move || {
        desk.chosen
            .get()
            .is_none()
            .then(|| t::units::next_why(l).to_owned())
    });
    let rows = move || {
        let ids = shown.get();
        let client = client.clone();
        units.with_value(|all| {
            all.iter()
                .filter(|u| ids.contains(&u.id))
                .map(|u| row(desk, u.clone(), client.clone(), edits, current))
                .collect_view()
        })
    };
    view! {
        <PageHeader title=t::units::title(l) lead=if canton { t::units::lead(l) } else { "" }>
            {edits.then(|| view! { <LinkButton href="/importa" icon=IconName::Upload>{t::units::import(l)}</LinkButton> })}
            {add_root
                .then(|| {
                    view! {
                        <Button
                            icon=IconName::Plus
                            on_click=move || desk.sheet.set(Some(Sheet::new_below(None, String::new(), root)))
                        >
                            {t::units::add_root(l)}
                        </Button>
                    }
                })}
        </PageHeader>
        {(total == 0).then(|| view! { <EmptyState title=t::units::empty(l) /> })}
        {(total > 0)
            .then(|| {
                view! {
                    <div class="filters">
                        <div class="filters__search">
                            <TextField
                                id="units-search"
                                label=t::units::filter(l)
                                value=search
                                input_type="search"
                                autocomplete="off"
                                plain=true
                            />
                        </div>
                        <p role="status">{move || t::units::results(l, number(l, shown.with(Vec::len) as u64))}</p>
                    </div>
                    <div class="table-region" role="region" aria-label=t::units::title(l) tabindex="0">
                        <table class="table unit-tree table-cards">
                            <caption class="visually-hidden">{t::units::title(l)}</caption>
                            <thead>
                                <tr>
                                    <th scope="col">{t::units::col_unit(l)}</th>
                                    <th scope="col">{t::units::col_state(l)}</th>
                                    <th scope="col">{t::units::col_id(l)}</th>
                                    <th scope="col">{t::units::col_client(l)}</th>
                                    <th scope="col" class="cell-commands">{t::units::col_actions(l)}</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                        {move || shown.with(Vec::is_empty).then(|| view! { <EmptyState title=t::units::empty_filter(l) icon=IconName::Search /> })}
                    </div>
                }
            })}
        {canton
            .then(|| {
                view! {
                    <div class="unit-actions">
                        {current
                            .map(|_| {
                                view! {
                                    <Button on_click=move || leave_for(l, None, "/unita", ways)>
                                        {t::units::clear(l)}
                                    </Button>
                                }
                            })}
                        <Button kind=ButtonKind::Primary disabled_reason=why on_click=go>{t::units::next(l)}</Button>
                    </div>
                }
            })}
        <UnitSheet sheet=desk.sheet on_saved=move || tree.refetch() />
        <CloseDialog target=desk.close on_closed=move || tree.refetch() />
    }
}

fn row(
    desk: Desk,
    unit: UnitRow,
    client: String,
    edits: bool,
    current: Option<UnitId>,
) -> impl IntoView {
    let l = desk.l;
    let (id, level, state) = (unit.id, unit.level, unit.state);
    let (depth, code) = (unit.depth.min(3).to_string(), unit.code.clone());
    let (tone, word) = match state {
        UnitState::Active => (Tone::Ok, t::units::active(l)),
        UnitState::Closed => (Tone::Neutral, t::units::closed(l)),
    };
    let people = match unit.users {
        0 => None,
        1 => Some(t::units::users_one(l).to_owned()),
        n => Some(t::units::users_many(l, number(l, n.into()))),
    };
    let may_choose = desk.chooses && unit.may_choose;
    let name = unit.name.clone();
    let input_id = format!("unit-{id}");
    let label = if may_choose {
        let chosen = move || desk.chosen.get() == Some(id);
        view! {
            <span class="check">
                <input
                    class="check__input"
                    type="radio"
                    name="unita"
                    id=input_id.clone()
                    checked=current == Some(id)
                    prop:checked=chosen
                    on:change=move |_| desk.chosen.set(Some(id))
                />
                <label class="check__label" for=input_id>{name.clone()}</label>
            </span>
        }
        .into_any()
    } else {
        view! { <span>{name.clone()}</span> }.into_any()
    };
    view! {
        <tr
            data-depth=depth
            class:row--selected=move || desk.chosen.get() == Some(id)
        >
            <th scope="row" class="cell-name">
                <span class="unit-tree__name">
                    {label}
                    <span class="unit-tree__level">
                        {level_word(l, level)} {people.map(|p| format!(" · {p}"))}
                        {(current == Some(id)).then(|| format!(" · {}", t::units::current(l)))}
                    </span>
                </span>
            </th>
            <td data-label=t::units::col_state(l)><Status tone=tone>{word}</Status></td>
            <td data-label=t::units::col_id(l)><span class="mono">{code}</span></td>
            <td data-label=t::units::col_client(l)>{client}</td>
            <td class="cell-commands">{actions(desk, unit, edits)}</td>
        </tr>
    }
}

/// Pencil and menu; where the reader may not edit, ⓘ with the reason.
fn actions(desk: Desk, unit: UnitRow, edits: bool) -> AnyView {
    let l = desk.l;
    let (id, name) = (unit.id, unit.name.clone());
    match unit.locked {
        None => {
            let sheet = Sheet::edit(&unit);
            let below = level_below(unit.level);
            let entries = Signal::derive(move || {
                let mut entries = Vec::new();
                if let Some(level) = below {
                    let above = name.clone();
                    entries.push(MenuEntry::action(
                        t::units::add_menu(l, level_word(l, level).to_lowercase()),
                        move || {
                            desk.sheet.set(Some(Sheet::new_below(
                                Some(id),
                                above.clone(),
                                level,
                            )));
                        },
                    ));
                    entries.push(MenuEntry::Separator);
                }
                let closing = name.clone();
                entries.push(
                    MenuEntry::action(t::units::close_menu(l), move || {
                        desk.close.set(Some((id, closing.clone())));
                    })
                    .dangerous(),
                );
                entries
            });
            view! {
                <span class="user-commands">
                    <IconButton
                        icon=IconName::Pencil
                        label=t::units::edit(l, &unit.name)
                        on_click=move || desk.sheet.set(Some(sheet.clone()))
                    />
                    <MenuButton
                        id=format!("unit-more-{id}")
                        label=t::units::more(l, &unit.name)
                        entries=entries
                        icon_only=true
                    />
                </span>
            }
            .into_any()
        }
        Some(UnitLock::Closed) if edits => {
            view! { <Button on_click=move || reopen(desk, id, name.clone())>{t::units::reopen_menu(l)}</Button> }
                .into_any()
        }
        Some(lock) => view! {
            <span class="unit-tree__why">
                <Icon name=IconName::Info />
                <span>
                    <span class="visually-hidden">{t::units::why(l, &unit.name)} ": "</span>
                    {lock_words(l, lock)}
                </span>
            </span>
        }
        .into_any(),
    }
}

/// Takes a closed unit into use again.
fn reopen(desk: Desk, id: UnitId, name: String) {
    let l = desk.l;
    spawn_local(async move {
        let answer = reopen_unit(id).await;
        if let Some(toasts) = desk.toasts {
            match answer {
                Ok(()) => toasts.push(Tone::Ok, t::units::reopened(l, name)),
                Err(e) => toasts.push(Tone::Error, api_error(l, &e)),
            }
        }
        desk.tree.refetch();
    });
}
