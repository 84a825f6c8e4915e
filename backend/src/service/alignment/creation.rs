//! Creating users from records (A11, A13–A18): one transaction makes users, profiles,
//! grants, links and mails; the operation is a send like any other.

use super::{Alignment, may_create, reading};
use crate::{
    db::{
        self,
        alignment::{Ground, creation as rows},
        audit, grants, sending,
    },
    error::{Result, ServiceError},
    service::users::places,
};
use domain::{
    GroupId, JobId, Locale, PersonId, UnitId,
    access::{Action, Actor, Right, confirmed, decide, decide_on_account},
    alignment::{
        Candidate, CandidateFilter, CandidatePick, CreationCheck, CreationFrame, CreationResult,
        SKIPPED_MAX, Undone,
    },
    job::JobKind,
    page::{Page, PageRequest},
    person::PersonKind,
    problem::Conflict,
    user::{EmailDraft, FieldError, FieldErrors, is_unlikely},
};
use jiff::SignedDuration;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// What a creation is asked for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The ticked records.
    pub pick: CandidatePick,
    /// «Gruppo a cui collegare le utenze create».
    pub group: GroupId,
    /// The number the check page showed.
    pub expected: u64,
    /// The number the person typed, where one must be.
    pub typed: Option<u64>,
    /// An unusual group was confirmed.
    pub confirmed: bool,
}

