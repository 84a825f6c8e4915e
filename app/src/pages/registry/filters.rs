//! «Tipo», «Plesso», «Anno scolastico», «Classe», «Collegamento», «Ricerca», and
//! what is filtered by now.

use super::list::use_list;
use crate::{
    i18n::{number, t},
    ui::{Button, ButtonKind, Chip, ChipList, ChoiceOption, IconName, SelectField, TextField},
    widgets::person_words::kinds_word,
};
use domain::{
    UnitId,
    person::{PersonFilter, PersonKind, school_year_words},
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What is typed and chosen, before «Filtra / Ricerca».
#[derive(Clone, Copy)]
struct Draft {
    kind: RwSignal<String>,
    site: RwSignal<String>,
    year: RwSignal<String>,
    class: RwSignal<String>,
    link: RwSignal<String>,
    text: RwSignal<String>,
}

impl Draft {
    fn new(filter: &PersonFilter) -> Self {
        let draft = Self {
            kind: RwSignal::default(),
            site: RwSignal::default(),
            year: RwSignal::default(),
            class: RwSignal::default(),
            link: RwSignal::default(),
            text: RwSignal::default(),
        };
        draft.fill(filter);
        draft
    }

    fn fill(self, f: &PersonFilter) {
        let _ = self
            .kind
            .try_set(f.kind.map(PersonKind::slug).unwrap_or_default().to_owned());
        let _ = self
            .site
            .try_set(f.site.map(|s| s.to_string()).unwrap_or_default());
        let _ = self
            .year
            .try_set(f.school_year.map(|y| y.to_string()).unwrap_or_default());
        let _ = self.class.try_set(f.class.clone().unwrap_or_default());
        let link = match f.linked {
            None => "",
            Some(true) => "si",
            Some(false) => "no",
        };
        let _ = self.link.try_set(link.to_owned());
        let _ = self.text.try_set(f.text.clone());
    }

    fn filter(self) -> PersonFilter {
        PersonFilter {
            kind: self.kind.with_untracked(|k| PersonKind::from_slug(k)),
            site: self.site.with_untracked(|s| s.parse().ok()).map(UnitId),
            school_year: self.year.with_untracked(|y| y.parse().ok()),
            class: self
                .class
                .with_untracked(|c| (!c.is_empty()).then(|| c.clone())),
            linked: self.link.with_untracked(|l| match l.as_str() {
                "si" => Some(true),
                "no" => Some(false),
                _ => None,
            }),
            text: self.text.with_untracked(|t| t.trim().to_owned()),
        }
    }
}

/// The filter bar. What is typed and chosen is searched at «Filtra / Ricerca» or Enter, all
/// together.
#[component]
pub fn Filters() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let draft = list.wanted.with_untracked(|w| Draft::new(&w.query.filter));
    // Back, forward and chips change the address: the fields follow. A moment later,
    // because a field that comes alive takes over what was typed before.
    Effect::new(move |_| {
        let filter = list.wanted.with(|w| w.query.filter.clone());
        request_animation_frame(move || draft.fill(&filter));
    });
    let search = move || {
        let mut wanted = list.wanted.get_untracked().first();
        wanted.query.filter = draft.filter();
        list.navigate.run((wanted,));
    };
    let clear = move || {
        draft.fill(&PersonFilter::default());
        list.clear();
    };
    let kinds: Vec<_> = std::iter::once(ChoiceOption::new("", t::registry::all_kinds(l)))
        .chain(
            PersonKind::ALL
                .into_iter()
                .map(|k| ChoiceOption::new(k.slug(), kinds_word(l, k))),
        )
        .collect();
    let sites = Signal::derive(move || {
        let mut all = vec![ChoiceOption::new("", t::registry::all_sites(l))];
        list.frame.with(|f| {
            let sites = f.iter().flat_map(|f| &f.sites);
            all.extend(sites.map(|(id, name)| ChoiceOption::new(id.to_string(), name.clone())));
        });
        keep(&mut all, &draft.site.get());
        all
    });
    let years = Signal::derive(move || {
        let mut all = vec![ChoiceOption::new("", t::registry::all_years(l))];
        let found: BTreeSet<i16> = list.frame.with(|f| {
            let years = f.iter().flat_map(|f| &f.classes).map(|c| c.school_year);
            years.chain(f.iter().map(|f| f.year)).collect()
        });
        all.extend(
            found
                .into_iter()
                .rev()
                .map(|y| ChoiceOption::new(y.to_string(), school_year_words(y))),
        );
        keep(&mut all, &draft.year.get());
        all
    });
    let classes = Signal::derive(move || {
        let (site, year) = (
            draft.site.with(|s| s.parse().ok().map(UnitId)),
            draft.year.with(|y| y.parse::<i16>().ok()),
        );
        let found: BTreeSet<String> = list.frame.with(|f| {
            f.iter()
                .flat_map(|f| &f.classes)
                .filter(|c| !c.class.is_empty())
                .filter(|c| year.is_none_or(|y| c.school_year == y))
                .filter(|c| site.is_none() || c.site == site)
                .map(|c| c.class.clone())
                .collect()
        });
        let mut all = vec![ChoiceOption::new("", t::registry::all_classes(l))];
        all.extend(found.into_iter().map(|c| ChoiceOption::new(c.clone(), c)));
        keep(&mut all, &draft.class.get());
        all
    });
    let links = Signal::derive(move || {
        vec![
            ChoiceOption::new("", t::registry::all_links(l)),
            ChoiceOption::new("si", t::registry::only_linked(l)),
            ChoiceOption::new(
                "no",
                t::registry::only_unlinked(l, number(l, list.unlinked())),
            ),
        ]
    });
    view! {
        <form
            class="filters registry-filters"
            role="search"
            aria-label=t::registry::filters(l)
            on:submit=move |event| {
                event.prevent_default();
                search();
            }
        >
            <div class="filters__fields">
                <SelectField id="registry-kind" label=t::registry::kind(l) value=draft.kind options=kinds />
                <SelectField id="registry-site" label=t::registry::site(l) value=draft.site options=sites />
                <SelectField id="registry-year" label=t::registry::school_year(l) value=draft.year options=years />
                <SelectField id="registry-class" label=t::registry::class(l) value=draft.class options=classes />
                <SelectField id="registry-link" label=t::registry::link_filter(l) value=draft.link options=links />
                <div class="filters__search">
                    <TextField
                        id="registry-search"
                        label=t::registry::search(l)
                        value=draft.text
                        input_type="search"
                        autocomplete="off"
                        plain=true
                    />
                </div>
            </div>
            <div class="filters__actions">
                <Button submit=true icon=IconName::Search>{t::users::search_button(l)}</Button>
                <Button kind=ButtonKind::Quiet on_click=clear>{t::users::clear(l)}</Button>
            </div>
        </form>
    }
}

