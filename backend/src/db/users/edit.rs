//! Writes to one user, each within the transaction of the act.

use super::detail;
use crate::error::{Result, on_constraint};
use domain::{
    Locale, OrganisationId, UserId,
    access::Scope,
    job::MailReason,
    problem::Conflict,
    user::{UserEdit, UserState},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// What stands now, held until the end of the transaction.
#[derive(Debug)]
pub struct Held {
    /// Counts edits.
    pub version: i32,
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// «Codice fiscale».
    pub fiscal_code: Option<String>,
    /// «Mail utente».
    pub email: Option<String>,
    /// Language of mails.
    pub locale: Locale,
    /// Whether it may sign in.
    pub state: UserState,
}

/// What a user's data will be.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// «Cognome».
    pub surname: &'a str,
    /// «Nome».
    pub given_name: &'a str,
    /// «Codice fiscale».
    pub fiscal_code: Option<&'a str>,
    /// «Mail utente».
    pub email: Option<&'a str>,
    /// Language of mails.
    pub locale: Locale,
}

impl<'a> From<&'a UserEdit> for Values<'a> {
    fn from(data: &'a UserEdit) -> Self {
        Self {
            surname: &data.surname,
            given_name: &data.given_name,
            fiscal_code: data.fiscal_code.as_ref().map(|c| c.as_str()),
            email: data.email.as_ref().map(|e| e.as_str()),
            locale: data.locale,
        }
    }
}

impl<'a> From<&'a Held> for Values<'a> {
    fn from(held: &'a Held) -> Self {
        Self {
            surname: &held.surname,
            given_name: &held.given_name,
            fiscal_code: held.fiscal_code.as_deref(),
            email: held.email.as_deref(),
            locale: held.locale,
        }
    }
}

/// Holds the user, if it lies in the scope: a second writer waits until this one is done.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] where it does not exist or lies outside.
pub async fn hold(tx: &mut PgConnection, scope: &Scope, id: UserId) -> Result<Held> {
    let units = scope.unit_numbers();
    let r = sqlx::query!(
        "select u.version, u.surname, u.given_name, u.fiscal_code, u.email, u.locale, u.state
         from users u
         where u.organisation_id = $1 and u.id = $2 and ($3::bigint[] is null or user_within(u.organisation_id, u.id, $3))
         for no key update of u",
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
    )
    .fetch_one(tx)
    .await?;
    Ok(Held {
        version: r.version,
        surname: r.surname,
        given_name: r.given_name,
        fiscal_code: r.fiscal_code,
        email: r.email,
        locale: r.locale.parse().unwrap_or_default(),
        state: detail::state(&r.state),
    })
}

