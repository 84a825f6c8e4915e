//! Users: the list and its export, their pages, groups and creation.

mod bulk;
mod commands;
mod contact;
mod create;
mod detail;
mod diagnosis;
mod edit;
mod export;
mod groups;
mod invite;
mod list;
mod row_acts;

pub(super) use edit::change_data;
pub(crate) use groups::record as record_grants;
pub(super) use groups::{authorises_here, places};

pub use export::{ExportFormat, ExportWords};

use crate::{
    Core,
    db::{authorisations, grants::Group, users::search::Totals},
    error::Result,
};
use domain::access::{Actor, Denied, SCHOOL, decide_on_role};
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

    /// Refuses groups that the actor may not give or take wherever they manage users.
    async fn decide_on_groups<'a>(
        &self,
        conn: &mut PgConnection,
        actor: &Actor,
        groups: impl Iterator<Item = &'a Group>,
    ) -> Result<()> {
        let federal = self.federal(conn, actor).await?;
        let here = groups::authorises_here(conn, actor).await?;
        for group in groups {
            decide_on_role(actor, federal, group.facts())?;
            if group.category != SCHOOL && !here {
                return Err(Denied::Stronger.into());
            }
        }
        Ok(())
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

impl Note<'_> {
    /// What an act left, with the entry that it puts back.
    pub(crate) fn left(&self, mut after: serde_json::Value) -> serde_json::Value {
        if let Some(entry) = self.reverts {
            after["reverts"] = entry.into();
        }
        after
    }
}
