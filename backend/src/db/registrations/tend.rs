//! What happens by itself: reminders before the end, and the end. Each statement takes
//! its rows with `skip locked` and marks them in the same transaction, so that any number
//! of workers does it once.

use crate::error::Result;
use domain::{Locale, OrganisationId, RegistrationId, UserId};
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
    /// To whom: user, address, language. `None`: there is nobody to tell.
    pub to: Option<(UserId, String, Locale)>,
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
            to: r.email.filter(|_| r.able).map(|email| {
                (
                    UserId(r.user_id),
                    email,
                    r.locale.parse().unwrap_or_default(),
                )
            }),
        })
        .collect())
}

/// Codes whose month is over become «Scaduta»; answers them with the delegate who started
/// the registration. The hash stays, so that the right code can be told that it is late.
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
             returning r.organisation_id, r.id, r.user_id, r.created_by)
           select e.organisation_id as "organisation_id!", e.id as "id!", e.user_id as "user_id!",
             trim(u.surname || ' ' || u.given_name) as "name!", d.id as "delegate?", d.email as "email?", d.locale as "locale?"
           from ended e
           join users u on u.organisation_id = e.organisation_id and u.id = e.user_id
           left join users d on d.organisation_id = e.organisation_id and d.id = e.created_by and d.state = 'active'"#,
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
            to: r.delegate.zip(r.email).map(|(id, email)| {
                let locale = r.locale.and_then(|l| l.parse().ok()).unwrap_or_default();
                (UserId(id), email, locale)
            }),
        })
        .collect())
}
