//! «Dissocia», «Dissocia tutti», and the way back (A28).

use super::{Alignment, stored};
use crate::{
    db::{
        alignment::{
            Ground,
            dissolve::{self, Told},
        },
        audit,
    },
    error::{Result, ServiceError},
};
use domain::{
    UserId,
    access::{Action, Actor, Right, confirmed, decide},
    alignment::{Dissolved, Restored},
    person::PersonKind,
    problem::Conflict,
    user::check_reason,
};
use serde_json::json;
use uuid::Uuid;

impl Alignment {
    /// «Dissocia» of a stored link.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; [`ServiceError::NotFound`] where there is no such link.
    pub async fn unlink(
        &self,
        actor: &Actor,
        user: UserId,
        kind: PersonKind,
        reason: &str,
    ) -> Result<Dissolved> {
        decide(actor, Action::LinkPersons)?;
        let reason = check_reason(reason, false).map_err(ServiceError::Invalid)?;
        let told = Told {
            reason: reason.as_deref(),
            ..Told::default()
        };
        self.unlink_as(actor, user, kind, told).await
    }

    /// [`Alignment::unlink`], told as `told` says.
    pub(crate) async fn unlink_as(
        &self,
        actor: &Actor,
        user: UserId,
        kind: PersonKind,
        told: Told<'_>,
    ) -> Result<Dissolved> {
        decide(actor, Action::LinkPersons)?;
        let done = self.dissolve(actor, kind, Some(user), told, None).await?;
        if done.links == 0 {
            return Err(ServiceError::NotFound);
        }
        Ok(done)
    }

    /// «Dissocia tutti»: every link of the kind, with a motivation. `typed` is the number
    /// the person typed.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; the fields `reason` and `typed`;
    /// [`Conflict::SelectionChanged`] where the number is another by now.
    pub async fn unlink_all(
        &self,
        actor: &Actor,
        kind: PersonKind,
        typed: u64,
        reason: &str,
    ) -> Result<Dissolved> {
        decide(actor, Action::LinkPersons)?;
        let reason = check_reason(reason, true).map_err(ServiceError::Invalid)?;
        confirmed(actor, self.0.clock.now())?;
        let told = Told {
            reason: reason.as_deref(),
            ..Told::default()
        };
        self.dissolve(actor, kind, None, told, Some(typed)).await
    }

    async fn dissolve(
        &self,
        actor: &Actor,
        kind: PersonKind,
        user: Option<UserId>,
        told: Told<'_>,
        expected: Option<u64>,
    ) -> Result<Dissolved> {
        let now = self.0.clock.now();
        let batch = Uuid::from_bytes(self.0.entropy.bytes::<16>());
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, Right::ManageRegistry).await?;
        let mut told = told;
        if user.is_none() {
            told.group = Some(audit::new_batch(&mut tx).await?);
        }
        if let Some(expected) = expected {
            let now = stored(&mut tx, &ground, kind).await?;
            if now != expected {
                return Err(Conflict::SelectionChanged { expected, now }.into());
            }
        }
        let links =
            dissolve::dissolve(&mut tx, &ground, actor, kind, user, batch, told, now).await?;
        if user.is_none() && links == 0 {
            // Nothing was linked: nothing to bring back, and nothing to tell.
            let batch = Uuid::nil();
            return Ok(Dissolved { batch, links });
        }
        if user.is_none() {
            let entry = audit::Entry {
                action: "links.dissolved",
                object_kind: "organisation",
                object_id: Some(actor.organisation.0),
                before: Some(json!({ "kind": kind.code(), "links": links, "batch": batch })),
                reason: told.reason,
                batch: told.group,
                ..Default::default()
            };
            audit::record(&mut tx, actor, now, entry).await?;
        }
        tx.commit().await?;
        Ok(Dissolved { batch, links })
    }

    /// «Annulla» after «Dissocia» or «Dissocia tutti».
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; [`ServiceError::NotFound`] where nothing is left to bring back.
    pub async fn restore(&self, actor: &Actor, batch: Uuid) -> Result<Restored> {
        self.restore_part(actor, batch, dissolve::Part::default())
            .await
    }

    /// [`Alignment::restore`] of a part of what was dissolved together.
    pub(crate) async fn restore_part(
        &self,
        actor: &Actor,
        batch: Uuid,
        part: dissolve::Part<'_>,
    ) -> Result<Restored> {
        decide(actor, Action::LinkPersons)?;
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, Right::ManageRegistry).await?;
        let now = self.0.clock.now();
        let mut part = part;
        let mut all = None;
        if part.only.is_none() {
            all = dissolve::act_on_all(&mut tx, &ground, batch).await?;
        }
        if let Some((entry, _)) = all {
            part.told.reverts = Some(entry);
            part.told.group = Some(audit::new_batch(&mut tx).await?);
        }
        let restored = dissolve::restore(&mut tx, &ground, actor, batch, part, now).await?;
        if restored.links + restored.kept == 0 {
            return Err(ServiceError::NotFound);
        }
        if let Some((entry, kind)) = all.filter(|_| restored.links > 0) {
            let entry = audit::Entry {
                action: "links.restored",
                object_kind: "organisation",
                object_id: Some(actor.organisation.0),
                after: Some(json!({ "kind": kind, "links": restored.links, "reverts": entry })),
                reason: part.told.reason,
                batch: part.told.group,
                ..Default::default()
            };
            audit::record(&mut tx, actor, now, entry).await?;
        }
        tx.commit().await?;
        Ok(restored)
    }
}
