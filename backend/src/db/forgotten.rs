//! «Password dimenticata?»: what was asked, and the links that set a password once. A link
//! that is void is a row that is gone.

use super::outbox::Claim;
use crate::error::Result;
use domain::{Locale, OrganisationId, OutboxId, UserId, job::MailKind};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Requests are remembered for so long, without what was typed: the throttle counts them.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// A request to be written.
#[derive(Debug)]
pub struct NewRequest<'a> {
    /// 0 where no such organisation exists.
    pub organisation: OrganisationId,
    /// SHA-256 of what was typed, folded.
    pub who_hash: &'a [u8],
    /// As typed.
    pub who: &'a str,
    /// The peer's address; empty where unknown.
    pub address: &'a str,
}

/// Writes a request, and in the same statement whether anything comes of it: at most
/// `per_who` in an hour for one name and `per_address` from one address. What is too much is
/// counted and forgotten. Known and unknown names cost the same.
///
/// # Errors
/// Where the database fails.
pub async fn ask(
    conn: &mut PgConnection,
    new: &NewRequest<'_>,
    per_who: i64,
    per_address: i64,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into password_requests (organisation_id, who_hash, who, address, at)
         select $1, $2, case
             when (select count(*) from password_requests r where r.organisation_id = $1 and r.who_hash = $2 and r.at > $6) < $7
              and ($4 = '' or (select count(*) from password_requests r where r.address = $4 and r.at > $6) < $8)
             then $3 end, $4, $5",
        new.organisation.0,
        new.who_hash,
        new.who,
        new.address,
        now.to_sqlx() as _,
        (now - SignedDuration::from_hours(1)).to_sqlx() as _,
        per_who,
        per_address,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A request that nobody has looked at.
#[derive(Debug)]
pub struct Open {
    /// The organisation, or 0.
    pub organisation: OrganisationId,
    /// Which.
    pub id: i64,
    /// As typed.
    pub who: String,
}

/// Takes the oldest request until the transaction ends; another worker takes the next.
///
/// # Errors
/// Where the database fails.
pub async fn take(tx: &mut PgConnection) -> Result<Option<Open>> {
    let row = sqlx::query!(
        r#"select organisation_id, id, who as "who!" from password_requests where who is not null
           order by at limit 1 for update skip locked"#
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|r| Open {
        organisation: OrganisationId(r.organisation_id),
        id: r.id,
        who: r.who,
    }))
}

/// Forgets what was typed.
///
/// # Errors
/// Where the database fails.
pub async fn settle(tx: &mut PgConnection, request: &Open) -> Result<()> {
    sqlx::query!(
        "update password_requests set who = null where organisation_id = $1 and id = $2",
        request.organisation.0,
        request.id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Somebody who is meant.
#[derive(Clone, Debug)]
pub struct Meant {
    /// The user.
    pub user: UserId,
    /// Surname.
    pub surname: String,
    /// Given name.
    pub given_name: String,
    /// Where the link goes.
    pub email: String,
    /// Language of mails.
    pub locale: Locale,
}

/// The active users with a mailbox whose user name or address was typed, by address. Users of
/// an address that had `most` such mails in the last hour are left in peace, and so are those
/// who may not enter with a password any more.
///
/// # Errors
/// Where the database fails.
pub async fn meant(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    who: &str,
    most: i64,
    now: Timestamp,
) -> Result<Vec<Meant>> {
    let rows = sqlx::query!(
        r#"select u.id, u.surname, u.given_name, u.email as "email!", u.locale
           from (
             select id from users where organisation_id = $1 and lower(username) = lower($2)
             union
             select id from users where organisation_id = $1 and lower(email) = lower($2)) found
           join users u on u.organisation_id = $1 and u.id = found.id
           where u.state = 'active' and u.email is not null and u.email_bounced_at is null
             and password_off_since($1, u.id, $5) is null
             and (select count(*) from outbox o where o.organisation_id = $1 and o.user_id = u.id
                    and o.kind = 'password_link' and o.created_at > $4) < $3
           order by lower(u.email), u.id limit 20"#,
        organisation.0,
        who,
        most,
        (now - SignedDuration::from_hours(1)).to_sqlx() as _,
        now.to_sqlx() as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Meant {
            user: UserId(r.id),
            surname: r.surname,
            given_name: r.given_name,
            email: r.email,
            locale: r.locale.parse().unwrap_or_default(),
        })
        .collect())
}

/// Writes one mail and a link of each user in it, still without a token.
///
/// # Errors
/// Where the database fails.
pub async fn enqueue(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    to: &Meant,
    users: &[i64],
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "with mail as (
           insert into outbox (organisation_id, user_id, kind, address, locale, message_id, not_before, created_at)
           values ($1, $2, $3, $4, $5, gen_random_uuid(), $6, $6) returning id)
         insert into password_links (organisation_id, user_id, outbox_id, created_at)
         select $1, u.id, mail.id, $6 from mail cross join unnest($7::bigint[]) u (id)",
        organisation.0,
        to.user.0,
        MailKind::PasswordLink.code(),
        to.email,
        to.locale.code(),
        now.to_sqlx() as _,
        users,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A link on its way into a mail.
#[derive(Debug)]
pub struct Link {
    /// Which.
    pub id: i64,
    /// Surname.
    pub surname: String,
    /// Given name.
    pub given_name: String,
    /// Codice utente.
    pub username: String,
}

/// The links of a mail that are not void.
///
/// # Errors
/// Where the database fails.
pub async fn of_mail(tx: &mut PgConnection, claim: &Claim) -> Result<Vec<Link>> {
    let rows = sqlx::query!(
        "select l.id, u.surname, u.given_name, u.username
         from password_links l join users u on u.organisation_id = l.organisation_id and u.id = l.user_id
         where l.organisation_id = $1 and l.outbox_id = $2 order by u.sort_name, l.id",
        claim.organisation.0,
        claim.id.0,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Link {
            id: r.id,
            surname: r.surname,
            given_name: r.given_name,
            username: r.username,
        })
        .collect())
}

