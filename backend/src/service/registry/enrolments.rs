//! Enrolments: one a school year, with school site and class.

use super::Registry;
use crate::{
    ServiceError,
    db::{
        audit,
        persons::{frame, read, write},
    },
    error::Result,
};
use domain::{
    PersonId,
    access::{Action, Actor, Right, Scope, decide},
    person::{Enrolment, EnrolmentDraft, school_year_words},
    user::{FieldError, FieldErrors},
};
use serde_json::{Value, json};

impl Registry {
    /// Writes the enrolment of a year over what was there. Somebody limited to units
    /// enrols into these only.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] (`school_year`, `site`, `class`),
    /// [`ServiceError::NotFound`] outside the actor's scope.
    pub async fn enrol(
        &self,
        actor: &Actor,
        id: PersonId,
        draft: &EnrolmentDraft,
    ) -> Result<Vec<Enrolment>> {
        decide(actor, Action::EditPersons)?;
        let class = draft.check().map_err(ServiceError::Invalid)?;
        let house = actor.organisation;
        let scope = Scope::of(actor, Right::ManageRegistry);
        let mut tx = self.0.pool.begin().await?;
        write::hold(&mut tx, &scope, id).await?;
        let name = read::row(&mut tx, &scope, id).await?.full_name();
        let reached = match draft.site {
            Some(site) => frame::reaches(&mut tx, &scope, site).await?,
            None => scope.units().is_none(),
        };
        if !reached {
            let errors = FieldErrors::one("site", FieldError::ChooseOne);
            return Err(ServiceError::Invalid(errors));
        }
        let was = read::enrolments(&mut tx, house, id).await?;
        let was = was.into_iter().find(|e| e.school_year == draft.school_year);
        write::set_enrolment(&mut tx, house, id, draft.school_year, draft.site, &class).await?;
        let all = read::enrolments(&mut tx, house, id).await?;
        let is = all.iter().find(|e| e.school_year == draft.school_year);
        if was.as_ref() != is {
            let entry = audit::Entry {
                action: "person.enrolled",
                object_kind: "person",
                object_id: Some(id.0),
                object_name: &name,
                before: was.as_ref().map(record),
                after: is.map(record),
                ..Default::default()
            };
            audit::record(&mut tx, actor, self.0.clock.now(), entry).await?;
        }
        tx.commit().await?;
        Ok(all)
    }

    /// Takes the enrolment of a year away; gives what was there, to put it back.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's scope, or where there is none.
    pub async fn unenrol(
        &self,
        actor: &Actor,
        id: PersonId,
        school_year: i16,
    ) -> Result<EnrolmentDraft> {
        decide(actor, Action::EditPersons)?;
        let house = actor.organisation;
        let scope = Scope::of(actor, Right::ManageRegistry);
        let mut tx = self.0.pool.begin().await?;
        write::hold(&mut tx, &scope, id).await?;
        let name = read::row(&mut tx, &scope, id).await?.full_name();
        let was = read::enrolments(&mut tx, house, id).await?;
        let was = was
            .into_iter()
            .find(|e| e.school_year == school_year)
            .ok_or(ServiceError::NotFound)?;
        write::remove_enrolment(&mut tx, house, id, school_year).await?;
        let entry = audit::Entry {
            action: "person.unenrolled",
            object_kind: "person",
            object_id: Some(id.0),
            object_name: &name,
            before: Some(record(&was)),
            ..Default::default()
        };
        audit::record(&mut tx, actor, self.0.clock.now(), entry).await?;
        tx.commit().await?;
        Ok(EnrolmentDraft {
            school_year: was.school_year,
            site: was.site.map(|(id, _)| id),
            class: was.class,
        })
    }
}

fn record(e: &Enrolment) -> Value {
    json!({
        "school_year": school_year_words(e.school_year),
        "site": e.site.as_ref().map(|(_, name)| name),
        "class": e.class,
    })
}
