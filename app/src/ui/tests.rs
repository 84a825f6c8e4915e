//! What the kit puts into the HTML: roles, names and states, checked on the
//! server's output.

use leptos::prelude::*;

use super::*;

fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    owner.with(|| view().into_view().to_html())
}

fn has(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part} is missing in {html}");
    }
}

#[test]
fn a_blocked_button_stays_focusable_and_says_why() {
    let html = html(|| {
        view! {
            <Button id="send" disabled_reason=Some("Seleziona almeno un utente".to_string())>
                "Invia"
            </Button>
        }
    });
    has(
        &html,
        &[
            "aria-disabled=\"true\"",
            "aria-describedby=\"send-reason\"",
            "id=\"send-reason\"",
            "Seleziona almeno un utente",
            "type=\"button\"",
        ],
    );
    assert!(!html.contains(" disabled"), "{html}");
}

#[test]
fn a_field_is_tied_to_its_label_hint_and_error() {
    let html = html(|| {
        view! {
            <TextField
                id="mail"
                label="Mail utente"
                value=RwSignal::new("a\"b".to_string())
                hint=Some("Una sola".to_string())
                error=Some("Inserisci l'indirizzo".to_string())
                required=true
            />
        }
    });
    has(
        &html,
        &[
            "for=\"mail\"",
            "id=\"mail-hint\"",
            "id=\"mail-error\"",
            "aria-describedby=\"mail-hint mail-error\"",
            "aria-invalid=\"true\"",
            "aria-required=\"true\"",
            "value=\"a&quot;b\"",
        ],
    );
}

#[test]
fn a_text_area_never_writes_its_text_as_a_child() {
    let html = html(|| {
        view! {
            <TextAreaField
                id="why"
                label="Motivazione"
                value=RwSignal::new("</textarea><script>".to_string())
            />
        }
    });
    assert!(!html.contains("<script>"), "{html}");
}

#[test]
fn a_password_can_be_shown_by_a_toggle_button() {
    let html = html(|| {
        view! {
            <PasswordField
                id="password"
                label="Password"
                value=RwSignal::new(String::new())
                show_label="Mostra"
                autocomplete="current-password"
            />
        }
    });
    has(
        &html,
        &[
            "type=\"password\"",
            "aria-pressed=\"false\"",
            "aria-controls=\"password\"",
            "autocomplete=\"current-password\"",
        ],
    );
}

#[test]
fn a_closed_menu_button_says_what_it_opens_and_renders_no_menu() {
    let html = html(|| {
        view! {
            <MenuButton
                id="tools"
                label="UTILITA'"
                entries=vec![MenuEntry::link("Esporta", "/x"), MenuEntry::Separator]
            />
        }
    });
    has(
        &html,
        &["aria-haspopup=\"menu\"", "aria-expanded=\"false\""],
    );
    assert!(!html.contains("role=\"menu\""), "{html}");
}

#[test]
fn the_split_button_is_a_named_group_of_two_named_controls() {
    let html = html(|| {
        view! {
            <SplitButton
                id="row-1"
                label="Comandi per UTENTE DEMO"
                main_label="Modifica UTENTE DEMO"
                more_label="Altri comandi per UTENTE DEMO"
                href="/utenti/1"
                entries=Vec::new()
            />
        }
    });
    has(
        &html,
        &[
            "role=\"group\"",
            "aria-label=\"Comandi per UTENTE DEMO\"",
            "aria-label=\"Modifica UTENTE DEMO\"",
            "aria-label=\"Altri comandi per UTENTE DEMO\"",
        ],
    );
}

fn pager(page: u64, pages: u64) -> String {
    html(move || {
        view! {
            <Pagination
                id="pager"
                label="Pagine degli utenti"
                page=page
                pages=pages
                first="Primo"
                previous="Precedente"
                page_label="Pagina"
                of_total="di 9"
                next="Successivo"
                last="Ultimo"
                on_go=|_: u64| ()
            />
        }
    })
}

