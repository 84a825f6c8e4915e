//! Units: the tree canton → enterprise → site, and institute → plesso.

mod canton;
mod draft;

pub use crate::import::UnitLevel;
pub use canton::{Canton, UnknownCanton};
pub use draft::{NewUnit, UnitDraft, UnitEdit};

use crate::UnitId;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Whether a unit is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitState {
    /// «Attiva».
    Active,
    /// «Chiusa»: nobody is in it and nothing new is granted there.
    Closed,
}

impl UnitState {
    /// Value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }
}

/// The text names no state of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown state of a unit")]
pub struct UnknownUnitState;

impl FromStr for UnitState {
    type Err = UnknownUnitState;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s {
            "active" => Ok(Self::Active),
            "closed" => Ok(Self::Closed),
            _ => Err(UnknownUnitState),
        }
    }
}

/// Why a unit cannot be edited by the reader (ⓘ instead of the pencil).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitLock {
    /// It stands above the units of the reader: seen as the way to them.
    Above,
    /// The reader may work in it, not change it.
    ReadOnly,
    /// It is closed.
    Closed,
}

/// Names in the four languages; Italian is the one that always stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitNames {
    /// «Nome».
    pub it: String,
    /// German; empty where there is none of its own.
    pub de: String,
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// A line of the tree table (X3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitRow {
    /// The unit.
    pub id: UnitId,
    /// The unit above it, where the reader sees one.
    pub parent: Option<UnitId>,
    /// How deep it stands among what the reader sees; 0 at the top.
    pub depth: u16,
    /// Its name in the reader's language.
    pub name: String,
    /// Its names as stored, for editing.
    pub names: UnitNames,
    /// «ID unità».
    pub code: String,
    /// Canton, enterprise, site; institute, plesso.
    pub level: UnitLevel,
    /// «Stato».
    pub state: UnitState,
    /// ENTID of an enterprise, nine digits.
    pub ent_id: Option<i64>,
    /// BUR of a site, eight digits.
    pub bur: Option<i64>,
    /// The canton that administers it («Kt. Z.»).
    pub canton_administrative: Option<Canton>,
    /// The canton it lies in («Kt. G.»).
    pub canton_geographic: Option<Canton>,
    /// People in it and below it, archived ones left out.
    pub users: u32,
    /// The reader may work in it.
    pub may_choose: bool,
    /// Why the reader may not edit it; `None` where they may.
    pub locked: Option<UnitLock>,
    /// Counts edits.
    pub version: i32,
}

/// The tree as the reader sees it, in the order of the table: parents before children,
/// names in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitTree {
    /// The lines.
    pub units: Vec<UnitRow>,
    /// The unit worked in.
    pub current: Option<UnitId>,
    /// «Cliente»: the organisation the units belong to.
    pub client: String,
    /// A unit without a parent may be added.
    pub may_add_root: bool,
}

impl UnitTree {
    /// The names from the top down to a unit, for titles and confirmations.
    pub fn path_of(&self, id: UnitId) -> Vec<&str> {
        let mut names = Vec::new();
        let mut at = Some(id);
        while let Some(row) = at.and_then(|id| self.units.iter().find(|u| u.id == id)) {
            names.push(row.name.as_str());
            if names.len() > self.units.len() {
                break;
            }
            at = row.parent;
        }
        names.reverse();
        names
    }
}

/// What stands in the way of closing a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseCheck {
    /// People whose home it is, or whose roles are limited to it or to units below,
    /// archived ones left out.
    pub users: u32,
    /// Units below that are still active.
    pub below: u32,
    /// Pupils enrolled there in the school year that runs, or a later one.
    pub enrolled: u32,
    /// Where its people may be moved: active units of the reader outside it.
    pub targets: Vec<(UnitId, String)>,
}

/// The level a new unit has below this one; `None` where nothing stands below.
pub const fn level_below(level: UnitLevel) -> Option<UnitLevel> {
    match level {
        UnitLevel::Canton => Some(UnitLevel::Enterprise),
        UnitLevel::Enterprise => Some(UnitLevel::Site),
        UnitLevel::Institute => Some(UnitLevel::SchoolSite),
        UnitLevel::Site | UnitLevel::SchoolSite => None,
    }
}
