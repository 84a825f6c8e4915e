//! «Invio credenziali ad utenti selezionati» (A9, A14): check, preview, start. What leaves
//! and when a new password takes effect is the worker's part (`jobs::mailing`).

use crate::{
    Core,
    db::{self, audit, sending as rows},
    error::{Result, ServiceError},
    mail::{MailFacts, render},
};
use domain::{
    JobId, Locale,
    access::{Action, Actor, confirmed, decide},
    job::{Exclusion, JobKind, MailKind},
    page::{Page, PageRequest},
    problem::Conflict,
    sending::{ExcludedUser, MailPreview, SendCheck},
    user::{FieldError, FieldErrors, Selection},
};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

/// Sending credentials.
#[derive(Clone)]
pub struct Sending(pub(crate) Core);

impl Sending {
    /// What would happen if the selected users were sent their credentials now.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn check(&self, actor: &Actor, selection: &Selection) -> Result<SendCheck> {
        decide(actor, Action::SendCredentials)?;
        let mut conn = self.0.pool.acquire().await?;
        let judge = rows::Judge::of(&mut conn, actor, selection, self.0.clock.now()).await?;
        let judged = rows::judge(&mut conn, &judge).await?;
        let (_, password_days) = rows::institution(&mut conn, actor.organisation).await?;
        let found_then = match selection {
            Selection::AllFound { .. } => {
                Some(selection.len()).filter(|then| *then != judged.selected)
            }
            Selection::Only(_) => None,
        };
        Ok(SendCheck {
            selected: judged.selected,
            found_then,
            recipients: judged.recipients,
            excluded: judged.excluded,
            shared: judged.shared,
            shared_total: judged.shared_total,
            languages: judged.languages,
            hold_seconds: self.0.settings.send_hold.as_secs(),
            password_days,
        })
    }

    /// Everybody left out for one reason, page by page.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn excluded(
        &self,
        actor: &Actor,
        selection: &Selection,
        reason: Exclusion,
        page: PageRequest,
    ) -> Result<Page<ExcludedUser>> {
        decide(actor, Action::SendCredentials)?;
        let mut conn = self.0.pool.acquire().await?;
        let judge = rows::Judge::of(&mut conn, actor, selection, self.0.clock.now()).await?;
        rows::excluded(&mut conn, &judge, reason, page).await
    }

    /// A mail as it will look, with an invented person and masked secrets.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn preview(
        &self,
        actor: &Actor,
        kind: MailKind,
        locale: Locale,
    ) -> Result<MailPreview> {
        decide(actor, Action::SendCredentials)?;
        if !kind.is_credentials() {
            // Nobody sends the others from here: people or the registration ask for them.
            return Err(ServiceError::NotFound);
        }
        let mut conn = self.0.pool.acquire().await?;
        let (institution, days) = rows::institution(&mut conn, actor.organisation).await?;
        let now = self.0.clock.now();
        let facts = MailFacts {
            kind,
            locale,
            name: "Maria Stella Alfano".to_owned(),
            username: "0001518".to_owned(),
            first: true,
            until: now
                .checked_add(SignedDuration::from_hours(24 * i64::from(days)))
                .ok(),
            sign_in_url: sign_in_url(&self.0.settings.base_url, &institution.code),
            reference: format!(
                "INV-{}-0000-001",
                now.to_zoned(institution.time_zone.clone()).year()
            ),
            institution,
        };
        let masked = match kind {
            MailKind::UserCode => "•••• ••••",
            _ => "••••-••••-••••-••••",
        };
        let mail = render(&facts, masked).map_err(ServiceError::internal)?;
        Ok(MailPreview {
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
        })
    }

    /// Starts the send. `expected` is the number the check page showed, `typed` the number
    /// the person typed (needed above [`domain::sending::TYPED_ABOVE`]); the same `key`
    /// twice is the same operation.
    ///
    /// # Errors
    /// [`Conflict::SelectionChanged`] where the number is another by now; the field
    /// `typed` or `selection`; [`ServiceError::Denied`]. Nothing is written then.
    pub async fn start(
        &self,
        actor: &Actor,
        selection: &Selection,
        expected: u64,
        typed: Option<u64>,
        key: Uuid,
    ) -> Result<JobId> {
        decide(actor, Action::SendCredentials)?;
        let now = self.0.clock.now();
        let hold = SignedDuration::try_from(self.0.settings.send_hold).unwrap_or_default();
        let run_after = now.checked_add(hold).unwrap_or(now);
        let mut tx = self.0.pool.begin().await?;
        let new = db::jobs::NewJob {
            kind: JobKind::SendCredentials,
            key,
            run_after,
            total: 0,
            payload: json!({}),
        };
        let job = db::jobs::create(&mut tx, actor, now, &new).await?;
        if !job.fresh {
            return Ok(job.id);
        }
        let judge = rows::Judge::of(&mut tx, actor, selection, now).await?;
        let recipients = rows::write_recipients(&mut tx, &judge, job.id).await?;
        if recipients == 0 {
            return Err(ServiceError::Invalid(FieldErrors::one(
                "selection",
                FieldError::ChooseOne,
            )));
        }
        if recipients != expected {
            return Err(Conflict::SelectionChanged {
                expected,
                now: recipients,
            }
            .into());
        }
        if recipients > domain::sending::TYPED_ABOVE && typed != Some(recipients) {
            return Err(ServiceError::Invalid(FieldErrors::one(
                "typed",
                FieldError::Required,
            )));
        }
        if recipients > domain::sending::TYPED_ABOVE {
            confirmed(actor, now)?;
        }
        rows::book_total(&mut tx, actor.organisation, job.id, recipients).await?;
        let mails = rows::write_mails(&mut tx, actor.organisation, job.id, run_after, now).await?;
        let entry = audit::Entry {
            action: "credentials.send_started",
            object_kind: "job",
            object_id: Some(job.id.0),
            object_name: &job.number,
            after: Some(json!({ "recipients": recipients, "mails": mails })),
            job: Some(job.id),
            ..Default::default()
        };
        audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(job.id)
    }
}

/// Where one signs in, with «Ente» filled in: from the setting alone, never from a request.
pub(crate) fn sign_in_url(base_url: &str, code: &str) -> String {
    format!("{}/accesso?ente={code}", base_url.trim_end_matches('/'))
}
