//! Changing the data, the address and the state of a user.

use super::{Note, Users};
use crate::{
    db::{
        audit, grants, organisations, registrations,
        users::{
            detail,
            edit::{self, Held, Values},
        },
    },
    error::{Result, ServiceError},
};
use domain::{
    Locale, UserId,
    access::{Action, Actor, Denied, Right, Scope, decide},
    email::Email,
    job::MailReason,
    organisation::OrganisationKind,
    problem::Conflict,
    registration::RevokedReason,
    user::{EmailDraft, Saved, UserDraft, UserState, check_reason, full_name},
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

impl Users {
    /// Changes name, codice fiscale, address and language. `version` is the one that was
    /// read. Mails that still wait for an old address are cancelled in the same transaction:
    /// an address is corrected because the old one is wrong, and credentials must not go
    /// there. How many is told, so that the page can offer a new sending.
    ///
    /// # Errors
    /// [`Conflict::Changed`] with the row that stands now, [`Conflict::NotActive`] for a
    /// canton's user who is not active, [`ServiceError::Invalid`], [`ServiceError::NotFound`] outside the actor's scope, [`Denied`].
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
            .held_for_data(&mut tx, actor, id, Some(version), locale)
            .await?;
        let data = draft
            .check_edit(&held.given_name)
            .map_err(ServiceError::Invalid)?;
        let saved = self
            .write(
                &mut tx,
                actor,
                id,
                &held,
                (&data).into(),
                Note::default(),
                locale,
            )
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
            .held_for_data(&mut tx, actor, id, Some(version), locale)
            .await?;
        let data = Values {
            email: email.as_ref().map(Email::as_str),
            ..(&held).into()
        };
        let saved = self
            .write(&mut tx, actor, id, &held, data, Note::default(), locale)
            .await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Activates or deactivates. Deactivation asks for a motivation, ends the sessions,
    /// cancels the mails that wait and voids a temporary password, all at once or not at
    /// all. Activation gives a canton's roles back, and so asks for one there (domain §5).
    /// Asking for the state that is there changes nothing.
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
        let needed = !active || {
            let mut conn = self.0.pool.acquire().await?;
            let house = organisations::get(&mut conn, actor.organisation).await?;
            house.kind == OrganisationKind::Canton
        };
        let reason = check_reason(reason, needed).map_err(ServiceError::Invalid)?;
        let note = Note {
            reason: reason.as_deref(),
            reverts: None,
        };
        self.set_state_as(actor, id, active, note, locale).await
    }

    /// [`Users::set_state`] with a motivation that was checked, told as `note` says.
    pub(crate) async fn set_state_as(
        &self,
        actor: &Actor,
        id: UserId,
        active: bool,
        note: Note<'_>,
        locale: Locale,
    ) -> Result<Saved> {
        decide(actor, Action::EditUser)?;
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
            after: Some(note.left(json!({ "state": state.code() }))),
            reason: note.reason,
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
        grants::decide_on(tx, actor, id).await?;
        if held.state == UserState::Archived {
            return Err(Conflict::TooLate.into());
        }
        if version.is_some_and(|v| v != held.version) {
            let row = self.saved(tx, actor, id, locale).await?.row;
            return Err(Conflict::Changed(Box::new(row)).into());
        }
        Ok(held)
    }

    /// The same for what is known of the user: in a canton an account that is not active is
    /// only read (X7), until somebody reactivates it.
    pub(super) async fn held_for_data(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: UserId,
        version: Option<i32>,
        locale: Locale,
    ) -> Result<Held> {
        let held = self.held_for_edit(tx, actor, id, version, locale).await?;
        let kind = organisations::get(tx, actor.organisation).await?.kind;
        if is_only_read(kind, held.state) {
            return Err(Conflict::NotActive.into());
        }
        Ok(held)
    }

    /// «Ripristina»: brings back the fields that an entry of the trail recorded as `before`,
    /// as long as they are those it left.
    ///
    /// # Errors
    /// As for [`Users::edit`]; [`Conflict::TooLate`] where they were changed since.
    pub(crate) async fn restore_data(
        &self,
        actor: &Actor,
        id: UserId,
        (before, after): (&Value, &Value),
        note: Note<'_>,
        locale: Locale,
    ) -> Result<()> {
        decide(actor, Action::EditUser)?;
        let mut tx = self.0.pool.begin().await?;
        let held = self.held_for_data(&mut tx, actor, id, None, locale).await?;
        let now = fields((&held).into());
        let (Some(was), Some(left)) = (before.as_object(), after.as_object()) else {
            return Err(Conflict::TooLate.into());
        };
        let same = |(field, value): &(&str, Value)| left.get(*field).is_none_or(|l| l == value);
        if !now.iter().all(same) {
            return Err(Conflict::TooLate.into());
        }
        let text = |field: &str, now: Option<&str>| match was.get(field) {
            Some(value) => value.as_str().map(str::to_owned),
            None => now.map(str::to_owned),
        };
        let surname = text("surname", Some(&held.surname)).unwrap_or_default();
        let given_name = text("given_name", Some(&held.given_name)).unwrap_or_default();
        let code = text("fiscal_code", held.fiscal_code.as_deref());
        let email = text("email", held.email.as_deref());
        let data = Values {
            surname: &surname,
            given_name: &given_name,
            fiscal_code: code.as_deref(),
            email: email.as_deref(),
            locale: text("locale", None)
                .and_then(|l| l.parse().ok())
                .unwrap_or(held.locale),
        };
        self.write(&mut tx, actor, id, &held, data, note, locale)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "what is changed, by whom, and what the trail says of it"
    )]
    async fn write(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: UserId,
        held: &Held,
        data: Values<'_>,
        note: Note<'_>,
        locale: Locale,
    ) -> Result<Saved> {
        let now = self.0.clock.now();
        let Some((after, cancelled_mails)) =
            change_data(tx, actor, (id, held), data, note, now).await?
        else {
            return self.saved(tx, actor, id, locale).await;
        };
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
        Ok(Saved {
            cancelled_mails,
            shared,
            ..self.saved(tx, actor, id, locale).await?
        })
    }
}

