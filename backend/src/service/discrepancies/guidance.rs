//! The guided steps of «e-mail privata» (P14) and «un'altra persona» (P15).

use super::Discrepancies;
use crate::{
    db::{
        self, audit, discrepancies as rows,
        users::edit::{self, Values},
    },
    error::{Result, ServiceError},
    service::users::{Note, change_data},
};
use domain::{
    DiscrepancyId, ProfileId,
    access::{Action, Actor, Denied, Right, Scope, decide},
    discrepancy::{DiscrepancyClass, Steps},
    job::MailReason,
    problem::Conflict,
    registration::RevokedReason,
    user::{UserState, check_reason},
};
use serde_json::json;

impl Discrepancies {
    /// First step of P14 and P15: the profile is deactivated, its sessions end. For another
    /// person the account itself is deactivated too, also where the profile was already, and
    /// its password is void for good: somebody else knows it.
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
        decide(actor, Action::DecideDiscrepancy)?;
        let reason = check_reason(reason, true).map_err(ServiceError::Invalid)?;
        let (mut tx, held) = self.hold(actor, id).await?;
        if class == DiscrepancyClass::Negligible {
            return Err(Conflict::TooLate.into());
        }
        let whole = class == DiscrepancyClass::OtherPerson;
        if held
            .steps
            .deactivated_for(class, held.account_off)
            .is_some()
        {
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
            (!whole).then_some(held.profile),
            RevokedReason::Inactive,
            now,
        )
        .await?;
        edit::end_sessions(&mut tx, organisation, user).await?;
        if whole {
            edit::set_state(&mut tx, organisation, user, UserState::Inactive).await?;
            edit::cancel_mails(&mut tx, organisation, user, None, MailReason::Inactive, now)
                .await?;
            edit::void_secrets(&mut tx, organisation, user).await?;
        }
        let steps = Steps {
            deactivated_at: Some(now),
            ..held.steps
        };
        rows::keep_steps(&mut tx, organisation, id, &steps, class, reason.as_deref()).await?;
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
        let steps = Steps {
            contacted_at: held.steps.contacted_at.or(Some(self.0.clock.now())),
            ..held.steps
        };
        rows::keep_steps(
            &mut tx,
            actor.organisation,
            id,
            &steps,
            DiscrepancyClass::WrongEmail,
            None,
        )
        .await?;
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
        decide(actor, Action::DecideDiscrepancy)?;
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
        let values = Values {
            email: Some(checked.as_str()),
            ..(&account).into()
        };
        let note = Note {
            reason: held.reason.as_deref(),
            ..Note::default()
        };
        let now = self.0.clock.now();
        change_data(&mut tx, actor, (user, &account), values, note, now).await?;
        let profile = rows::copy_profile(&mut tx, organisation, held.profile).await?;
        let steps = Steps {
            new_profile: Some(profile),
            ..held.steps
        };
        rows::keep_steps(
            &mut tx,
            organisation,
            id,
            &steps,
            DiscrepancyClass::WrongEmail,
            None,
        )
        .await?;
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
        let steps = Steps {
            reported_at: held.steps.reported_at.or(Some(self.0.clock.now())),
            ..held.steps
        };
        rows::keep_steps(
            &mut tx,
            actor.organisation,
            id,
            &steps,
            DiscrepancyClass::OtherPerson,
            None,
        )
        .await?;
        self.note(&mut tx, actor, &held, "discrepancy.reported", None)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Closes it, when its steps are done: P14 needs the profile deactivated and the person
    /// contacted, P15 the account off and the case reported.
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
        let off = steps.deactivated_for(class, held.account_off).is_some();
        let done = match class {
            DiscrepancyClass::Negligible => false,
            DiscrepancyClass::WrongEmail => off && steps.contacted_at.is_some(),
            DiscrepancyClass::OtherPerson => off && steps.reported_at.is_some(),
        };
        if !done {
            return Err(Conflict::TooLate.into());
        }
        self.close_as(&mut tx, actor, &held, class, None).await?;
        tx.commit().await?;
        Ok(())
    }
}
