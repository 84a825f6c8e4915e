//! Views of the list of users: the ready ones, and those that people save.

use super::{FieldError, FieldErrors, ListQuery, UserFilter, UserSort};
use crate::ViewId;
use serde::{Deserialize, Serialize};

/// A name has at most this many characters.
pub const VIEW_NAME_MAX: usize = 60;
/// Views that a person keeps at most, and that an organisation shares at most.
pub const VIEWS_MOST: u8 = 30;
/// What a view searches for has at most this many characters.
const TEXT_MAX: usize = 200;
/// Groups that a view asks for at most.
const GROUPS_MAX: usize = 200;

/// A ready view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadyView {
    /// «Password scaduta».
    ExpiredPassword,
    /// «Mai entrati».
    NeverEntered,
    /// «Senza mail».
    WithoutMail,
    /// «Gruppo da verificare».
    UnlikelyGroup,
    /// «Mail respinte».
    BouncedMail,
}

impl ReadyView {
    /// All of them, in the order shown.
    pub const ALL: [Self; 5] = [
        Self::ExpiredPassword,
        Self::NeverEntered,
        Self::WithoutMail,
        Self::UnlikelyGroup,
        Self::BouncedMail,
    ];

    /// What it asks for.
    pub fn filter(self) -> UserFilter {
        let mut filter = UserFilter::default();
        match self {
            Self::ExpiredPassword => filter.expired = true,
            Self::NeverEntered => filter.never_entered = true,
            Self::WithoutMail => filter.without_mail = true,
            Self::UnlikelyGroup => filter.unlikely_group = true,
            Self::BouncedMail => filter.bounced = true,
        }
        filter
    }
}

/// A view that somebody saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// The view.
    pub id: ViewId,
    /// Its name.
    pub name: String,
    /// Everybody in the organisation sees it.
    pub shared: bool,
    /// The reader may rename, share and delete it.
    pub may_change: bool,
    /// Which users.
    pub filter: UserFilter,
    /// In which order.
    pub sort: UserSort,
}

impl SavedView {
    /// The list as the view means it, on the page asked for.
    pub fn resolve(&self, query: &ListQuery) -> ListQuery {
        ListQuery {
            filter: self.filter.clone(),
            sort: self.sort,
            page: query.page,
            view: Some(self.id),
        }
    }
}

/// What is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewDraft {
    /// Its name, as typed.
    pub name: String,
    /// Shared with everybody in the organisation.
    pub shared: bool,
    /// Which users.
    pub filter: UserFilter,
    /// In which order.
    pub sort: UserSort,
}

impl ViewDraft {
    /// Trims and checks the name; nobody keeps a filter longer than a person would type.
    ///
    /// # Errors
    /// The fields `name` and `filter`.
    pub fn check(&self) -> Result<Self, FieldErrors> {
        Ok(Self {
            name: check_view_name(&self.name)?,
            shared: self.shared,
            filter: check_view_filter(&self.filter)?,
            sort: self.sort,
        })
    }
}

/// How many users each view finds for the reader, exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewCounts {
    /// Of the ready ones, in the order of [`ReadyView::ALL`].
    pub ready: Vec<u64>,
    /// Of the saved ones.
    pub saved: Vec<(ViewId, u64)>,
}

/// Trims what is searched for and checks that a person could have typed it.
///
/// # Errors
/// The field `filter`.
pub fn check_view_filter(filter: &UserFilter) -> Result<UserFilter, FieldErrors> {
    let mut filter = filter.clone();
    filter.text = filter.text.trim().to_owned();
    if filter.text.chars().count() > TEXT_MAX || filter.groups.len() > GROUPS_MAX {
        return Err(FieldErrors::one("filter", FieldError::TooLong(TEXT_MAX)));
    }
    Ok(filter)
}

/// Trims and checks a name.
///
/// # Errors
/// The field `name`.
pub fn check_view_name(typed: &str) -> Result<String, FieldErrors> {
    let name = typed.trim();
    let wrong = match name.chars().count() {
        0 => FieldError::Required,
        n if n > VIEW_NAME_MAX => FieldError::TooLong(VIEW_NAME_MAX),
        _ if name.chars().any(char::is_control) => FieldError::ControlCharacters,
        _ => return Ok(name.to_owned()),
    };
    Err(FieldErrors::one("name", wrong))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_neither_empty_nor_endless() {
        assert_eq!(check_view_name("  Prime "), Ok("Prime".into()));
        let wrong = |typed: &str| check_view_name(typed).unwrap_err().0[0].1.clone();
        assert_eq!(wrong(" "), FieldError::Required);
        assert_eq!(wrong(&"x".repeat(61)), FieldError::TooLong(60));
        assert_eq!(wrong("due\nrighe"), FieldError::ControlCharacters);
    }

    #[test]
    fn a_view_keeps_no_endless_search() {
        let draft = ViewDraft {
            name: "Prime".into(),
            shared: false,
            filter: UserFilter {
                text: "x".repeat(201),
                ..UserFilter::default()
            },
            sort: UserSort::default(),
        };
        assert!(draft.check().unwrap_err().of("filter").is_some());
    }

    #[test]
    fn every_ready_view_asks_for_something_of_its_own() {
        let filters: std::collections::HashSet<_> =
            ReadyView::ALL.into_iter().map(ReadyView::filter).collect();
        assert_eq!(filters.len(), ReadyView::ALL.len());
        assert!(filters.iter().all(|f| !f.is_empty()));
    }
}
