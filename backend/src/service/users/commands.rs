//! The row menu (P8–P11, X8): what can be done with users now, archiving, bringing back,
//! and the same acts on a selection.

use super::{Note, Users};
use crate::{
    db::{
        audit, grants, registrations,
        sending::strong_groups,
        users::{
            commands as rows, detail,
            edit::{self, Held},
        },
    },
    error::{Result, ServiceError},
};
use domain::{
    Locale, ProfileId, UserId,
    access::{Action, Actor, Denied, Right, Scope, confirmed, decide},
    job::MailReason,
    problem::Conflict,
    registration::{
        BULK_MAX, Command, Hindrance, RevokedReason, UserCommands, commands as decide_commands,
    },
    user::{GrantView, Saved, UserState, check_reason, full_name},
};
use jiff::Timestamp;
use serde_json::json;

impl Users {
    /// What the actor can do with these users, with what hinders each command now; for the
    /// profile named, or else the one in use whose registration stands first.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn commands(
        &self,
        actor: &Actor,
        users: &[(UserId, Option<ProfileId>)],
    ) -> Result<Vec<UserCommands>> {
        decide(actor, Action::ReadUsers)?;
        let asked = users.get(..BULK_MAX as usize).unwrap_or(users);
        let mut conn = self.0.pool.acquire().await?;
        let strong = strong_groups(&mut conn, actor).await?;
        let now = self.0.clock.now();
        let found = rows::facts(&mut conn, actor, asked, &strong).await?;
        Ok(found
            .into_iter()
            .map(|r| UserCommands {
                user: r.user,
                asked: r.asked,
                name: r.name,
                username: r.username,
                commands: decide_commands(&r.facts, now),
                registration: r.facts.registration,
            })
            .collect())
    }

    /// The roles that an inactive user holds again once it is active: those of the profiles in
    /// use whose last day has not passed.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's units; [`Denied`].
    pub async fn returning(
        &self,
        actor: &Actor,
        id: UserId,
        locale: Locale,
    ) -> Result<Vec<GrantView>> {
        decide(actor, Action::EditUser)?;
        let mut conn = self.0.pool.acquire().await?;
        if !detail::is_in(&mut conn, &Scope::of(actor, Right::ManageUsers), id).await? {
            return Err(ServiceError::NotFound);
        }
        rows::returning(
            &mut conn,
            actor.organisation,
            id,
            locale,
            self.0.clock.now(),
        )
        .await
    }

    /// «Cancella/archivia l'utente»: what deactivation does, and for good after thirty days;
    /// the codice utente stays reserved. Asks for a motivation.
    ///
    /// # Errors
    /// As for [`Users::edit`]; [`Denied::OwnAccount`]; [`Denied::MustConfirm`].
    pub async fn archive(
        &self,
        actor: &Actor,
        id: UserId,
        reason: &str,
        locale: Locale,
    ) -> Result<Saved> {
        let now = self.0.clock.now();
        self.archive_begun(actor, id, reason, locale, now).await
    }

    /// [`Users::archive`] as part of an act that began then: the password is not asked for
    /// again in the middle of a selection.
    pub(super) async fn archive_begun(
        &self,
        actor: &Actor,
        id: UserId,
        reason: &str,
        locale: Locale,
        begun: Timestamp,
    ) -> Result<Saved> {
        decide(actor, Action::ArchiveUser)?;
        let reason = check_reason(reason, true).map_err(ServiceError::Invalid)?;
        if actor.user == Some(id) {
            return Err(Denied::OwnAccount.into());
        }
        let mut tx = self.0.pool.begin().await?;
        let held = self.held_for_edit(&mut tx, actor, id, None, locale).await?;
        let (now, organisation) = (self.0.clock.now(), actor.organisation);
        confirmed(actor, begun)?;
        rows::set_archived(&mut tx, organisation, id, Some(now)).await?;
        edit::end_sessions(&mut tx, organisation, id).await?;
        let why = MailReason::Inactive;
        let cancelled_mails = edit::cancel_mails(&mut tx, organisation, id, None, why, now).await?;
        let voided_password = edit::void_temporary_password(&mut tx, organisation, id).await?;
        let why = RevokedReason::Archived;
        registrations::void(&mut tx, organisation, id, None, why, now).await?;
        self.note_state(
            &mut tx,
            actor,
            id,
            &held,
            UserState::Archived,
            Note {
                reason: reason.as_deref(),
                reverts: None,
            },
        )
        .await?;
        let saved = Saved {
            cancelled_mails,
            voided_password,
            ..self.saved(&mut tx, actor, id, locale).await?
        };
        tx.commit().await?;
        Ok(saved)
    }

    /// Brings an archived user back, inactive, within thirty days.
    ///
    /// # Errors
    /// [`Hindrance::TooLate`] as [`Conflict::Registration`] after thirty days or where the user is not archived;
    /// [`ServiceError::NotFound`]; [`Denied`].
    pub async fn restore(&self, actor: &Actor, id: UserId, locale: Locale) -> Result<Saved> {
        self.restore_as(actor, id, Note::default(), locale).await
    }

    /// [`Users::restore`], told as `note` says.
    pub(crate) async fn restore_as(
        &self,
        actor: &Actor,
        id: UserId,
        note: Note<'_>,
        locale: Locale,
    ) -> Result<Saved> {
        decide(actor, Action::RestoreUser)?;
        let mut tx = self.0.pool.begin().await?;
        let held = edit::hold(&mut tx, &Scope::of(actor, Right::Administer), id).await?;
        grants::decide_on(&mut tx, actor, id).await?;
        let now = self.0.clock.now();
        let facts = rows::facts(&mut tx, actor, &[(id, None)], &[]).await?;
        let hindrance = facts.first().and_then(|r| {
            let all = decide_commands(&r.facts, now);
            all.into_iter()
                .find(|(c, _)| *c == Command::Restore)
                .map(|(_, h)| h)
        });
        match hindrance {
            Some(None) => {}
            Some(Some(h)) => return Err(Conflict::Registration(h).into()),
            None => return Err(Conflict::TooLate.into()),
        }
        rows::set_archived(&mut tx, actor.organisation, id, None).await?;
        self.note_state(&mut tx, actor, id, &held, UserState::Inactive, note)
            .await?;
        let saved = self.saved(&mut tx, actor, id, locale).await?;
        tx.commit().await?;
        Ok(saved)
    }

    async fn note_state(
        &self,
        tx: &mut sqlx::PgConnection,
        actor: &Actor,
        id: UserId,
        held: &Held,
        state: UserState,
        note: Note<'_>,
    ) -> Result<()> {
        let entry = audit::Entry {
            action: if state == UserState::Archived {
                "user.archived"
            } else {
                "user.restored"
            },
            object_kind: "user",
            object_id: Some(id.0),
            object_name: &full_name(&held.surname, &held.given_name),
            before: Some(json!({ "state": held.state.code() })),
            after: Some(note.left(json!({ "state": state.code() }))),
            reason: note.reason,
            ..Default::default()
        };
        audit::record(tx, actor, self.0.clock.now(), entry).await
    }
}

/// A refusal as what hinders a user of a selection; `None` where it is no such refusal.
pub(crate) fn as_hindrance(e: &ServiceError) -> Option<Hindrance> {
    match e {
        ServiceError::Conflict(Conflict::Registration(h)) => Some(*h),
        ServiceError::Conflict(Conflict::TooLate) => Some(Hindrance::Archived),
        ServiceError::Denied(Denied::Stronger) => Some(Hindrance::Stronger),
        ServiceError::Denied(Denied::OwnAccount) => Some(Hindrance::OwnAccount),
        _ => None,
    }
}
