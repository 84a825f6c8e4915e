//! Groups and roles on their own page (`/gruppi`): what they are called, allow and demand.

use crate::{
    GroupId,
    access::Right,
    page::{PageRequest, PageSize},
    user::{FieldError, FieldErrors, ListQuery},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A name has at most this many characters.
pub const GROUP_NAME_MAX: usize = 60;
/// Characters of a password at least, as long as it is the only factor.
pub const PASSWORD_MIN: u8 = 15;
/// The most a group may ask for: a suggested phrase always has them.
pub const PASSWORD_MIN_MOST: u8 = 20;

/// A group with everything its page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupView {
    /// The group.
    pub id: GroupId,
    /// Its address in URLs and files; never changes.
    pub code: String,
    /// Italian, German, French, English.
    pub names: [String; 4],
    /// What it allows.
    pub rights: Vec<Right>,
    /// From this day its members may not sign in with a password any more (X49).
    pub password_off_from: Option<Date>,
    /// A password has at least this many characters.
    pub password_min: u8,
    /// Users in it whom the reader sees, archived ones left out.
    pub members: u64,
    /// One of those an organisation starts with: it stays.
    pub seeded: bool,
    /// Its names and rights are those of the law's role matrix: nobody changes them.
    pub fixed: bool,
    /// Nobody is in it, archived users included, so it can be deleted.
    pub empty: bool,
    /// Counts its changes: who saves says which one was seen.
    pub version: i32,
}

impl GroupView {
    /// The list of who is in it: a page of 25, by surname.
    pub fn everybody(&self, number: u32) -> ListQuery {
        let mut query = ListQuery::default();
        query.filter.groups.push(self.code.clone());
        query.page = PageRequest {
            number: number.max(1),
            size: PageSize::TwentyFive,
        };
        query
    }
}

/// What the page of the groups shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupsPage {
    /// In the organisation's order.
    pub groups: Vec<GroupView>,
    /// Today at the organisation: whether a day lies behind.
    pub today: Date,
    /// The reader may change them.
    pub may_edit: bool,
    /// Passwords can be switched off: the law on SPID and CIE is one of schools.
    pub switches_off: bool,
}

/// A group as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDraft {
    /// Italian, German, French, English; where one is left empty the Italian name is taken.
    pub names: [String; 4],
    /// What it allows.
    pub rights: Vec<Right>,
    /// `2026-09-01`; empty: passwords stay.
    pub password_off_from: String,
    /// [`PASSWORD_MIN`] to [`PASSWORD_MIN_MOST`].
    pub password_min: u8,
}

/// A checked group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupEdit {
    /// Italian, German, French, English.
    pub names: [String; 4],
    /// In the order of decision 10, each once.
    pub rights: Vec<Right>,
    /// From this day on no password.
    pub password_off_from: Option<Date>,
    /// A password has at least this many characters.
    pub password_min: u8,
}

impl GroupDraft {
    /// Trims and checks.
    ///
    /// # Errors
    /// The fields `name_it` … `name_en` and `password_off_from` (not a day, or a group that
    /// administers: its members could shut everybody out).
    pub fn check(&self) -> Result<GroupEdit, FieldErrors> {
        let mut errors = FieldErrors::default();
        let names = self.names.clone().map(|n| n.trim().to_owned());
        if names[0].is_empty() {
            errors.add("name_it", FieldError::Required);
        }
        for (field, name) in NAME_FIELDS.into_iter().zip(&names) {
            if name.chars().count() > GROUP_NAME_MAX {
                errors.add(field, FieldError::TooLong(GROUP_NAME_MAX));
            } else if name.chars().any(char::is_control) {
                errors.add(field, FieldError::ControlCharacters);
            }
        }
        let rights: Vec<Right> = Right::ALL
            .into_iter()
            .filter(|r| self.rights.contains(r))
            .collect();
        let typed = self.password_off_from.trim();
        let day = typed.parse::<Date>().ok();
        if (!typed.is_empty() && day.is_none())
            || (day.is_some() && rights.contains(&Right::Administer))
        {
            errors.add("password_off_from", FieldError::ChooseOne);
        }
        if !(PASSWORD_MIN..=PASSWORD_MIN_MOST).contains(&self.password_min) {
            errors.add("password_min", FieldError::ChooseOne);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let italian = names[0].clone();
        Ok(GroupEdit {
            names: names.map(|n| if n.is_empty() { italian.clone() } else { n }),
            rights,
            password_off_from: day,
            password_min: self.password_min,
        })
    }
}

/// The fields of the four names.
pub const NAME_FIELDS: [&str; 4] = ["name_it", "name_de", "name_fr", "name_en"];

/// The address of a group of this name: lower-case letters, digits and hyphens.
pub fn code_of(name: &str) -> String {
    let mut code = String::new();
    for c in name.to_lowercase().chars() {
        let plain = match c {
            'à' | 'á' | 'â' | 'ä' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            code.push(plain);
        } else if !code.is_empty() && !code.ends_with('-') {
            code.push('-');
        }
    }
    let code = code
        .trim_end_matches('-')
        .chars()
        .take(50)
        .collect::<String>();
    if code.is_empty() {
        "gruppo".to_owned()
    } else {
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_left_empty_follow_the_italian_one() {
        let draft = GroupDraft {
            names: [
                " Mensa ".into(),
                String::new(),
                "Cantine".into(),
                String::new(),
            ],
            rights: vec![Right::ManageUsers, Right::ReadUsers],
            password_off_from: "2026-09-01".into(),
            password_min: PASSWORD_MIN,
        };
        let edit = draft.check().unwrap();
        assert_eq!(edit.names, ["Mensa", "Mensa", "Cantine", "Mensa"]);
        assert_eq!(edit.rights, [Right::ReadUsers, Right::ManageUsers]);
        assert_eq!(edit.password_off_from, Some(jiff::civil::date(2026, 9, 1)));
    }

    #[test]
    fn those_who_administer_keep_their_password() {
        let draft = GroupDraft {
            names: ["Capi".into(), String::new(), String::new(), String::new()],
            rights: vec![Right::Administer],
            password_off_from: "2026-09-01".into(),
            password_min: PASSWORD_MIN,
        };
        assert!(draft.check().unwrap_err().of("password_off_from").is_some());
    }

    #[test]
    fn an_address_is_made_of_plain_letters() {
        assert_eq!(code_of("Attività di São Luís!"), "attivita-di-s-o-luis");
        assert_eq!(code_of("???"), "gruppo");
    }
}