/// Writes the data and counts the edit. (That an old address bounced is forgotten by a
/// trigger, whoever changes it.)
///
/// # Errors
/// Where the database fails.
pub async fn update(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UserId,
    data: Values<'_>,
) -> Result<()> {
    sqlx::query!(
        "update users set surname = $3, given_name = $4, fiscal_code = $5, email = $6, locale = $7, version = version + 1
         where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        data.surname,
        data.given_name,
        data.fiscal_code,
        data.email,
        data.locale.code(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Changes whether the account may sign in, and counts the edit.
///
/// # Errors
/// Where the database fails.
pub async fn set_state(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UserId,
    state: UserState,
) -> Result<()> {
    sqlx::query!(
        "update users set state = $3, version = version + 1 where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        state.code(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Counts an edit whose rows stand elsewhere (grants); gives the new version.
///
/// # Errors
/// Where the database fails.
pub async fn count_edit(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UserId,
) -> Result<i32> {
    let version = sqlx::query_scalar!(
        "update users set version = version + 1 where organisation_id = $1 and id = $2 returning version",
        organisation.0,
        id.0,
    )
    .fetch_one(tx)
    .await?;
    Ok(version)
}

/// Ends every session of the user.
///
/// # Errors
/// Where the database fails.
pub async fn end_sessions(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UserId,
) -> Result<()> {
    sqlx::query!(
        "delete from sessions where organisation_id = $1 and user_id = $2",
        organisation.0,
        id.0
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Cancels the mails to the user that have not left, but those to `keep`; gives how many.
/// A mail already in a worker's hands is not among them.
///
/// # Errors
/// Where the database fails.
pub async fn cancel_mails(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UserId,
    keep: Option<&str>,
    reason: MailReason,
    now: Timestamp,
) -> Result<u32> {
    let cancelled = sqlx::query!(
        "update outbox set state = 'cancelled', finished_at = $4, lease_until = null, reason = $5
         where organisation_id = $1 and user_id = $2 and state in ('waiting', 'deferred')
           and address is distinct from $3",
        organisation.0,
        id.0,
        keep,
        now.to_sqlx() as _,
        reason.code(),
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    Ok(u32::try_from(cancelled).unwrap_or(u32::MAX))
}

/// Takes away what was made but not chosen by the person: the temporary password and
/// secrets whose mail was not accepted yet. Tells whether a temporary password was there.
///
/// # Errors
/// Where the database fails.
pub async fn void_temporary_password(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UserId,
) -> Result<bool> {
    let voided = sqlx::query_scalar!(
        r#"with old as (
             select organisation_id, user_id, password_kind = 'temporary' as temporary from credentials
             where organisation_id = $1 and user_id = $2 for update),
           cleared as (
             update credentials c set
               password_hash = case when o.temporary then null else c.password_hash end,
               password_kind = case when o.temporary then 'none' else c.password_kind end,
               pending_password_hash = null, pending_password_expires_at = null, pending_password_outbox_id = null,
               pending_pin_hash = null, pending_pin_outbox_id = null
             from old o where (c.organisation_id, c.user_id) = (o.organisation_id, o.user_id)),
           ended as (
             update users u set password_expires_at = null
             from old o where (u.organisation_id, u.id) = (o.organisation_id, o.user_id) and o.temporary)
           select temporary as "temporary!" from old"#,
        organisation.0,
        id.0,
    )
    .fetch_optional(tx)
    .await?;
    Ok(voided.unwrap_or(false))
}

/// Takes away every secret of the account, also the own password and the PIN, and the links
/// that would set a new one: somebody else chose or knows them.
///
/// # Errors
/// Where the database fails.
pub async fn void_secrets(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UserId,
) -> Result<()> {
    sqlx::query!(
        "with links as (delete from password_links where organisation_id = $1 and user_id = $2),
         ended as (update users set password_expires_at = null where organisation_id = $1 and id = $2)
         update credentials set password_hash = null, password_kind = 'none', pin_hash = null,
           pending_password_hash = null, pending_password_expires_at = null, pending_password_outbox_id = null,
           pending_pin_hash = null, pending_pin_outbox_id = null
         where organisation_id = $1 and user_id = $2",
        organisation.0,
        id.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The next free codice utente: seven digits, zero-padded, never given twice. Writers of
/// the same organisation wait for each other until the transaction ends.
///
/// # Errors
/// Where the database fails.
pub async fn take_username(tx: &mut PgConnection, organisation: OrganisationId) -> Result<String> {
    let mut from = sqlx::query_scalar!(
        "select next_username from organisations where id = $1 for no key update",
        organisation.0
    )
    .fetch_one(&mut *tx)
    .await?;
    loop {
        // Names from a file may stand in the way: looked over in blocks, not one by one.
        let free = sqlx::query_scalar!(
            r#"select n as "n!" from generate_series($2::bigint, $2 + 999) n
               where not exists (select from users u where u.organisation_id = $1
                 and lower(u.username) = lpad(n::text, greatest(7, length(n::text)), '0'))
               order by n limit 1"#,
            organisation.0,
            from,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(free) = free else {
            from += 1000;
            continue;
        };
        sqlx::query!(
            "update organisations set next_username = $2 where id = $1",
            organisation.0,
            free + 1
        )
        .execute(tx)
        .await?;
        return Ok(format!("{free:07}"));
    }
}

/// Adds an active user.
///
/// # Errors
/// [`Conflict::UsernameTaken`] where an import took the name at the same moment.
pub async fn insert(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    username: &str,
    data: Values<'_>,
    now: Timestamp,
) -> Result<UserId> {
    sqlx::query_scalar!(
        "insert into users (organisation_id, username, surname, given_name, email, fiscal_code, locale, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
        organisation.0,
        username,
        data.surname,
        data.given_name,
        data.email,
        data.fiscal_code,
        data.locale.code(),
        now.to_sqlx() as _,
    )
    .fetch_one(tx)
    .await
    .map(UserId)
    .map_err(|e| on_constraint(e, "users_username_key", Conflict::UsernameTaken))
}
