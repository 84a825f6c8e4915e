//! Changing the data, the address and the state of a user.

use super::Users;
use crate::{
    db::{
        audit, grants, registrations,
        users::{
            detail,
            edit::{self, Held, Values},
        },
    },
    error::{Result, ServiceError},
};
use domain::{
    Locale, UserId,
    access::{Action, Actor, Denied, Right, Scope, decide, decide_on_account},
    email::Email,
    job::MailReason,
    problem::Conflict,
    registration::RevokedReason,
    user::{EmailDraft, Saved, UserDraft, UserState, check_reason, full_name},
};
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

impl Users {
    /// Changes name, codice fiscale, address and language. `version` is the one that was
    /// read. Mails that still wait for an old address are cancelled in the same transaction:
    /// an address is corrected because the old one is wrong, and credentials must not go
    /// there. How many is told, so that the page can offer a new sending.
    ///
    /// # Errors
    /// [`Conflict::Changed`] with the row that stands now, [`ServiceError::Invalid`],
    /// [`ServiceError::NotFound`] outside the actor's scope, [`Denied`].
    pub async fn edit(
        &self,
        actor: &Actor,
        id: UserId,
        version: i32,
        draft: &UserDraft,
        locale: Locale,
    ) -> Result<Saved> {
        decide(actor, Action::EditUser)?;
        let mut tx = self.0.pool.begin().await?;
        let held = self
            .held_for_edit(&mut tx, actor, id, Some(version), locale)
            .await?;
        let data = draft
            .check_edit(&held.given_name)
            .map_err(ServiceError::Invalid)?;
        let saved = self
            .write(&mut tx, actor, id, &held, (&data).into(), locale)
            .await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Changes only the mail address.
    ///
    /// # Errors
    /// As for [`Users::edit`].
    pub async fn edit_email(
        &self,
        actor: &Actor,
        id: UserId,
        version: i32,
        draft: &EmailDraft,
        locale: Locale,
    ) -> Result<Saved> {
        decide(actor, Action::EditUser)?;
        let email = draft.check().map_err(ServiceError::Invalid)?;
        let mut tx = self.0.pool.begin().await?;
        let held = self
            .held_for_edit(&mut tx, actor, id, Some(version), locale)
            .await?;
        let data = Values {
            email: email.as_ref().map(Email::as_str),
            ..(&held).into()
        };
        let saved = self.write(&mut tx, actor, id, &held, data, locale).await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Activates or deactivates. Deactivation asks for a motivation, ends the sessions,
    /// cancels the mails that wait and voids a temporary password, all at once or not at
    /// all. Asking for the state that is there changes nothing.
    ///
    /// # Errors
    /// As for [`Users::edit`]; [`Denied::OwnAccount`]; [`Conflict::TooLate`] for an archived user.
    pub async fn set_state(
        &self,
        actor: &Actor,
        id: UserId,
        active: bool,
        reason: &str,
        locale: Locale,
    ) -> Result<Saved> {
        decide(actor, Action::EditUser)?;
        let reason = check_reason(reason, !active).map_err(ServiceError::Invalid)?;
        if !active && actor.user == Some(id) {
            return Err(Denied::OwnAccount.into());
        }
        let mut tx = self.0.pool.begin().await?;
        let held = self.held_for_edit(&mut tx, actor, id, None, locale).await?;
        let state = if active {
            UserState::Active
        } else {
            UserState::Inactive
        };
        if held.state == state {
            return self.saved(&mut tx, actor, id, locale).await;
        }
        let (now, organisation) = (self.0.clock.now(), actor.organisation);
        edit::set_state(&mut tx, organisation, id, state).await?;
        let (mut cancelled_mails, mut voided_password) = (0, false);
        if !active {
            edit::end_sessions(&mut tx, organisation, id).await?;
            cancelled_mails =
                edit::cancel_mails(&mut tx, organisation, id, None, MailReason::Inactive, now)
                    .await?;
            voided_password = edit::void_temporary_password(&mut tx, organisation, id).await?;
            let why = RevokedReason::Inactive;
            registrations::void(&mut tx, organisation, id, None, why, now).await?;
        }
        let entry = audit::Entry {
            action: if active {
                "user.activated"
            } else {
                "user.deactivated"
            },
            object_kind: "user",
            object_id: Some(id.0),
            object_name: &full_name(&held.surname, &held.given_name),
            before: Some(json!({ "state": held.state.code() })),
            after: Some(json!({ "state": state.code() })),
            reason: reason.as_deref(),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        let saved = Saved {
            cancelled_mails,
            voided_password,
            ..self.saved(&mut tx, actor, id, locale).await?
        };
        tx.commit().await?;
        Ok(saved)
    }

    /// Holds a user that the actor may change; with `version` also one that nobody else
    /// has changed since.
    pub(super) async fn held_for_edit(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: UserId,
        version: Option<i32>,
        locale: Locale,
    ) -> Result<Held> {
        let held = edit::hold(tx, &Scope::of(actor, Right::ManageUsers), id).await?;
        decide_on_account(actor, &grants::rights_of(tx, actor.organisation, id).await?)?;
        if held.state == UserState::Archived {
            return Err(Conflict::TooLate.into());
        }
        if version.is_some_and(|v| v != held.version) {
            let row = self.saved(tx, actor, id, locale).await?.row;
            return Err(Conflict::Changed(Box::new(row)).into());
        }
        Ok(held)
    }

    async fn write(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: UserId,
        held: &Held,
        data: Values<'_>,
        locale: Locale,
    ) -> Result<Saved> {
        let (before, after) = difference(held.into(), data);
        if after.is_empty() {
            return self.saved(tx, actor, id, locale).await;
        }
        let (now, organisation) = (self.0.clock.now(), actor.organisation);
        edit::update(tx, organisation, id, data).await?;
        let mut cancelled_mails = 0;
        if after.contains_key("email") {
            cancelled_mails = edit::cancel_mails(
                tx,
                organisation,
                id,
                data.email,
                MailReason::AddressChanged,
                now,
            )
            .await?;
            let why = RevokedReason::AddressChanged;
            registrations::void(tx, organisation, id, None, why, now).await?;
        }
        // Only what was changed is worth a hint.
        let code = data
            .fiscal_code
            .filter(|_| after.contains_key("fiscal_code"));
        let email = data.email.filter(|_| after.contains_key("email"));
        let shared = detail::sharing(
            tx,
            &Scope::of(actor, Right::ManageUsers),
            code,
            email,
            Some(id),
        )
        .await?;
        let entry = audit::Entry {
            action: "user.edited",
            object_kind: "user",
            object_id: Some(id.0),
            object_name: &full_name(data.surname, data.given_name),
            before: Some(Value::Object(before)),
            after: Some(Value::Object(after)),
            ..Default::default()
        };
        audit::record(tx, actor, now, entry).await?;
        Ok(Saved {
            cancelled_mails,
            shared,
            ..self.saved(tx, actor, id, locale).await?
        })
    }
}

/// The fields that differ, as they were and as they will be.
fn difference(was: Values<'_>, is: Values<'_>) -> (Map<String, Value>, Map<String, Value>) {
    let fields = |v: Values<'_>| {
        [
            ("surname", json!(v.surname)),
            ("given_name", json!(v.given_name)),
            ("fiscal_code", json!(v.fiscal_code)),
            ("email", json!(v.email)),
            ("locale", json!(v.locale.code())),
        ]
    };
    let (mut before, mut after) = (Map::new(), Map::new());
    for ((field, was), (_, is)) in fields(was).into_iter().zip(fields(is)) {
        if was != is {
            before.insert(field.to_owned(), was);
            after.insert(field.to_owned(), is);
        }
    }
    (before, after)
}
