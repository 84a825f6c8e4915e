//! The wasm entry point: hydrate and the panic hook, nothing else.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server sent. `data-hydrated` on `<html>` says when the
/// page answers to clicks.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    if let Some(root) = web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.document_element())
    {
        let _ = root.set_attribute("data-hydrated", "true");
    }
}
