//! Organisations and the accounts they begin with.

use crate::error::{Result, ServiceError, on_constraint};
use domain::{
    GroupId, OrganisationId, UserId,
    organisation::{HouseSettings, Organisation, OrganisationKind},
    problem::Conflict,
    user::{FieldError, FieldErrors},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// An organisation to be written.
#[derive(Debug)]
pub struct NewOrganisation<'a> {
    /// «Ente», already checked.
    pub code: &'a str,
    /// School or canton.
    pub kind: OrganisationKind,
    /// 1–200 characters.
    pub name: &'a str,
    /// Language of those who chose none.
    pub locale: domain::Locale,
}

/// Writes an organisation.
///
/// # Errors
/// The field `code`, where it is taken.
pub async fn insert(
    tx: &mut PgConnection,
    new: &NewOrganisation<'_>,
    at: Timestamp,
) -> Result<OrganisationId> {
    let id = sqlx::query_scalar!(
        "insert into organisations (code, kind, name, locale, time_zone, created_at, report_address)
         values ($1, $2, $3, $4, $5, $6, case when $2 = 'canton' then 'spiges@bfs.admin.ch' else '' end) returning id",
        new.code,
        new.kind.code(),
        new.name,
        new.locale.code(),
        new.kind.time_zone(),
        at.to_sqlx() as _,
    )
    .fetch_one(tx)
    .await
    .map_err(|e| {
        let taken = FieldErrors::one("code", FieldError::Taken);
        on_constraint(e, "organisations_code_key", ServiceError::Invalid(taken))
    })?;
    Ok(OrganisationId(id))
}

/// The organisation with this code, whatever the case of its letters.
///
/// # Errors
/// Where the database fails.
pub async fn by_code(conn: &mut PgConnection, code: &str) -> Result<Option<Organisation>> {
    let row = sqlx::query_as!(
        Row,
        "select id, code, kind, name, locale, time_zone, contact, temporary_password_days, demo
         from organisations where code = lower($1)",
        code
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::read).transpose()
}

/// The organisation.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn get(conn: &mut PgConnection, id: OrganisationId) -> Result<Organisation> {
    sqlx::query_as!(
        Row,
        "select id, code, kind, name, locale, time_zone, contact, temporary_password_days, demo
         from organisations where id = $1",
        id.0
    )
    .fetch_one(conn)
    .await?
    .read()
}

/// All organisations by code.
///
/// # Errors
/// Where the database fails.
pub async fn all(conn: &mut PgConnection) -> Result<Vec<Organisation>> {
    sqlx::query_as!(
        Row,
        "select id, code, kind, name, locale, time_zone, contact, temporary_password_days, demo
         from organisations order by code"
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Row::read)
    .collect()
}

