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

use crate::{
    Core,
    db::{authorisations, users::search::Totals},
    error::Result,
};
use domain::access::Actor;
use sqlx::PgConnection;

/// Users: the list, its export, their pages, groups and creation.
#[derive(Clone)]
pub struct Users(pub(crate) Core, pub(crate) Totals);

impl Users {
    /// Whether the actor stands on the federal side, or administers the platform: only they
    /// grant KT_Superuser and the federal roles.
    async fn federal(&self, conn: &mut PgConnection, actor: &Actor) -> Result<bool> {
        let granter = authorisations::granter(conn, actor, self.0.clock.now()).await?;
        Ok(granter.federal)
    }
}

/// What an entry of the trail says beside the change itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Note<'a> {
    /// Motivation.
    pub reason: Option<&'a str>,
    /// The entry whose change is put back.
    pub reverts: Option<i64>,
}
