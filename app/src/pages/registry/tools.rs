//! The heading with «Nuova anagrafica» and «UTILITA'».

use super::list::use_list;
use crate::{
    i18n::t,
    ui::{ButtonKind, IconName, LinkButton, MenuButton, MenuEntry, PageHeader},
    widgets::{address::address, person_words::freshness},
};
use leptos::prelude::*;

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
    let export = move || {
        let filter = list.wanted.with_untracked(|w| w.query.filter.clone());
        if let (Some(form), Some(field), Ok(json)) = (
            form.get_untracked(),
            field.get_untracked(),
            serde_json::to_string(&filter),
        ) {
            field.set_value(&json);
            let _ = form.submit();
        }
    };
    let entries = Signal::derive(move || {
        let mut entries = Vec::new();
        if list.may_link() {
            let there = list.wanted.with(|w| {
                let kind = w.query.filter.kind;
                let query = kind
                    .map(|k| format!("tipo={}", k.slug()))
                    .unwrap_or_default();
                address("/allineamento", &query, &w.query.filter.text)
            });
            entries.push(MenuEntry::link(t::registry::align(l), there));
        }
        if list.may_create() {
            entries.push(MenuEntry::link(t::registry::import(l), "/importa"));
        }
        if !entries.is_empty() {
            entries.push(MenuEntry::Separator);
        }
        entries.push(MenuEntry::action(t::users::export_csv(l), export));
        entries
    });
    view! {
        <PageHeader title=t::registry::title(l)>
            {move || {
                list.may_create()
                    .then(|| {
                        view! {
                            <LinkButton href="/anagrafiche/nuova" icon=IconName::Plus kind=ButtonKind::Primary>
                                {t::registry::new(l)}
                            </LinkButton>
                        }
                    })
            }}
            <MenuButton id="registry-tools" label=t::users::tools(l) entries=entries />
        </PageHeader>
        {move || {
            list.frame
                .with(|f| f.as_ref().map(|f| freshness(l, f.imported_at)))
                .map(|words| view! { <p class="muted" id="registry-freshness">{words}</p> })
        }}
        <form node_ref=form method="post" action="/anagrafiche/esporta" hidden=true>
            <input node_ref=field type="hidden" name="richiesta" />
        </form>
    }
}