/// Sets whom people ask, and where answers to mails go.
///
/// # Errors
/// Where the database fails.
pub async fn set_contact(
    tx: &mut PgConnection,
    id: OrganisationId,
    contact: &str,
    reply_to: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "update organisations set contact = $2, reply_to = $3 where id = $1",
        id.0,
        contact,
        reply_to
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What is set for the house; with `hold` nobody else changes it until the transaction ends.
///
/// # Errors
/// Where the database fails.
pub async fn settings(
    conn: &mut PgConnection,
    id: OrganisationId,
    hold: bool,
) -> Result<HouseSettings> {
    if hold {
        sqlx::query!(
            "select id from organisations where id = $1 for no key update",
            id.0
        )
        .fetch_one(&mut *conn)
        .await?;
    }
    let row = sqlx::query!(
        "select registration_reminder_days as days, report_address from organisations where id = $1",
        id.0
    )
    .fetch_one(conn)
    .await?;
    let days = row.days.into_iter().filter_map(|d| u8::try_from(d).ok());
    Ok(HouseSettings {
        reminder_days: days.collect(),
        report_address: row.report_address,
    })
}

/// Sets it.
///
/// # Errors
/// Where the database fails.
pub async fn set_settings(
    tx: &mut PgConnection,
    id: OrganisationId,
    settings: &HouseSettings,
) -> Result<()> {
    let days: Vec<i16> = settings.reminder_days.iter().map(|d| (*d).into()).collect();
    sqlx::query!(
        "update organisations set registration_reminder_days = $2, report_address = $3 where id = $1",
        id.0,
        &days,
        settings.report_address,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Marks the organisation as demo data.
///
/// # Errors
/// Where the database fails.
pub async fn set_demo(tx: &mut PgConnection, id: OrganisationId) -> Result<()> {
    sqlx::query!("update organisations set demo = true where id = $1", id.0)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether any organisation holds demo data.
///
/// # Errors
/// Where the database fails.
pub async fn any_demo(conn: &mut PgConnection) -> Result<bool> {
    Ok(
        sqlx::query_scalar!(r#"select exists(select from organisations where demo) as "any!""#)
            .fetch_one(conn)
            .await?,
    )
}

/// An account made on the command line.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Checked user name.
    pub username: &'a str,
    /// PHC string.
    pub password_hash: String,
    /// The password is temporary: another one must be chosen at the first sign-in.
    pub must_change_password: bool,
    /// End of a temporary password.
    pub expires_at: Option<Timestamp>,
    /// The group it belongs to and its category.
    pub group: (GroupId, &'a str),
}

/// Writes a user with a profile, one grant and a password.
///
/// # Errors
/// [`Conflict::UsernameTaken`].
pub async fn insert_account(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    new: &NewAccount<'_>,
    at: Timestamp,
) -> Result<UserId> {
    let id = sqlx::query_scalar!(
        "with u as (
           insert into users (organisation_id, username, surname, given_name, locale, created_at, password_expires_at)
           select $1, $2, $2, '', o.locale, $3, $4 from organisations o where o.id = $1
           returning id),
         p as (
           insert into profiles (organisation_id, user_id, category)
           select $1, u.id, $5 from u returning id, user_id),
         g as (
           insert into grants (organisation_id, profile_id, user_id, group_id)
           select $1, p.id, p.user_id, $6 from p),
         c as (
           insert into credentials (organisation_id, user_id, password_hash, password_kind, changed_at)
           select $1, u.id, $7, $8, $3 from u)
         select id from u",
        organisation.0,
        new.username,
        at.to_sqlx() as _,
        new.expires_at.map(ToSqlx::to_sqlx) as _,
        new.group.1,
        new.group.0.0,
        new.password_hash,
        if new.must_change_password { "temporary" } else { "own" },
    )
    .fetch_one(tx)
    .await
    .map_err(|e| on_constraint(e, "users_username_key", Conflict::UsernameTaken))?;
    Ok(UserId(id))
}

struct Row {
    id: i64,
    code: String,
    kind: String,
    name: String,
    locale: String,
    time_zone: String,
    contact: String,
    temporary_password_days: i16,
    demo: bool,
}

impl Row {
    fn read(self) -> Result<Organisation> {
        Ok(Organisation {
            id: OrganisationId(self.id),
            code: self.code,
            kind: self.kind.parse().map_err(ServiceError::internal)?,
            name: self.name,
            locale: self.locale.parse().map_err(ServiceError::internal)?,
            time_zone: self.time_zone,
            contact: self.contact,
            temporary_password_days: self.temporary_password_days,
            demo: self.demo,
        })
    }
}

/// The day it is where the organisation lies.
///
/// # Errors
/// Where the database fails.
pub async fn today(conn: &mut PgConnection, id: OrganisationId, now: Timestamp) -> Result<Date> {
    let house = get(conn, id).await?;
    let zone = TimeZone::get(&house.time_zone).unwrap_or(TimeZone::UTC);
    Ok(now.to_zoned(zone).date())
}
