//! «Aggiungi un nuovo utente» (X9): a user of a unit, before any role.

use super::Users;
use crate::{
    db::{
        audit, organisations,
        persons::frame::unit_name,
        units,
        users::{edit, invite},
    },
    error::{Result, ServiceError},
};
use domain::{
    Locale, UnitId,
    access::{Action, Actor, Right, Scope, decide},
    user::{FieldError, FieldErrors, HomeUnit, Invitation, InviteeDraft, full_name},
};
use serde_json::json;
use sqlx::PgConnection;

impl Users {
    /// The unit a new user will belong to: the one worked in, else the only one at the top
    /// of the actor's units.
    ///
    /// # Errors
    /// [`domain::access::Denied`].
    pub async fn home(
        &self,
        actor: &Actor,
        current: Option<UnitId>,
        locale: Locale,
    ) -> Result<HomeUnit> {
        decide(actor, Action::CreateUser)?;
        let mut conn = self.0.pool.acquire().await?;
        let scope = Scope::of(actor, Right::ManageUsers);
        let unit = match home(&mut conn, &scope, current).await? {
            Some(id) => units::work_unit(&mut conn, actor.organisation, id, locale)
                .await?
                .map(|u| (u.id, u.name)),
            None => None,
        };
        Ok(HomeUnit { unit })
    }

    /// Creates a user in the unit worked in, without role and password: authorisations and
    /// registration follow. Where somebody of the actor's units has the mail address, or
    /// the name and birth date, nothing is created unless `force` is set.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`]; the field `unit` where one must be chosen first.
    pub async fn invite(
        &self,
        actor: &Actor,
        current: Option<UnitId>,
        draft: &InviteeDraft,
        force: bool,
        locale: Locale,
    ) -> Result<Invitation> {
        decide(actor, Action::CreateUser)?;
        let (now, organisation) = (self.0.clock.now(), actor.organisation);
        let scope = Scope::of(actor, Right::ManageUsers);
        let mut tx = self.0.pool.begin().await?;
        // Also the lock that makes two clicks wait for each other.
        let username = edit::take_username(&mut tx, organisation).await?;
        let today = organisations::today(&mut tx, organisation, now).await?;
        let data = draft.check(today).map_err(ServiceError::Invalid)?;
        let Some(home) = home(&mut tx, &scope, current).await? else {
            let field = FieldErrors::one("unit", FieldError::ChooseOne);
            return Err(ServiceError::Invalid(field));
        };
        if !force {
            let known = invite::known(&mut tx, &scope, &data, locale).await?;
            if !known.is_empty() {
                return Ok(Invitation::Known(known));
            }
        }
        let id = invite::insert(&mut tx, organisation, home, &username, &data, now).await?;
        let place = unit_name(&mut tx, organisation, home).await?;
        let entry = audit::Entry {
            action: "user.created",
            object_kind: "user",
            object_id: Some(id.0),
            object_name: &full_name(&data.surname, &data.given_name),
            after: Some(json!({
                "username": username, "surname": data.surname, "given_name": data.given_name,
                "email": data.email, "locale": data.locale.code(), "unit": { "id": home.0, "name": place },
            })),
            reason: (!data.contact.note.is_empty()).then_some(data.contact.note.as_str()),
            ..audit::Entry::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        let saved = self.saved(&mut tx, actor, id, locale).await?;
        tx.commit().await?;
        Ok(Invitation::Created(Box::new(saved)))
    }
}

/// The unit worked in, if the right reaches it; else the only one at the top of the scope.
async fn home(
    conn: &mut PgConnection,
    scope: &Scope,
    current: Option<UnitId>,
) -> Result<Option<UnitId>> {
    match current {
        Some(id) => Ok(units::is_open(conn, scope, id).await?.then_some(id)),
        None => invite::top_unit(conn, scope).await,
    }
}
