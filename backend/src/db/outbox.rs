//! The outbox is itself the mail queue (ADR 0003): rows are claimed with `skip locked`
//! under a lease, organisation by organisation.

mod finish;
mod list;

pub use finish::{Ending, accept, finish, note_unknown_mailbox, ordered_at, postpone};
pub use list::{job_of, list, retry};

use crate::error::Result;
use domain::{
    JobId, Locale, OrganisationId, OutboxId, RegistrationId, UserId,
    job::{JobState, MailKind},
    user::UserState,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

/// A mail that this worker has taken. `attempts` counts the takings: a worker that lost
/// its lease holds an older number and writes nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Whose.
    pub organisation: OrganisationId,
    /// Which.
    pub id: OutboxId,
    /// Taking number.
    pub attempts: i32,
    /// Mail 1 or mail 2.
    pub kind: MailKind,
    /// The operation.
    pub job: Option<JobId>,
}

/// Organisations that have mails due, after `after` in a circle, at most `limit`. Skips
/// from one to the next in the index, however long one's queue is.
///
/// # Errors
/// Where the database fails.
pub async fn organisations_due(
    conn: &mut PgConnection,
    now: Timestamp,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    let found = sqlx::query_scalar!(
        r#"with recursive house as (
             (select organisation_id from outbox where state in ('waiting', 'deferred', 'sending')
              order by organisation_id limit 1)
             union all
             select (select o.organisation_id from outbox o
                     where o.state in ('waiting', 'deferred', 'sending') and o.organisation_id > house.organisation_id
                     order by o.organisation_id limit 1)
             from house where house.organisation_id is not null)
           select organisation_id as "organisation_id!" from house
           where organisation_id is not null and exists (
             select from outbox o where o.organisation_id = house.organisation_id and o.not_before <= $1
               and (o.state in ('waiting', 'deferred') or (o.state = 'sending' and o.lease_until < $1)))
           order by (organisation_id <= $2), organisation_id limit $3"#,
        now.to_sqlx() as _,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(found)
}

/// Takes mails that are due, at most `share` of each organisation.
///
/// # Errors
/// Where the database fails.
pub async fn claim(
    conn: &mut PgConnection,
    organisations: &[i64],
    share: i64,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<Claim>> {
    let rows = sqlx::query!(
        "with due as (
           select d.organisation_id, d.id from unnest($1::bigint[]) house (id)
           cross join lateral (
             select o.organisation_id, o.id from outbox o
             where o.organisation_id = house.id and o.not_before <= $3
               and (o.state in ('waiting', 'deferred') or (o.state = 'sending' and o.lease_until < $3))
             order by o.not_before, o.id limit $2 for update skip locked) d)
         update outbox o set state = 'sending', attempts = o.attempts + 1, lease_until = $4
         from due where o.organisation_id = due.organisation_id and o.id = due.id
         returning o.organisation_id, o.id, o.attempts, o.kind, o.job_id",
        organisations,
        share,
        now.to_sqlx() as _,
        until.to_sqlx() as _,
    )
    .fetch_all(conn)
    .await?;
    let mut claims: Vec<Claim> = rows
        .into_iter()
        .filter_map(|r| {
            Some(Claim {
                organisation: OrganisationId(r.organisation_id),
                id: OutboxId(r.id),
                attempts: r.attempts,
                kind: MailKind::from_code(&r.kind)?,
                job: r.job_id.map(JobId),
            })
        })
        .collect();
    claims.sort_by_key(|c| c.id);
    Ok(claims)
}