impl Alignment {
    /// A page of records without a user, with the number of those that could have one.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn candidates(
        &self,
        actor: &Actor,
        filter: &CandidateFilter,
        page: PageRequest,
    ) -> Result<(Page<Candidate>, u64)> {
        decide(actor, Action::ReadPersons)?;
        let mut conn = self.0.pool.acquire().await?;
        let ground = Ground::of(&mut conn, actor, reading(actor)).await?;
        rows::list(&mut conn, &ground, filter, page).await
    }

    /// What the filters offer, and the groups that may be given.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn creation_frame(
        &self,
        actor: &Actor,
        kind: PersonKind,
        unit: Option<UnitId>,
        year: Option<i16>,
        locale: Locale,
    ) -> Result<CreationFrame> {
        decide(actor, Action::ReadPersons)?;
        let mut conn = self.0.pool.acquire().await?;
        let ground = Ground::of(&mut conn, actor, reading(actor)).await?;
        let (units, years, classes) = rows::choices(&mut conn, &ground, kind, unit, year).await?;
        let groups = grants::groups(&mut conn, actor.organisation, locale).await?;
        Ok(CreationFrame {
            units,
            years,
            classes,
            groups: groups
                .into_iter()
                .filter(|g| decide_on_account(actor, &g.rights).is_ok())
                .map(|g| g.name)
                .collect(),
        })
    }

    /// [Aggiungi mail]: gives a record its mailbox, in place.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; [`ServiceError::NotFound`]; the field `email`;
    /// [`Conflict::TooLate`] where somebody else changed the record meanwhile.
    pub async fn add_mail(
        &self,
        actor: &Actor,
        person: PersonId,
        version: i32,
        draft: &EmailDraft,
    ) -> Result<()> {
        decide(actor, Action::EditPersons)?;
        let required = || ServiceError::Invalid(FieldErrors::one("email", FieldError::Required));
        let email = draft.check().map_err(ServiceError::Invalid)?;
        let email = email.ok_or_else(required)?;
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, Right::ManageRegistry).await?;
        let Some(name) = rows::set_mail(&mut tx, &ground, person, version, email.as_str()).await?
        else {
            return Err(if rows::person_exists(&mut tx, &ground, person).await? {
                Conflict::TooLate.into()
            } else {
                ServiceError::NotFound
            });
        };
        let entry = audit::Entry {
            action: "person.edited",
            object_kind: "person",
            object_id: Some(person.0),
            object_name: &name,
            after: Some(json!({ "email": email.as_str() })),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What would happen if users were created from the ticked records now.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; the field `group`.
    pub async fn check_creation(
        &self,
        actor: &Actor,
        pick: &CandidatePick,
        group: GroupId,
        locale: Locale,
    ) -> Result<CreationCheck> {
        decide(actor, Action::CreateFromPersons)?;
        let mut conn = self.0.pool.acquire().await?;
        let ground = Ground::of(&mut conn, actor, Right::ManageRegistry).await?;
        let group = self.group(&mut conn, actor, group, locale).await?;
        let (judged, first) = rows::judge(&mut conn, &ground, pick).await?;
        let (_, password_days) = sending::institution(&mut conn, actor.organisation).await?;
        let unlikely = is_unlikely_for(&judged.kinds, &group.name.code);
        Ok(CreationCheck {
            picked: judged.picked,
            create: judged.create,
            letters: judged.letters,
            shared: judged.shared,
            skipped: judged.skipped,
            first,
            kinds: judged.kinds,
            group: group.name,
            unlikely,
            password_days,
        })
    }

    /// «CREA UTENTI»: makes the users and orders their mails, in one transaction. The same
    /// `key` twice is the same operation. Records that got a user meanwhile are left out
    /// and listed.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; the fields `group`, `selection`, `typed`, `confirmed`;
    /// [`Conflict::SelectionChanged`] where *more* would be created than was shown.
    pub async fn create_users(&self, actor: &Actor, wish: &Wish, key: Uuid) -> Result<JobId> {
        decide(actor, Action::CreateFromPersons)?;
        decide(actor, Action::SendCredentials)?;
        let field = |name, error| ServiceError::Invalid(FieldErrors::one(name, error));
        let now = self.0.clock.now();
        let hold = SignedDuration::try_from(self.0.settings.send_hold).unwrap_or_default();
        let run_after = now.checked_add(hold).unwrap_or(now);
        let mut tx = self.0.pool.begin().await?;
        let new = db::jobs::NewJob {
            kind: JobKind::SendCredentials,
            key,
            run_after,
            total: 0,
            payload: json!({ "creation": true, "group": wish.group.0 }),
        };
        // Numbered one after the other: two creations never see the same free codes.
        let job = db::jobs::create(&mut tx, actor, now, &new).await?;
        if !job.fresh {
            return Ok(job.id);
        }
        let ground = Ground::of(&mut tx, actor, Right::ManageRegistry).await?;
        let group = self.group(&mut tx, actor, wish.group, actor.locale).await?;
        let (judged, _) = rows::judge(&mut tx, &ground, &wish.pick).await?;
        if !wish.confirmed && is_unlikely_for(&judged.kinds, &group.name.code) {
            return Err(field("confirmed", FieldError::Required));
        }
        let create = rows::write_pick(&mut tx, &ground, job.id, &wish.pick).await?;
        if create == 0 {
            return Err(field("selection", FieldError::ChooseOne));
        }
        // Fewer is what «duplicates found meanwhile are skipped» means; more was not agreed to.
        if create > wish.expected {
            return Err(Conflict::SelectionChanged {
                expected: wish.expected,
                now: create,
            }
            .into());
        }
        if wish.expected > domain::sending::TYPED_ABOVE && wish.typed != Some(wish.expected) {
            return Err(field("typed", FieldError::Required));
        }
        if wish.expected > domain::sending::TYPED_ABOVE {
            confirmed(actor, now)?;
        }
        let places = places(actor, &[]);
        let (id, category) = (group.name.id, group.category.as_str());
        rows::make_users(
            &mut tx,
            &ground,
            actor,
            job.id,
            (id, category),
            &places,
            now,
        )
        .await?;
        let recipients = rows::write_recipients(&mut tx, &ground, job.id).await?;
        sending::book_total(&mut tx, actor.organisation, job.id, recipients).await?;
        let mails =
            sending::write_mails(&mut tx, actor.organisation, job.id, run_after, now).await?;
        let entry = audit::Entry {
            action: "users.created",
            object_kind: "job",
            object_id: Some(job.id.0),
            object_name: &job.number,
            after: Some(json!({ "created": create, "mails": mails, "groups": [group.name.code] })),
            job: Some(job.id),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(job.id)
    }

    /// What a creation did, for the page of its operation.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; [`ServiceError::NotFound`] where the operation created nobody.
    pub async fn creation_result(&self, actor: &Actor, job: JobId) -> Result<CreationResult> {
        decide(actor, Action::CreateFromPersons)?;
        let mut conn = self.0.pool.acquire().await?;
        let ground = Ground::of(&mut conn, actor, Right::ManageRegistry).await?;
        db::jobs::is_of(&mut conn, actor.organisation, job, only_by(actor)).await?;
        let found = rows::result(&mut conn, &ground, job, SKIPPED_MAX).await?;
        let print = decide(actor, Action::PrintLetters).is_ok();
        Ok(CreationResult {
            job,
            standing: found.standing,
            removable: found.removable,
            letters: if print { found.unmailed } else { 0 },
            skipped: found.first,
            skipped_total: found.skipped,
            may_undo: may_create(actor),
        })
    }

    /// «Elimina i 12 utenti creati»: removes those that have never entered; mails that
    /// wait do not leave. Their codici utente are not given again.
    ///
    /// # Errors
    /// [`ServiceError::Denied`]; [`ServiceError::NotFound`]; [`Conflict::TooLate`] where
    /// everybody has entered.
    pub async fn undo_creation(&self, actor: &Actor, job: JobId) -> Result<Undone> {
        decide(actor, Action::CreateFromPersons)?;
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        let ground = Ground::of(&mut tx, actor, Right::ManageRegistry).await?;
        db::jobs::is_of(&mut tx, actor.organisation, job, only_by(actor)).await?;
        rows::result(&mut tx, &ground, job, 0).await?;
        let state = db::jobs::lock(&mut tx, actor.organisation, job).await?;
        if state.is_some_and(|s| !s.ended()) {
            db::jobs::cancel(&mut tx, actor.organisation, job, now).await?;
        }
        let (removed, kept) = rows::undo(&mut tx, &ground, actor, job, now).await?;
        if removed == 0 {
            return Err(Conflict::TooLate.into());
        }
        let entry = audit::Entry {
            action: "users.creation_undone",
            object_kind: "job",
            object_id: Some(job.0),
            after: Some(json!({ "removed": removed, "kept": kept })),
            job: Some(job),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(Undone { removed, kept })
    }

    async fn group(
        &self,
        conn: &mut PgConnection,
        actor: &Actor,
        id: GroupId,
        locale: Locale,
    ) -> Result<grants::Group> {
        let all = grants::groups(conn, actor.organisation, locale).await?;
        let group = all.into_iter().find(|g| g.name.id == id).ok_or_else(|| {
            ServiceError::Invalid(FieldErrors::one("group", FieldError::ChooseOne))
        })?;
        decide_on_account(actor, &group.rights)?;
        Ok(group)
    }
}

/// An operation may reach beyond the units of whoever is limited to some: they see and undo
/// their own alone, as on the page of operations.
fn only_by(actor: &Actor) -> Option<i64> {
    let limited = [Right::ManageUsers, Right::ManageRegistry]
        .into_iter()
        .any(|right| actor.units(right).is_some());
    limited.then(|| actor.user.map_or(0, |u| u.0))
}

/// Unusual for at least one of the kinds.
fn is_unlikely_for(kinds: &[PersonKind], code: &str) -> bool {
    kinds.iter().any(|kind| is_unlikely(&[*kind], code))
}
