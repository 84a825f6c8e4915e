//! Which records users are to be made of: from the third tab of the alignment to the page
//! that checks them. It stays in the tab of the browser.

use domain::{GroupId, alignment::CandidatePick, sending::Key};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

const PICK: &str = "delega_creazione";
const INTENTION: &str = "delega_creazione_chiave";

/// What was ticked, for which group, and where it was ticked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creation {
    /// The records.
    pub pick: CandidatePick,
    /// The group.
    pub group: GroupId,
    /// The address to go back to.
    pub back: String,
}

impl Creation {
    /// Keeps it in the tab; the next start is a new intention.
    pub fn keep(&self) {
        if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(self)) {
            let _ = storage.set_item(PICK, &text);
            let _ = storage.remove_item(INTENTION);
        }
    }

    /// What was kept.
    pub fn kept() -> Option<Self> {
        let text = storage()?.get_item(PICK).ok().flatten()?;
        serde_json::from_str(&text).ok()
    }

    /// Forgets it: the users are made.
    pub fn forget() {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(PICK);
            let _ = storage.remove_item(INTENTION);
        }
    }

    /// The key of this intention: the same until the users are made, also across a reload,
    /// so that an answer lost on the way does not create twice.
    pub fn key() -> Key {
        let storage = storage();
        let known = storage
            .as_ref()
            .and_then(|s| s.get_item(INTENTION).ok().flatten())
            .and_then(|text| serde_json::from_str(&text).ok());
        if let Some(known) = known {
            return known;
        }
        let key = random_key();
        if let (Some(storage), Ok(text)) = (storage, serde_json::to_string(&key)) {
            let _ = storage.set_item(INTENTION, &text);
        }
        key
    }
}

fn storage() -> Option<leptos::web_sys::Storage> {
    window().session_storage().ok().flatten()
}

/// `crypto.getRandomValues`, which unlike `randomUUID` is there without TLS too.
fn random_key() -> Key {
    let mut bytes = [0; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Key::from_bytes(bytes)
}