/// Keeps the mails that are on the wire.
///
/// # Errors
/// Where the database fails.
pub async fn keep(conn: &mut PgConnection, claims: &[Claim], until: Timestamp) -> Result<()> {
    let organisations: Vec<i64> = claims.iter().map(|c| c.organisation.0).collect();
    let ids: Vec<i64> = claims.iter().map(|c| c.id.0).collect();
    let attempts: Vec<i32> = claims.iter().map(|c| c.attempts).collect();
    sqlx::query!(
        "update outbox o set lease_until = $4
         from unnest($1::bigint[], $2::bigint[], $3::int[]) held (organisation_id, id, attempts)
         where o.organisation_id = held.organisation_id and o.id = held.id and o.attempts = held.attempts
           and o.state = 'sending'",
        &organisations,
        &ids,
        &attempts,
        until.to_sqlx() as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What is known about a mail just before it is handed over.
#[derive(Debug)]
pub struct MailRow {
    /// The recipient.
    pub user: UserId,
    /// Where it goes: copied at the act.
    pub address: String,
    /// In which language: copied at the act.
    pub locale: Locale,
    /// Stable.
    pub message_id: Uuid,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// State of the operation.
    pub job_state: Option<JobState>,
    /// «2026-0142», and the recipient's place in it.
    pub job_number: Option<(String, i32)>,
    /// The user's address now.
    pub email: Option<String>,
    /// May still sign in.
    pub user_state: Option<UserState>,
    /// Surname.
    pub surname: String,
    /// Given name.
    pub given_name: String,
    /// Codice utente.
    pub username: String,
    /// Never had credentials.
    pub first: bool,
    /// A newer mail of the same kind is on its way or has arrived.
    pub newer: bool,
    /// Days that a temporary password is valid.
    pub password_days: i16,
    /// The registration it is about.
    pub registration: Option<RegistrationId>,
    /// No password is taken from the user any more (X49).
    pub password_off: bool,
}

/// Reads and locks the mail, unless the lease was lost.
///
/// # Errors
/// Where the database fails.
pub async fn read_claimed(
    tx: &mut PgConnection,
    claim: &Claim,
    now: Timestamp,
) -> Result<Option<MailRow>> {
    let row = sqlx::query!(
        r#"select o.address, o.locale, o.message_id, o.created_at, o.user_id as "user_id!",
             j.state as "job_state?", j.number as "number?", r.position as "position?",
             u.email, u.state as user_state, u.surname, u.given_name, u.username,
             (u.last_sign_in_at is null and coalesce(c.password_kind, 'none') <> 'own'
               and not exists (select from outbox a where a.organisation_id = o.organisation_id and a.user_id = o.user_id
                 and a.kind in ('user_code', 'temporary_password') and a.state in ('accepted', 'uncertain')
                 and a.job_id is distinct from o.job_id)) as "first!",
             exists (select from outbox n where n.organisation_id = o.organisation_id and n.user_id = o.user_id
               and n.kind = o.kind and n.registration_id is not distinct from o.registration_id
               and n.id > o.id and n.state not in ('cancelled', 'superseded', 'rejected')) as "newer!",
             h.temporary_password_days, o.registration_id,
             password_off_since(o.organisation_id, o.user_id, $4) is not null as "password_off!"
           from outbox o
           join organisations h on h.id = o.organisation_id
           join users u on u.organisation_id = o.organisation_id and u.id = o.user_id
           left join credentials c on c.organisation_id = o.organisation_id and c.user_id = o.user_id
           left join jobs j on j.organisation_id = o.organisation_id and j.id = o.job_id
           left join job_recipients r on r.organisation_id = o.organisation_id and r.job_id = o.job_id and r.user_id = o.user_id
           where o.organisation_id = $1 and o.id = $2 and o.state = 'sending' and o.attempts = $3
           for update of o"#,
        claim.organisation.0,
        claim.id.0,
        claim.attempts,
        now.to_sqlx() as _,
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|r| MailRow {
        user: UserId(r.user_id),
        address: r.address,
        locale: r.locale.parse().unwrap_or_default(),
        message_id: r.message_id,
        created_at: r.created_at.to_jiff(),
        job_state: r.job_state.as_deref().and_then(JobState::from_code),
        job_number: r.number.zip(r.position),
        email: r.email,
        user_state: r.user_state.parse().ok(),
        surname: r.surname,
        given_name: r.given_name,
        username: r.username,
        first: r.first,
        newer: r.newer,
        password_days: r.temporary_password_days,
        registration: r.registration_id.map(RegistrationId),
        password_off: r.password_off,
    }))
}

/// Mails that wait for a worker or a new attempt, and since when the oldest does.
///
/// # Errors
/// Where the database fails.
pub async fn depth(conn: &mut PgConnection) -> Result<(i64, Option<Timestamp>)> {
    let row = sqlx::query!(
        r#"select count(*) as "open!", min(created_at) as oldest from outbox
           where state in ('waiting', 'deferred', 'sending')"#
    )
    .fetch_one(conn)
    .await?;
    Ok((row.open, row.oldest.map(|at| at.to_jiff())))
}
