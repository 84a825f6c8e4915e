//! What lists write into the address bar: values of the query, and the free text in the
//! fragment `#q=…`, which no server sees.

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

/// An address from a path, a query without `?` and a free text.
pub fn address(path: &str, query: &str, text: &str) -> String {
    let mut out = path.to_owned();
    if !query.is_empty() {
        let _ = write!(out, "?{query}");
    }
    let text = text.trim();
    if !text.is_empty() {
        let _ = write!(out, "#q={}", encode(text));
    }
    out
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

/// Undoes [`encode`]; what is no escape stays as it is.
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
    fn a_broken_escape_is_text() {
        assert_eq!(text_of("#q=100%"), "100%");
        assert_eq!(text_of("#q=%zz%F"), "%zz%F");
        assert_eq!(text_of("#altro"), "");
    }

    #[test]
    fn a_text_goes_into_the_fragment_and_comes_back() {
        let there = address("/anagrafiche", "tipo=alunni", " D'Angelò 100% a&b#c ");
        let (before, fragment) = there.split_once('#').unwrap();
        assert_eq!(before, "/anagrafiche?tipo=alunni");
        assert_eq!(text_of(fragment), "D'Angelò 100% a&b#c");
    }
}