/// Writes the hash of a link's token just before the mail is handed over.
///
/// # Errors
/// Where the database fails.
pub async fn arm(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    link: i64,
    token_hash: &[u8],
    ends_at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update password_links set token_hash = $3, ends_at = $4 where organisation_id = $1 and id = $2",
        organisation.0,
        link,
        token_hash,
        ends_at.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The server took the mail: its links take the place of the older ones of the same users.
///
/// # Errors
/// Where the database fails.
pub async fn replace_older(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    mail: OutboxId,
) -> Result<()> {
    sqlx::query!(
        "delete from password_links o using password_links n
         where n.organisation_id = $1 and n.outbox_id = $2
           and o.organisation_id = $1 and o.user_id = n.user_id and o.id < n.id",
        organisation.0,
        mail.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The links of a mail that will not arrive.
///
/// # Errors
/// Where the database fails.
pub async fn drop_mail(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    mail: OutboxId,
) -> Result<()> {
    sqlx::query!(
        "delete from password_links where organisation_id = $1 and outbox_id = $2",
        organisation.0,
        mail.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whose password a link would set, without using it. `None` where it is void or has ended.
///
/// # Errors
/// Where the database fails.
pub async fn whose(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<UserId>> {
    Ok(sqlx::query_scalar!(
        "select l.user_id from password_links l
         join users u on u.organisation_id = l.organisation_id and u.id = l.user_id and u.state = 'active'
         where l.organisation_id = $1 and l.token_hash = $2 and l.ends_at > $3
           and password_off_since(l.organisation_id, l.user_id, $3) is null",
        organisation.0,
        token_hash,
        now.to_sqlx() as _,
    )
    .fetch_optional(conn)
    .await?
    .map(UserId))
}

/// Uses a link up: of fifty at once, one gets the answer.
///
/// # Errors
/// Where the database fails.
pub async fn redeem(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<UserId>> {
    Ok(sqlx::query_scalar!(
        "delete from password_links l using users u
         where l.organisation_id = $1 and l.token_hash = $2 and l.ends_at > $3
           and u.organisation_id = l.organisation_id and u.id = l.user_id and u.state = 'active'
         returning l.user_id",
        organisation.0,
        token_hash,
        now.to_sqlx() as _,
    )
    .fetch_optional(tx)
    .await?
    .map(UserId))
}

/// Puts an own password in force, also for somebody who never had one. What was mailed and
/// waits is void; every session ends; other links of the user are void.
///
/// # Errors
/// Where the database fails.
pub async fn set_password(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    hash: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into credentials (organisation_id, user_id, password_hash, password_kind, changed_at)
         values ($1, $2, $3, 'own', $4)
         on conflict (organisation_id, user_id) do update set
           password_hash = excluded.password_hash, password_kind = 'own', changed_at = excluded.changed_at,
           pending_password_hash = null, pending_password_expires_at = null, pending_password_outbox_id = null",
        organisation.0,
        user.0,
        hash,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "with ended as (delete from sessions where organisation_id = $1 and user_id = $2),
         links as (delete from password_links where organisation_id = $1 and user_id = $2)
         update users set password_expires_at = null where organisation_id = $1 and id = $2",
        organisation.0,
        user.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Removes links that have ended and requests that the throttle counts no more.
///
/// # Errors
/// Where the database fails.
pub async fn forget(conn: &mut PgConnection, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "with links as (delete from password_links where ends_at <= $1)
         delete from password_requests where at < $2 and who is null",
        now.to_sqlx() as _,
        (now - REMEMBERED).to_sqlx() as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}
