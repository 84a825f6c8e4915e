//! The menu button of the ARIA Authoring Practices, with its menu in the top
//! layer so that no scrolling table clips it.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{self, Element, HtmlElement};

use super::dom;
use super::icon::{Icon, IconName};
use super::menu_keys::next_item;

/// One line of a menu.
#[derive(Clone)]
pub enum MenuEntry {
    /// Something that can be chosen.
    Item(MenuItem),
    /// A line between groups of items.
    Separator,
}

/// Something that can be chosen from a menu. Made with the functions of
/// [`MenuEntry`].
#[derive(Clone)]
pub struct MenuItem {
    label: String,
    reason: Option<String>,
    danger: bool,
    lang: Option<&'static str>,
    act: MenuAct,
}

#[derive(Clone)]
enum MenuAct {
    Run(Callback<()>),
    Go { href: String, external: bool },
}

impl MenuEntry {
    /// An item that does something.
    pub fn action(label: impl Into<String>, run: impl Into<Callback<()>>) -> Self {
        Self::item(label, MenuAct::Run(run.into()))
    }

    /// An item that goes to a page of the product.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        let href = href.into();
        Self::item(
            label,
            MenuAct::Go {
                href,
                external: false,
            },
        )
    }

    /// An item that leads to a file: the browser takes it, not the router.
    pub fn download(label: impl Into<String>, href: impl Into<String>) -> Self {
        let href = href.into();
        Self::item(
            label,
            MenuAct::Go {
                href,
                external: true,
            },
        )
    }

    /// With a reason the item stays reachable, shows the reason and does
    /// nothing.
    #[must_use]
    pub fn disabled_because(mut self, why: Option<String>) -> Self {
        if let Self::Item(item) = &mut self {
            item.reason = why;
        }
        self
    }

    /// Marks an item that takes something away.
    #[must_use]
    pub fn dangerous(mut self) -> Self {
        if let Self::Item(item) = &mut self {
            item.danger = true;
        }
        self
    }

    /// Says in which language the words are, when not in the page's: the name
    /// of a language in itself.
    #[must_use]
    pub fn in_language(mut self, code: &'static str) -> Self {
        if let Self::Item(item) = &mut self {
            item.lang = Some(code);
        }
        self
    }

    fn item(label: impl Into<String>, act: MenuAct) -> Self {
        Self::Item(MenuItem {
            label: label.into(),
            reason: None,
            danger: false,
            lang: None,
            act,
        })
    }
}

/// A button that opens a menu.
///
/// Enter, Space and Down open it on the first item, Up on the last; Esc closes
/// and returns the focus; Tab closes and goes on. The entries are asked for
/// only when the menu opens.
#[component]
pub fn MenuButton(
    /// The id of the button; the menu is `{id}-menu`.
    #[prop(into)]
    id: String,
    /// The words on the button, or its name when `icon_only`.
    #[prop(into)]
    label: Signal<String>,
    /// The entries.
    #[prop(into)]
    entries: Signal<Vec<MenuEntry>>,
    /// True to show only the arrow (the label becomes the accessible name).
    #[prop(optional)]
    icon_only: bool,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// Class names of the button instead of the ordinary ones.
    #[prop(optional, into)]
    class: Option<&'static str>,
    /// Words only for screen readers, after the visible ones.
    #[prop(optional, into)]
    hidden_label: Option<String>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Button>::new();
    // Some(true): open with the focus on the last item.
    let open = RwSignal::new(None::<bool>);
    let menu_id = format!("{id}-menu");
    let (controlled, menu_of) = (menu_id.clone(), id.clone());
    let class = class.unwrap_or(if icon_only {
        "button button--icon"
    } else {
        "button"
    });
    view! {
        <button
            node_ref=node
            id=id
            type="button"
            class=class
            aria-haspopup="menu"
            aria-expanded=move || open.get().is_some().to_string()
            aria-controls=move || open.get().map(|_| controlled.clone())
            aria-label=move || icon_only.then(|| label.get())
            title=move || icon_only.then(|| label.get())
            on:click=move |_| open.update(|o| *o = if o.is_some() { None } else { Some(false) })
            on:keydown=move |event: KeyboardEvent| {
                if event.key() == "ArrowDown" || event.key() == "ArrowUp" {
                    event.prevent_default();
                    open.set(Some(event.key() == "ArrowUp"));
                }
            }
        >
            {icon.map(|name| view! { <Icon name=name/> })}
            {(!icon_only).then(|| view! { <span class="button__label">{label}</span> })}
            {hidden_label.map(|words| view! { <span class="visually-hidden">" " {words}</span> })}
            <Icon name=IconName::CaretDown/>
        </button>
        {move || {
            open.get()
                .map(|at_end| {
                    view! {
                        <MenuPopup
                            id=menu_id.clone()
                            button_id=menu_of.clone()
                            button=node
                            entries=entries.get_untracked()
                            at_end=at_end
                            open=open
                        />
                    }
                })
        }}
    }
}

