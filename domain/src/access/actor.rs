//! The signed-in person, as far as permissions go.

use crate::{OrganisationId, UnitId, UserId, locale::Locale};
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
        }
    }

    /// Whether the right is held anywhere; [`Right::Administer`] includes all others.
    pub fn holds(&self, right: Right) -> bool {
        self.held
            .iter()
            .any(|h| h.right == right || h.right == Right::Administer)
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
