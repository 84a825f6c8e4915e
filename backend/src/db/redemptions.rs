//! Tickets that carry an invited person through the pages of `/registrazione`, the wrong
//! tries by typed address, and requests for a new code.

use crate::error::Result;
use domain::{Locale, OrganisationId, ProfileId, RegistrationId, UserId, discrepancy::Identity};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A ticket and whom it concerns, held until the end of the transaction.
#[derive(Clone)]
pub struct Ticket {
    /// The registration that is being redeemed.
    pub registration: RegistrationId,
    /// Its person.
    pub user: UserId,
    /// Its profile.
    pub profile: ProfileId,
    /// The typed code, as stored.
    pub code_hash: Vec<u8>,
    /// The right code, too late.
    pub expired: bool,
    /// Codice utente, to sign in with afterwards.
    pub username: String,
    /// Language of the person's mails.
    pub locale: Locale,
    /// «Ente».
    pub organisation_code: String,
    /// «Cantone Ticino».
    pub organisation_name: String,
    /// Whom to ask; may be empty.
    pub contact: String,
    /// What the delegate prepared.
    pub prepared: Identity,
    /// What the person stated, once done.
    pub stated: Option<Identity>,
}

/// A ticket to be written.
#[derive(Debug)]
pub struct NewTicket<'a> {
    /// SHA-256 of the ticket.
    pub token_hash: &'a [u8],
    /// For which registration.
    pub registration: RegistrationId,
    /// The typed code, as stored.
    pub code_hash: &'a [u8],
    /// The right code, too late.
    pub expired: bool,
    /// Until when the pages may be filled in.
    pub ends_at: Timestamp,
}

