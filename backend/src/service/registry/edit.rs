//! New persons, changes of their data, deletion and its undoing.

use super::Registry;
use crate::{
    db::{
        audit,
        persons::{read, write},
    },
    error::Result,
};
use domain::{
    AuditId, PersonId,
    access::{Action, Actor, Denied, Right, Scope, decide},
    person::{
        PersonCreation, PersonDeleted, PersonDraft, PersonEdit, PersonRow, PersonSaved,
        RegistryConflict,
    },
    problem::Conflict,
    user::full_name,
};
use serde_json::{Map, Value, json};

impl Registry {
    /// Adds a person with the next «Codice». Where somebody of the same kind has the
    /// codice fiscale already nothing is created unless `force` is set; the same code in
    /// another kind (a teacher who is also a parent) is told and refuses nothing.
    ///
    /// # Errors
    /// [`crate::ServiceError::Invalid`]; denied to those limited to units: a person
    /// belongs to none before it is enrolled.
    pub async fn create(
        &self,
        actor: &Actor,
        draft: &PersonDraft,
        force: bool,
    ) -> Result<PersonCreation> {
        decide(actor, Action::EditPersons)?;
        if actor.units(Right::ManageRegistry).is_some() {
            return Err(Denied::Missing(Right::ManageRegistry).into());
        }
        let data = draft.check().map_err(crate::ServiceError::Invalid)?;
        let (now, house) = (self.0.clock.now(), actor.organisation);
        let scope = Scope::of(actor, Right::ManageRegistry);
        let mut tx = self.0.pool.begin().await?;
        // Also the lock that makes two clicks with the same code wait for each other.
        let code = write::take_code(&mut tx, house).await?;
        if !force && let Some(fiscal_code) = &data.fiscal_code {
            let mut same = read::same_code(&mut tx, &scope, fiscal_code.as_str(), None).await?;
            same.retain(|p| p.kind == data.kind);
            if !same.is_empty() {
                return Ok(PersonCreation::SameFiscalCode(same));
            }
        }
        let id = write::insert(&mut tx, house, code, &data, now).await?;
        let mut after: Map<String, Value> = fields(&data).into_iter().collect();
        after.retain(|_, v| !v.is_null());
        after.insert("code".into(), json!(code));
        let entry = audit::Entry {
            action: "person.created",
            object_kind: "person",
            object_id: Some(id.0),
            object_name: &full_name(&data.surname, &data.given_name),
            after: Some(Value::Object(after)),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        let saved = self.saved(&mut tx, actor, id, data.warnings()).await?;
        tx.commit().await?;
        Ok(PersonCreation::Created(saved))
    }

    /// Changes the data; a codice fiscale that is replaced stays in the history. `version`
    /// is the one that was read.
    ///
    /// # Errors
    /// [`RegistryConflict::Changed`] with the card that stands now,
    /// [`RegistryConflict::Linked`] where the kind of a linked person would turn (a link
    /// says as what somebody uses an account), [`crate::ServiceError::Invalid`],
    /// [`crate::ServiceError::NotFound`] outside the actor's scope.
    pub async fn edit(
        &self,
        actor: &Actor,
        id: PersonId,
        version: i32,
        draft: &PersonDraft,
    ) -> Result<PersonSaved> {
        decide(actor, Action::EditPersons)?;
        let data = draft.check().map_err(crate::ServiceError::Invalid)?;
        let (now, house) = (self.0.clock.now(), actor.organisation);
        let scope = Scope::of(actor, Right::ManageRegistry);
        let mut tx = self.0.pool.begin().await?;
        write::hold(&mut tx, &scope, id).await?;
        let held = read::row(&mut tx, &scope, id).await?;
        if held.version != version {
            return Err(refused(RegistryConflict::Changed(Box::new(held))));
        }
        if held.user.is_some() && held.kind != data.kind {
            return Err(refused(RegistryConflict::Linked));
        }
        let (before, after) = difference(&held, &data);
        if !after.is_empty() {
            write::update(&mut tx, house, id, &data, now).await?;
            let entry = audit::Entry {
                action: "person.edited",
                object_kind: "person",
                object_id: Some(id.0),
                object_name: &full_name(&data.surname, &data.given_name),
                before: Some(Value::Object(before)),
                after: Some(Value::Object(after)),
                ..Default::default()
            };
            audit::record(&mut tx, actor, now, entry).await?;
        }
        let saved = self.saved(&mut tx, actor, id, data.warnings()).await?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Deletes a person without user and folders. The trail keeps the whole of it, so that
    /// [`Registry::restore`] can bring it back.
    ///
    /// # Errors
    /// [`RegistryConflict::Linked`], [`RegistryConflict::HasFolders`],
    /// [`crate::ServiceError::NotFound`] outside the actor's scope.
    pub async fn delete(&self, actor: &Actor, id: PersonId) -> Result<PersonDeleted> {
        decide(actor, Action::EditPersons)?;
        let (now, house) = (self.0.clock.now(), actor.organisation);
        let scope = Scope::of(actor, Right::ManageRegistry);
        let mut tx = self.0.pool.begin().await?;
        write::hold(&mut tx, &scope, id).await?;
        let held = read::row(&mut tx, &scope, id).await?;
        if held.user.is_some() {
            return Err(refused(RegistryConflict::Linked));
        }
        if held.folders > 0 {
            return Err(refused(RegistryConflict::HasFolders(held.folders)));
        }
        let whole = write::whole(&mut tx, house, id).await?;
        write::delete(&mut tx, house, id).await?;
        let name = held.full_name();
        let entry = audit::Entry {
            action: "person.deleted",
            object_kind: "person",
            object_id: Some(id.0),
            object_name: &name,
            before: Some(whole),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        let undo = write::last_deletion(&mut tx, house, id).await?;
        tx.commit().await?;
        Ok(PersonDeleted { undo, name })
    }

    /// Brings back a person that `entry` of the trail deleted.
    ///
    /// # Errors
    /// [`RegistryConflict::NotRestorable`]; [`crate::ServiceError::NotFound`] where the
    /// entry is none of a deletion; denied to those limited to units.
    pub async fn restore(&self, actor: &Actor, entry: AuditId) -> Result<PersonRow> {
        self.restore_as(actor, entry, None).await
    }

    /// [`Registry::restore`] with a motivation that was checked.
    pub(crate) async fn restore_as(
        &self,
        actor: &Actor,
        entry: AuditId,
        reason: Option<&str>,
    ) -> Result<PersonRow> {
        decide(actor, Action::EditPersons)?;
        let (now, house) = (self.0.clock.now(), actor.organisation);
        let mut tx = self.0.pool.begin().await?;
        let (id, whole) = write::deleted(&mut tx, house, entry).await?;
        write::restore(&mut tx, house, id, &whole).await?;
        // Whoever is limited to units brings back only who belongs there.
        let row = read::row(&mut tx, &Scope::of(actor, Right::ManageRegistry), id).await?;
        let record = audit::Entry {
            action: "person.restored",
            object_kind: "person",
            object_id: Some(id.0),
            object_name: &row.full_name(),
            after: Some(json!({ "reverts": entry.0 })),
            reason,
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, record).await?;
        tx.commit().await?;
        Ok(row)
    }
}

pub(super) fn refused(case: RegistryConflict) -> crate::ServiceError {
    Conflict::Registry(case).into()
}

/// The fields as the trail keeps them.
fn fields(data: &PersonEdit) -> [(String, Value); 9] {
    let state = if data.active { "active" } else { "inactive" };
    [
        ("kind", json!(data.kind.code())),
        ("legal", json!(data.legal)),
        ("surname", json!(data.surname)),
        ("given_name", json!(data.given_name)),
        ("fiscal_code", json!(data.fiscal_code)),
        ("vat_number", json!(data.vat_number)),
        ("birth_date", json!(data.birth_date)),
        ("email", json!(data.email)),
        ("state", json!(state)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}

/// The fields that differ, as they were and as they will be.
fn difference(was: &PersonRow, is: &PersonEdit) -> (Map<String, Value>, Map<String, Value>) {
    let state = if was.active { "active" } else { "inactive" };
    let old = [
        json!(was.kind.code()),
        json!(was.legal),
        json!(was.surname),
        json!(was.given_name),
        json!(was.fiscal_code),
        json!(was.vat_number),
        json!(was.birth_date),
        json!(was.email),
        json!(state),
    ];
    let (mut before, mut after) = (Map::new(), Map::new());
    for ((field, is), was) in fields(is).into_iter().zip(old) {
        if was != is {
            before.insert(field.clone(), was);
            after.insert(field, is);
        }
    }
    (before, after)
}
