//! The watch over calls to the server.
//!
//! Every server function goes through `fetch`. One wrapper around it serves all pages: a
//! call that finds its session ended waits for the password and is made again, so a form's
//! content is never lost; a call that finds no server shows the banner. Pages need to know
//! nothing of it.

use crate::{
    i18n::{t, use_locale},
    state::{Announcer, Connection},
};
use js_sys::{Date, Function, Promise, Reflect};
use leptos::{ev, prelude::*};
use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Request, Response};

/// Signing in answers 401 too: that is no ended session.
const OWN: &str = "/api/session/sign_in";
const MARK: &str = "delegaWatched";

/// Begins the watch, once a page load. Call in an effect.
pub fn watch(connection: Connection, announcer: Option<Announcer>) {
    let window = window();
    if Reflect::has(&window, &MARK.into()).unwrap_or(true) {
        return;
    }
    let Some(fetch) = Reflect::get(&window, &"fetch".into())
        .ok()
        .and_then(|f| f.dyn_into::<Function>().ok())
    else {
        return;
    };
    let l = use_locale();
    let seen = StoredValue::new(time_of_day());
    let lost = move || {
        if connection.offline_since().get_untracked().is_none() {
            let since = seen.get_value();
            if let Some(announcer) = announcer {
                announcer.alert(t::shell::offline(l, &since));
            }
            connection.set_offline_since(Some(since));
        }
    };
    let found = move || {
        seen.set_value(time_of_day());
        if connection.offline_since().get_untracked().is_some() {
            connection.set_offline_since(None);
            if let Some(announcer) = announcer {
                announcer.outcome(t::shell::online_again(l));
            }
        }
    };
    let wrapper = Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(
        move |input: JsValue, init: JsValue| {
            let fetch = fetch.clone();
            future_to_promise(async move {
                // A request's body can be sent once: the copy is for the second time.
                let copy = input
                    .dyn_ref::<Request>()
                    .and_then(|r| Request::clone(r).ok());
                let answer = call(&fetch, &input, &init).await;
                match &answer {
                    Ok(_) => found(),
                    Err(e) if is_abort(e) => {}
                    Err(_) => lost(),
                }
                let answer = answer?;
                let (true, Some(copy)) = (session_ended(&answer), copy) else {
                    return Ok(answer);
                };
                if signed_in_again(connection).await {
                    call(&fetch, &copy, &JsValue::UNDEFINED).await
                } else {
                    Ok(answer)
                }
            })
        },
    );
    let _ = Reflect::set(&window, &"fetch".into(), wrapper.as_ref());
    let _ = Reflect::set(&window, &MARK.into(), &JsValue::TRUE);
    // Lives as long as the window.
    wrapper.forget();
    let offline = window_event_listener(ev::offline, move |_| lost());
    let online = window_event_listener(ev::online, move |_| found());
    std::mem::forget((offline, online));
}

async fn call(fetch: &Function, input: &JsValue, init: &JsValue) -> Result<JsValue, JsValue> {
    let promise: Promise = fetch
        .call2(&JsValue::from(window()), input, init)?
        .dyn_into()?;
    JsFuture::from(promise).await
}

/// A call of ours that was refused because nobody is signed in any longer.
fn session_ended(answer: &JsValue) -> bool {
    answer
        .dyn_ref::<Response>()
        .is_some_and(|r| r.status() == 401 && r.url().contains("/api/") && !r.url().ends_with(OWN))
}

/// A page that leaves aborts its calls: that is no lost connection.
fn is_abort(error: &JsValue) -> bool {
    Reflect::get(error, &"name".into())
        .ok()
        .and_then(|n| n.as_string())
        .is_some_and(|n| n == "AbortError")
}

async fn signed_in_again(connection: Connection) -> bool {
    let promise = Promise::new(&mut |resolve, _| {
        connection.ask(Rc::new(move |signed_in| {
            let _ = resolve.call1(&JsValue::NULL, &JsValue::from_bool(signed_in));
        }));
    });
    JsFuture::from(promise)
        .await
        .is_ok_and(|v| v.as_bool() == Some(true))
}

/// `10:42` on the reader's own clock.
fn time_of_day() -> String {
    let now = Date::new_0();
    format!("{:02}:{:02}", now.get_hours(), now.get_minutes())
}