/// The open menu. Its life is the time it is open.
#[component]
fn MenuPopup(
    id: String,
    button_id: String,
    button: NodeRef<leptos::html::Button>,
    entries: Vec<MenuEntry>,
    at_end: bool,
    open: RwSignal<Option<bool>>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let close = move |return_focus: bool| {
        if return_focus && let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
        open.set(None);
    };
    Effect::new(move |_| {
        let (Some(menu), Some(anchor)) = (node.get(), button.get_untracked()) else {
            return;
        };
        dom::show_beside(&menu, &anchor);
        let items = dom::all(&menu, "[role=menuitem]");
        if let Some(item) = if at_end { items.last() } else { items.first() } {
            let _ = item.focus();
        }
        let inside = move || -> Vec<Element> {
            [
                node.try_get_untracked().flatten().map(Element::from),
                button.try_get_untracked().flatten().map(Element::from),
            ]
            .into_iter()
            .flatten()
            .collect()
        };
        dom::on_leave(inside, move || close(false));
    });
    let keys = move |event: KeyboardEvent| {
        let Some(menu) = node.get_untracked() else {
            return;
        };
        match event.key().as_str() {
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                close(true);
            }
            // The focus goes back to the button and Tab leaves from there.
            "Tab" => close(true),
            key => move_focus(&event, key, &menu),
        }
    };
    let lines = entries
        .into_iter()
        .map(|entry| match entry {
            MenuEntry::Separator => {
                view! { <div class="menu__separator" role="separator"></div> }.into_any()
            }
            MenuEntry::Item(item) => menu_line(item, close),
        })
        .collect_view();
    view! {
        <div
            node_ref=node
            id=id
            class="popover menu"
            popover="manual"
            role="menu"
            aria-labelledby=button_id
            on:keydown=keys
        >
            {lines}
        </div>
    }
}

/// Moves the focus inside the menu, and makes Space activate a link as Enter
/// does.
fn move_focus(event: &KeyboardEvent, key: &str, menu: &HtmlElement) {
    let items = dom::all(menu, "[role=menuitem]");
    let focused = dom::focused();
    let current = items.iter().position(|item| focused.as_ref() == Some(item));
    if key == " " {
        let link = current.and_then(|index| items[index].dyn_ref::<web_sys::HtmlAnchorElement>());
        if let Some(link) = link {
            event.prevent_default();
            link.click();
        }
        return;
    }
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let labels: Vec<String> = items
        .iter()
        .map(|item| item.text_content().unwrap_or_default())
        .collect();
    if let Some(next) = next_item(key, current, &labels) {
        event.prevent_default();
        let _ = items[next].focus();
    }
}

/// One item, as a button or as a link.
fn menu_line(item: MenuItem, close: impl Fn(bool) + Copy + Send + 'static) -> AnyView {
    let class = if item.danger {
        "menu__item menu__item--danger"
    } else {
        "menu__item"
    };
    let disabled = item.reason.is_some().then_some("true");
    let words = view! {
        <span class="menu__label" lang=item.lang>{item.label}</span>
        {item.reason.clone().map(|why| view! { <span class="menu__reason">{why}</span> })}
    };
    match item.act {
        MenuAct::Go { href, external } if item.reason.is_none() => view! {
            <a
                class=class
                role="menuitem"
                tabindex="-1"
                href=href
                rel=external.then_some("external")
                on:click=move |_| close(true)
            >
                {words}
            </a>
        }
        .into_any(),
        act => view! {
            <button
                type="button"
                class=class
                role="menuitem"
                tabindex="-1"
                aria-disabled=disabled
                on:click=move |_| {
                    if disabled.is_some() {
                        return;
                    }
                    close(true);
                    if let MenuAct::Run(run) = &act {
                        run.run(());
                    }
                }
            >
                {words}
            </button>
        }
        .into_any(),
    }
}
