//! What happens at a change of page: the focus goes to the heading, messages that belong
//! to the page left go away.

use crate::{state::Toasts, ui::dom};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// How long a page may take until its heading is there.
const PATIENCE: u32 = 20;
/// How long a heading that only stood in for the page's own may take to be replaced.
const STAND_IN: u32 = 200;
/// Between two looks.
const STEP: Duration = Duration::from_millis(50);

/// Call once, in the frame. The first page keeps the browser's own focus; a change of the
/// query (another page of a list) moves nothing.
pub fn follow_pages() {
    let path = use_location().pathname;
    let toasts = use_context::<Toasts>();
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            if let Some(toasts) = toasts {
                toasts.route_changed();
            }
            let old = document().query_selector("main h1").ok().flatten();
            set_timeout(move || focus_heading(old, PATIENCE), STEP);
        }
        now
    });
}

/// Focuses the new heading as soon as it has taken the place of the old one. Whoever has
/// moved on meanwhile, into a field of the new page, is left alone.
fn focus_heading(old: Option<web_sys::Element>, left: u32) {
    let now = document().query_selector("main h1").ok().flatten();
    let replaced = now.is_some() && now != old;
    if (replaced || left == 0) && now.is_some() {
        let elsewhere = dom::focused()
            .is_some_and(|f| f.closest("main").ok().flatten().is_some() && f.tag_name() != "H1");
        if !elsewhere {
            dom::focus_heading();
            set_timeout(move || keep_heading(STAND_IN), STEP);
        }
    } else if left > 0 {
        set_timeout(move || focus_heading(old, left - 1), STEP);
    }
}

/// The heading of «Caricamento…» takes the focus with it when the page comes: gives it to
/// the new one. Whoever has moved on is left alone.
fn keep_heading(left: u32) {
    match dom::focused() {
        None => {
            dom::focus_heading();
        }
        Some(focused) if focused.tag_name() != "H1" => return,
        Some(_) => {}
    }
    if left > 0 {
        set_timeout(move || keep_heading(left - 1), STEP);
    }
}
