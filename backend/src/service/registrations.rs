//! Registrations (P6–P10): prepare, send or show the code, remind, and check a typed one.
//! When a mailed code takes effect, and what happens at its end, is the worker's part.

mod verify;

pub use verify::Verified;

use crate::{
    Core,
    credentials::registration_code::RegistrationCode,
    db::{
        audit, grants, registrations as rows,
        users::edit::{self, Held},
    },
    error::{Result, ServiceError},
};
use domain::{
    ProfileId, UserId,
    access::{Action, Actor, Right, Scope, confirmed, decide},
    job::MailKind,
    page::Page,
    problem::Conflict,
    registration::{
        CodeChannel, Hindrance, Registration, RegistrationCounts, RegistrationRow,
        RegistrationState, ShownCode, WorklistQuery, ends, reminder_hindrance, reminder_wait,
    },
    user::{UserState, full_name},
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Registrations.
#[derive(Clone)]
pub struct Registrations(pub(crate) Core);

/// Where a code is redeemed: from the setting alone, never from a request, and without it.
pub(crate) fn registration_url(base_url: &str) -> String {
    format!("{}/registrazione", base_url.trim_end_matches('/'))
}

fn hindered<T>(h: Hindrance) -> Result<T> {
    Err(Conflict::Registration(h).into())
}

impl Registrations {
    /// The current registration of each profile of a user.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's scope, [`domain::access::Denied`].
    pub async fn of_user(&self, actor: &Actor, user: UserId) -> Result<Vec<Registration>> {
        decide(actor, Action::ReadAuthorisations)?;
        let mut conn = self.0.pool.acquire().await?;
        let scope = Scope::of(actor, Right::ReadUsers);
        if !crate::db::users::detail::is_in(&mut conn, &scope, user).await? {
            return Err(ServiceError::NotFound);
        }
        rows::of_user(&mut conn, actor.organisation, user).await
    }

    /// A page of the worklist `/abilitazioni` and how many stand under each tab.
    ///
    /// # Errors
    /// [`domain::access::Denied`].
    pub async fn worklist(
        &self,
        actor: &Actor,
        query: &WorklistQuery,
    ) -> Result<(Page<RegistrationRow>, RegistrationCounts)> {
        decide(actor, Action::StartRegistration)?;
        let scope = Scope::of(actor, Right::ManageAuthorisations);
        let now = self.0.clock.now();
        let mut conn = self.0.pool.acquire().await?;
        let page = rows::worklist(&mut conn, &scope, query, actor.locale, now).await?;
        let counts = rows::counts(&mut conn, &scope, &query.text, now).await?;
        Ok((page, counts))
    }

    /// Sends a code by mail (P7), a new one where one was sent before (P10). It takes effect
    /// when the mail server accepts the mail; only then does an earlier code stop working.
    /// `profile` is the one meant, or `None` for that of the newest registration. The same
    /// `key` sends once.
    ///
    /// # Errors
    /// [`Conflict::Registration`] with what hinders; [`ServiceError::NotFound`] outside the
    /// actor's scope; [`domain::access::Denied`].
    pub async fn send_code(
        &self,
        actor: &Actor,
        user: UserId,
        profile: Option<ProfileId>,
        key: Uuid,
    ) -> Result<Registration> {
        let mut tx = self.0.pool.begin().await?;
        let held = self.hold(&mut tx, actor, user).await?;
        let now = self.0.clock.now();
        let (current, profile) = self.current(&mut tx, actor, user, profile).await?;
        if rows::is_written(&mut tx, actor.organisation, key).await? {
            return Ok(current);
        }
        let address = may_receive(&held)?.to_owned();
        if current.state == RegistrationState::Completed {
            return hindered(Hindrance::Completed);
        }
        let (id, _) = rows::prepare(&mut tx, actor, user, profile, key, now).await?;
        let mail = rows::NewMail {
            kind: MailKind::RegistrationCode,
            registration: id,
            to: user,
            address: &address,
            locale: held.locale,
            key,
        };
        rows::enqueue(&mut tx, actor.organisation, mail, now).await?;
        let action = if current.sent_at.is_some() {
            "registration.new_code_ordered"
        } else {
            "registration.code_ordered"
        };
        let after = json!({ "registration": id });
        self.note(&mut tx, actor, user, &held, action, Some(after))
            .await?;
        let (current, _) = self.current(&mut tx, actor, user, Some(profile)).await?;
        tx.commit().await?;
        Ok(current)
    }

    /// Reminds of a code that is in force (P9): repeats the same validity, carries no secret,
    /// at most once in 24 hours. The same `key` sends once.
    ///
    /// # Errors
    /// As for [`Registrations::send_code`].
    pub async fn remind(
        &self,
        actor: &Actor,
        user: UserId,
        profile: Option<ProfileId>,
        key: Uuid,
    ) -> Result<Registration> {
        let mut tx = self.0.pool.begin().await?;
        let held = self.hold(&mut tx, actor, user).await?;
        let now = self.0.clock.now();
        let (current, profile) = self.current(&mut tx, actor, user, profile).await?;
        if rows::is_written(&mut tx, actor.organisation, key).await? {
            return Ok(current);
        }
        let address = may_receive(&held)?.to_owned();
        if let Some(hindrance) = reminder_hindrance(&current, now) {
            return hindered(hindrance);
        }
        let last = rows::last_reminder(&mut tx, actor.organisation, current.id).await?;
        if let Some(from) = reminder_wait(last, now) {
            return hindered(Hindrance::TooSoon(from));
        }
        let mail = rows::NewMail {
            kind: MailKind::RegistrationReminder,
            registration: current.id,
            to: user,
            address: &address,
            locale: held.locale,
            key,
        };
        rows::enqueue(&mut tx, actor.organisation, mail, now).await?;
        let after = json!({ "registration": current.id });
        self.note(
            &mut tx,
            actor,
            user,
            &held,
            "registration.reminder_ordered",
            Some(after),
        )
        .await?;
        let (current, _) = self.current(&mut tx, actor, user, Some(profile)).await?;
        tx.commit().await?;
        Ok(current)
    }

    /// «Mostra il codice per consegna di persona»: a code in force at once, shown this one
    /// time. An earlier one stops working; that it was shown stands in the audit trail.
    ///
    /// # Errors
    /// As for [`Registrations::send_code`].
    pub async fn show_code(
        &self,
        actor: &Actor,
        user: UserId,
        profile: Option<ProfileId>,
        key: Uuid,
    ) -> Result<ShownCode> {
        let mut tx = self.0.pool.begin().await?;
        let held = self.hold(&mut tx, actor, user).await?;
        let now = self.0.clock.now();
        confirmed(actor, now)?;
        let (current, profile) = self.current(&mut tx, actor, user, profile).await?;
        // Redeeming asks for the address: without one the code would open nothing.
        may_receive(&held)?;
        if current.state == RegistrationState::Completed {
            return hindered(Hindrance::Completed);
        }
        let (id, _) = rows::prepare(&mut tx, actor, user, profile, key, now).await?;
        let (organisation, external_id, zone) =
            rows::prefix(&mut tx, actor.organisation, user).await?;
        let code = RegistrationCode::generate(&self.0.entropy, &organisation, external_id);
        let expires_at = ends(now, &zone);
        rows::hand_over(
            &mut tx,
            actor.organisation,
            id,
            &code.hash(),
            expires_at,
            now,
        )
        .await?;
        let after =
            json!({ "registration": id, "channel": CodeChannel::Hand.code(), "until": expires_at });
        self.note(
            &mut tx,
            actor,
            user,
            &held,
            "registration.code_shown",
            Some(after),
        )
        .await?;
        tx.commit().await?;
        Ok(ShownCode {
            code: code.shown().to_owned(),
            link: registration_url(&self.0.settings.base_url),
            expires_at,
            name: full_name(&held.given_name, &held.surname),
        })
    }

    /// Holds a user for whom the actor may start registrations: both rights in the user's
    /// units, and no account stronger than the actor's.
    async fn hold(&self, tx: &mut PgConnection, actor: &Actor, user: UserId) -> Result<Held> {
        decide(actor, Action::StartRegistration)?;
        edit::hold(tx, &Scope::of(actor, Right::ManageAuthorisations), user).await?;
        let held = edit::hold(tx, &Scope::of(actor, Right::ManageUsers), user).await?;
        grants::decide_on(tx, actor, user).await?;
        Ok(held)
    }

    /// The registration meant: that of the profile, or of the user's profiles in use the one
    /// whose code is in force, or else the newest: the same that the row menu looks at.
    async fn current(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        user: UserId,
        profile: Option<ProfileId>,
    ) -> Result<(Registration, ProfileId)> {
        let mut all = rows::of_user(tx, actor.organisation, user).await?;
        all.retain(|r| profile.is_none_or(|p| p == r.profile));
        if all.is_empty() {
            return hindered(Hindrance::NotStarted);
        }
        // A code for a profile that is switched off could never be redeemed.
        let used = rows::profiles_in_use(tx, actor.organisation, user).await?;
        all.retain(|r| used.contains(&r.profile));
        all.sort_by_key(|r| r.state != RegistrationState::Running);
        let found = all
            .into_iter()
            .next()
            .ok_or(Conflict::Registration(Hindrance::ProfileInactive))?;
        let profile = found.profile;
        Ok((found, profile))
    }

    async fn note(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        user: UserId,
        held: &Held,
        action: &str,
        after: Option<serde_json::Value>,
    ) -> Result<()> {
        let entry = audit::Entry {
            action,
            object_kind: "user",
            object_id: Some(user.0),
            object_name: &full_name(&held.surname, &held.given_name),
            after,
            ..Default::default()
        };
        audit::record(tx, actor, self.0.clock.now(), entry).await
    }
}

fn may_register(held: &Held) -> Result<()> {
    match held.state {
        UserState::Active => Ok(()),
        UserState::Inactive => hindered(Hindrance::Inactive),
        UserState::Archived => hindered(Hindrance::Archived),
    }
}

fn may_receive(held: &Held) -> Result<&str> {
    may_register(held)?;
    match held.email.as_deref() {
        Some(address) => Ok(address),
        None => hindered(Hindrance::NoMail),
    }
}
