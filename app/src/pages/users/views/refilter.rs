//! «Aggiorna con i filtri di adesso»: a saved view comes to mean what the list shows now.

use crate::{
    api::views::refilter_view,
    i18n::{api_error, t},
    pages::users::{
        address::Wanted,
        list::{List, use_list},
    },
    state::Toasts,
    ui::{Button, ButtonKind, Tone},
};
use domain::{
    ViewId,
    user::{ListQuery, ReadyView, SavedView},
};
use leptos::{prelude::*, task::spawn_local};

/// The view from which somebody came to the present filter, where they may change it: another
/// filter is no longer the view, and the address forgets it. Everybody and the ready views are
/// another beginning.
pub fn left(list: List, views: Memo<Vec<SavedView>>) -> Memo<Option<SavedView>> {
    let last = Memo::new(move |was: Option<&Option<ViewId>>| {
        list.wanted.with(|w| {
            let filter = &w.query.filter;
            let begins = filter.is_empty() || ReadyView::ALL.iter().any(|v| v.filter() == *filter);
            let was = was.copied().flatten().filter(|_| !begins);
            w.query.view.or(was)
        })
    });
    Memo::new(move |_| {
        let id = last.get()?;
        views.with(|v| v.iter().find(|v| v.id == id && v.may_change).cloned())
    })
}

/// The button. It names the view, which is no longer marked in the line.
#[component]
pub fn Refilter(view: SavedView, reload: Callback<()>) -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let toasts = use_context::<Toasts>();
    let busy = RwSignal::new(false);
    let words = t::views::refilter(l, &view.name);
    let update = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let now = list.wanted.with_untracked(|w| w.query.clone());
        // As it stands here still: the line finds out what it means when it reads it again.
        let query = view.resolve(&ListQuery::default());
        let (id, name) = (view.id, view.name.clone());
        spawn_local(async move {
            let answer = refilter_view(id, now.filter, now.sort).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    list.navigate.run((Wanted { query, usual: true },));
                    reload.run(());
                    if let Some(toasts) = toasts {
                        toasts.push(Tone::Ok, t::views::refiltered(l, name));
                    }
                    // The button goes with the filter that was no view.
                    crate::ui::dom::focus_id("users-search");
                }
                Err(e) => {
                    if let Some(toasts) = toasts {
                        toasts.push(Tone::Error, api_error(l, &e));
                    }
                }
            }
        });
    };
    view! {
        <Button id="view-refilter" kind=ButtonKind::Quiet busy=busy on_click=update>
            {words}
        </Button>
    }
}
