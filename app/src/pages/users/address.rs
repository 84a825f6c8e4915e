//! What the address bar says of the list, and the other way round.

use domain::{page::PageSize, user::ListQuery};
use std::fmt::Write as _;

/// Path of the list.
pub const PATH: &str = "/utenti";

/// What is wanted of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Filter, order and page.
    pub query: ListQuery,
    /// The address says no «righe»: the person's usual number is meant.
    pub usual: bool,
}

impl Wanted {
    /// Reads a query string without `?` and a fragment with `#`.
    pub fn read(search: &str, fragment: &str) -> Self {
        let pairs = || {
            search
                .trim_start_matches('?')
                .split('&')
                .filter_map(|p| p.split_once('='))
        };
        let usual =
            !pairs().any(|(key, value)| key == "righe" && PageSize::from_code(value).is_some());
        let mut query = ListQuery::from_pairs(pairs(), &text_of(fragment), PageSize::default());
        if query.page.size == PageSize::All {
            query.page.number = 1;
        }
        Self { query, usual }
    }

    /// The address: path, query, and the free text in the fragment, which no server sees.
    pub fn write(&self) -> String {
        let size = self.query.page.size;
        // What equals the usual size is not written: another one makes it be written.
        let other = if size == PageSize::Ten {
            PageSize::Fifty
        } else {
            PageSize::Ten
        };
        let query = self.query.to_query(if self.usual { size } else { other });
        let mut out = PATH.to_owned();
        if !query.is_empty() {
            let _ = write!(out, "?{query}");
        }
        let text = self.query.filter.text.trim();
        if !text.is_empty() {
            let _ = write!(out, "#q={}", encode(text));
        }
        out
    }

    /// The first page of the same list.
    pub fn first(mut self) -> Self {
        self.query.page.number = 1;
        self
    }
}

/// The free text of a fragment `#q=…`; any other fragment holds none.
fn text_of(fragment: &str) -> String {
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    fragment
        .split('&')
        .find_map(|p| p.strip_prefix("q="))
        .map(decode)
        .unwrap_or_default()
}

fn encode(text: &str) -> String {
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
fn decode(text: &str) -> String {
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
    use domain::user::UserFilter;

    #[test]
    fn the_free_text_stands_in_the_fragment_and_nowhere_else() {
        let filter = UserFilter {
            groups: vec!["tutori".into()],
            text: "D'Angelò 100% a&b#c".into(),
            ..UserFilter::default()
        };
        let wanted = Wanted {
            query: ListQuery {
                filter,
                ..ListQuery::default()
            },
            usual: true,
        };
        let address = wanted.write();
        let (before, fragment) = address.split_once('#').unwrap();
        assert_eq!(before, "/utenti?gruppo=tutori");
        assert_eq!(Wanted::read("gruppo=tutori", fragment), wanted);
    }

    #[test]
    fn a_chosen_number_of_rows_is_written_even_when_it_is_the_default() {
        let mut wanted = Wanted {
            query: ListQuery::default(),
            usual: false,
        };
        assert_eq!(wanted.write(), "/utenti?righe=50");
        wanted.query.page.size = PageSize::Ten;
        assert_eq!(wanted.write(), "/utenti?righe=10");
        assert_eq!(Wanted::read("righe=10", ""), wanted);
        assert!(Wanted::read("righe=0", "").usual);
    }

    #[test]
    fn a_broken_escape_is_text() {
        assert_eq!(text_of("#q=100%"), "100%");
        assert_eq!(text_of("#q=%zz%F"), "%zz%F");
        assert_eq!(text_of("#altro"), "");
    }
}
