//! Forms about a unit: checked in the browser for quick feedback and in the service as the truth.

use super::{Canton, UnitLevel, UnitNames};
use crate::{
    UnitId,
    user::{FieldError, FieldErrors},
};
use serde::{Deserialize, Serialize};

/// «Nuova unità» and «Modifica unità» as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitDraft {
    /// Names; only the Italian one must stand.
    pub names: UnitNames,
    /// «ID unità»; empty takes the register's number.
    pub code: String,
    /// «ENTID», for an enterprise.
    pub ent_id: String,
    /// «BUR», for a site.
    pub bur: String,
    /// Code of the administrative canton, may be empty.
    pub canton_administrative: String,
    /// Code of the geographic canton, may be empty.
    pub canton_geographic: String,
}

/// Checked data of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitEdit {
    /// Trimmed; Italian 1–200 characters, the others at most so many.
    pub names: UnitNames,
    /// 1–100 characters.
    pub code: String,
    /// Nine digits, enterprises only.
    pub ent_id: Option<i64>,
    /// Eight digits, sites only.
    pub bur: Option<i64>,
    /// The canton that administers it.
    pub canton_administrative: Option<Canton>,
    /// The canton it lies in.
    pub canton_geographic: Option<Canton>,
}

/// A unit to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUnit {
    /// The unit above; `None` for a root.
    pub parent: Option<UnitId>,
    /// What was typed.
    pub draft: UnitDraft,
}

/// Names of units at most this long (characters).
const NAME_MAX: usize = 200;
/// «ID unità» at most this long (characters).
const CODE_MAX: usize = 100;

impl UnitDraft {
    /// Checks what was typed for a unit of this level.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn check(&self, level: UnitLevel) -> Result<UnitEdit, FieldErrors> {
        let mut errors = FieldErrors::default();
        let names = UnitNames {
            it: text(&self.names.it, "name", NAME_MAX, true, &mut errors),
            de: text(&self.names.de, "name_de", NAME_MAX, false, &mut errors),
            fr: text(&self.names.fr, "name_fr", NAME_MAX, false, &mut errors),
            en: text(&self.names.en, "name_en", NAME_MAX, false, &mut errors),
        };
        let ent_id = (level == UnitLevel::Enterprise)
            .then(|| number(&self.ent_id, "ent_id", 9, &mut errors))
            .flatten();
        let bur = (level == UnitLevel::Site)
            .then(|| number(&self.bur, "bur", 8, &mut errors))
            .flatten();
        let code = match self.code.trim() {
            "" => match (ent_id, bur) {
                (Some(n), _) => format!("{n:09}"),
                (_, Some(n)) => format!("{n:08}"),
                _ => text("", "code", CODE_MAX, true, &mut errors),
            },
            typed => text(typed, "code", CODE_MAX, true, &mut errors),
        };
        let edit = UnitEdit {
            names,
            code,
            ent_id,
            bur,
            canton_administrative: canton(
                &self.canton_administrative,
                "canton_administrative",
                &mut errors,
            ),
            canton_geographic: canton(&self.canton_geographic, "canton_geographic", &mut errors),
        };
        if errors.is_empty() {
            Ok(edit)
        } else {
            Err(errors)
        }
    }
}

fn text(typed: &str, field: &str, max: usize, required: bool, errors: &mut FieldErrors) -> String {
    let value = typed.trim();
    if value.is_empty() && required {
        errors.add(field, FieldError::Required);
    } else if value.chars().any(char::is_control) {
        errors.add(field, FieldError::ControlCharacters);
    } else if value.chars().count() > max {
        errors.add(field, FieldError::TooLong(max));
    }
    value.to_owned()
}

/// A number of a federal register: exactly so many digits; blanks and dots between them and
/// the register's prefix letter (A, B) are passed over.
fn number(typed: &str, field: &str, digits: usize, errors: &mut FieldErrors) -> Option<i64> {
    let plain: String = typed
        .trim()
        .trim_start_matches(['A', 'B', 'a', 'b'])
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '\''))
        .collect();
    if plain.is_empty() && typed.trim().is_empty() {
        return None;
    }
    if plain.len() != digits || !plain.bytes().all(|b| b.is_ascii_digit()) {
        errors.add(field, FieldError::Digits(digits));
        return None;
    }
    plain.parse().ok()
}

fn canton(code: &str, field: &str, errors: &mut FieldErrors) -> Option<Canton> {
    match code {
        "" => None,
        code => code
            .parse()
            .map_err(|_| errors.add(field, FieldError::ChooseOne))
            .ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(name: &str, ent_id: &str, bur: &str) -> UnitDraft {
        UnitDraft {
            names: UnitNames {
                it: name.into(),
                ..UnitNames::default()
            },
            ent_id: ent_id.into(),
            bur: bur.into(),
            ..UnitDraft::default()
        }
    }

    #[test]
    fn register_numbers_have_all_their_digits_and_become_the_unit_id() {
        let good = draft(" Ospedale ", "101 491 144", "")
            .check(UnitLevel::Enterprise)
            .unwrap();
        assert_eq!(
            (good.code.as_str(), good.ent_id, good.names.it.as_str()),
            ("101491144", Some(101_491_144), "Ospedale")
        );
        let site = draft("Sede", "", "A26576465")
            .check(UnitLevel::Site)
            .unwrap();
        assert_eq!(
            (site.code.as_str(), site.bur),
            ("26576465", Some(26_576_465))
        );
        let errors = draft("", "12345678", "")
            .check(UnitLevel::Enterprise)
            .unwrap_err();
        assert_eq!(errors.of("name"), Some(&FieldError::Required));
        assert_eq!(errors.of("ent_id"), Some(&FieldError::Digits(9)));
        assert_eq!(errors.of("code"), Some(&FieldError::Required));
    }

    #[test]
    fn a_canton_that_does_not_exist_is_refused() {
        let mut d = draft("Ente", "", "");
        d.code = "x".into();
        d.canton_geographic = "XX".into();
        assert!(
            d.check(UnitLevel::Canton)
                .unwrap_err()
                .of("canton_geographic")
                .is_some()
        );
        d.canton_geographic = "TI".into();
        assert_eq!(
            d.check(UnitLevel::Canton)
                .unwrap()
                .canton_geographic
                .map(Canton::code),
            Some("TI")
        );
    }
}
