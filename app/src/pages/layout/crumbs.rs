//! «Impostazioni › Generali › Utenti di Scuola Digitale» and the organisation.

use crate::{
    i18n::{t, use_locale},
    state::ListAddress,
    ui::{Breadcrumb, Crumb},
    widgets::UnitSwitch,
};
use domain::{Locale, organisation::OrganisationKind, session::SessionView};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The line below the header.
#[component]
pub fn CrumbLine(
    /// The session; `None` on pages that need none.
    view: Option<SessionView>,
) -> impl IntoView {
    let l = use_locale();
    let path = use_location().pathname;
    let list = use_context::<ListAddress>();
    // Back to the same rows of the list.
    let users = move || list.map_or_else(|| "/utenti".to_owned(), ListAddress::get);
    let canton = view
        .as_ref()
        .is_some_and(|v| v.kind == OrganisationKind::Canton);
    let crumbs = Signal::derive(move || path.with(|p| crumbs(l, p, users(), canton)));
    view.map(|view| {
        let switch = (!view.choices.is_empty()).then(|| view.clone());
        let mut place = view.organisation_name;
        if !view.units.is_empty() {
            place = format!("{place} · {}", view.units.join(", "));
        }
        view! {
            // A landmark of its own: outside the header and the page, nothing stands loose.
            <section class="crumb-line" aria-labelledby="unita">
                {move || {
                    if crumbs.with(Vec::is_empty) {
                        ().into_any()
                    } else {
                        view! { <Breadcrumb label=t::shell::path_label(l) crumbs=crumbs /> }.into_any()
                    }
                }}
                <p class="crumb-line__unit" id="unita">
                    <span>{t::shell::unit(l)}</span>
                    " "
                    <strong>{place}</strong>
                </p>
                {switch.map(|view| view! { <UnitSwitch view=view /> })}
            </section>
        }
    })
}

/// The path to a page; empty where the page stands alone. In a canton the list has the
/// portal's names.
fn crumbs(l: Locale, path: &str, users: String, canton: bool) -> Vec<Crumb> {
    let mut parts = path.split('/').filter(|p| !p.is_empty());
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    match (first, second) {
        ("utenti", second) => {
            let (mut list, title) = if canton {
                let above = vec![Crumb::text(t::shell::users_title_canton(l))];
                (above, t::users::title_canton(l))
            } else {
                let above = vec![
                    Crumb::text(t::shell::settings(l)),
                    Crumb::text(t::shell::general(l)),
                ];
                (above, t::shell::users_title(l))
            };
            match second {
                None => list.push(Crumb::text(title)),
                Some(second) => {
                    list.push(Crumb::link(title, users));
                    list.push(Crumb::text(match second {
                        "nuovo" => t::shell::new_user(l),
                        "azione" => t::commands::bulk_crumb(l),
                        "invio" => t::shell::send(l),
                        "gruppi" => t::bulk::title(l),
                        "lettere" => t::letters::crumb(l),
                        _ => t::shell::user(l),
                    }));
                }
            }
            list
        }
        ("anagrafiche", None) => vec![Crumb::text(t::registry::title(l))],
        ("anagrafiche", Some(second)) => vec![
            Crumb::link(t::registry::title(l), "/anagrafiche"),
            Crumb::text(match second {
                "nuova" => t::registry::new_title(l),
                _ => t::registry::sheet_title(l),
            }),
        ],
        ("allineamento", _) => vec![Crumb::text(t::alignment::nav(l))],
        ("operazioni", None) => vec![Crumb::text(t::shell::operations(l))],
        ("operazioni", Some(_)) => {
            vec![
                Crumb::link(t::shell::operations(l), "/operazioni"),
                Crumb::text(t::shell::operation(l)),
            ]
        }
        ("unita", _) => vec![Crumb::text(t::units::title(l))],
        ("abilitazioni", _) => vec![Crumb::text(t::worklist::title(l))],
        ("discrepanze", None) => vec![Crumb::text(t::discrepancies::title(l))],
        ("discrepanze", Some(_)) => vec![
            Crumb::link(t::discrepancies::title(l), "/discrepanze"),
            Crumb::text(t::discrepancies::one(l)),
        ],
        ("revisione", _) => vec![Crumb::text(t::review::title(l))],
        ("io", _) => vec![Crumb::text(t::account::title(l))],
        ("posta", _) => vec![Crumb::text(t::shell::outbox(l))],
        ("gruppi", None) => vec![Crumb::text(t::group_page::title(l))],
        ("gruppi", Some(second)) => vec![
            Crumb::link(t::group_page::title(l), "/gruppi"),
            Crumb::text(match second {
                "nuovo" => t::group_page::new(l),
                _ => t::group_page::group(l),
            }),
        ],
        ("impostazioni", _) => vec![
            Crumb::text(t::shell::settings(l)),
            Crumb::text(t::house::title(l)),
        ],
        ("registro", _) => vec![Crumb::text(t::shell::audit(l))],
        ("importa", None) => vec![Crumb::text(t::shell::import(l))],
        ("importa", Some(_)) => {
            vec![
                Crumb::link(t::shell::import(l), "/importa"),
                Crumb::text(t::shell::import_preview(l)),
            ]
        }
        ("accessibilita", _) => vec![Crumb::text(t::shell::accessibility(l))],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_users_list_reads_as_in_the_manual() {
        let words: Vec<_> = crumbs(Locale::It, "/utenti", String::new(), false)
            .into_iter()
            .map(|c| c.label)
            .collect();
        assert_eq!(
            words,
            ["Impostazioni", "Generali", "Utenti di Scuola Digitale"]
        );
        assert_eq!(
            crumbs(Locale::It, "/utenti/7", "/utenti?pagina=2".into(), false)[2]
                .href
                .as_deref(),
            Some("/utenti?pagina=2")
        );
        assert!(crumbs(Locale::It, "/", String::new(), false).is_empty());
        let canton = crumbs(Locale::It, "/utenti", String::new(), true);
        let words: Vec<_> = canton.into_iter().map(|c| c.label).collect();
        assert_eq!(words, ["Gestione degli utenti", "Selezione utente"]);
    }
}
