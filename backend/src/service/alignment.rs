//! «Allineamento Anagrafiche con utenti di Scuola Digitale» (A12, A23–A28): stage, propose,
//! save, dissolve; and creating users from records (A11, A13–A18).

mod creation;
mod dissolve;

pub use creation::Wish;

use crate::{
    Core,
    db::{
        alignment::{self as rows, Ground, propose, save, stage},
        audit,
    },
    error::{Result, ServiceError},
};
use domain::{
    PersonId, UserId,
    access::{Action, Actor, Right, decide},
    alignment::{
        AlignmentQuery, AlignmentRow, Counters, Facts, Found, Likelihood, LinkedRow,
        PROPOSAL_USERS_MAX, PROPOSALS_MAX, Proposal, Proposed, SEARCH_MAX, SaveResult, near_codes,
        score,
    },
    page::Page,
    person::PersonKind,
    user::{FieldError, FieldErrors, check_reason},
};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// Aligning users with the registry.
#[derive(Clone)]
pub struct Alignment(pub(crate) Core);

impl Alignment {
    /// The numbers above the tabs. With `stage` every pair with an equal codice fiscale is
    /// staged first, where the actor may link (A25).
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn counters(&self, actor: &Actor, kind: PersonKind, stage: bool) -> Result<Counters> {
        decide(actor, Action::ReadPersons)?;
        let may_link = decide(actor, Action::LinkPersons).is_ok();
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, reading(actor)).await?;
        if stage && may_link {
            stage::exact(&mut tx, &ground, kind).await?;
        }
        let [
            unlinked_users,
            linked_users,
            unlinked_persons,
            staged,
            links,
        ] = rows::counters(&mut tx, &ground, kind).await?;
        tx.commit().await?;
        Ok(Counters {
            unlinked_users,
            linked_users,
            unlinked_persons,
            staged,
            links,
            may_link,
            may_create: may_create(actor),
        })
    }

    /// A page of the first tab.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn rows(&self, actor: &Actor, query: &AlignmentQuery) -> Result<Page<AlignmentRow>> {
        decide(actor, Action::ReadPersons)?;
        let mut conn = self.0.pool.acquire().await?;
        let ground = Ground::of(&mut conn, actor, reading(actor)).await?;
        let kind = query.kind.unwrap_or(PersonKind::Employee);
        let wanted = (query.text.as_str(), query.staged);
        rows::rows(&mut conn, &ground, kind, wanted, query.page).await
    }

    /// A page of «Utenti collegati».
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn linked(&self, actor: &Actor, query: &AlignmentQuery) -> Result<Page<LinkedRow>> {
        decide(actor, Action::ReadPersons)?;
        let mut conn = self.0.pool.acquire().await?;
        let ground = Ground::of(&mut conn, actor, reading(actor)).await?;
        rows::linked(&mut conn, &ground, query.kind, &query.text, query.page).await
    }

    /// Records that may belong to these users, best first; users without any are absent.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; the field `users` above [`PROPOSAL_USERS_MAX`].
    pub async fn proposals(
        &self,
        actor: &Actor,
        kind: PersonKind,
        users: &[UserId],
    ) -> Result<Vec<Proposed>> {
        decide(actor, Action::ReadPersons)?;
        if users.len() > PROPOSAL_USERS_MAX {
            return Err(ServiceError::Invalid(FieldErrors::one(
                "users",
                FieldError::TooLong(PROPOSAL_USERS_MAX),
            )));
        }
        let ids: Vec<i64> = users.iter().map(|u| u.0).collect();
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, reading(actor)).await?;
        let asked = propose::asked(&mut tx, &ground, kind, &ids).await?;
        let codes: Vec<(i64, String)> = asked
            .iter()
            .filter_map(|a| a.fiscal_code.as_ref().map(|code| (a.id.0, code)))
            .flat_map(|(id, code)| {
                std::iter::once(code.clone())
                    .chain(near_codes(code))
                    .map(move |code| (id, code))
            })
            .collect();
        let near = propose::near(&mut tx, &ground, kind, &asked, &codes).await?;
        tx.rollback().await?;
        let mut found: BTreeMap<UserId, Vec<Proposal>> = BTreeMap::new();
        for near in near {
            let Some(user) = asked.iter().find(|a| a.id == near.user) else {
                continue;
            };
            let proposal = fit(user, near);
            if proposal.score.likelihood() > Likelihood::Unlikely {
                found.entry(user.id).or_default().push(proposal);
            }
        }
        let mut wanted: BTreeMap<PersonId, u32> = BTreeMap::new();
        for proposals in found.values_mut() {
            best_first(proposals);
            proposals.truncate(PROPOSALS_MAX);
            for p in proposals {
                *wanted.entry(p.person.id).or_default() += 1;
            }
        }
        let proposed = found.into_iter().map(|(user, mut proposals)| {
            for p in &mut proposals {
                p.contested |= wanted.get(&p.person.id).is_some_and(|n| *n > 1);
            }
            Proposed { user, proposals }
        });
        Ok(proposed.collect())
    }

    /// «RICERCA»: records of the kind without a user, those that fit the user best first.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; [`ServiceError::NotFound`] for a user out of reach.
    pub async fn search(
        &self,
        actor: &Actor,
        kind: PersonKind,
        user: UserId,
        text: &str,
    ) -> Result<Found> {
        decide(actor, Action::ReadPersons)?;
        let mut conn = self.0.pool.acquire().await?;
        let ground = Ground::of(&mut conn, actor, reading(actor)).await?;
        let asked = propose::asked(&mut conn, &ground, kind, &[user.0]).await?;
        let asked = asked.into_iter().next().ok_or(ServiceError::NotFound)?;
        let near = propose::search(&mut conn, &ground, kind, &asked, text, SEARCH_MAX + 1).await?;
        let shown = usize::try_from(SEARCH_MAX).unwrap_or(20);
        let more = near.len() > shown;
        let mut proposals: Vec<Proposal> = near
            .into_iter()
            .take(shown)
            .map(|near| fit(&asked, near))
            .collect();
        best_first(&mut proposals);
        Ok(Found { proposals, more })
    }

    /// Stages a pair by hand: nothing is linked yet. Different codes may be staged too: the
    /// link will be «forzato» (A26).
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; [`domain::problem::Conflict::Contested`]; [`ServiceError::NotFound`].
    pub async fn stage(&self, actor: &Actor, user: UserId, person: PersonId) -> Result<()> {
        decide(actor, Action::LinkPersons)?;
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, Right::ManageRegistry).await?;
        stage::by_hand(&mut tx, &ground, user, person).await?;
        tx.commit().await?;
        Ok(())
    }

    /// «Dissocia» of a staged pair: takes it back; or with `None` every staged pair of the
    /// kind.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn unstage(
        &self,
        actor: &Actor,
        kind: PersonKind,
        user: Option<UserId>,
    ) -> Result<()> {
        decide(actor, Action::LinkPersons)?;
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, Right::ManageRegistry).await?;
        match user {
            Some(user) => stage::aside(&mut tx, &ground, kind, user).await?,
            None => {
                stage::all_aside(&mut tx, &ground, kind).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// «Non è lei/lui»: the record is not proposed to the user again. Without a reason the
    /// refusal is taken back.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; [`ServiceError::NotFound`]; the field `reason`.
    pub async fn refuse(
        &self,
        actor: &Actor,
        user: UserId,
        person: PersonId,
        reason: Option<&str>,
    ) -> Result<()> {
        decide(actor, Action::LinkPersons)?;
        let reason = match reason {
            Some(typed) => check_reason(typed, true).map_err(ServiceError::Invalid)?,
            None => None,
        };
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, Right::ManageRegistry).await?;
        stage::refuse(&mut tx, &ground, user, person, reason.as_deref(), now).await?;
        let (name, of) = stage::names(&mut tx, &ground, user, person).await?;
        let entry = audit::Entry {
            action: if reason.is_some() {
                "user.person_refused"
            } else {
                "user.person_refusal_revoked"
            },
            object_kind: "user",
            object_id: Some(user.0),
            object_name: &name,
            after: Some(json!({ "person": { "id": person.0, "name": of } })),
            reason: reason.as_deref(),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(())
    }

    /// «AGGIORNAMENTO COLLEGAMENTI»: saves what is staged for the kind. Pairs that cannot
    /// be saved stay staged and say why; the others are saved all the same.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn save(&self, actor: &Actor, kind: PersonKind) -> Result<SaveResult> {
        decide(actor, Action::LinkPersons)?;
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, Right::ManageRegistry).await?;
        let result = save::save(&mut tx, &ground, actor, kind, None, self.0.clock.now()).await?;
        tx.commit().await?;
        Ok(result)
    }

    /// «Collega» outside of the table: stages and saves one pair at once.
    ///
    /// # Errors
    /// As for [`Alignment::stage`]; what keeps the pair from being saved stands in the
    /// answer, and then nothing is left staged.
    pub async fn link(&self, actor: &Actor, user: UserId, person: PersonId) -> Result<SaveResult> {
        decide(actor, Action::LinkPersons)?;
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, Right::ManageRegistry).await?;
        // Staged for another user or not: who links here means this pair.
        let kind = stage::kind_of(&mut tx, &ground, person).await?;
        stage::release(&mut tx, &ground, person).await?;
        stage::by_hand(&mut tx, &ground, user, person).await?;
        let now = self.0.clock.now();
        let result = save::save(&mut tx, &ground, actor, kind, Some(user), now).await?;
        if result.saved > 0 {
            tx.commit().await?;
        }
        Ok(result)
    }
}

