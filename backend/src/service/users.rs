//! Users: the list and its export, their pages, groups and creation.

mod bulk;
mod commands;
mod create;
mod detail;
mod diagnosis;
mod edit;
mod export;
mod groups;
mod invite;
mod list;
mod row_acts;

pub(super) use groups::places;
pub(crate) use groups::record as record_grants;

pub use export::{ExportFormat, ExportWords};

use crate::{Core, db::users::search::Totals};

/// Users: the list, its export, their pages, groups and creation.
#[derive(Clone)]
pub struct Users(pub(crate) Core, pub(crate) Totals);

/// What an entry of the trail says beside the change itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Note<'a> {
    /// Motivation.
    pub reason: Option<&'a str>,
    /// The entry whose change is put back.
    pub reverts: Option<i64>,
}
