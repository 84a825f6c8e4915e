//! «Hai modifiche non salvate»: what happens when somebody leaves a form half done.

use crate::{
    i18n::{t, use_locale},
    ui::{UnsavedGuard, dom},
};
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue, closure::Closure},
    web_sys::{self, Element, Event, HtmlAnchorElement},
};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use std::{cell::RefCell, rc::Rc};

/// Where somebody wanted to go.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// By a link of the product.
    To(String),
    /// By the browser's «back».
    Back,
}

/// Holds back who leaves while something is unsaved. Made by [`use_leave_guard`]; show it
/// with [`LeaveGuard`].
#[derive(Clone, Copy)]
pub struct Leaving {
    open: RwSignal<bool>,
    way: RwSignal<Option<Way>>,
    armed: RwSignal<bool>,
    go: Callback<(String,)>,
}

impl Leaving {
    /// Goes where somebody wanted to go, without asking again.
    pub fn leave(self) {
        self.armed.set(false);
        HELD.take();
        self.open.set(false);
        match self.way.get_untracked() {
            Some(Way::To(address)) => self.go.run((address,)),
            Some(Way::Back) => {
                if let Ok(history) = window().history() {
                    let _ = history.back();
                }
            }
            None => {}
        }
    }

    /// Open while it asks: for a page with an own dialog instead of [`LeaveGuard`].
    pub fn asks(self) -> RwSignal<bool> {
        self.open
    }

    /// Closes the dialog and stays: saving was refused, and the page says why.
    pub fn stay(self) {
        self.open.set(false);
    }

    /// Goes to a page of the product, without asking.
    pub fn go(self, address: &str) {
        self.armed.set(false);
        self.go.run((address.to_owned(),));
    }

    fn hold(self, way: Way) {
        self.way.set(Some(way));
        self.open.set(true);
    }
}

/// Holds back links of the product, the browser's «back» and closing the tab while `dirty`.
/// Call it in the component that owns the form.
pub fn use_leave_guard(dirty: Signal<bool>) -> Leaving {
    let navigate = use_navigate();
    let leaving = Leaving {
        open: RwSignal::new(false),
        way: RwSignal::new(None),
        armed: RwSignal::new(true),
        go: Callback::new(move |(address,): (String,)| {
            navigate(&address, NavigateOptions::default())
        }),
    };
    let holds = Signal::derive(move || dirty.get() && leaving.armed.get());
    dom::warn_before_unload(holds);
    let (search, hash) = (use_location().search, use_location().hash);
    Effect::new(move |_| {
        // The address of the page may change while somebody works on it.
        search.track();
        hash.track();
        if holds.get() {
            on_link(move |address| leaving.hold(Way::To(address)));
            on_back(move || leaving.hold(Way::Back));
        }
    });
    leaving
}

/// Takes a click on a link of the product before the router sees it.
fn on_link(hold: impl Fn(String) + 'static) {
    capture(&document(), "click", move |event| {
        let Some(mouse) = event.dyn_ref::<web_sys::MouseEvent>() else {
            return;
        };
        if mouse.button() != 0
            || mouse.ctrl_key()
            || mouse.meta_key()
            || mouse.shift_key()
            || mouse.alt_key()
        {
            return;
        }
        let Some(link) = event
            .target()
            .and_then(|t| t.dyn_into::<Element>().ok())
            .and_then(|e| e.closest("a[href]").ok().flatten())
            .and_then(|e| e.dyn_into::<HtmlAnchorElement>().ok())
        else {
            return;
        };
        let here = location();
        let same_page =
            link.pathname() == here.pathname().unwrap_or_default() && !link.hash().is_empty();
        let elsewhere =
            link.target() == "_blank" || link.origin() != here.origin().unwrap_or_default();
        // A file to be saved or a place on this page loses nothing; another site reloads,
        // and the browser asks by itself.
        if same_page || elsewhere || link.has_attribute("download") || link.rel() == "external" {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        hold(format!(
            "{}{}{}",
            link.pathname(),
            link.search(),
            link.hash()
        ));
    });
}

/// What the browser's «back» meets while something is unsaved: the address that stays, and
/// who asks.
type Held = (String, Rc<dyn Fn()>);

thread_local! {
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

/// Lets a page hold the browser's «back». Call once, before the router is made: listeners of
/// the window run in the order in which they came, and the router's must come second.
pub fn watch_back() {
    if !is_browser() {
        return;
    }
    let listener = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let Some((here, ask)) = HELD.with_borrow(Clone::clone) else {
            return;
        };
        // Another filter or page of the list, not another page of the product.
        if location().pathname().ok().as_deref() == Some(path(&here)) {
            return;
        }
        event.stop_immediate_propagation();
        if let Ok(history) = window().history() {
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&here));
        }
        ask();
    });
    let _ =
        window().add_event_listener_with_callback("popstate", listener.as_ref().unchecked_ref());
    // As long as the page lives.
    listener.forget();
}

/// The path of an address of this site.
fn path(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.find('/').map_or("/", |at| &rest[at..]);
    rest.split(['?', '#']).next().unwrap_or(rest)
}

/// Holds the browser's «back» as long as the reactive owner lives.
fn on_back(hold: impl Fn() + 'static) {
    HELD.set(Some((location().href().unwrap_or_default(), Rc::new(hold))));
    on_cleanup(|| drop(HELD.take()));
}

/// Listens in the capture phase as long as the reactive owner lives.
fn capture(target: &web_sys::EventTarget, name: &'static str, act: impl Fn(Event) + 'static) {
    let listener = Closure::<dyn Fn(Event)>::new(act);
    let function = listener
        .as_ref()
        .unchecked_ref::<js_sys::Function>()
        .clone();
    let _ = target.add_event_listener_with_callback_and_bool(name, &function, true);
    let held = StoredValue::new_local((target.clone(), function, listener));
    on_cleanup(move || {
        held.with_value(|(target, function, _)| {
            let _ = target.remove_event_listener_with_callback_and_bool(name, function, true);
        });
    });
}

/// The dialog of the guard: save and leave, leave without saving, stay.
#[component]
pub fn LeaveGuard(
    /// The guard.
    leaving: Leaving,
    /// Where something is unsaved: «Dati».
    #[prop(into)]
    section: Signal<String>,
    /// True while saving.
    #[prop(into)]
    busy: Signal<bool>,
    /// Saves, then calls [`Leaving::leave`] where it went well.
    #[prop(into)]
    on_save: Callback<()>,
) -> impl IntoView {
    let l = use_locale();
    view! {
        <UnsavedGuard
            id="unsaved"
            open=leaving.open
            title=t::user::unsaved_title(l)
            text=Signal::derive(move || t::user::unsaved_text(l, section.get()))
            save_label=t::user::unsaved_save(l)
            leave_label=t::user::unsaved_leave(l)
            stay_label=t::user::unsaved_stay(l)
            busy=busy
            on_save=on_save
            on_leave=move || leaving.leave()
        />
    }
}
