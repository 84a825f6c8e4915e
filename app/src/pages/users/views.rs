//! «Viste»: parts of the list to come back to, each a link with its count.

use super::{address::Wanted, list::use_list};
use crate::{
    api::users::count_views,
    i18n::{number, t},
};
use domain::{
    Locale,
    user::{ListQuery, ReadyView, UserFilter},
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

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

/// The line of views.
#[component]
pub fn Views() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let counts = RwSignal::new(Vec::<u64>::new());
    // They come after the rows and hold nothing back: not on the server, and again whenever
    // another part of the list is looked at or somebody was changed here.
    Effect::new(move |_| {
        list.wanted.track();
        list.edited.track();
        spawn_local(async move {
            if let Ok(found) = count_views().await {
                let _ = counts.try_set(found);
            }
        });
    });
    let ready = ReadyView::ALL
        .into_iter()
        .enumerate()
        .map(|(n, view)| {
            let count = Signal::derive(move || counts.with(|c| c.get(n).copied()));
            view! { <ViewLink filter=view.filter() name=name(l, view) count=count /> }
        })
        .collect_view();
    view! {
        <nav class="views-line" aria-label=t::views::label(l)>
            <span class="views-line__label" aria-hidden="true">{t::views::label(l)} ":"</span>
            <ul class="views">
                <ViewLink filter=UserFilter::default() name=t::views::everyone(l) count=Signal::stored(None) />
                {ready}
            </ul>
        </nav>
    }
}

/// A view as a link: a click asks about the selection first, another tab does not.
#[component]
fn ViewLink(filter: UserFilter, name: &'static str, count: Signal<Option<u64>>) -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let query = ListQuery {
        filter: filter.clone(),
        ..ListQuery::default()
    };
    let to = Wanted { query, usual: true };
    let href = to.write();
    let here = move || list.wanted.with(|w| w.query.filter == filter);
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