/// Whether what is known of a user in this state can only be read.
pub(super) fn is_only_read(kind: OrganisationKind, state: UserState) -> bool {
    kind == OrganisationKind::Canton && state != UserState::Active
}

/// Writes the data of a user with all that follows: after a new address the mails that wait
/// for the old one are cancelled and every code is void, and the trail keeps what changed.
/// Gives the changed fields and how many mails; `None` where nothing changes.
///
/// # Errors
/// Where the database fails.
pub(in crate::service) async fn change_data(
    tx: &mut PgConnection,
    actor: &Actor,
    (id, held): (UserId, &Held),
    data: Values<'_>,
    note: Note<'_>,
    now: Timestamp,
) -> Result<Option<(Map<String, Value>, u32)>> {
    let organisation = actor.organisation;
    let (before, mut after) = difference(held.into(), data);
    if after.is_empty() {
        return Ok(None);
    }
    edit::update(tx, organisation, id, data).await?;
    let mut cancelled = 0;
    if after.contains_key("email") {
        let why = MailReason::AddressChanged;
        cancelled = edit::cancel_mails(tx, organisation, id, data.email, why, now).await?;
        let why = RevokedReason::AddressChanged;
        registrations::void(tx, organisation, id, None, why, now).await?;
    }
    if let Some(entry) = note.reverts {
        after.insert("reverts".to_owned(), json!(entry));
    }
    let entry = audit::Entry {
        action: "user.edited",
        object_kind: "user",
        object_id: Some(id.0),
        object_name: &full_name(data.surname, data.given_name),
        before: Some(Value::Object(before)),
        after: Some(Value::Object(after.clone())),
        reason: note.reason,
        ..Default::default()
    };
    audit::record(tx, actor, now, entry).await?;
    Ok(Some((after, cancelled)))
}

/// The fields as the trail keeps them.
fn fields(v: Values<'_>) -> [(&'static str, Value); 5] {
    [
        ("surname", json!(v.surname)),
        ("given_name", json!(v.given_name)),
        ("fiscal_code", json!(v.fiscal_code)),
        ("email", json!(v.email)),
        ("locale", json!(v.locale.code())),
    ]
}

/// The fields that differ, as they were and as they will be.
fn difference(was: Values<'_>, is: Values<'_>) -> (Map<String, Value>, Map<String, Value>) {
    let (mut before, mut after) = (Map::new(), Map::new());
    for ((field, was), (_, is)) in fields(was).into_iter().zip(fields(is)) {
        if was != is {
            before.insert(field.to_owned(), was);
            after.insert(field.to_owned(), is);
        }
    }
    (before, after)
}
