//! What the address says: tab, kind, what is shown, page; and in the fragment, which no
//! server sees, what is searched.

use crate::state::fragment::fragment_of;
use domain::person::PersonKind;
use leptos_router::params::ParamsMap;

/// Path of the page.
pub const PATH: &str = "/allineamento";

/// «scheda»
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// «Allineamento utenti -> anagrafiche».
    #[default]
    Pairs,
    /// «Utenti collegati».
    Linked,
    /// «Crea utenti da anagrafiche».
    Create,
}

impl Tab {
    /// Value in the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pairs => "utenti",
            Self::Linked => "collegati",
            Self::Create => "crea",
        }
    }

    /// Reads a value of the address.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Pairs, Self::Linked, Self::Create]
            .into_iter()
            .find(|t| t.code() == code)
    }
}

/// A kind as the address writes it.
pub const fn kind_code(kind: PersonKind) -> &'static str {
    match kind {
        PersonKind::Pupil => "alunni",
        PersonKind::Employee => "dipendenti",
        PersonKind::Guardian => "tutori",
        PersonKind::External => "esterni",
    }
}

/// The address of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Which tab.
    pub tab: Tab,
    /// «Tipo anagrafica»; `None` is every kind, in the second tab only.
    pub kind: Option<PersonKind>,
    /// Only rows with (or without) a staged pair.
    pub staged: Option<bool>,
    /// «Plesso», «Anno Scolastico», «Classe» of the third tab.
    pub unit: Option<i64>,
    /// First calendar year.
    pub year: Option<i16>,
    /// Class.
    pub class: Option<String>,
    /// Page from 1.
    pub page: u32,
    /// «Ricerca».
    pub text: String,
}

impl Address {
    /// Reads the query, with the free text of the fragment.
    pub fn read(q: &ParamsMap, text: String) -> Self {
        Self {
            tab: q
                .get("scheda")
                .and_then(|c| Tab::from_code(&c))
                .unwrap_or_default(),
            kind: q.get("tipo").and_then(|k| PersonKind::from_label(&k)),
            staged: q.get("mostra").and_then(|m| match m.as_str() {
                "da-salvare" => Some(true),
                "senza-coppia" => Some(false),
                _ => None,
            }),
            unit: q.get("plesso").and_then(|n| n.parse().ok()),
            year: q.get("anno").and_then(|n| n.parse().ok()),
            class: q.get("classe").filter(|c| !c.is_empty()),
            page: q
                .get("pagina")
                .and_then(|n| n.parse().ok())
                .filter(|n| *n > 0)
                .unwrap_or(1),
            text,
        }
    }

    /// The kind, where one must be chosen: «Dipendenti» to begin with, as in the window
    /// that people know.
    pub fn chosen(&self) -> PersonKind {
        self.kind.unwrap_or(PersonKind::Employee)
    }

    /// Writes the address.
    pub fn write(&self) -> String {
        let mut parts = vec![format!("scheda={}", self.tab.code())];
        parts.extend(self.kind.map(|k| format!("tipo={}", kind_code(k))));
        parts.extend(self.staged.map(|s| {
            let word = if s { "da-salvare" } else { "senza-coppia" };
            format!("mostra={word}")
        }));
        parts.extend(self.unit.map(|n| format!("plesso={n}")));
        parts.extend(self.year.map(|n| format!("anno={n}")));
        parts.extend(self.class.as_ref().map(|c| {
            let safe: String = c
                .bytes()
                .map(|b| match b {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                        char::from(b).to_string()
                    }
                    b => format!("%{b:02X}"),
                })
                .collect();
            format!("classe={safe}")
        }));
        parts.extend((self.page > 1).then(|| format!("pagina={}", self.page)));
        format!("{PATH}?{}{}", parts.join("&"), fragment_of(&self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_stands_in_the_fragment_alone() {
        let address = Address {
            tab: Tab::Create,
            kind: Some(PersonKind::Pupil),
            staged: None,
            unit: Some(7),
            year: Some(2026),
            class: Some("1 B".into()),
            page: 2,
            text: "D'Angelò & figli".into(),
        };
        let written = address.write();
        let (seen, fragment) = written.split_once('#').unwrap();
        assert!(!seen.to_lowercase().contains("angel"));
        assert_eq!(crate::state::fragment::text_of(fragment), address.text);
        assert!(seen.contains("classe=1%20B"));
    }
}
