//! Free text in the address: it stands in the fragment (`#q=…`), which no server sees.

use std::fmt::Write as _;

/// The free text of a fragment `#q=…`; any other fragment holds none.
pub fn text_of(fragment: &str) -> String {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    fragment
        .split('&')
        .find_map(|p| p.strip_prefix("q="))
        .map(decode)
        .unwrap_or_default()
}

/// `#q=…`; nothing for an empty text.
pub fn fragment_of(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    format!("#q={}", encode(text))
}

/// Escapes everything but letters, digits and `-_.~`.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Undoes the escapes; what is no escape stays as it is.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_a_broken_escape_is_text() {
        for text in ["D'Angelò 100% a&b#c", "100%"] {
            assert_eq!(text_of(&fragment_of(text)), text);
        }
        assert_eq!(text_of("#q=%zz%F"), "%zz%F");
        assert_eq!(text_of("#altro"), "");
        assert_eq!(fragment_of("  "), "");
    }
}
