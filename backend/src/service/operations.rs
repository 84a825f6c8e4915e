//! Operations and their progress; the outbox. Failures are retried with new secrets.

use crate::{
    Core,
    db::{self, audit, jobs::Visible},
    error::Result,
};
use domain::{
    JobId, OutboxId,
    access::{Action, Actor, Right, Scope, decide},
    job::{JobKind, JobState, JobView, Recipient},
    page::{Page, PageRequest},
    problem::Conflict,
    sending::{CalledBack, OutboxQuery, OutboxRow, RecipientFilter, Retried, Retry},
};
use serde_json::json;

/// Operations and the outbox.
#[derive(Clone)]
pub struct Operations(pub(crate) Core);

impl Operations {
    /// Operations, newest first.
    ///
    /// # Errors
    /// [`crate::ServiceError::Denied`].
    pub async fn list(&self, actor: &Actor, page: PageRequest) -> Result<Page<JobView>> {
        decide(actor, Action::ReadJob)?;
        let mut conn = self.0.pool.acquire().await?;
        db::jobs::list(&mut conn, actor.organisation, &visible(actor), page).await
    }

    /// How many operations of this person's view are under way: «Operazioni (1)».
    ///
    /// # Errors
    /// [`crate::ServiceError::Denied`].
    pub async fn under_way(&self, actor: &Actor) -> Result<u64> {
        decide(actor, Action::ReadJob)?;
        let mut conn = self.0.pool.acquire().await?;
        db::jobs::under_way(&mut conn, actor.organisation, &visible(actor)).await
    }

    /// An operation with its progress now.
    ///
    /// # Errors
    /// [`crate::ServiceError::NotFound`] where it does not exist or belongs to somebody else.
    pub async fn view(&self, actor: &Actor, id: JobId) -> Result<JobView> {
        decide(actor, Action::ReadJob)?;
        let mut conn = self.0.pool.acquire().await?;
        db::jobs::view(&mut conn, actor.organisation, &visible(actor), id).await
    }

    /// A page of an operation's recipients, failures first.
    ///
    /// # Errors
    /// [`crate::ServiceError::NotFound`].
    pub async fn recipients(
        &self,
        actor: &Actor,
        id: JobId,
        filter: RecipientFilter,
        page: PageRequest,
    ) -> Result<Page<Recipient>> {
        let job = self.view(actor, id).await?;
        let mut conn = self.0.pool.acquire().await?;
        db::jobs::recipients(&mut conn, actor.organisation, job.id, filter, page).await
    }

    /// Recipients of the result file, a block at a time: those who take part, or with
    /// [`RecipientFilter::Excluded`] those left out. An empty block is the end.
    ///
    /// # Errors
    /// [`crate::ServiceError::NotFound`].
    pub async fn result_block(
        &self,
        actor: &Actor,
        id: JobId,
        filter: RecipientFilter,
        offset: i64,
    ) -> Result<Vec<Recipient>> {
        const BLOCK: i64 = 1000;
        decide(actor, Action::SendCredentials)?;
        let job = self.view(actor, id).await?;
        let mut conn = self.0.pool.acquire().await?;
        db::jobs::recipients_in_order(&mut conn, actor.organisation, job.id, filter, BLOCK, offset)
            .await
    }

    /// Calls back every mail that has not left yet.
    ///
    /// # Errors
    /// [`Conflict::TooLate`] where the operation has ended.
    pub async fn cancel(&self, actor: &Actor, id: JobId) -> Result<CalledBack> {
        decide(actor, Action::SendCredentials)?;
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        let job = db::jobs::view(&mut tx, actor.organisation, &visible(actor), id).await?;
        let state = db::jobs::lock(&mut tx, actor.organisation, id).await?;
        if job.kind != JobKind::SendCredentials || state.is_none_or(JobState::ended) {
            return Err(Conflict::TooLate.into());
        }
        let mails = db::jobs::cancel(&mut tx, actor.organisation, id, now).await?;
        let entry = audit::Entry {
            action: "credentials.send_cancelled",
            object_kind: "job",
            object_id: Some(id.0),
            object_name: &job.number,
            after: Some(json!({ "mails_called_back": mails })),
            job: Some(id),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(CalledBack { mails })
    }

    /// Tries failed mails again, each with a new secret and to the address of now.
    ///
    /// # Errors
    /// [`crate::ServiceError::NotFound`]; [`Conflict::TooLate`] where there is nothing to retry.
    pub async fn retry(&self, actor: &Actor, what: Retry) -> Result<Retried> {
        decide(actor, Action::SendCredentials)?;
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        let job = match what {
            Retry::Rejected(job) => Some(job),
            Retry::One(mail) => self.job_of(&mut tx, actor, mail).await?,
        };
        let number = match job {
            Some(id) => {
                let job = db::jobs::view(&mut tx, actor.organisation, &visible(actor), id).await?;
                db::jobs::lock(&mut tx, actor.organisation, id).await?;
                job.number
            }
            None => String::new(),
        };
        let strong = db::sending::strong_groups(&mut tx, actor).await?;
        let retried = db::outbox::retry(&mut tx, actor.organisation, what, &strong, now).await?;
        if retried.started == 0 && retried.held_back == 0 {
            return Err(Conflict::TooLate.into());
        }
        if retried.started > 0 {
            if let Some(id) = job {
                db::jobs::reopen(&mut tx, actor.organisation, id).await?;
            }
            let entry = audit::Entry {
                action: "credentials.send_retried",
                object_kind: "job",
                object_id: job.map(|j| j.0),
                object_name: &number,
                after: Some(json!({ "mails": retried.started })),
                job,
                ..Default::default()
            };
            audit::record(&mut tx, actor, now, entry).await?;
        }
        tx.commit().await?;
        Ok(retried)
    }

    async fn job_of(
        &self,
        conn: &mut sqlx::PgConnection,
        actor: &Actor,
        mail: OutboxId,
    ) -> Result<Option<JobId>> {
        db::outbox::job_of(conn, &Scope::of(actor, Right::SendCredentials), mail).await
    }

    /// «Posta in uscita».
    ///
    /// # Errors
    /// [`crate::ServiceError::Denied`].
    pub async fn outbox(&self, actor: &Actor, query: &OutboxQuery) -> Result<Page<OutboxRow>> {
        decide(actor, Action::ReadOutbox)?;
        let mut conn = self.0.pool.acquire().await?;
        db::outbox::list(&mut conn, &Scope::of(actor, Right::SendCredentials), query).await
    }
}

/// Sends are for those who may send, imports for those who keep the data; who is limited
/// to units sees what they started themselves.
pub(super) fn visible(actor: &Actor) -> Visible {
    let mut kinds = Vec::new();
    let mut everywhere = false;
    if actor.holds(Right::SendCredentials) {
        kinds.push(JobKind::SendCredentials);
        everywhere |= actor.units(Right::SendCredentials).is_none();
    }
    let keepers = [
        Right::ManageUsers,
        Right::ManageRegistry,
        Right::ManageUnits,
    ];
    if keepers.iter().any(|r| actor.holds(*r)) {
        kinds.push(JobKind::Import);
        everywhere |= keepers
            .iter()
            .any(|r| actor.holds(*r) && actor.units(*r).is_none());
    }
    let only_by = if everywhere {
        None
    } else {
        Some(actor.user.map_or(0, |u| u.0))
    };
    Visible { kinds, only_by }
}
