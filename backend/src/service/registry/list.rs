//! The list of persons and what its filters offer.

use super::Registry;
use crate::{
    db::{
        organisations,
        persons::{
            frame::{self, Class},
            search::{self, Found},
        },
        users,
    },
    error::Result,
};
use domain::{
    UnitId,
    access::{Action, Actor, Right, Scope, decide},
    page::PageSize,
    person::PersonQuery,
};
use jiff::{Timestamp, civil::Date};

/// What the list needs beside its cards.
#[derive(Debug)]
pub struct RegistryFrame {
    /// School sites and institutes, by name.
    pub sites: Vec<(UnitId, String)>,
    /// Years, sites and classes as they occur together.
    pub classes: Vec<Class>,
    /// The present school year (1 September to 31 August), its first calendar year.
    pub year: i16,
    /// The present day where the organisation is.
    pub today: Date,
    /// When a file of persons was last applied.
    pub imported_at: Option<Timestamp>,
    /// The reader may change persons.
    pub may_edit: bool,
    /// The reader may add persons: those limited to units may not, as a person belongs to
    /// no unit before it is enrolled.
    pub may_create: bool,
    /// The reader may link them.
    pub may_link: bool,
}

/// Where the actor may read persons: the wider of the two rights that allow it.
pub(crate) fn reading(actor: &Actor) -> Scope {
    let right = if actor.holds(Right::ManageRegistry) {
        Right::ManageRegistry
    } else {
        Right::ReadUsers
    };
    Scope::of(actor, right)
}

impl Registry {
    /// A page of the list; page 1 where the wanted one lies past the end. With `usual_rows`
    /// the person's usual «Righe per pagina» is taken.
    ///
    /// # Errors
    /// Without [`Right::ManageRegistry`] or [`Right::ReadUsers`].
    pub async fn list(
        &self,
        actor: &Actor,
        mut query: PersonQuery,
        usual_rows: bool,
    ) -> Result<Found> {
        decide(actor, Action::ReadPersons)?;
        let mut conn = self.0.pool.acquire().await?;
        if usual_rows && let Some(user) = actor.user {
            query.page.size = users::usual_rows(&mut conn, actor.organisation, user)
                .await?
                .unwrap_or_default();
        }
        // Cards are tall: a hundred a page is the most.
        if query.page.size == PageSize::All {
            query.page.size = PageSize::Hundred;
        }
        search::page(&mut conn, &reading(actor), &query).await
    }

    /// What the filters offer, and what the reader may do.
    ///
    /// # Errors
    /// As for [`Registry::list`].
    pub async fn frame(&self, actor: &Actor) -> Result<RegistryFrame> {
        decide(actor, Action::ReadPersons)?;
        let scope = reading(actor);
        let mut conn = self.0.pool.acquire().await?;
        let now = self.0.clock.now();
        let today = organisations::today(&mut conn, actor.organisation, now).await?;
        let may_edit = decide(actor, Action::EditPersons).is_ok();
        Ok(RegistryFrame {
            sites: frame::sites(&mut conn, &scope).await?,
            classes: frame::classes(&mut conn, &scope).await?,
            year: today.year() - i16::from(today.month() < 9),
            today,
            imported_at: frame::imported_at(&mut conn, actor.organisation).await?,
            may_edit,
            may_create: may_edit && actor.units(Right::ManageRegistry).is_none(),
            may_link: decide(actor, Action::LinkPersons).is_ok(),
        })
    }
}
