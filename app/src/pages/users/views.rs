//! «Viste»: parts of the list to come back to, each a link with its count. What a saved one
//! filters by stands in no address: `?vista=` is its number.

mod dialog;
mod refilter;

use super::{address::Wanted, list::use_list};
use crate::{
    api::users::count_views,
    i18n::{number, t},
    ui::{Button, ButtonKind, IconName, LinkButton, Notice, Tone, VisuallyHidden},
};
use dialog::{DeleteDialog, Editing, ViewDialog};
use domain::{
    Locale,
    user::{ListQuery, ReadyView, SavedView, UserFilter, UserSort, ViewCounts},
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use refilter::{Refilter, left};

/// The list as it is meant: with a saved view its filter and order.
pub fn meant(mut raw: Wanted, views: &[SavedView]) -> Wanted {
    if let Some(view) = raw
        .query
        .view
        .and_then(|id| views.iter().find(|v| v.id == id))
    {
        raw.query = view.resolve(&raw.query);
    }
    raw
}

/// Another filter or order than the view's is no longer the view. Of one that is not known
/// (just saved, or gone) nothing is.
pub fn loosen(mut wanted: Wanted, views: &[SavedView]) -> Wanted {
    let query = &wanted.query;
    let nothing = (UserFilter::default(), UserSort::default());
    let (filter, sort) = views
        .iter()
        .find(|v| Some(v.id) == query.view)
        .map_or(nothing, |v| (v.filter.clone(), v.sort));
    if query.filter != filter || query.sort != sort {
        wanted.query.view = None;
    }
    wanted
}

/// What the filter asks beyond name, group and state, for the chips: key and words.
pub fn standing_chips(l: Locale, filter: &UserFilter) -> Vec<(&'static str, &'static str)> {
    let mut chips = Vec::new();
    if filter.expired {
        chips.push(("v:password", t::views::expired_password(l)));
    }
    if filter.never_entered {
        chips.push(("v:accesso", t::views::never_entered(l)));
    }
    if filter.bounced {
        chips.push(("v:posta", t::views::bounced_mail(l)));
    }
    if filter.unlikely_group {
        chips.push(("v:verifica", t::views::unlikely_group(l)));
    }
    chips
}

/// Takes what a chip of [`standing_chips`] stands for out of the filter.
pub fn forget(filter: &mut UserFilter, key: &str) {
    match key {
        "password" => filter.expired = false,
        "accesso" => filter.never_entered = false,
        "posta" => filter.bounced = false,
        _ => filter.unlikely_group = false,
    }
}

fn name(l: Locale, view: ReadyView) -> &'static str {
    match view {
        ReadyView::ExpiredPassword => t::views::expired_password(l),
        ReadyView::NeverEntered => t::views::never_entered(l),
        ReadyView::WithoutMail => t::views::without_mail(l),
        ReadyView::UnlikelyGroup => t::views::unlikely_group(l),
        ReadyView::BouncedMail => t::views::bounced_mail(l),
    }
}

