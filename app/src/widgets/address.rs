//! Addresses of lists: a path, a query, and the free text in the fragment `#q=…`, which no
//! server sees.

pub use crate::state::fragment::{decode, encode, text_of};

use crate::state::fragment::fragment_of;

/// An address from a path, a query without `?` and a free text.
pub fn address(path: &str, query: &str, text: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{path}{mark}{query}{}", fragment_of(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_into_the_fragment_and_comes_back() {
        let there = address("/anagrafiche", "tipo=alunni", " D'Angelò 100% a&b#c ");
        let (before, fragment) = there.split_once('#').unwrap();
        assert_eq!(before, "/anagrafiche?tipo=alunni");
        assert_eq!(text_of(fragment), "D'Angelò 100% a&b#c");
        assert_eq!(address("/anagrafiche", "", " "), "/anagrafiche");
    }
}
