//! Content that waits for the server's answers, the same on both sides.
//!
//! The server renders on several threads. Two things that are sound in the browser are a
//! race there: a memo over a resource can miss the moment of its arrival and stay at
//! "nothing yet", and `set_pending` of a `Transition` is written by an effect at any moment
//! of the rendering. Either way now and then a page went out that the browser, where
//! everything is known at once, did not recognise as its own.

use leptos::{children::TypedChildrenFn, prelude::*};
use std::sync::Arc;

/// Shows its content from the moment that everything has arrived, inside `Suspense` or
/// `Transition`. In the browser later answers leave the content in place, as [`Show`]
/// does; the server asks the resources themselves, whose waiting it knows of.
#[component]
pub fn Arrived<W, C>(
    /// Whether everything is there, read from resources.
    when: W,
    /// The content.
    children: TypedChildrenFn<C>,
) -> impl IntoView
where
    W: Fn() -> bool + Send + Sync + 'static,
    C: IntoView + 'static,
{
    let when = Arc::new(when);
    let there: Signal<bool> = if is_server() {
        Signal::derive(move || when())
    } else {
        Memo::new(move |_| when()).into()
    };
    let children = children.into_inner();
    move || there.get().then(|| children())
}

/// For `set_pending` of a `Transition`: tells `busy` in the browser. A page on its way from
/// the server is never busy, however long its answers took.
pub fn in_browser(busy: RwSignal<bool>) -> SignalSetter<bool> {
    SignalSetter::map(move |pending| {
        if !is_server() {
            busy.set(pending);
        }
    })
}
