//! «+ Nuovo utente».

use super::{
    Users,
    groups::{places, record},
};
use crate::{
    db::{
        self,
        alignment::{Ground, newcomer},
        audit,
        grants::{self, Terms},
        users::{detail, edit},
    },
    error::{Result, ServiceError},
    service::registry::reading,
};
use domain::{
    Locale, PersonId, UserId,
    access::{Action, Actor, Right, Scope, decide},
    organisation::OrganisationKind,
    user::{Creation, FieldError, FieldErrors, NewcomerRecord, Saved, UserDraft, full_name},
};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;

impl Users {
    /// Creates a user with the next free codice utente, a default profile and the groups.
    /// It has no password yet: sending credentials gives one. Where somebody has the codice
    /// fiscale already nothing is created unless `force` is set. A mailbox that others use
    /// too is told with the answer and refuses nothing.
    ///
    /// A school's user belongs to a record of the registry (A11): where one without a user
    /// fits, nothing is created before `registry` says what to do about it.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`]; [`ServiceError::NotFound`] for a record out of reach;
    /// [`domain::problem::Conflict::Pair`] for one that is linked already; [`domain::access::Denied::Stronger`] for a group whose
    /// rights the actor does not hold, [`domain::access::Denied::Unmotivated`] for a canton's
    /// role: the wizard asks why.
    pub async fn create(
        &self,
        actor: &Actor,
        draft: &UserDraft,
        force: bool,
        registry: NewcomerRecord,
        locale: Locale,
    ) -> Result<Creation> {
        decide(actor, Action::CreateUser)?;
        if matches!(registry, NewcomerRecord::Link(_)) {
            decide(actor, Action::LinkPersons)?;
        }
        let new = draft.check_new().map_err(ServiceError::Invalid)?;
        let asked: BTreeSet<_> = new.groups.iter().copied().collect();
        let (now, organisation) = (self.0.clock.now(), actor.organisation);
        let scope = Scope::of(actor, Right::ManageUsers);
        let mut tx = self.0.pool.begin().await?;
        // Also the lock that makes two clicks with the same codice fiscale wait for each other.
        let username = edit::take_username(&mut tx, organisation).await?;
        let code = new.data.fiscal_code.as_ref().map(|c| c.as_str());
        let email = new.data.email.as_ref().map(|e| e.as_str());
        let shared = detail::sharing(&mut tx, &scope, code, email, None).await?;
        if !force && !shared.fiscal_code.is_empty() {
            return Ok(Creation::SameFiscalCode(shared.fiscal_code));
        }
        let house = db::organisations::get(&mut tx, organisation).await?;
        let has_registry = house.kind == OrganisationKind::School;
        let asks = has_registry
            && registry == NewcomerRecord::Ask
            && decide(actor, Action::ReadPersons).is_ok();
        if asks {
            let names = (new.data.surname.as_str(), new.data.given_name.as_str());
            let found = newcomer::records(&mut tx, &reading(actor), code, names).await?;
            if !found.is_empty() {
                return Ok(Creation::HasRecord(found));
            }
        }
        let all = grants::groups(&mut tx, organisation, locale).await?;
        let id = edit::insert(&mut tx, organisation, &username, (&new.data).into(), now).await?;
        let places = places(actor, &[]);
        for group in &asked {
            let Some(group) = all.iter().find(|g| g.name.id == *group) else {
                return Err(ServiceError::Invalid(FieldErrors::one(
                    "groups",
                    FieldError::ChooseOne,
                )));
            };
            self.decide_on_groups(&mut tx, actor, std::iter::once(group))
                .await?;
            let profile = grants::profile_for(&mut tx, organisation, id, &group.category).await?;
            for unit in &places {
                let terms = Terms {
                    unit: *unit,
                    ..Terms::default()
                };
                grants::add(&mut tx, organisation, profile, id, group.name.id, terms).await?;
            }
        }
        self.only_in_the_wizard(&mut tx, actor, &asked).await?;
        let held = grants::of_user(&mut tx, organisation, id, None, locale).await?;
        let data = &new.data;
        let name = full_name(&data.surname, &data.given_name);
        let entry = audit::Entry {
            action: "user.created",
            object_kind: "user",
            object_id: Some(id.0),
            object_name: &name,
            after: Some(json!({
                "username": username, "surname": data.surname, "given_name": data.given_name,
                "fiscal_code": data.fiscal_code, "email": data.email, "locale": data.locale.code(),
                "groups": record(&held),
            })),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        if let NewcomerRecord::Link(person) = registry {
            if !has_registry {
                return Err(ServiceError::NotFound);
            }
            self.link_newcomer(&mut tx, actor, id, person, &name)
                .await?;
        }
        let saved = Saved {
            shared,
            ..self.saved(&mut tx, actor, id, locale).await?
        };
        tx.commit().await?;
        // Nobody fitted, or the record would have been offered.
        Ok(Creation::Created {
            saved,
            no_record: asks,
        })
    }

    /// Links the user made in this transaction, and tells the trail.
    async fn link_newcomer(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        user: UserId,
        person: PersonId,
        name: &str,
    ) -> Result<()> {
        let now = self.0.clock.now();
        let ground = Ground::of(tx, actor, Right::ManageRegistry).await?;
        let linked = newcomer::link(tx, &ground, user, person, now).await?;
        let entry = audit::Entry {
            action: "user.person_linked",
            object_kind: "user",
            object_id: Some(user.0),
            object_name: name,
            after: Some(json!({
                "person": { "id": person.0, "name": linked.person },
                "kind": linked.kind, "method": linked.method,
            })),
            ..Default::default()
        };
        audit::record(tx, actor, now, entry).await
    }
}