/// Writes a ticket, and forgets those that ended.
///
/// # Errors
/// Where the database fails.
pub async fn insert(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    new: &NewTicket<'_>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "delete from redemptions where ends_at <= $1",
        now.to_sqlx() as _
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into redemptions (organisation_id, token_hash, registration_id, code_hash, expired, created_at, ends_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        organisation.0,
        new.token_hash,
        new.registration.0,
        new.code_hash,
        new.expired,
        now.to_sqlx() as _,
        new.ends_at.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The ticket, while it lives. Its user is held first, as by everyone who deactivates or
/// changes one, then its registration: whoever redeems ends the tickets of all others, who
/// would wait for each other otherwise.
///
/// # Errors
/// Where the database fails.
pub async fn find(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Ticket>> {
    sqlx::query!(
        "select u.id from users u
         join registrations r on r.organisation_id = u.organisation_id and r.user_id = u.id
         join redemptions d on d.organisation_id = r.organisation_id and d.registration_id = r.id
         where d.organisation_id = $1 and d.token_hash = $2 for no key update of u",
        organisation.0,
        token_hash,
    )
    .fetch_optional(&mut *tx)
    .await?;
    sqlx::query!(
        "select r.id from registrations r join redemptions d on d.organisation_id = r.organisation_id and d.registration_id = r.id
         where d.organisation_id = $1 and d.token_hash = $2 for update of r",
        organisation.0,
        token_hash,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let row = sqlx::query!(
        r#"select d.registration_id, d.code_hash, d.expired, r.user_id, r.profile_id,
             d.stated_surname, d.stated_given_name, d.stated_email,
             u.username, u.surname, u.given_name, coalesce(u.email, '') as "email!", u.locale,
             h.code, h.name, h.contact
           from redemptions d
           join registrations r on r.organisation_id = d.organisation_id and r.id = d.registration_id
           join users u on u.organisation_id = r.organisation_id and u.id = r.user_id
           join organisations h on h.id = d.organisation_id
           where d.organisation_id = $1 and d.token_hash = $2 and d.ends_at > $3
           for update of d"#,
        organisation.0,
        token_hash,
        now.to_sqlx() as _,
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|r| Ticket {
        registration: RegistrationId(r.registration_id),
        user: UserId(r.user_id),
        profile: ProfileId(r.profile_id),
        code_hash: r.code_hash,
        expired: r.expired,
        username: r.username,
        locale: r.locale.parse().unwrap_or_default(),
        organisation_code: r.code,
        organisation_name: r.name,
        contact: r.contact,
        prepared: Identity {
            surname: r.surname,
            given_name: r.given_name,
            email: r.email,
        },
        stated: match (r.stated_surname, r.stated_given_name, r.stated_email) {
            (Some(surname), Some(given_name), Some(email)) => Some(Identity {
                surname,
                given_name,
                email,
            }),
            _ => None,
        },
    }))
}

/// Keeps what the person stated.
///
/// # Errors
/// Where the database fails.
pub async fn state(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    token_hash: &[u8],
    stated: &Identity,
) -> Result<()> {
    sqlx::query!(
        "update redemptions set stated_surname = $3, stated_given_name = $4, stated_email = $5
         where organisation_id = $1 and token_hash = $2",
        organisation.0,
        token_hash,
        stated.surname,
        stated.given_name,
        stated.email,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends every ticket of a registration: it was redeemed or refused.
///
/// # Errors
/// Where the database fails.
pub async fn end(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
) -> Result<()> {
    sqlx::query!(
        "delete from redemptions where organisation_id = $1 and registration_id = $2",
        organisation.0,
        registration.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Wrong tries of a typed address and the last of them, held so that tries at the same
/// moment are counted one after the other.
///
/// # Errors
/// Where the database fails.
pub async fn hold_tries(
    tx: &mut PgConnection,
    email_hash: &[u8],
    now: Timestamp,
) -> Result<(u32, Timestamp)> {
    let row = sqlx::query!(
        "insert into redemption_tries (email_hash, tries, last_at) values ($1, 0, $2)
         on conflict (email_hash) do update set tries = redemption_tries.tries
         returning tries, last_at",
        email_hash,
        now.to_sqlx() as _,
    )
    .fetch_one(tx)
    .await?;
    Ok((u32::try_from(row.tries).unwrap_or(0), row.last_at.to_jiff()))
}

/// Books a wrong try, or with `wrong = false` forgets those before.
///
/// # Errors
/// Where the database fails.
pub async fn book_try(
    tx: &mut PgConnection,
    email_hash: &[u8],
    wrong: bool,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update redemption_tries set tries = case when $2 then tries + 1 else 0 end, last_at = $3
         where email_hash = $1",
        email_hash,
        wrong,
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Puts a request for a new code on the delegate's desk. `false` where one waits already.
///
/// # Errors
/// Where the database fails.
pub async fn request_code(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
    user: UserId,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "insert into code_requests (organisation_id, registration_id, user_id, requested_at)
         values ($1, $2, $3, $4) on conflict do nothing",
        organisation.0,
        registration.0,
        user.0,
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The person chose a password of their own: nothing mailed before opens the account.
/// `false`, and nothing written, where they have one already: a further code does not
/// replace it.
///
/// # Errors
/// Where the database fails.
pub async fn set_password(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    hash: &str,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "insert into credentials as c (organisation_id, user_id, password_hash, password_kind, changed_at)
         values ($1, $2, $3, 'own', $4)
         on conflict (organisation_id, user_id) do update set password_hash = excluded.password_hash,
           password_kind = 'own', changed_at = excluded.changed_at, pending_password_hash = null,
           pending_password_expires_at = null, pending_password_outbox_id = null
           where c.password_kind <> 'own' or c.password_hash is null",
        organisation.0,
        user.0,
        hash,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "update users set password_expires_at = null where organisation_id = $1 and id = $2",
        organisation.0,
        user.0,
    )
    .execute(tx)
    .await?;
    Ok(true)
}

/// The password that the user chose before, as stored: a further profile is opened with it,
/// and no second one is asked for. Held still until the end of the transaction.
///
/// # Errors
/// Where the database fails.
pub async fn own_password(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        r#"select password_hash as "hash!" from credentials where organisation_id = $1 and user_id = $2
             and password_kind = 'own' and password_hash is not null for update"#,
        organisation.0,
        user.0,
    )
    .fetch_optional(tx)
    .await?)
}
