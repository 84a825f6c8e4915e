//! Which encoding a text is in, and its text as UTF-8.

use domain::import::{FileError, FoundInstead};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// A text and the name of the encoding it came in.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) name: &'static str,
}

/// A byte order mark decides; otherwise valid UTF-8 is UTF-8, and anything else is what
/// Western Windows programs write.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, FileError> {
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, mark),
        None if std::str::from_utf8(bytes).is_ok() => (UTF_8, 0),
        None => (WINDOWS_1252, 0),
    };
    let body = &bytes[mark..];
    let text = if encoding == UTF_8 {
        match std::str::from_utf8(body) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => encoding.decode_without_bom_handling(body).0,
        }
    } else {
        encoding.decode_without_bom_handling(body).0
    };
    // A zero or many control characters: bytes of some program, not a text.
    let head: Vec<char> = text.chars().take(4096).collect();
    let odd = head
        .iter()
        .filter(|c| c.is_control() && !matches!(c, '\r' | '\n' | '\t'))
        .count();
    if odd * 20 > head.len() {
        return Err(FileError::NotATable {
            found: FoundInstead::Unknown,
        });
    }
    let name = if encoding == UTF_8 {
        if mark > 0 { "UTF-8 BOM" } else { "UTF-8" }
    } else if encoding == UTF_16LE || encoding == UTF_16BE {
        "UTF-16"
    } else {
        "Windows-1252"
    };
    // Old Mac programs end lines with CR alone.
    let text = if text.contains('\r') && !text.contains('\n') {
        Cow::Owned(text.replace('\r', "\n"))
    } else {
        text
    };
    Ok(Decoded { text, name })
}