/// Who keeps the registry works where that right holds; others read where they may read.
fn reading(actor: &Actor) -> Right {
    if actor.holds(Right::ManageRegistry) {
        Right::ManageRegistry
    } else {
        Right::ReadUsers
    }
}

/// Creating sends mails, so both rights are needed.
fn may_create(actor: &Actor) -> bool {
    decide(actor, Action::CreateFromPersons).is_ok()
        && decide(actor, Action::SendCredentials).is_ok()
}

pub(super) async fn stored(
    conn: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
) -> Result<u64> {
    Ok(rows::counters(conn, ground, kind).await?[4])
}

fn fit(user: &propose::Asked, near: propose::Near) -> Proposal {
    let score = score(
        &Facts {
            name: &user.name,
            fiscal_code: user.fiscal_code.as_deref(),
            birth_date: None,
        },
        &Facts {
            name: &near.name,
            fiscal_code: near.person.fiscal_code.as_deref(),
            birth_date: near.person.birth_date,
        },
    );
    Proposal {
        person: near.person,
        score,
        contested: near.contested,
    }
}

fn best_first(proposals: &mut [Proposal]) {
    proposals.sort_by(|a, b| {
        (b.score.percent, &a.person.surname, a.person.id).cmp(&(
            a.score.percent,
            &b.person.surname,
            b.person.id,
        ))
    });
}
