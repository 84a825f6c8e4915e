//! What the address bar says of the list, and the other way round.

use crate::state::fragment::{fragment_of, text_of};
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
        // What a saved view searches for is kept with it.
        match self.query.view {
            Some(_) => out,
            None => out + &fragment_of(&self.query.filter.text),
        }
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
}