/// What is chosen stays a choice, also where nobody is found under it any more.
fn keep(all: &mut Vec<ChoiceOption>, chosen: &str) {
    if !chosen.is_empty() && !all.iter().any(|o| o.value == chosen) {
        all.push(ChoiceOption::new(chosen, chosen));
    }
}

/// What the list is filtered by, each removable.
#[component]
pub fn Chips() -> impl IntoView {
    let list = use_list();
    let l = list.l;
    let chips = Signal::derive(move || {
        let f = list.wanted.with(|w| w.query.filter.clone());
        let site = f.site.map(|site| {
            let known = list.frame.with(|frame| {
                let sites = frame.iter().flat_map(|frame| &frame.sites);
                sites
                    .clone()
                    .find(|(id, _)| *id == site)
                    .map(|(_, name)| name.clone())
            });
            known.unwrap_or_else(|| site.to_string())
        });
        let colon = |label: &str, value: &str| format!("{label}: {value}");
        let text = f.text.trim();
        [
            (
                "kind",
                f.kind
                    .map(|k| colon(t::registry::kind(l), kinds_word(l, k))),
            ),
            ("site", site.map(|s| colon(t::registry::site(l), &s))),
            (
                "year",
                f.school_year
                    .map(|y| colon(t::registry::school_year(l), &school_year_words(y))),
            ),
            ("class", f.class.map(|c| colon(t::registry::class(l), &c))),
            (
                "linked",
                f.linked.map(|linked| {
                    let words = if linked {
                        t::registry::chip_linked(l)
                    } else {
                        t::registry::chip_unlinked(l)
                    };
                    words.to_owned()
                }),
            ),
            (
                "text",
                (!text.is_empty()).then(|| colon(t::registry::search(l), text)),
            ),
        ]
        .into_iter()
        .filter_map(|(key, label)| {
            let label = label?;
            Some(Chip {
                key: key.to_owned(),
                remove_label: t::users::chip_remove(l, &label),
                label,
            })
        })
        .collect::<Vec<_>>()
    });
    let remove = move |key: String| {
        let mut wanted = list.wanted.get_untracked().first();
        let f = &mut wanted.query.filter;
        match key.as_str() {
            "kind" => f.kind = None,
            "site" => f.site = None,
            "year" => f.school_year = None,
            "class" => f.class = None,
            "linked" => f.linked = None,
            _ => f.text.clear(),
        }
        list.navigate.run((wanted,));
    };
    view! {
        <ChipList
            id="registry-chips"
            label=t::users::chips(l)
            chips=chips
            on_remove=remove
            fallback_focus="registry-search"
        />
    }
}
