//! Passwords as sign-in and «Cambia password» see them.

use crate::error::{Result, ServiceError};
use domain::{OrganisationId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// An account and the passwords that may open it.
#[derive(Clone)]
pub struct Account {
    /// The user.
    pub id: UserId,
    /// «Nome utente» as stored.
    pub username: String,
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// Only active accounts open.
    pub active: bool,
    /// PHC string.
    pub hash: Option<String>,
    /// Mailed by the system, to be replaced at the first sign-in.
    pub temporary: bool,
    /// End of the password, where it has one.
    pub expires_at: Option<Timestamp>,
    /// A mailed password whose mail may have arrived although nobody knows.
    pub pending: Option<(String, Option<Timestamp>)>,
}

/// Which of the account's passwords was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fits {
    /// The one in force.
    Present,
    /// The mailed one that was waiting.
    Pending,
}

struct Row {
    id: i64,
    username: String,
    surname: String,
    given_name: String,
    state: String,
    password_expires_at: Option<jiff_sqlx::Timestamp>,
    password_hash: Option<String>,
    password_kind: Option<String>,
    pending: Option<String>,
    pending_password_expires_at: Option<jiff_sqlx::Timestamp>,
}

impl Row {
    fn read(self) -> Account {
        let pending_ends = self
            .pending_password_expires_at
            .map(jiff_sqlx::Timestamp::to_jiff);
        Account {
            id: UserId(self.id),
            username: self.username,
            surname: self.surname,
            given_name: self.given_name,
            active: self.state == "active",
            hash: self.password_hash,
            temporary: self.password_kind.as_deref() == Some("temporary"),
            expires_at: self.password_expires_at.map(jiff_sqlx::Timestamp::to_jiff),
            pending: self.pending.map(|hash| (hash, pending_ends)),
        }
    }
}

/// The account of a user name, whatever the case of its letters.
///
/// # Errors
/// Where the database fails.
pub async fn account(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    username: &str,
    at: Timestamp,
) -> Result<Option<Account>> {
    let row = sqlx::query_as!(
        Row,
        r#"select u.id, u.username, u.surname, u.given_name, u.state, u.password_expires_at,
                  c.password_hash as "password_hash?", c.password_kind as "password_kind?",
                  case when m.state in ('accepted', 'uncertain') or (m.state = 'sending' and m.lease_until <= $3)
                       then c.pending_password_hash end as pending,
                  c.pending_password_expires_at as "pending_password_expires_at?"
           from users u
           left join credentials c on c.organisation_id = u.organisation_id and c.user_id = u.id
           left join outbox m on m.organisation_id = c.organisation_id and m.id = c.pending_password_outbox_id
           where u.organisation_id = $1 and lower(u.username) = lower($2)"#,
        organisation.0,
        username,
        at.to_sqlx() as _,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Row::read))
}

/// The account of a user.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn account_of(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Account> {
    let row = sqlx::query_as!(
        Row,
        r#"select u.id, u.username, u.surname, u.given_name, u.state, u.password_expires_at,
                  c.password_hash as "password_hash?", c.password_kind as "password_kind?",
                  null::text as pending, c.pending_password_expires_at as "pending_password_expires_at?"
           from users u
           left join credentials c on c.organisation_id = u.organisation_id and c.user_id = u.id
           where u.organisation_id = $1 and u.id = $2"#,
        organisation.0,
        user.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(row.read())
}

/// The passwords of a user, held still until the transaction ends.
#[derive(Debug)]
pub struct Locked {
    /// The one in force.
    pub hash: Option<String>,
    /// The mailed one that waits.
    pub pending: Option<String>,
}

/// Holds the passwords of a user still, so that what was verified is what is acted on.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn lock(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Locked> {
    let row = sqlx::query!(
        "select password_hash, pending_password_hash from credentials
         where organisation_id = $1 and user_id = $2 for update",
        organisation.0,
        user.0
    )
    .fetch_optional(tx)
    .await?
    .ok_or(ServiceError::NotFound)?;
    Ok(Locked {
        hash: row.password_hash,
        pending: row.pending_password_hash,
    })
}

/// Puts the mailed password in force: it has been used, so its mail did arrive.
///
/// # Errors
/// Where the database fails.
pub async fn promote(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "with c as (
           select pending_password_expires_at as ends from credentials where organisation_id = $1 and user_id = $2),
         u as (
           update users set password_expires_at = (select ends from c) where organisation_id = $1 and id = $2)
         update credentials set password_hash = pending_password_hash, password_kind = 'temporary', changed_at = $3,
           pending_password_hash = null, pending_password_expires_at = null, pending_password_outbox_id = null
         where organisation_id = $1 and user_id = $2",
        organisation.0,
        user.0,
        at.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Puts an own password in force. A mailed one that nobody has seen arrive is void from
/// now on; one that is on its way this moment was asked for and will still arrive.
///
/// # Errors
/// Where the database fails.
pub async fn replace_password(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    hash: &str,
    at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "with u as (update users set password_expires_at = null where organisation_id = $1 and id = $2),
         gone as (
           select c.user_id from credentials c
           join outbox m on m.organisation_id = c.organisation_id and m.id = c.pending_password_outbox_id
           where c.organisation_id = $1 and c.user_id = $2
             and (m.state in ('accepted', 'uncertain') or (m.state = 'sending' and m.lease_until <= $4)))
         update credentials set password_hash = $3, password_kind = 'own', changed_at = $4,
           pending_password_hash = case when exists (select from gone) then null else pending_password_hash end,
           pending_password_expires_at = case when exists (select from gone) then null else pending_password_expires_at end,
           pending_password_outbox_id = case when exists (select from gone) then null else pending_password_outbox_id end
         where organisation_id = $1 and user_id = $2",
        organisation.0,
        user.0,
        hash,
        at.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Books a sign-in on the user.
///
/// # Errors
/// Where the database fails.
pub async fn signed_in(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update users set last_sign_in_at = $3 where organisation_id = $1 and id = $2",
        organisation.0,
        user.0,
        at.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}
