//! Discrepancies (P12–P15): opened at the redemption, decided step by step. Each step stands
//! on its own, so that a guidance that stopped half-way goes on from there.

mod guidance;
mod open;

pub(super) use open::open;

use super::users::{Note, change_data};
use crate::{
    Core,
    db::{
        self, audit, discrepancies as rows,
        users::edit::{self, Values},
    },
    error::{Result, ServiceError},
};
use domain::{
    DiscrepancyId, UserId,
    access::{Action, Actor, Right, Scope, decide},
    discrepancy::{
        Discrepancy, DiscrepancyClass, DiscrepancyCounts, DiscrepancyRow, Identity, differences,
    },
    page::{Page, PageRequest},
    problem::Conflict,
    user::{UserState, check_reason},
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::PgConnection;

/// The inbox of discrepancies.
#[derive(Clone)]
pub struct Discrepancies(pub(crate) Core);

/// The user's data become what the person stated; the trail keeps what they were. By itself
/// only the names change: the address was proven with the code, what was typed is not.
async fn take_over(
    tx: &mut PgConnection,
    actor: &Actor,
    user: UserId,
    stated: &Identity,
    by_hand: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let held = edit::hold(tx, &Scope::of(actor, Right::ManageUsers), user).await?;
    let same = |was: &str| was.to_lowercase() == stated.email.to_lowercase();
    let email = held.email.as_deref();
    let keeps = by_hand.is_none() || email.is_some_and(same);
    let values = Values {
        surname: &stated.surname,
        given_name: &stated.given_name,
        email: if keeps { email } else { Some(&stated.email) },
        ..(&held).into()
    };
    let note = Note {
        reason: by_hand,
        ..Note::default()
    };
    change_data(tx, actor, (user, &held), values, note, now).await?;
    Ok(())
}

impl Discrepancies {
    /// A page of the open or the closed ones, and how many there are of each.
    ///
    /// # Errors
    /// [`domain::access::Denied`].
    pub async fn list(
        &self,
        actor: &Actor,
        open: bool,
        page: PageRequest,
    ) -> Result<(Page<DiscrepancyRow>, DiscrepancyCounts)> {
        decide(actor, Action::ReadDiscrepancies)?;
        let scope = Scope::of(actor, Right::ManageUsers);
        let mut conn = self.0.pool.acquire().await?;
        let counts = rows::counts(&mut conn, &scope).await?;
        let mut page = page;
        page.number = page.number.max(1);
        let mut found = rows::list(&mut conn, &scope, open, page, self.0.clock.now()).await?;
        if found.items.is_empty() && page.number > 1 {
            page.number = 1;
            found = rows::list(&mut conn, &scope, open, page, self.0.clock.now()).await?;
        }
        found.total = if open { counts.open } else { counts.closed };
        Ok((found, counts))
    }

    /// A discrepancy, whole.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's scope, [`domain::access::Denied`].
    pub async fn get(&self, actor: &Actor, id: DiscrepancyId) -> Result<Discrepancy> {
        decide(actor, Action::ReadDiscrepancies)?;
        let mut tx = self.0.pool.begin().await?;
        let scope = Scope::of(actor, Right::ManageUsers);
        let stored = rows::hold(&mut tx, &scope, id, self.0.clock.now()).await?;
        let (report_to, organisation) = rows::report_to(&mut tx, actor.organisation).await?;
        Ok(Discrepancy {
            differences: differences(&stored.prepared, &stored.stated),
            row: stored.row,
            profile: stored.profile,
            not_me: stored.not_me,
            steps: stored.steps,
            begun_as: stored.begun_as,
            account_off: stored.account_off,
            decided_by: stored.decided_by,
            decided_at: stored.decided_at,
            reason: stored.reason,
            may_decide: decide(actor, Action::DecideDiscrepancy).is_ok(),
            report_to,
            organisation,
        })
    }

    /// «Errore trascurabile» (P13): the data become what the person stated, and it closes.
    ///
    /// # Errors
    /// The field `reason`, as for [`Discrepancies::deactivate`]; [`Conflict::TooLate`] after «Non sono io», which
    /// stated nothing.
    pub async fn negligible(&self, actor: &Actor, id: DiscrepancyId, reason: &str) -> Result<()> {
        decide(actor, Action::DecideDiscrepancy)?;
        let reason = check_reason(reason, true).map_err(ServiceError::Invalid)?;
        let reason = reason.unwrap_or_default();
        let (mut tx, held) = self.hold(actor, id).await?;
        if held.not_me || held.row.begun {
            return Err(Conflict::TooLate.into());
        }
        let (user, now) = (held.row.user, self.0.clock.now());
        take_over(&mut tx, actor, user, &held.stated, Some(&reason), now).await?;
        let class = DiscrepancyClass::Negligible;
        self.close_as(&mut tx, actor, &held, class, Some(&reason))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Holds an open discrepancy that the actor may decide.
    async fn hold(
        &self,
        actor: &Actor,
        id: DiscrepancyId,
    ) -> Result<(sqlx::Transaction<'static, sqlx::Postgres>, rows::Stored)> {
        decide(actor, Action::DecideDiscrepancy)?;
        let mut tx = self.0.pool.begin().await?;
        let scope = Scope::of(actor, Right::ManageAuthorisations);
        let mut held = rows::hold(&mut tx, &scope, id, self.0.clock.now()).await?;
        let scope = Scope::of(actor, Right::ManageUsers);
        let account = edit::hold(&mut tx, &scope, held.row.user).await?;
        // Somebody may have changed it before the user was held.
        held.account_off = account.state != UserState::Active;
        db::grants::decide_on(&mut tx, actor, held.row.user).await?;
        if held.row.decided.is_some() {
            return Err(Conflict::TooLate.into());
        }
        Ok((tx, held))
    }

    async fn close_as(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        held: &rows::Stored,
        class: DiscrepancyClass,
        reason: Option<&str>,
    ) -> Result<()> {
        let now = self.0.clock.now();
        let by = (actor.user, &*actor.name);
        rows::close(tx, actor.organisation, held.row.id, class, reason, by, now).await?;
        let entry = audit::Entry {
            action: "discrepancy.closed",
            object_kind: "user",
            object_id: Some(held.row.user.0),
            object_name: &held.row.name,
            before: Some(json!({ "suggested": held.row.suggested.code() })),
            after: Some(json!({ "discrepancy": held.row.id, "decided": class.code() })),
            reason,
            ..Default::default()
        };
        audit::record(tx, actor, now, entry).await
    }

    async fn note(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        held: &rows::Stored,
        action: &str,
        after: Option<serde_json::Value>,
    ) -> Result<()> {
        let entry = audit::Entry {
            action,
            object_kind: "user",
            object_id: Some(held.row.user.0),
            object_name: &held.row.name,
            after: after.or_else(|| Some(json!({ "discrepancy": held.row.id }))),
            ..Default::default()
        };
        audit::record(tx, actor, self.0.clock.now(), entry).await
    }
}
