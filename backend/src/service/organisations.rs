//! Organisations: created on the command line, read by everyone inside.

mod settings;

use crate::{
    Core,
    credentials::{policy, secret::normalise_temporary_password},
    db::{self, audit::Entry},
    error::{Result, ServiceError},
};
use domain::{
    Locale, OrganisationId, UserId,
    access::{ADMINISTRATORS, Action, Actor, Right, Scope, decide, seeded_groups},
    organisation::{Organisation, OrganisationKind, is_code},
    user::{FieldError, FieldErrors, GroupName},
};
use jiff::SignedDuration;

/// Organisations, their groups and their first accounts.
#[derive(Clone)]
pub struct Organisations(pub(crate) Core);

impl Organisations {
    /// Creates an organisation with the groups or roles of its kind. For the command line:
    /// nobody inside an organisation can make another.
    ///
    /// # Errors
    /// The fields `code` (form, or taken) and `name`.
    pub async fn create(
        &self,
        code: &str,
        kind: OrganisationKind,
        name: &str,
        locale: Locale,
    ) -> Result<OrganisationId> {
        let (code, name) = (code.trim(), name.trim());
        let mut errors = FieldErrors::default();
        if code.is_empty() {
            errors.add("code", FieldError::Required);
        } else if !is_code(code) {
            errors.add(
                "code",
                if code.len() > 40 {
                    FieldError::TooLong(40)
                } else {
                    FieldError::ControlCharacters
                },
            );
        }
        if name.is_empty() {
            errors.add("name", FieldError::Required);
        } else if name.chars().count() > 200 {
            errors.add("name", FieldError::TooLong(200));
        }
        if !errors.is_empty() {
            return Err(ServiceError::Invalid(errors));
        }
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        let new = db::organisations::NewOrganisation {
            code,
            kind,
            name,
            locale,
        };
        let id = db::organisations::insert(&mut tx, &new, now).await?;
        db::groups::insert_seeded(&mut tx, id, seeded_groups(kind)).await?;
        let entry = Entry {
            action: "organisation.created",
            object_kind: "organisation",
            object_id: Some(id.0),
            object_name: name,
            ..Entry::default()
        };
        db::audit::record(&mut tx, &Actor::system(id, SYSTEM), now, entry).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Creates an account with every right. The password is checked as an own one is;
    /// in a demo organisation only its length, because its passwords are printed anyway.
    ///
    /// # Errors
    /// The fields `username` and `password`; [`domain::problem::Conflict::UsernameTaken`].
    pub async fn create_admin(
        &self,
        organisation: OrganisationId,
        username: &str,
        password: &str,
        must_change_password: bool,
    ) -> Result<UserId> {
        self.create_account(
            organisation,
            username,
            password,
            ADMINISTRATORS,
            must_change_password,
        )
        .await
    }

    /// Creates an account in one group, as [`Self::create_admin`] does for administrators.
    ///
    /// # Errors
    /// As [`Self::create_admin`]; [`ServiceError::NotFound`] where the group does not exist.
    pub async fn create_account(
        &self,
        organisation: OrganisationId,
        username: &str,
        password: &str,
        group: &str,
        must_change_password: bool,
    ) -> Result<UserId> {
        let username = username.trim();
        let mut conn = self.0.pool.acquire().await?;
        let house = db::organisations::get(&mut conn, organisation).await?;
        let (group_id, category) = db::groups::by_code(&mut conn, organisation, group)
            .await?
            .ok_or(ServiceError::NotFound)?;
        drop(conn);
        let mut errors = FieldErrors::default();
        if username.is_empty() {
            errors.add("username", FieldError::Required);
        } else if username.chars().count() > 64 {
            errors.add("username", FieldError::TooLong(64));
        } else if username
            .chars()
            .any(|c| c.is_control() || c.is_whitespace())
        {
            errors.add("username", FieldError::ControlCharacters);
        }
        let context: &[&str] = if house.demo {
            &[]
        } else {
            &[username, &house.name, &house.code]
        };
        let password = policy::check(password, context, policy::MIN)
            .map_err(|e| errors.add("password", e))
            .unwrap_or_default();
        if !errors.is_empty() {
            return Err(ServiceError::Invalid(errors));
        }
        // A temporary password is typed from a paper: blanks, hyphens and case do not count.
        let password = if must_change_password {
            normalise_temporary_password(&password)
        } else {
            password
        };
        let password_hash = self.0.hasher.hash(password).await?;
        let now = self.0.clock.now();
        let days = SignedDuration::from_hours(24 * i64::from(house.temporary_password_days));
        let mut tx = self.0.pool.begin().await?;
        let new = db::organisations::NewAccount {
            username,
            password_hash,
            must_change_password,
            expires_at: must_change_password.then(|| now + days),
            group: (group_id, &category),
        };
        let id = db::organisations::insert_account(&mut tx, organisation, &new, now).await?;
        let entry = Entry {
            action: "user.created",
            object_kind: "user",
            object_id: Some(id.0),
            object_name: username,
            after: Some(serde_json::json!({ "groups": [group] })),
            ..Entry::default()
        };
        db::audit::record(&mut tx, &Actor::system(organisation, SYSTEM), now, entry).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// The organisation with this code, as typed.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn find(&self, code: &str) -> Result<Option<Organisation>> {
        db::organisations::by_code(&mut *self.0.pool.acquire().await?, code.trim()).await
    }

    /// All organisations: for the command line.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn all(&self) -> Result<Vec<Organisation>> {
        db::organisations::all(&mut *self.0.pool.acquire().await?).await
    }

    /// Marks an organisation as demo data: a production start refuses while it is there.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn mark_demo(&self, organisation: OrganisationId) -> Result<()> {
        db::organisations::set_demo(&mut *self.0.pool.acquire().await?, organisation).await
    }

    /// Whether any organisation holds demo data.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn any_demo(&self) -> Result<bool> {
        db::organisations::any_demo(&mut *self.0.pool.acquire().await?).await
    }

    /// Sets whom people ask, and where answers to mails go. For the command line.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_contact(
        &self,
        organisation: OrganisationId,
        contact: &str,
        reply_to: Option<&str>,
    ) -> Result<()> {
        db::organisations::set_contact(
            &mut *self.0.pool.acquire().await?,
            organisation,
            contact,
            reply_to,
        )
        .await
    }

    /// The groups of the actor's organisation, named in `locale`.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn groups(&self, actor: &Actor, locale: Locale) -> Result<Vec<GroupName>> {
        decide(actor, Action::ReadUsers)?;
        db::groups::list(
            &mut *self.0.pool.acquire().await?,
            actor.organisation,
            locale,
        )
        .await
    }

    /// The groups with how many users each has, as far as the actor may see them.
    ///
    /// # Errors
    /// Without [`Right::ReadUsers`].
    pub async fn groups_with_members(
        &self,
        actor: &Actor,
        locale: Locale,
    ) -> Result<Vec<(GroupName, u64)>> {
        decide(actor, Action::ReadUsers)?;
        let mut conn = self.0.pool.acquire().await?;
        let groups = db::groups::list(&mut conn, actor.organisation, locale).await?;
        let counts =
            db::groups::member_counts(&mut conn, &Scope::of(actor, Right::ReadUsers)).await?;
        let members = |id| counts.iter().find(|(g, _)| *g == id).map_or(0, |(_, n)| *n);
        Ok(groups
            .into_iter()
            .map(|g| {
                let n = members(g.id);
                (g, n)
            })
            .collect())
    }
}

/// Name of acts of the command line in the audit trail.
const SYSTEM: &str = "delega";
