//! The own desk `/`: what waits for this person.

use crate::{
    Core,
    db::{desk, discrepancies, letters, organisations, registrations, review, users::search},
    error::Result,
};
use domain::{
    access::{Action, Actor, Right, Scope, decide},
    desk::{Tile, TileKind},
    organisation::OrganisationKind,
    page::{PageRequest, PageSize},
    registration::Stage,
    review::ReviewQuery,
    user::UserFilter,
};

/// What waits for a person.
#[derive(Clone)]
pub struct Desk(pub(crate) Core);

impl Desk {
    /// The numbers of this person, in the order shown: only those whose list they may see.
    /// To add one: a variant of [`TileKind`], a small query, its condition here, its words
    /// and address in the page.
    ///
    /// # Errors
    /// [`domain::access::Denied`].
    pub async fn tiles(&self, actor: &Actor) -> Result<Vec<Tile>> {
        decide(actor, Action::ReadDesk)?;
        let mut conn = self.0.pool.acquire().await?;
        let mut tiles = Vec::new();
        let mut add = |kind, count| tiles.push(Tile { kind, count });
        if decide(actor, Action::ReadOutbox).is_ok() {
            let scope = Scope::of(actor, Right::SendCredentials);
            add(
                TileKind::FailedMails,
                desk::failed_mails(&mut conn, &scope).await?,
            );
        }
        if decide(actor, Action::EditUser).is_ok() && decide(actor, Action::ReadUsers).is_ok() {
            // The list that the number leads to shows what may be read.
            let scope = Scope::of(actor, Right::ReadUsers);
            let filter = UserFilter {
                without_mail: true,
                ..UserFilter::default()
            };
            add(
                TileKind::WithoutMail,
                search::count(&mut conn, &scope, &filter).await?,
            );
        }
        if decide(actor, Action::PrintLetters).is_ok() {
            let open = letters::open_runs(&mut conn, actor).await?;
            // Nothing waits here most of the time: it is told only where it does.
            if !open.is_empty() {
                add(TileKind::OpenLetters, open.len() as u64);
            }
        }
        let now = self.0.clock.now();
        let canton = canton(&mut conn, actor).await?;
        if canton && decide(actor, Action::StartRegistration).is_ok() {
            let scope = Scope::of(actor, Right::ManageAuthorisations);
            let counts = registrations::counts(&mut conn, &scope, "", now).await?;
            for (stage, count) in Stage::ALL.into_iter().zip(counts) {
                match stage {
                    Stage::Requested => add(TileKind::CodeRequests, count),
                    Stage::Ending => add(TileKind::CodesEnding, count),
                    _ => {}
                }
            }
        }
        if canton && decide(actor, Action::ReadDiscrepancies).is_ok() {
            let scope = Scope::of(actor, Right::ManageUsers);
            let counts = discrepancies::counts(&mut conn, &scope).await?;
            add(TileKind::OpenDiscrepancies, counts.open);
        }
        if decide(actor, Action::ReviewAccess).is_ok() {
            let scope = Scope::of(actor, Right::ManageUsers);
            let query = ReviewQuery {
                reason: None,
                page: PageRequest {
                    number: 1,
                    size: PageSize::Ten,
                },
            };
            let who = (actor.user, &[][..]);
            let (page, _) = review::page(&mut conn, &scope, &query, who, actor.locale, now).await?;
            add(TileKind::ToReview, page.total);
        }
        Ok(tiles)
    }
}

/// Whether the organisation registers people by code: in a school nothing of it ever waits.
async fn canton(conn: &mut sqlx::PgConnection, actor: &Actor) -> Result<bool> {
    let house = organisations::get(conn, actor.organisation).await?;
    Ok(house.kind == OrganisationKind::Canton)
}