#[test]
fn the_pager_keeps_its_edge_buttons_focusable() {
    let html = pager(9, 9);
    has(
        &html,
        &["aria-label=\"Pagine degli utenti\"", "Primo", "value=\"9\""],
    );
    assert_eq!(html.matches("aria-disabled=\"true\"").count(), 2, "{html}");
    assert!(!html.contains(" disabled"), "{html}");
}

#[test]
fn a_single_page_has_no_pager() {
    assert!(!pager(1, 1).contains("<nav"));
}

#[test]
fn only_the_sorted_column_has_aria_sort() {
    let sorted = html(|| {
        view! {
            <SortHeader id="s" label="Cognome" direction=Some(SortDirection::Descending) on_sort=|| ()/>
        }
    });
    has(&sorted, &["aria-sort=\"descending\"", "scope=\"col\""]);
    let unsorted: Option<SortDirection> = None;
    let other = html(move || {
        view! { <SortHeader id="s" label="Nome" direction=unsorted on_sort=|| ()/> }
    });
    assert!(!other.contains("aria-sort"), "{other}");
}

#[test]
fn tabs_have_one_tab_stop() {
    let html = html(|| {
        view! {
            <Tabs
                id="t"
                label="Allineamento"
                tabs=vec![TabItem::new("a", "Uno"), TabItem::new("b", "Due")]
                selected="b".to_string()
                on_select=|_: String| ()
            />
            <TabPanel tabs="t" key="b">"x"</TabPanel>
        }
    });
    has(
        &html,
        &[
            "role=\"tablist\"",
            "aria-controls=\"t-panel-b\"",
            "role=\"tabpanel\"",
            "aria-labelledby=\"t-tab-b\"",
        ],
    );
    assert_eq!(html.matches("aria-selected=\"true\"").count(), 1, "{html}");
    assert_eq!(html.matches("tabindex=\"-1\"").count(), 1, "{html}");
}

#[test]
fn a_status_is_an_icon_and_a_word() {
    let html = html(|| view! { <Status tone=Tone::Warning>"scaduta"</Status> });
    has(
        &html,
        &["status--warning", "<svg", "aria-hidden=\"true\"", "scaduta"],
    );
}

#[test]
fn a_closed_dialog_is_named_and_empty() {
    let html = html(|| {
        view! {
            <Dialog id="groups" open=RwSignal::new(false) title="Gruppi di BA DAMIANO">
                <p>"contenuto"</p>
            </Dialog>
        }
    });
    has(&html, &["<dialog", "aria-labelledby=\"groups-title\""]);
    assert!(!html.contains("contenuto"), "{html}");
}

#[test]
fn an_error_summary_leads_to_the_fields() {
    let html = html(|| {
        view! {
            <ErrorSummary
                id="errors"
                title="C'è un problema"
                errors=vec![FieldError::new("mail", "Inserisci l'indirizzo")]
            />
        }
    });
    has(
        &html,
        &[
            "href=\"#mail\"",
            "tabindex=\"-1\"",
            "aria-labelledby=\"errors-title\"",
        ],
    );
}

#[test]
fn a_partly_chosen_set_is_neither_all_nor_none() {
    assert_eq!(TriState::of(0, 5), TriState::None);
    assert_eq!(TriState::of(2, 5), TriState::Some);
    assert_eq!(TriState::of(5, 5), TriState::All);
    assert_eq!(TriState::of(0, 0), TriState::None);
}

#[test]
fn no_part_of_the_kit_writes_an_inline_style() {
    let all = html(|| {
        view! {
            <Progress id="p" label="1 di 2" value=Some(1_u64) max=2_u64/>
            <SkeletonCards/>
            <EmptyState title="Niente"/>
            <Notice tone=Tone::Info>"x"</Notice>
            <Tag>"x"</Tag>
        }
    });
    assert!(!all.contains("style="), "{all}");
    has(
        &all,
        &["<progress", "for=\"p\"", "value=\"1\"", "max=\"2\""],
    );
}
