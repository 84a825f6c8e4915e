//! Keys that make a double click one act.

use domain::sending::Key;
use leptos::prelude::window;

/// A new key, for the browser only: `crypto.getRandomValues`, which unlike `randomUUID` is
/// there without TLS too.
pub fn fresh_key() -> Key {
    let mut bytes = [0; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Key::from_bytes(bytes)
}
