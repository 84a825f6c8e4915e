//! What happens by itself: reminders before the end, and the end. Each statement takes
//! its rows with `skip locked` and marks them in the same transaction, so that any number
//! of workers does it once.

use crate::error::Result;
use domain::{Locale, OrganisationId, RegistrationId, UserId, access::Right};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A registration that something is to be told about.
#[derive(Clone, Debug)]
pub struct Told {
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// Which.
    pub id: RegistrationId,
    /// Whose.
    pub user: UserId,
    /// Surname and given name, for the audit trail.
    pub name: String,
    /// To whom; empty where there is nobody to tell.
    pub to: Vec<Recipient>,
}

/// Who is told something: user, address, language.
pub type Recipient = (UserId, String, Locale);

/// So many are told where the one who started a registration cannot be.
const FALLBACK: i64 = 5;

/// The delegates who are told about a registration: who started it, as long as they are
/// active, have a mailbox and may still decide about the person; otherwise a few others who
/// may, those with a unit of their own first. Rights of different profiles do not add up.
///
/// # Errors
/// Where the database fails.
pub async fn delegates(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    registration: RegistrationId,
    now: Timestamp,
) -> Result<Vec<Recipient>> {
    let needed = [Right::ManageUsers, Right::ManageAuthorisations].map(|r| r.code().to_owned());
    let mut rows = sqlx::query!(
        r#"with about as (
             select r.user_id, r.created_by, ($4::timestamptz at time zone h.time_zone)::date as today
             from registrations r join organisations h on h.id = r.organisation_id
             where r.organisation_id = $1 and r.id = $2),
           able as (
             select g.user_id, bool_or(g.unit_id is not null) as near
             from about b
             join grants g on g.organisation_id = $1
             join groups a on a.organisation_id = g.organisation_id and a.id = g.group_id and a.rights && $3::text[]
             join profiles f on f.organisation_id = g.organisation_id and f.id = g.profile_id and f.state = 'active'
             cross join unnest(a.rights) as c(code)
             where c.code = any($3) and (g.valid_from is null or g.valid_from <= b.today)
               and (g.valid_until is null or g.valid_until >= b.today)
               and (g.unit_id is null or user_within($1, b.user_id, array[g.unit_id]))
             group by g.user_id, g.profile_id having count(distinct c.code) = cardinality($3))
           select d.id, d.email as "email!", d.locale, coalesce(d.id = b.created_by, false) as "started!"
           from about b
           join users d on d.organisation_id = $1 and d.id <> b.user_id
           join (select user_id, bool_or(near) as near from able group by user_id) a on a.user_id = d.id
           where d.state = 'active' and d.email is not null and d.email_bounced_at is null
           order by coalesce(d.id = b.created_by, false) desc, a.near desc, d.id limit $5"#,
        organisation.0,
        registration.0,
        &needed,
        now.to_sqlx() as _,
        FALLBACK,
    )
    .fetch_all(conn)
    .await?;
    if rows.first().is_some_and(|r| r.started) {
        rows.truncate(1);
    }
    let rows = rows.into_iter();
    Ok(rows
        .map(|r| (UserId(r.id), r.email, r.locale.parse().unwrap_or_default()))
        .collect())
}

/// Registrations whose reminder is due (7 and 2 days before the end, by the organisation's
/// setting), marked as done. Redeemed and voided ones are not among them.
///
/// # Errors
/// Where the database fails.
pub async fn remind_due(tx: &mut PgConnection, now: Timestamp, limit: i64) -> Result<Vec<Told>> {
    let rows = sqlx::query!(
        r#"with due as (
             select r.organisation_id, r.id,
               array(select d from unnest(h.registration_reminder_days) d
                     where r.expires_at - make_interval(days => d) <= $1) as days
             from registrations r join organisations h on h.id = r.organisation_id
             where r.state = 'running' and r.expires_at > $1 and r.expires_at <= $1 + interval '28 days'
               and exists (select from unnest(h.registration_reminder_days) d
                 where r.expires_at - make_interval(days => d) <= $1 and d <> all (r.reminded_days))
             order by r.expires_at limit $2 for update of r skip locked)
           update registrations r set reminded_days = due.days
           from due, users u
           where r.organisation_id = due.organisation_id and r.id = due.id
             and u.organisation_id = r.organisation_id and u.id = r.user_id
           returning r.organisation_id, r.id, r.user_id, trim(u.surname || ' ' || u.given_name) as "name!",
             u.email, u.locale, (u.state = 'active' and u.email_bounced_at is null) as "able!""#,
        now.to_sqlx() as _,
        limit,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Told {
            organisation: OrganisationId(r.organisation_id),
            id: RegistrationId(r.id),
            user: UserId(r.user_id),
            name: r.name,
            to: r
                .email
                .filter(|_| r.able)
                .map(|email| {
                    let locale = r.locale.parse().unwrap_or_default();
                    (UserId(r.user_id), email, locale)
                })
                .into_iter()
                .collect(),
        })
        .collect())
}

/// Codes whose month is over become «Scaduta»; answers them with the delegates to be told.
/// The hash stays, so that the right code can be told that it is late.
///
/// # Errors
/// Where the database fails.
pub async fn expire_due(tx: &mut PgConnection, now: Timestamp, limit: i64) -> Result<Vec<Told>> {
    let rows = sqlx::query!(
        r#"with due as (
             select organisation_id, id from registrations
             where state = 'running' and expires_at <= $1 order by expires_at limit $2 for update skip locked),
           ended as (
             update registrations r set state = 'expired', ended_at = $1
             from due where r.organisation_id = due.organisation_id and r.id = due.id
             returning r.organisation_id, r.id, r.user_id)
           select e.organisation_id as "organisation_id!", e.id as "id!", e.user_id as "user_id!",
             trim(u.surname || ' ' || u.given_name) as "name!"
           from ended e join users u on u.organisation_id = e.organisation_id and u.id = e.user_id"#,
        now.to_sqlx() as _,
        limit,
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut told = Vec::with_capacity(rows.len());
    for r in rows {
        let (organisation, id) = (OrganisationId(r.organisation_id), RegistrationId(r.id));
        told.push(Told {
            organisation,
            id,
            user: UserId(r.user_id),
            name: r.name,
            to: delegates(tx, organisation, id, now).await?,
        });
    }
    Ok(told)
}
