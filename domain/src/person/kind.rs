//! «Tipo anagrafica».

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a person is to the organisation. Somebody who is two things (a teacher who is
/// also a parent) has two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// «Alunni».
    Pupil,
    /// «Dipendenti».
    Employee,
    /// «Tutori».
    Guardian,
    /// «Esterni»: suppliers and other outside persons, natural or legal.
    External,
}

impl PersonKind {
    /// All kinds, in the order shown.
    pub const ALL: [Self; 4] = [Self::Pupil, Self::Employee, Self::Guardian, Self::External];

    /// The name in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pupil => "pupil",
            Self::Employee => "employee",
            Self::Guardian => "guardian",
            Self::External => "external",
        }
    }

    /// Value in a URL: `alunni`, `dipendenti`, `tutori`, `esterni`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Pupil => "alunni",
            Self::Employee => "dipendenti",
            Self::Guardian => "tutori",
            Self::External => "esterni",
        }
    }

    /// Reads a URL value; anything unknown is `None`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.slug() == slug)
    }

    /// Reads the word of a registry file: singular or plural, any case.
    pub fn from_label(label: &str) -> Option<Self> {
        let label = label.trim().to_lowercase();
        Some(match label.as_str() {
            "alunni" | "alunno" | "alunna" | "alunne" | "studenti" | "studente" | "studentessa" => {
                Self::Pupil
            }
            "dipendenti" | "dipendente" => Self::Employee,
            "tutori" | "tutore" | "tutrice" => Self::Guardian,
            "esterni" | "esterno" | "esterna" | "esterne" => Self::External,
            _ => return None,
        })
    }

    /// Codes of the groups in which a user of this kind is expected: anything else is
    /// worth a second look (a pupil holding a guardian's account can excuse own absences).
    pub const fn usual_groups(self) -> &'static [&'static str] {
        match self {
            Self::Pupil => &["alunni"],
            Self::Guardian => &["tutori"],
            Self::External => &["esterni"],
            Self::Employee => &[
                "docenti",
                "personale-ata",
                "ufficio-personale",
                "ufficio-protocollo",
                "ufficio-didattica",
                "ufficio-contabilita",
                "amministratori",
            ],
        }
    }
}

/// The text names no kind of person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of person")]
pub struct UnknownPersonKind;

impl FromStr for PersonKind {
    type Err = UnknownPersonKind;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|k| k.code() == s)
            .ok_or(UnknownPersonKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_in_singular_and_plural_and_an_invented_one_is_unknown() {
        assert_eq!(PersonKind::from_label("Alunni"), Some(PersonKind::Pupil));
        assert_eq!(
            PersonKind::from_label(" TUTORE "),
            Some(PersonKind::Guardian)
        );
        assert_eq!(PersonKind::from_label("Marziani"), None);
    }

    #[test]
    fn every_kind_reads_back_from_its_code() {
        for kind in PersonKind::ALL {
            assert_eq!(kind.code().parse(), Ok(kind));
        }
    }
}
