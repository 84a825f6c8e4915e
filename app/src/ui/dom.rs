//! The few places where the kit touches the browser directly: focus, the top
//! layer, clicks outside. Called from event handlers and effects only, so
//! nothing here runs on the server.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{self, Element, HtmlElement, Node, NodeList};

/// Focuses the element with this id. False when there is none, or when it does
/// not take focus.
pub fn focus_id(id: &str) -> bool {
    document()
        .get_element_by_id(id)
        .is_some_and(|element| focus_element(&element))
}

/// Focuses the page's heading: the safe place when the focused thing is gone.
/// The `h1` needs `tabindex="-1"` (see `PageHeader`).
pub fn focus_heading() -> bool {
    focus_selector("main h1")
}

/// Focuses the first element that matches a CSS selector.
pub fn focus_selector(selector: &str) -> bool {
    document()
        .query_selector(selector)
        .ok()
        .flatten()
        .is_some_and(|element| focus_element(&element))
}

/// Focuses the element and says whether it now has the focus.
pub fn focus_element(element: &Element) -> bool {
    let Some(html) = element.dyn_ref::<HtmlElement>() else {
        return false;
    };
    let _ = html.focus();
    document().active_element().as_ref() == Some(element)
}

/// The element that has the focus, when it is something inside the page.
pub fn focused() -> Option<HtmlElement> {
    document()
        .active_element()
        .and_then(|element| element.dyn_into::<HtmlElement>().ok())
        .filter(|element| element.tag_name() != "BODY")
}

/// The HTML elements below `root` that match, in document order.
pub fn all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    root.query_selector_all(selector)
        .map(|list: NodeList| {
            (0..list.length())
                .filter_map(|index| list.get(index)?.dyn_into::<HtmlElement>().ok())
                .collect()
        })
        .unwrap_or_default()
}

/// Whether the event happened inside the element.
pub fn happened_inside(event: &web_sys::Event, root: &Element) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<Node>().ok())
        .is_some_and(|node| root.contains(Some(&node)))
}

/// Runs `close` when the pointer goes down, or the focus goes, outside all of
/// the given elements. Lives as long as the reactive owner that called it.
pub fn on_leave(
    inside: impl Fn() -> Vec<Element> + Clone + 'static,
    close: impl Fn() + Clone + 'static,
) {
    let outside =
        move |event: &web_sys::Event| !inside().iter().any(|root| happened_inside(event, root));
    let pointer = window_event_listener(ev::pointerdown, {
        let (outside, close) = (outside.clone(), close.clone());
        move |event| {
            if outside(&event) {
                close();
            }
        }
    });
    let focus = window_event_listener(ev::focusin, move |event| {
        if outside(&event) {
            close();
        }
    });
    on_cleanup(move || {
        pointer.remove();
        focus.remove();
    });
}

/// Shows a `popover` element in the top layer beside its button.
///
/// The button becomes the popover's implicit anchor, which the style sheet
/// uses. Where the browser has no anchor positioning the place is computed
/// here and set through the CSSOM, which the content security policy allows
/// (a `style` attribute it does not).
pub fn show_beside(popover: &HtmlElement, anchor: &HtmlElement) {
    let options = web_sys::ShowPopoverOptions::new();
    options.set_source(anchor);
    if popover.show_popover_with_options(&options).is_err() {
        let _ = popover.show_popover();
    }
    if web_sys::css::supports_with_value("position-area", "block-end").unwrap_or(false) {
        return;
    }
    place(popover, anchor);
}

/// Places the popover under the button, or above it where there is no room.
fn place(popover: &HtmlElement, anchor: &HtmlElement) {
    let (button, own) = (
        anchor.get_bounding_client_rect(),
        popover.get_bounding_client_rect(),
    );
    let size = |value: Result<leptos::wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|v| v.as_f64()).unwrap_or(0.0)
    };
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    let fits_below = button.bottom() + own.height() + 8.0 <= height;
    let top = if fits_below || button.top() < own.height() {
        button.bottom() + 4.0
    } else {
        button.top() - own.height() - 4.0
    };
    let left = button.left().min(width - own.width() - 8.0).max(8.0);
    let style = popover.style();
    let _ = style.set_property("position", "fixed");
    let _ = style.set_property("margin", "0");
    let _ = style.set_property("inset", "auto");
    let _ = style.set_property("top", &format!("{top}px"));
    let _ = style.set_property("left", &format!("{left}px"));
}

/// Asks the browser to warn before the tab is closed while `dirty` is true.
/// Call it in the component that owns the form. (Leaving by a link inside the
/// product is the page's own guard: see `UnsavedGuard`.)
pub fn warn_before_unload(dirty: Signal<bool>) {
    Effect::new(move |_| {
        if !dirty.get() {
            return;
        }
        let handle = window_event_listener(ev::beforeunload, |event| event.prevent_default());
        on_cleanup(move || handle.remove());
    });
}

/// Puts a text on the clipboard; `false` where the browser does not allow it.
pub async fn copy_text(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    // Without a secure address the browser has no clipboard at all.
    if js_sys::Reflect::get(&clipboard, &"writeText".into()).is_ok_and(|f| f.is_function()) {
        wasm_bindgen_futures::JsFuture::from(clipboard.write_text(text))
            .await
            .is_ok()
    } else {
        false
    }
}
