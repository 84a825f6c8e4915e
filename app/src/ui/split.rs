//! The pencil and the arrow of a row.

use leptos::prelude::*;

use super::button::IconButton;
use super::icon::{Icon, IconName};
use super::menu::{MenuButton, MenuEntry};

/// Two controls in a named group: the main command (a link or an action) and
/// the arrow with the other commands. Two tab stops.
#[component]
pub fn SplitButton(
    /// The id of the group; the parts are `{id}-main` and `{id}-more`.
    #[prop(into)]
    id: String,
    /// The name of the group: "Comandi per UTENTE DEMO".
    #[prop(into)]
    label: Signal<String>,
    /// The name of the main command: "Modifica UTENTE DEMO".
    #[prop(into)]
    main_label: Signal<String>,
    /// Where the main command goes. Without it, `on_main` runs.
    #[prop(optional, into)]
    href: Option<String>,
    /// What the main command does.
    #[prop(optional, into)]
    on_main: Option<Callback<()>>,
    /// The icon of the main command.
    #[prop(default = IconName::Pencil)]
    icon: IconName,
    /// The name of the arrow: "Altri comandi per UTENTE DEMO".
    #[prop(into)]
    more_label: Signal<String>,
    /// The other commands, asked for when the arrow is pressed.
    #[prop(into)]
    entries: Signal<Vec<MenuEntry>>,
) -> impl IntoView {
    let (main_id, more_id) = (format!("{id}-main"), format!("{id}-more"));
    let main = match href {
        Some(href) => view! {
            <a id=main_id class="button button--icon" href=href aria-label=main_label title=main_label>
                <Icon name=icon/>
            </a>
        }
        .into_any(),
        None => view! {
            <IconButton
                id=main_id
                label=main_label
                icon=icon
                on_click=move || {
                    if let Some(act) = on_main {
                        act.run(());
                    }
                }
            />
        }
        .into_any(),
    };
    view! {
        <div class="split" role="group" id=id aria-label=label>
            {main}
            <MenuButton id=more_id label=more_label entries=entries icon_only=true/>
        </div>
    }
}
