//! The state of the list of «Anagrafiche» and its form in the address bar.

use super::PersonKind;
use crate::{
    UnitId,
    page::{PageRequest, PageSize},
};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Which persons are wanted. Empty finds everyone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonFilter {
    /// «Tipo».
    pub kind: Option<PersonKind>,
    /// «Plesso», with all units below it: enrolled there.
    pub site: Option<UnitId>,
    /// «Anno scolastico», its first calendar year: enrolled then.
    pub school_year: Option<i16>,
    /// «Classe»: enrolled in it. With a site and a year, there and then.
    pub class: Option<String>,
    /// Linked to a user (`true`) or not (`false`).
    pub linked: Option<bool>,
    /// «Ricerca libera»: every word must be found in surname, name, mail, codice fiscale,
    /// partita IVA or code.
    pub text: String,
}

impl PersonFilter {
    /// Nothing is filtered.
    pub fn is_empty(&self) -> bool {
        *self == Self::default() || {
            let text = self.text.trim().is_empty();
            text && Self {
                text: String::new(),
                ..self.clone()
            } == Self::default()
        }
    }

    /// Whether enrolments are asked about.
    pub fn by_enrolment(&self) -> bool {
        self.site.is_some() || self.school_year.is_some() || self.class.is_some()
    }
}

/// The whole state of the list; its order is always by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonQuery {
    /// Which persons.
    pub filter: PersonFilter,
    /// Which part.
    pub page: PageRequest,
}

/// The longest class of a filter, in characters.
const CLASS_MAX: usize = 20;

impl PersonQuery {
    /// Reads `key=value` pairs, values already decoded. Unknown keys and values are passed
    /// over: a hand-written address never fails. `rows` is the person's usual page size.
    pub fn from_pairs<'a>(
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
        text: &str,
        rows: PageSize,
    ) -> Self {
        let mut q = Self::default();
        q.page.size = rows;
        q.filter.text = text.to_owned();
        for (key, value) in pairs {
            match key {
                "tipo" => q.filter.kind = PersonKind::from_slug(value).or(q.filter.kind),
                "plesso" => {
                    q.filter.site = value.parse().ok().filter(|n| *n > 0).map(UnitId);
                }
                "anno" => {
                    let years = 1990..2200;
                    q.filter.school_year = value.parse().ok().filter(|y| years.contains(y));
                }
                "classe" => {
                    let class = value.trim();
                    q.filter.class = (!class.is_empty()
                        && class.chars().count() <= CLASS_MAX
                        && !class.chars().any(char::is_control))
                    .then(|| class.to_owned());
                }
                "collegate" => {
                    q.filter.linked = match value {
                        "si" => Some(true),
                        "no" => Some(false),
                        _ => q.filter.linked,
                    }
                }
                "righe" => q.page.size = PageSize::from_code(value).unwrap_or(q.page.size),
                "pagina" => q.page.number = value.parse().ok().filter(|n| *n > 0).unwrap_or(1),
                _ => {}
            }
        }
        q
    }

    /// The query string, without `?`; only what differs from the default. `encode` escapes
    /// a value.
    pub fn to_query(&self, rows: PageSize, encode: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        let mut add = |key: &str, value: &str| {
            let and = if out.is_empty() { "" } else { "&" };
            let _ = write!(out, "{and}{key}={value}");
        };
        let f = &self.filter;
        if let Some(kind) = f.kind {
            add("tipo", kind.slug());
        }
        if let Some(site) = f.site {
            add("plesso", &site.to_string());
        }
        if let Some(year) = f.school_year {
            add("anno", &year.to_string());
        }
        if let Some(class) = &f.class {
            add("classe", &encode(class));
        }
        if let Some(linked) = f.linked {
            add("collegate", if linked { "si" } else { "no" });
        }
        if self.page.size != rows {
            add("righe", self.page.size.code());
        }
        if self.page.number > 1 {
            add("pagina", &self.page.number.to_string());
        }
        out
    }
}

/// `2026/2027` for 2026.
pub fn school_year_words(first: i16) -> String {
    format!("{first}/{}", i32::from(first) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(query: &str, rows: PageSize) -> PersonQuery {
        let pairs = query.split('&').filter_map(|p| p.split_once('='));
        PersonQuery::from_pairs(pairs, "", rows)
    }

    #[test]
    fn a_hand_written_address_with_nonsense_reads_as_the_whole_registry() {
        let q = read(
            "tipo=marziani&plesso=-1&anno=12&collegate=forse&righe=7&pagina=0&x=1",
            PageSize::Fifty,
        );
        assert_eq!(q, PersonQuery::default());
        assert!(q.filter.is_empty());
    }

    fn any_query() -> impl Strategy<Value = PersonQuery> {
        (
            prop::option::of(prop::sample::select(PersonKind::ALL.to_vec())),
            prop::option::of(1_i64..1_000_000),
            prop::option::of(1990_i16..2200),
            prop::option::of("[1-5][A-Z]"),
            prop::option::of(any::<bool>()),
            prop::sample::select(PageSize::ALL.to_vec()),
            1_u32..5000,
        )
            .prop_map(|(kind, site, school_year, class, linked, size, number)| {
                PersonQuery {
                    filter: PersonFilter {
                        kind,
                        site: site.map(UnitId),
                        school_year,
                        class,
                        linked,
                        text: String::new(),
                    },
                    page: PageRequest { number, size },
                }
            })
    }

    proptest! {
        #[test]
        fn what_is_written_to_the_address_bar_is_read_back_the_same(q in any_query()) {
            let written = q.to_query(PageSize::Ten, str::to_owned);
            prop_assert_eq!(read(&written, PageSize::Ten), q);
        }
    }
}
