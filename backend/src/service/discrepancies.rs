//! Discrepancies (P12–P15): opened at the redemption, decided step by step. Each step stands
//! on its own, so that a guidance that stopped half-way goes on from there.

mod open;

pub(super) use open::open;

use crate::{
    Core,
    db::{
        self, audit, discrepancies as rows,
        users::edit::{self, Values},
    },
    error::{Result, ServiceError},
};
use domain::{
    DiscrepancyId, ProfileId, UserId,
    access::{Action, Actor, Denied, Right, Scope, decide},
    discrepancy::{
        Discrepancy, DiscrepancyClass, DiscrepancyCounts, DiscrepancyRow, Identity, differences,
    },
    job::MailReason,
    page::{Page, PageRequest},
    problem::Conflict,
    registration::RevokedReason,
    user::{UserState, check_reason},
};
use serde_json::json;
use sqlx::PgConnection;

/// The inbox of discrepancies.
#[derive(Clone)]
pub struct Discrepancies(pub(crate) Core);

/// The user's data become what the person stated.
async fn take_over(
    tx: &mut PgConnection,
    scope: &Scope,
    user: UserId,
    stated: &Identity,
) -> Result<()> {
    let held = edit::hold(tx, scope, user).await?;
    let values = Values {
        surname: &stated.surname,
        given_name: &stated.given_name,
        email: Some(&stated.email),
        ..(&held).into()
    };
    edit::update(tx, scope.organisation(), user, values).await
}