/// The line of views. `reload` reads the saved ones again.
#[component]
pub fn Views(
    /// Reads the saved views again.
    #[prop(into)]
    reload: Callback<()>,
) -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let counts = RwSignal::new(ViewCounts::default());
    // They come after the rows and hold nothing back: not on the server, and again whenever
    // another part of the list is looked at or somebody was changed here.
    Effect::new(move |_| {
        list.wanted.track();
        list.edited.track();
        list.frame.track();
        spawn_local(async move {
            if let Ok(found) = count_views().await {
                let _ = counts.try_set(found);
            }
        });
    });
    let views = Memo::new(move |_| {
        list.frame
            .with(|f| f.as_ref().map(|f| f.views.clone()).unwrap_or_default())
    });
    let ready = ReadyView::ALL
        .into_iter()
        .enumerate()
        .map(|(n, view)| {
            let count = Signal::derive(move || counts.with(|c| c.ready.get(n).copied()));
            let query = ListQuery {
                filter: view.filter(),
                ..ListQuery::default()
            };
            view! { <ViewLink query=query name=name(l, view).to_owned() shared=false count=count /> }
        })
        .collect_view();
    let saved = move || {
        views
            .get()
            .into_iter()
            .map(|view| {
                let id = view.id;
                let count = Signal::derive(move || {
                    counts.with(|c| c.saved.iter().find(|(v, _)| *v == id).map(|(_, n)| *n))
                });
                let query = view.resolve(&ListQuery::default());
                view! { <ViewLink query=query name=view.name shared=view.shared count=count /> }
            })
            .collect_view()
    };
    let current = Memo::new(move |_| {
        let id = list.wanted.with(|w| w.query.view)?;
        views.with(|v| v.iter().find(|v| v.id == id).cloned())
    });
    // There is something to keep: a filter or an order that is no view yet.
    let own_filter = Memo::new(move |_| {
        list.wanted.with(|w| {
            w.query.view.is_none()
                && (!w.query.filter.is_empty() || w.query.sort != UserSort::default())
        })
    });
    let before = left(list, views);
    let editing = RwSignal::new(None::<Editing>);
    let deleting = RwSignal::new(None::<SavedView>);
    // Dialogs hold elements of the browser: they come with it.
    let opened = RwSignal::new(false);
    Effect::new(move |_| opened.set(true));
    let commands = move || match current.get() {
        Some(view) if view.may_change => {
            let (edited, gone) = (view.clone(), view);
            view! {
                <Button id="view-edit" kind=ButtonKind::Quiet on_click=move || editing.set(Some(Editing::of(&edited)))>
                    {t::views::edit(l)}
                </Button>
                <Button id="view-delete" kind=ButtonKind::Quiet on_click=move || deleting.set(Some(gone.clone()))>
                    {t::views::delete(l)}
                </Button>
            }
            .into_any()
        }
        _ => own_filter
            .get()
            .then(|| {
                view! {
                    {before.get().map(|view| view! { <Refilter view=view reload=reload /> })}
                    <Button
                        id="view-save"
                        kind=ButtonKind::Quiet
                        icon=IconName::Plus
                        on_click=move || editing.set(Some(Editing::default()))
                    >
                        {t::views::save(l)}
                    </Button>
                }
            })
            .into_any(),
    };
    view! {
        <nav class="views-line" aria-label=t::views::label(l)>
            <span class="views-line__label" aria-hidden="true">{t::views::label(l)} ":"</span>
            <ul class="views">
                <ViewLink query=ListQuery::default() name=t::views::everyone(l).to_owned() shared=false count=Signal::stored(None) />
                {ready}
                {saved}
            </ul>
            {commands}
        </nav>
        {move || {
            opened
                .get()
                .then(|| {
                    view! {
                        <ViewDialog editing=editing reload=reload />
                        <DeleteDialog deleting=deleting reload=reload />
                    }
                })
        }}
    }
}

/// A view as a link: a click asks about the selection first, another tab does not.
#[component]
fn ViewLink(
    query: ListQuery,
    name: String,
    shared: bool,
    count: Signal<Option<u64>>,
) -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let to = Wanted { query, usual: true };
    let href = to.write();
    let own = (to.query.view, to.query.filter.clone());
    let here = move || {
        list.wanted
            .with(|w| w.query.view == own.0 && (own.0.is_some() || w.query.filter == own.1))
    };
    let go = move |event: MouseEvent| {
        if event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            event.stop_propagation();
            list.go(to.clone());
        }
    };
    view! {
        <li>
            <a class="views__link" href=href aria-current=move || here().then_some("true") on:click=go>
                {name}
                {shared.then(|| view! { <VisuallyHidden>" (" {t::views::shared_mark(l)} ")"</VisuallyHidden> })}
                {move || {
                    count
                        .get()
                        .map(|n| {
                            view! {
                                " "
                                <span class="count">{number(l, n)}</span>
                            }
                        })
                }}
            </a>
        </li>
    }
}

/// The address names a view that is gone.
#[component]
pub fn Gone() -> impl IntoView {
    let l = use_list().l;
    view! {
        <Notice tone=Tone::Warning>
            <p>{t::views::gone(l)}</p>
            <div class="notice__actions">
                <LinkButton href="/utenti">{t::views::gone_all(l)}</LinkButton>
            </div>
        </Notice>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ViewId;

    fn view() -> SavedView {
        SavedView {
            id: ViewId(12),
            name: "Prime".into(),
            shared: false,
            may_change: true,
            filter: UserFilter {
                text: "Rossi".into(),
                ..UserFilter::default()
            },
            sort: UserSort::default(),
        }
    }

    #[test]
    fn a_saved_view_brings_its_filter_and_its_address_says_only_its_number() {
        let meant = meant(Wanted::read("vista=12&pagina=2", ""), &[view()]);
        assert_eq!(meant.query.filter.text, "Rossi");
        assert_eq!(meant.write(), "/utenti?vista=12&pagina=2");
    }

    #[test]
    fn another_filter_is_no_longer_the_view() {
        let mut wanted = meant(Wanted::read("vista=12", ""), &[view()]);
        assert_eq!(
            loosen(wanted.clone(), &[view()]).query.view,
            Some(ViewId(12))
        );
        wanted.query.filter.without_mail = true;
        assert_eq!(
            loosen(wanted, &[view()]).write(),
            "/utenti?mail=manca#q=Rossi"
        );
    }
}
