//! What the address bar says of the list, and the other way round.

use crate::widgets::address::{address, decode, encode, text_of};
use domain::{page::PageSize, person::PersonQuery};

/// Path of the list.
pub const PATH: &str = "/anagrafiche";

/// What is wanted of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Filter and page.
    pub query: PersonQuery,
    /// The address says no «righe»: the person's usual number is meant.
    pub usual: bool,
}

impl Wanted {
    /// Reads a query string without `?` and a fragment with `#`.
    pub fn read(search: &str, fragment: &str) -> Self {
        let pairs: Vec<(&str, String)> = search
            .trim_start_matches('?')
            .split('&')
            .filter_map(|p| p.split_once('='))
            .map(|(key, value)| (key, decode(value)))
            .collect();
        let usual = !pairs
            .iter()
            .any(|(key, value)| *key == "righe" && PageSize::from_code(value).is_some());
        let pairs = pairs.iter().map(|(key, value)| (*key, value.as_str()));
        let query = PersonQuery::from_pairs(pairs, &text_of(fragment), PageSize::default());
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
        let query = self
            .query
            .to_query(if self.usual { size } else { other }, encode);
        address(PATH, &query, &self.query.filter.text)
    }

    /// The first page of the same list.
    pub fn first(mut self) -> Self {
        self.query.page.number = 1;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_with_any_sign_is_read_back_and_the_text_stands_in_the_fragment() {
        let mut wanted = Wanted {
            usual: true,
            ..Wanted::default()
        };
        wanted.query.filter.class = Some("3A & musica".into());
        wanted.query.filter.text = "Rossi".into();
        let there = wanted.write();
        assert_eq!(there, "/anagrafiche?classe=3A%20%26%20musica#q=Rossi");
        assert_eq!(
            Wanted::read("?classe=3A%20%26%20musica", "#q=Rossi"),
            wanted
        );
    }
}