impl Discrepancies {
    /// A page of the open or the closed ones, and how many there are of each.
    ///
    /// # Errors
    /// [`Denied`].
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
    /// [`ServiceError::NotFound`] outside the actor's scope, [`Denied`].
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
    /// As for [`Discrepancies::deactivate`]; [`Conflict::TooLate`] after «Non sono io», which
    /// stated nothing.
    pub async fn negligible(&self, actor: &Actor, id: DiscrepancyId, reason: &str) -> Result<()> {
        let reason = check_reason(reason, false).map_err(ServiceError::Invalid)?;
        let (mut tx, held) = self.hold(actor, id).await?;
        if held.not_me || held.row.begun {
            return Err(Conflict::TooLate.into());
        }
        let scope = Scope::of(actor, Right::ManageUsers);
        take_over(&mut tx, &scope, held.row.user, &held.stated).await?;
        rows::keep_steps(
            &mut tx,
            actor.organisation,
            id,
            &held.steps,
            reason.as_deref(),
        )
        .await?;
        self.close_as(
            &mut tx,
            actor,
            &held,
            DiscrepancyClass::Negligible,
            reason.as_deref(),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// First step of P14 and P15: the profile is deactivated, its sessions end. For another
    /// person the account itself is deactivated too: somebody else knows its password.
    ///
    /// # Errors
    /// The field `reason` (10–500 characters), [`Conflict::TooLate`] once it is closed,
    /// [`ServiceError::NotFound`] outside the actor's scope, [`Denied`].
    pub async fn deactivate(
        &self,
        actor: &Actor,
        id: DiscrepancyId,
        class: DiscrepancyClass,
        reason: &str,
    ) -> Result<()> {
        let reason = check_reason(reason, true).map_err(ServiceError::Invalid)?;
        let (mut tx, held) = self.hold(actor, id).await?;
        if class == DiscrepancyClass::Negligible {
            return Err(Conflict::TooLate.into());
        }
        if held.steps.deactivated_at.is_some() {
            return Ok(());
        }
        let (now, organisation, user) = (self.0.clock.now(), actor.organisation, held.row.user);
        if actor.user == Some(user) {
            return Err(Denied::OwnAccount.into());
        }
        rows::deactivate_profile(&mut tx, organisation, held.profile).await?;
        db::registrations::void(
            &mut tx,
            organisation,
            user,
            Some(held.profile),
            RevokedReason::Inactive,
            now,
        )
        .await?;
        edit::end_sessions(&mut tx, organisation, user).await?;
        let whole = class == DiscrepancyClass::OtherPerson;
        if whole {
            edit::set_state(&mut tx, organisation, user, UserState::Inactive).await?;
            edit::cancel_mails(&mut tx, organisation, user, None, MailReason::Inactive, now)
                .await?;
            edit::void_temporary_password(&mut tx, organisation, user).await?;
        }
        let steps = domain::discrepancy::Steps {
            deactivated_at: Some(now),
            ..held.steps
        };
        rows::keep_steps(&mut tx, organisation, id, &steps, reason.as_deref()).await?;
        let entry = audit::Entry {
            action: if whole {
                "user.deactivated"
            } else {
                "profile.deactivated"
            },
            object_kind: "user",
            object_id: Some(user.0),
            object_name: &held.row.name,
            before: Some(json!({ "state": "active" })),
            after: Some(json!({ "state": "inactive", "discrepancy": id, "profile": held.profile })),
            reason: reason.as_deref(),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Second step: the delegate has written to the person or called them.
    ///
    /// # Errors
    /// As for [`Discrepancies::deactivate`].
    pub async fn contacted(&self, actor: &Actor, id: DiscrepancyId) -> Result<()> {
        let (mut tx, held) = self.hold(actor, id).await?;
        let steps = domain::discrepancy::Steps {
            contacted_at: held.steps.contacted_at.or(Some(self.0.clock.now())),
            ..held.steps
        };
        rows::keep_steps(&mut tx, actor.organisation, id, &steps, None).await?;
        self.note(&mut tx, actor, &held, "discrepancy.contacted", None)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Third step of P14: a new profile of the same category, for the wizard to fill. The
    /// professional address is set first; the same answer for a second click.
    ///
    /// # Errors
    /// The field `email`; [`Conflict::TooLate`] before the old profile is deactivated;
    /// otherwise as for [`Discrepancies::deactivate`].
    pub async fn new_profile(
        &self,
        actor: &Actor,
        id: DiscrepancyId,
        email: &str,
    ) -> Result<ProfileId> {
        let checked = domain::user::EmailDraft(email.to_owned())
            .check()
            .map_err(ServiceError::Invalid)?
            .ok_or_else(|| {
                ServiceError::Invalid(domain::user::FieldErrors::one(
                    "email",
                    domain::user::FieldError::Required,
                ))
            })?;
        let (mut tx, held) = self.hold(actor, id).await?;
        if let Some(profile) = held.steps.new_profile {
            return Ok(profile);
        }
        if held.steps.deactivated_at.is_none() {
            return Err(Conflict::TooLate.into());
        }
        let (organisation, user) = (actor.organisation, held.row.user);
        let scope = Scope::of(actor, Right::ManageUsers);
        let account = edit::hold(&mut tx, &scope, user).await?;
        if account.email.as_deref() != Some(checked.as_str()) {
            let values = Values {
                email: Some(checked.as_str()),
                ..(&account).into()
            };
            edit::update(&mut tx, organisation, user, values).await?;
        }
        let profile = rows::copy_profile(&mut tx, organisation, held.profile).await?;
        let steps = domain::discrepancy::Steps {
            new_profile: Some(profile),
            ..held.steps
        };
        rows::keep_steps(&mut tx, organisation, id, &steps, None).await?;
        let after = json!({ "discrepancy": id, "profile": profile });
        self.note(&mut tx, actor, &held, "profile.created", Some(after))
            .await?;
        tx.commit().await?;
        Ok(profile)
    }

    /// «Ho segnalato il caso» (P15).
    ///
    /// # Errors
    /// As for [`Discrepancies::deactivate`].
    pub async fn reported(&self, actor: &Actor, id: DiscrepancyId) -> Result<()> {
        let (mut tx, held) = self.hold(actor, id).await?;
        let steps = domain::discrepancy::Steps {
            reported_at: held.steps.reported_at.or(Some(self.0.clock.now())),
            ..held.steps
        };
        rows::keep_steps(&mut tx, actor.organisation, id, &steps, None).await?;
        self.note(&mut tx, actor, &held, "discrepancy.reported", None)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Closes it, when its steps are done: P14 needs the profile deactivated and the person
    /// contacted, P15 the profile deactivated and the case reported.
    ///
    /// # Errors
    /// [`Conflict::TooLate`] where a step is missing; otherwise as for
    /// [`Discrepancies::deactivate`].
    pub async fn close(
        &self,
        actor: &Actor,
        id: DiscrepancyId,
        class: DiscrepancyClass,
    ) -> Result<()> {
        let (mut tx, held) = self.hold(actor, id).await?;
        let steps = &held.steps;
        let done = match class {
            DiscrepancyClass::Negligible => false,
            DiscrepancyClass::WrongEmail => {
                steps.deactivated_at.is_some() && steps.contacted_at.is_some()
            }
            DiscrepancyClass::OtherPerson => {
                steps.deactivated_at.is_some() && steps.reported_at.is_some()
            }
        };
        if !done {
            return Err(Conflict::TooLate.into());
        }
        self.close_as(&mut tx, actor, &held, class, None).await?;
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
        let held = rows::hold(&mut tx, &scope, id, self.0.clock.now()).await?;
        edit::hold(
            &mut tx,
            &Scope::of(actor, Right::ManageUsers),
            held.row.user,
        )
        .await?;
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
        rows::close(tx, actor.organisation, held.row.id, class, by, now).await?;
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
