//! «Registro attività»: what was done, read by those who may, exported, put back.

mod chain;
mod export;
mod revert;

pub use chain::{Broken, Fault, Verified};
pub use export::AuditWords;
pub(crate) use revert::groups_stand;

use crate::{
    Core,
    db::{
        audit::{
            open::{self, Doors},
            read::{self, Sight, Stored, Wanted},
        },
        organisations,
        users::detail,
    },
    error::{Result, ServiceError},
};
use domain::{
    AuditId, JobId, Locale, UserId,
    access::{Action, Actor, Right, Scope, decide},
    audit::{AUDIT_BLOCK, AuditFrame, AuditObject, AuditPage, AuditQuery, AuditRow, SYSTEM},
};
use jiff::civil::Date;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// The audit trail.
#[derive(Clone)]
pub struct Audit(pub(crate) Core);

impl Audit {
    /// A block of entries, newest first, each with what «Ripristina» would do. Without
    /// [`Right::ReadAudit`] one's own acts.
    ///
    /// # Errors
    /// Where a temporary password must be changed first.
    pub async fn list(
        &self,
        actor: &Actor,
        query: &AuditQuery,
        locale: Locale,
    ) -> Result<AuditPage> {
        let sight = sight(actor)?;
        let mut conn = self.0.pool.acquire().await?;
        let days = self.days(&mut conn, actor, query).await?;
        let below = match query.before {
            Some(id) => read::cursor(&mut conn, actor.organisation.0, id.0).await?,
            None => None,
        };
        let wanted = Wanted {
            organisation: actor.organisation.0,
            sight: &sight,
            filter: &query.filter,
            days,
            below,
            most: AUDIT_BLOCK + 1,
        };
        let mut stored = read::block(&mut conn, &wanted).await?;
        let more = stored.len() as i64 > AUDIT_BLOCK;
        stored.truncate(usize::try_from(AUDIT_BLOCK).unwrap_or(usize::MAX));
        let rows = self.rows(&mut conn, actor, stored, locale).await?;
        Ok(AuditPage { rows, more })
    }

    /// What the filters offer, and whether the reader sees own acts only.
    ///
    /// # Errors
    /// As for [`Audit::list`].
    pub async fn frame(&self, actor: &Actor, user: Option<UserId>) -> Result<AuditFrame> {
        let sight = sight(actor)?;
        let mut conn = self.0.pool.acquire().await?;
        let own_only = matches!(sight, Sight::Own(_));
        let people = if own_only {
            Vec::new()
        } else {
            read::people(&mut conn, actor.organisation.0).await?
        };
        let user = match user {
            Some(id) => {
                let scope = Scope::of(actor, Right::ReadUsers);
                detail::read(&mut conn, &scope, id, actor.locale, self.0.clock.now())
                    .await
                    .ok()
                    .map(|u| (id, u.row.full_name()))
            }
            None => None,
        };
        Ok(AuditFrame {
            own_only,
            people,
            actions: read::actions(&mut conn, actor.organisation.0).await?,
            user,
        })
    }

    async fn days(
        &self,
        conn: &mut PgConnection,
        actor: &Actor,
        query: &AuditQuery,
    ) -> Result<(Option<Date>, Option<Date>)> {
        let today = organisations::today(conn, actor.organisation, self.0.clock.now()).await?;
        Ok(query.filter.period.days(today))
    }

    async fn rows(
        &self,
        conn: &mut PgConnection,
        actor: &Actor,
        stored: Vec<Stored>,
        locale: Locale,
    ) -> Result<Vec<AuditRow>> {
        let now = self.0.clock.now();
        let present = revert::Present::of(conn, actor, stored.iter(), now).await?;
        let things: Vec<(&str, i64)> = stored
            .iter()
            .filter_map(|s| Some((s.object_kind.as_str(), s.object_id?)))
            .collect();
        let open = open::reachable(conn, actor.organisation, &doors(actor), &things).await?;
        let names = detail::group_names(conn, &everywhere(actor), locale).await?;
        Ok(stored
            .into_iter()
            .map(|s| {
                let revert = revert::offered(actor, &s, &present);
                let opens = s
                    .object_id
                    .is_some_and(|id| open.contains(&(s.object_kind.clone(), id)));
                row(s, &names, revert, opens)
            })
            .collect())
    }
}

/// Whose entries the actor may see.
fn sight(actor: &Actor) -> Result<Sight> {
    if decide(actor, Action::ReadAudit).is_ok() {
        return Ok(Sight::Scope(Scope::of(actor, Right::ReadAudit), actor.user));
    }
    decide(actor, Action::ReadOwnAudit)?;
    // The command line has acts of its own, but no page.
    Ok(Sight::Own(actor.user.unwrap_or(UserId(SYSTEM))))
}

/// What this reader may open from the list.
fn doors(actor: &Actor) -> Doors {
    // As on the page of units: who reads users sees where they are.
    let right = if actor.holds(Right::ReadUsers) {
        Right::ReadUsers
    } else {
        Right::ManageUnits
    };
    Doors {
        users: Scope::of(actor, Right::ReadUsers),
        persons: super::registry::reading(actor),
        units: Scope::of(actor, right),
        jobs: super::operations::visible(actor),
    }
}

/// For names of groups, which everybody inside may read.
fn everywhere(actor: &Actor) -> Scope {
    Scope::of(&Actor::system(actor.organisation, ""), Right::ReadUsers)
}

fn row(
    s: Stored,
    names: &BTreeMap<String, String>,
    revert: Option<domain::audit::Revert>,
    open: bool,
) -> AuditRow {
    let reverts = s
        .after
        .as_ref()
        .and_then(|a| a.get("reverts")?.as_i64())
        .map(AuditId);
    AuditRow {
        id: AuditId(s.id),
        at: s.at.to_jiff(),
        actor: (s.actor_id.map(UserId), s.actor_name),
        action: s.action,
        changes: detail::changes(s.before.as_ref(), s.after.as_ref(), names),
        object: AuditObject {
            kind: s.object_kind,
            id: s.object_id,
            name: s.object_name,
            open,
        },
        reason: s.reason,
        job: s.job_id.map(JobId),
        batch: s.batch_id,
        reverts,
        revert,
    }
}

/// The entry, where the actor sees it.
async fn seen(conn: &mut PgConnection, actor: &Actor, id: AuditId) -> Result<Stored> {
    let sight = sight(actor)?;
    read::one(conn, actor.organisation.0, &sight, id.0)
        .await?
        .ok_or(ServiceError::NotFound)
}
