//! The cantons of Switzerland.

use crate::Locale;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A canton, by its two-letter code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Canton(u8);

/// Code and names (Italian, German, French, English) in the order of the federal numbers.
const CANTONS: [(&str, [&str; 4]); 26] = [
    ("ZH", ["Zurigo", "Zürich", "Zurich", "Zurich"]),
    ("BE", ["Berna", "Bern", "Berne", "Bern"]),
    ("LU", ["Lucerna", "Luzern", "Lucerne", "Lucerne"]),
    ("UR", ["Uri", "Uri", "Uri", "Uri"]),
    ("SZ", ["Svitto", "Schwyz", "Schwytz", "Schwyz"]),
    ("OW", ["Obvaldo", "Obwalden", "Obwald", "Obwalden"]),
    ("NW", ["Nidvaldo", "Nidwalden", "Nidwald", "Nidwalden"]),
    ("GL", ["Glarona", "Glarus", "Glaris", "Glarus"]),
    ("ZG", ["Zugo", "Zug", "Zoug", "Zug"]),
    ("FR", ["Friburgo", "Freiburg", "Fribourg", "Fribourg"]),
    ("SO", ["Soletta", "Solothurn", "Soleure", "Solothurn"]),
    (
        "BS",
        ["Basilea Città", "Basel-Stadt", "Bâle-Ville", "Basel-Stadt"],
    ),
    (
        "BL",
        [
            "Basilea Campagna",
            "Basel-Landschaft",
            "Bâle-Campagne",
            "Basel-Landschaft",
        ],
    ),
    (
        "SH",
        ["Sciaffusa", "Schaffhausen", "Schaffhouse", "Schaffhausen"],
    ),
    (
        "AR",
        [
            "Appenzello Esterno",
            "Appenzell Ausserrhoden",
            "Appenzell Rhodes-Extérieures",
            "Appenzell Ausserrhoden",
        ],
    ),
    (
        "AI",
        [
            "Appenzello Interno",
            "Appenzell Innerrhoden",
            "Appenzell Rhodes-Intérieures",
            "Appenzell Innerrhoden",
        ],
    ),
    (
        "SG",
        ["San Gallo", "St. Gallen", "Saint-Gall", "St. Gallen"],
    ),
    ("GR", ["Grigioni", "Graubünden", "Grisons", "Grisons"]),
    ("AG", ["Argovia", "Aargau", "Argovie", "Aargau"]),
    ("TG", ["Turgovia", "Thurgau", "Thurgovie", "Thurgau"]),
    ("TI", ["Ticino", "Tessin", "Tessin", "Ticino"]),
    ("VD", ["Vaud", "Waadt", "Vaud", "Vaud"]),
    ("VS", ["Vallese", "Wallis", "Valais", "Valais"]),
    ("NE", ["Neuchâtel", "Neuenburg", "Neuchâtel", "Neuchâtel"]),
    ("GE", ["Ginevra", "Genf", "Genève", "Geneva"]),
    ("JU", ["Giura", "Jura", "Jura", "Jura"]),
];

/// The text names no canton.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown canton")]
pub struct UnknownCanton;

impl Canton {
    /// All cantons in the order of their federal numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..26).map(Self)
    }

    fn row(self) -> &'static (&'static str, [&'static str; 4]) {
        // Only made from the table, or from what was made from it.
        &CANTONS[usize::from(self.0.min(25))]
    }

    /// «TI».
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// Number of the federal statistical office, 1 to 26.
    pub const fn number(self) -> u8 {
        self.0 + 1
    }

    /// «Ticino».
    pub fn name(self, locale: Locale) -> &'static str {
        let at = match locale {
            Locale::It => 0,
            Locale::De => 1,
            Locale::Fr => 2,
            Locale::En => 3,
        };
        self.row().1[at]
    }
}

impl From<Canton> for String {
    fn from(canton: Canton) -> Self {
        canton.code().to_owned()
    }
}

impl TryFrom<String> for Canton {
    type Error = UnknownCanton;
    fn try_from(code: String) -> Result<Self, Self::Error> {
        code.parse()
    }
}

impl FromStr for Canton {
    type Err = UnknownCanton;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::all().find(|c| c.code() == s).ok_or(UnknownCanton)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_twenty_six_and_ticino_is_number_twenty_one() {
        let ti: Canton = "TI".parse().unwrap();
        assert_eq!((ti.number(), ti.name(Locale::De)), (21, "Tessin"));
        let codes: std::collections::HashSet<_> = Canton::all().map(Canton::code).collect();
        assert_eq!(codes.len(), 26);
        assert!("ti".parse::<Canton>().is_err());
    }
}
