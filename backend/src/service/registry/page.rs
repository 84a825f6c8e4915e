//! «Scheda»: everything of one person.

use super::{Registry, list::reading};
use crate::{
    db::persons::{folders, read},
    error::Result,
};
use domain::{
    AuditId, PersonId,
    access::{Action, Actor, Right, Scope, decide},
    person::{PersonPage, PersonSaved, PersonWarning},
    user::HistoryEntry,
};
use sqlx::PgConnection;

/// Who may read what was done to a person.
fn reads_history(actor: &Actor) -> bool {
    decide(actor, Action::EditPersons).is_ok() || decide(actor, Action::ReadAudit).is_ok()
}

/// Users that the actor may read: of others the history of a person tells no name.
fn users(actor: &Actor) -> Scope {
    Scope::of(actor, Right::ReadUsers)
}

impl Registry {
    /// Everything `/anagrafiche/:id` shows, in one answer. Folders are documents: they are
    /// for those who keep the registry, not for everybody who reads users.
    ///
    /// # Errors
    /// [`crate::ServiceError::NotFound`] also where the person belongs to another
    /// organisation or lies outside the actor's units.
    pub async fn page(&self, actor: &Actor, id: PersonId) -> Result<PersonPage> {
        decide(actor, Action::ReadPersons)?;
        let scope = reading(actor);
        let house = actor.organisation;
        let mut conn = self.0.pool.acquire().await?;
        let row = read::row(&mut conn, &scope, id).await?;
        let may_edit = decide(actor, Action::EditPersons).is_ok();
        Ok(PersonPage {
            enrolments: read::enrolments(&mut conn, house, id).await?,
            old_codes: read::old_codes(&mut conn, house, id).await?,
            user: read::linked_user(&mut conn, house, id).await?,
            same: match &row.fiscal_code {
                Some(code) => read::same_code(&mut conn, &scope, code, Some(id)).await?,
                None => Vec::new(),
            },
            folders: if may_edit {
                Some(folders::of_person(&mut conn, house, id).await?)
            } else {
                None
            },
            history: if reads_history(actor) {
                Some(read::history(&mut conn, house, id, None, &users(actor)).await?)
            } else {
                None
            },
            may_edit,
            may_link: decide(actor, Action::LinkPersons).is_ok(),
            row,
        })
    }

    /// Older entries of «Cronologia».
    ///
    /// # Errors
    /// As for [`Registry::page`]; denied where the actor may not see what was done.
    pub async fn history(
        &self,
        actor: &Actor,
        id: PersonId,
        before: AuditId,
    ) -> Result<Vec<HistoryEntry>> {
        decide(actor, Action::ReadPersons)?;
        if !reads_history(actor) {
            decide(actor, Action::ReadAudit)?;
        }
        let mut conn = self.0.pool.acquire().await?;
        read::row(&mut conn, &reading(actor), id).await?;
        let house = actor.organisation;
        read::history(&mut conn, house, id, Some(before), &users(actor)).await
    }

    /// The answer to a change: the card as it stands within the transaction.
    pub(super) async fn saved(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: PersonId,
        warnings: Vec<PersonWarning>,
    ) -> Result<PersonSaved> {
        // Not the scope: a change may take the person out of it.
        let everywhere = Scope::of(&Actor::system(actor.organisation, ""), Right::ReadUsers);
        let row = read::row(tx, &everywhere, id).await?;
        let same = match &row.fiscal_code {
            Some(code) => read::same_code(tx, &reading(actor), code, Some(id)).await?,
            None => Vec::new(),
        };
        Ok(PersonSaved {
            row,
            warnings,
            same,
        })
    }
}
