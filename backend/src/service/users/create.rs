//! «+ Nuovo utente».

use super::{
    Users,
    groups::{places, record},
};
use crate::{
    db::{
        audit,
        grants::{self, Terms},
        users::{detail, edit},
    },
    error::{Result, ServiceError},
};
use domain::{
    Locale,
    access::{Action, Actor, Right, Scope, decide},
    user::{Creation, FieldError, FieldErrors, Saved, UserDraft, full_name},
};
use serde_json::json;
use std::collections::BTreeSet;

impl Users {
    /// Creates a user with the next free codice utente, a default profile and the groups.
    /// It has no password yet: sending credentials gives one. Where somebody has the codice
    /// fiscale already nothing is created unless `force` is set. A mailbox that others use
    /// too is told with the answer and refuses nothing.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`]; [`domain::access::Denied::Stronger`] for a group whose
    /// rights the actor does not hold, [`domain::access::Denied::Unmotivated`] for a canton's
    /// role: the wizard asks why.
    pub async fn create(
        &self,
        actor: &Actor,
        draft: &UserDraft,
        force: bool,
        locale: Locale,
    ) -> Result<Creation> {
        decide(actor, Action::CreateUser)?;
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
        let entry = audit::Entry {
            action: "user.created",
            object_kind: "user",
            object_id: Some(id.0),
            object_name: &full_name(&data.surname, &data.given_name),
            after: Some(json!({
                "username": username, "surname": data.surname, "given_name": data.given_name,
                "fiscal_code": data.fiscal_code, "email": data.email, "locale": data.locale.code(),
                "groups": record(&held),
            })),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        let saved = Saved {
            shared,
            ..self.saved(&mut tx, actor, id, locale).await?
        };
        tx.commit().await?;
        Ok(Creation::Created(saved))
    }
}
