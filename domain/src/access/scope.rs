//! Which rows a person may see: every read of many rows takes one.

use super::{Actor, Right};
use crate::{OrganisationId, UnitId};

/// The part of the data a read may touch. Only an [`Actor`] makes one, so a list
/// without a scope does not type-check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    organisation: OrganisationId,
    units: Option<Vec<UnitId>>,
}

impl Scope {
    /// Where `actor` holds `right`. Without the right it is empty, never everything.
    pub fn of(actor: &Actor, right: Right) -> Self {
        let units = if actor.holds(right) {
            actor.units(right)
        } else {
            Some(Vec::new())
        };
        Self {
            organisation: actor.organisation,
            units,
        }
    }

    /// The organisation.
    pub fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    /// Units (each with all below); `None` is the whole organisation.
    pub fn units(&self) -> Option<&[UnitId]> {
        self.units.as_deref()
    }

    /// The same as numbers, for SQL arrays.
    pub fn unit_numbers(&self) -> Option<Vec<i64>> {
        self.units.as_ref().map(|u| u.iter().map(|u| u.0).collect())
    }
}
