//! The signed-in person, as far as permissions go.

use crate::{OrganisationId, ProfileId, UnitId, UserId, locale::Locale};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The fixed rights that groups and roles carry (decision 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See the list of users and their pages.
    ReadUsers,
    /// Create users, change their data, groups and state.
    ManageUsers,
    /// Grant and withdraw roles, start registrations.
    ManageAuthorisations,
    /// Create, rename and close units.
    ManageUnits,
    /// Change the registry and the links between users and persons.
    ManageRegistry,
    /// Send credentials and print letters.
    SendCredentials,
    /// Read what others did.
    ReadAudit,
    /// Everything inside the organisation, its settings included.
    Administer,
}

impl Right {
    /// All rights, in the order of decision 10.
    pub const ALL: [Self; 8] = [
        Self::ReadUsers,
        Self::ManageUsers,
        Self::ManageAuthorisations,
        Self::ManageUnits,
        Self::ManageRegistry,
        Self::SendCredentials,
        Self::ReadAudit,
        Self::Administer,
    ];

    /// The name in the database and in documents.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReadUsers => "read_users",
            Self::ManageUsers => "manage_users",
            Self::ManageAuthorisations => "manage_authorisations",
            Self::ManageUnits => "manage_units",
            Self::ManageRegistry => "manage_registry",
            Self::SendCredentials => "send_credentials",
            Self::ReadAudit => "read_audit",
            Self::Administer => "administer",
        }
    }
}

/// The text names no right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown right")]
pub struct UnknownRight;

impl FromStr for Right {
    type Err = UnknownRight;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|r| r.code() == s)
            .ok_or(UnknownRight)
    }
}

/// A right, and where it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Held {
    /// What is allowed.
    pub right: Right,
    /// The unit (with all below it) it is limited to; `None` is the whole organisation.
    pub unit: Option<UnitId>,
}

/// Who asks. Built only from a live session (or by the command line as [`Actor::system`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The organisation signed in to: no act reaches beyond it.
    pub organisation: OrganisationId,
    /// The user; `None` is the command line or the system itself.
    pub user: Option<UserId>,
    /// Name for the audit trail.
    pub name: String,
    /// Language of the screens.
    pub locale: Locale,
    /// Rights with their units, from grants valid now.
    pub held: Vec<Held>,
    /// Signed in with a temporary password: only choosing an own one is allowed.
    pub must_change_password: bool,
    /// The terms of use in force have not been accepted: nobody else may be managed (X1).
    pub must_accept_terms: bool,
    /// The profile worked in, where one was chosen; the others rest (X20).
    pub profile: Option<ProfileId>,
    /// Several profiles and none chosen: nothing is held until one is.
    pub must_choose_profile: bool,
    /// When the person last gave a password; `None` where nobody signs in.
    pub authenticated_at: Option<Timestamp>,
}

/// A right with the place of its unit in the tree, as a session finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The right and where it holds.
    pub held: Held,
    /// Units from the root down to that unit, itself included; empty for the whole organisation.
    pub path: Vec<UnitId>,
}

/// What is left of the rights while somebody works in one unit (`path`: from the root down
/// to it): a right that reaches the unit from above holds in the unit alone, one that lies
/// inside it stays as it is, all others rest. Where nothing would be left (the person holds
/// nothing there any more) the unit is passed over: `None`.
pub fn narrow(all: &[Placed], path: &[UnitId]) -> Option<Vec<Held>> {
    let unit = *path.last()?;
    let mut left: Vec<Held> = all
        .iter()
        .filter_map(|p| {
            match p.held.unit {
                None => Some(Some(unit)),
                Some(u) if path.contains(&u) => Some(Some(unit)),
                Some(u) if p.path.contains(&unit) => Some(Some(u)),
                Some(_) => None,
            }
            .map(|unit| Held {
                right: p.held.right,
                unit,
            })
        })
        .collect();
    left.sort_by_key(|h| (h.right, h.unit));
    left.dedup();
    (!left.is_empty()).then_some(left)
}

/// Whether `right` is among those held over the whole of a unit, whose `path` runs from the
/// root to it; `None` is the whole organisation.
pub(super) fn covers(held: &[Held], right: Right, path: Option<&[UnitId]>) -> bool {
    held.iter()
        .filter(|h| h.right == right || h.right == Right::Administer)
        .any(|h| match (h.unit, path) {
            (None, _) => true,
            (Some(unit), Some(path)) => path.contains(&unit),
            (Some(_), None) => false,
        })
}

impl Actor {
    /// The command line acting on an organisation: holds every right there.
    pub fn system(organisation: OrganisationId, name: &str) -> Self {
        Self {
            organisation,
            user: None,
            name: name.to_owned(),
            locale: Locale::It,
            held: vec![Held {
                right: Right::Administer,
                unit: None,
            }],
            must_change_password: false,
            must_accept_terms: false,
            profile: None,
            must_choose_profile: false,
            authenticated_at: None,
        }
    }

    /// Whether the right is held anywhere; [`Right::Administer`] includes all others.
    pub fn holds(&self, right: Right) -> bool {
        self.held
            .iter()
            .any(|h| h.right == right || h.right == Right::Administer)
    }

    /// Whether the right is held over the whole of a unit, whose `path` runs from the root to
    /// it; `None` is the whole organisation.
    pub fn covers(&self, right: Right, path: Option<&[UnitId]>) -> bool {
        covers(&self.held, right, path)
    }

    /// Units where the right holds: `None` = the whole organisation.
    pub fn units(&self, right: Right) -> Option<Vec<UnitId>> {
        let mut units = Vec::new();
        for h in self
            .held
            .iter()
            .filter(|h| h.right == right || h.right == Right::Administer)
        {
            units.push(h.unit?);
        }
        Some(units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(right: Right, path: &[i64]) -> Placed {
        let path: Vec<UnitId> = path.iter().map(|n| UnitId(*n)).collect();
        Placed {
            held: Held {
                right,
                unit: path.last().copied(),
            },
            path,
        }
    }

    #[test]
    fn working_in_a_unit_narrows_rights_from_above_and_keeps_those_inside() {
        let all = [
            placed(Right::ReadUsers, &[]),
            placed(Right::ManageUsers, &[1]),
            placed(Right::ManageUnits, &[1, 2, 3]),
            placed(Right::ReadAudit, &[1, 9]),
        ];
        let left = narrow(&all, &[UnitId(1), UnitId(2)]).unwrap();
        let at = |right, unit| Held {
            right,
            unit: Some(UnitId(unit)),
        };
        assert_eq!(
            left,
            [
                at(Right::ReadUsers, 2),
                at(Right::ManageUsers, 2),
                at(Right::ManageUnits, 3)
            ]
        );
    }

    #[test]
    fn a_unit_where_nothing_is_held_narrows_nothing() {
        let all = [placed(Right::ReadUsers, &[1, 9])];
        assert_eq!(narrow(&all, &[UnitId(1), UnitId(2)]), None);
        assert_eq!(narrow(&all, &[]), None);
    }
}
