//! «Dati di contatto» of a canton's user.

use super::Users;
use crate::{
    db::{
        audit, organisations,
        users::{contact, edit},
    },
    error::{Result, ServiceError},
};
use domain::{
    Locale, UserId,
    access::{Action, Actor, Right, Scope, decide},
    user::{Contact, ContactDraft, ContactView, Saved, full_name},
};
use serde_json::{Map, Value, json};

impl Users {
    /// The contact data of a user.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's scope, [`domain::access::Denied`].
    pub async fn contact(&self, actor: &Actor, id: UserId) -> Result<ContactView> {
        decide(actor, Action::ReadUsers)?;
        let mut conn = self.0.pool.acquire().await?;
        contact::read(&mut conn, &Scope::of(actor, Right::ReadUsers), id).await
    }

    /// Changes the contact data. `version` is the one that was read.
    ///
    /// # Errors
    /// [`domain::problem::Conflict::Changed`] with the row that stands now,
    /// [`domain::problem::Conflict::NotActive`] for a user who is not active,
    /// [`ServiceError::Invalid`], [`ServiceError::NotFound`] outside the actor's scope,
    /// [`domain::access::Denied`].
    pub async fn change_contact(
        &self,
        actor: &Actor,
        id: UserId,
        version: i32,
        draft: &ContactDraft,
        locale: Locale,
    ) -> Result<Saved> {
        decide(actor, Action::EditUser)?;
        let mut tx = self.0.pool.begin().await?;
        let held = self
            .held_for_data(&mut tx, actor, id, Some(version), locale)
            .await?;
        let (now, organisation) = (self.0.clock.now(), actor.organisation);
        let today = organisations::today(&mut tx, organisation, now).await?;
        let data = draft.check(today).map_err(ServiceError::Invalid)?;
        let scope = Scope::of(actor, Right::ManageUsers);
        let was = contact::read(&mut tx, &scope, id).await?.data.check(today);
        // What is stored was checked once; a day that is none any more counts as another one.
        let (before, after) = difference(&was.unwrap_or_default(), &data);
        if !after.is_empty() {
            contact::write(&mut tx, organisation, id, &data).await?;
            edit::count_edit(&mut tx, organisation, id).await?;
            let entry = audit::Entry {
                action: "user.contact_changed",
                object_kind: "user",
                object_id: Some(id.0),
                object_name: &full_name(&held.surname, &held.given_name),
                before: Some(Value::Object(before)),
                after: Some(Value::Object(after)),
                ..Default::default()
            };
            audit::record(&mut tx, actor, now, entry).await?;
        }
        let saved = self.saved(&mut tx, actor, id, locale).await?;
        tx.commit().await?;
        Ok(saved)
    }
}

/// The fields that differ, as they were and as they will be.
fn difference(was: &Contact, is: &Contact) -> (Map<String, Value>, Map<String, Value>) {
    let fields = |c: &Contact| {
        [
            ("salutation", json!(c.salutation)),
            ("birth_date", json!(c.birth_date)),
            ("address_1", json!(c.address[0])),
            ("address_2", json!(c.address[1])),
            ("country", json!(c.country)),
            ("city", json!(c.city)),
            ("postal_code", json!(c.postal_code)),
            ("mobile", json!(c.mobile)),
            ("note", json!(c.note)),
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
