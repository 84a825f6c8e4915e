//! «Totale elementi trovati…», «Righe per pagina», «Totale pagine X di Y».

use super::list::use_list;
use crate::{
    api::users::keep_rows,
    i18n::{number, t},
    ui::{ChoiceOption, PageSizeSelect},
};
use domain::page::PageSize;
use leptos::{prelude::*, task::spawn_local};

/// The line over the cards.
#[component]
pub fn Slot() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let sizes = PageSize::ALL
        .into_iter()
        .filter(|s| *s != PageSize::All)
        .map(|s| ChoiceOption::new(s.code(), s.code()))
        .collect::<Vec<_>>();
    let size = Signal::derive(move || {
        list.page
            .with(|p| p.as_ref().map_or(PageSize::default(), |p| p.page.size))
            .code()
            .to_owned()
    });
    let choose = move |code: String| {
        let Some(size) = PageSize::from_code(&code) else {
            return;
        };
        let mut wanted = list.wanted.get_untracked().first();
        wanted.query.page.size = size;
        wanted.usual = false;
        list.navigate.run((wanted,));
        // Not kept is no harm: the address still says it.
        spawn_local(async move { drop(keep_rows(size).await) });
    };
    view! {
        <div class="slot-a">
            <span class="slot-a__total">{move || t::users::total(l, number(l, list.total()))}</span>
            <PageSizeSelect id="registry-rows" label=t::users::rows_per_page(l) options=sizes value=size on_change=choose />
            <span class="slot-a__pages">
                {move || {
                    let (page, pages) = list.pages();
                    t::users::pages(l, number(l, page.into()), number(l, pages.into()))
                }}
            </span>
        </div>
    }
}
