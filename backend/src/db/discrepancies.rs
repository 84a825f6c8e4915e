//! Discrepancies: written at the redemption, decided step by step.

use crate::error::{Result, ServiceError};
use domain::{
    DiscrepancyId, OrganisationId, ProfileId, RegistrationId, UserId,
    access::Scope,
    discrepancy::{
        DISCREPANCIES_LATE_DAYS, DiscrepancyClass, DiscrepancyCounts, DiscrepancyRow, Identity,
        Steps,
    },
    page::{Page, PageRequest},
    user::full_name,
};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A discrepancy to be written.
#[derive(Debug)]
pub struct New<'a> {
    /// The registration that was redeemed or refused.
    pub registration: RegistrationId,
    /// Whose.
    pub user: UserId,
    /// Which profile.
    pub profile: ProfileId,
    /// «Non sono io».
    pub not_me: bool,
    /// What the delegate prepared.
    pub prepared: &'a Identity,
    /// What the person stated.
    pub stated: &'a Identity,
    /// What the difference suggests.
    pub suggested: DiscrepancyClass,
    /// Closed by itself at once (negligible).
    pub closed: bool,
}

/// Writes a discrepancy.
///
/// # Errors
/// Where the database fails.
pub async fn insert(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    new: &New<'_>,
    by: &str,
    now: Timestamp,
) -> Result<DiscrepancyId> {
    let id = sqlx::query_scalar!(
        "insert into discrepancies (organisation_id, registration_id, user_id, profile_id, not_me, opened_at,
           prepared_surname, prepared_given_name, prepared_email, stated_surname, stated_given_name, stated_email,
           suggested, decided, decided_at, decided_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
           case when $14 then $13::text end, case when $14 then $6::timestamptz end, case when $14 then $15::text end)
         returning id",
        organisation.0,
        new.registration.0,
        new.user.0,
        new.profile.0,
        new.not_me,
        now.to_sqlx() as _,
        new.prepared.surname,
        new.prepared.given_name,
        new.prepared.email,
        new.stated.surname,
        new.stated.given_name,
        new.stated.email,
        new.suggested.code(),
        new.closed,
        by,
    )
    .fetch_one(tx)
    .await?;
    Ok(DiscrepancyId(id))
}

/// How many are open and closed.
///
/// # Errors
/// Where the database fails.
pub async fn counts(conn: &mut PgConnection, scope: &Scope) -> Result<DiscrepancyCounts> {
    let units = scope.unit_numbers();
    let row = sqlx::query!(
        r#"select count(*) filter (where d.decided is null) as "open!", count(*) filter (where d.decided is not null) as "closed!"
           from discrepancies d
           where d.organisation_id = $1 and user_within($1, d.user_id, $2)"#,
        scope.organisation().0,
        units.as_deref() as _,
    )
    .fetch_one(conn)
    .await?;
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(DiscrepancyCounts {
        open: number(row.open),
        closed: number(row.closed),
    })
}

/// A page of the list, newest first; what suggests another person stands on top while open.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    open: bool,
    page: PageRequest,
    now: Timestamp,
) -> Result<Page<DiscrepancyRow>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        r#"select d.id, d.user_id, d.opened_at, d.suggested, d.decided, u.surname, u.given_name,
             (d.deactivated_at is not null or d.contacted_at is not null) as "begun!", count(*) over () as "total!"
           from discrepancies d join users u on u.organisation_id = d.organisation_id and u.id = d.user_id
           where d.organisation_id = $1 and (d.decided is null) = $3 and user_within($1, d.user_id, $2)
           order by ($3 and d.suggested = 'other_person') desc, d.opened_at desc, d.id desc
           limit $4 offset $5"#,
        scope.organisation().0,
        units.as_deref() as _,
        open,
        page.limit(),
        page.offset(),
    )
    .fetch_all(conn)
    .await?;
    let total = rows
        .first()
        .map_or(0, |r| u64::try_from(r.total).unwrap_or(0));
    let items = rows
        .into_iter()
        .filter_map(|r| {
            let opened_at = r.opened_at.to_jiff();
            let decided = r.decided.as_deref().and_then(DiscrepancyClass::from_code);
            Some(DiscrepancyRow {
                id: DiscrepancyId(r.id),
                user: UserId(r.user_id),
                name: full_name(&r.surname, &r.given_name),
                opened_at,
                suggested: DiscrepancyClass::from_code(&r.suggested)?,
                late: decided.is_none() && is_late(opened_at, now),
                decided,
                begun: r.begun,
            })
        })
        .collect();
    Ok(Page {
        items,
        total,
        number: page.number,
        size: page.size,
    })
}

fn is_late(opened_at: Timestamp, now: Timestamp) -> bool {
    opened_at + SignedDuration::from_hours(24 * DISCREPANCIES_LATE_DAYS) < now
}

/// A discrepancy as stored.
#[derive(Clone, Debug)]
pub struct Stored {
    /// As in the list.
    pub row: DiscrepancyRow,
    /// Which registration.
    pub registration: RegistrationId,
    /// Which profile.
    pub profile: ProfileId,
    /// «Non sono io».
    pub not_me: bool,
    /// What the delegate prepared.
    pub prepared: Identity,
    /// What the person stated.
    pub stated: Identity,
    /// How far the guidance has come.
    pub steps: Steps,
    /// Under which cause it was begun.
    pub begun_as: Option<DiscrepancyClass>,
    /// The account itself may not sign in.
    pub account_off: bool,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
}

/// The discrepancy, held until the end of the transaction.
///
/// # Errors
/// [`ServiceError::NotFound`] where it does not exist or its user lies outside the scope.
pub async fn hold(
    tx: &mut PgConnection,
    scope: &Scope,
    id: DiscrepancyId,
    now: Timestamp,
) -> Result<Stored> {
    let units = scope.unit_numbers();
    let r = sqlx::query!(
        r#"select d.*, u.surname, u.given_name, (u.state <> 'active') as "account_off!"
           from discrepancies d join users u on u.organisation_id = d.organisation_id and u.id = d.user_id
           where d.organisation_id = $1 and d.id = $2 and user_within($1, d.user_id, $3)
           for update of d"#,
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
    )
    .fetch_optional(tx)
    .await?
    .ok_or(ServiceError::NotFound)?;
    let opened_at = r.opened_at.to_jiff();
    let decided = r.decided.as_deref().and_then(DiscrepancyClass::from_code);
    Ok(Stored {
        row: DiscrepancyRow {
            id,
            user: UserId(r.user_id),
            name: full_name(&r.surname, &r.given_name),
            opened_at,
            suggested: DiscrepancyClass::from_code(&r.suggested)
                .unwrap_or(DiscrepancyClass::OtherPerson),
            late: decided.is_none() && is_late(opened_at, now),
            decided,
            begun: r.deactivated_at.is_some() || r.contacted_at.is_some(),
        },
        registration: RegistrationId(r.registration_id),
        profile: ProfileId(r.profile_id),
        not_me: r.not_me,
        prepared: Identity {
            surname: r.prepared_surname,
            given_name: r.prepared_given_name,
            email: r.prepared_email,
        },
        stated: Identity {
            surname: r.stated_surname,
            given_name: r.stated_given_name,
            email: r.stated_email,
        },
        steps: Steps {
            deactivated_at: r.deactivated_at.map(|t| t.to_jiff()),
            contacted_at: r.contacted_at.map(|t| t.to_jiff()),
            new_profile: r.new_profile_id.map(ProfileId),
            reported_at: r.reported_at.map(|t| t.to_jiff()),
        },
        begun_as: r.begun_as.as_deref().and_then(DiscrepancyClass::from_code),
        account_off: r.account_off,
        decided_by: r.decided_by_name,
        decided_at: r.decided_at.map(|t| t.to_jiff()),
        reason: r.reason,
    })
}

/// Keeps how far the guidance has come, under which cause, and why.
///
/// # Errors
/// Where the database fails.
pub async fn keep_steps(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: DiscrepancyId,
    steps: &Steps,
    class: DiscrepancyClass,
    reason: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        "update discrepancies set deactivated_at = $3, contacted_at = $4, new_profile_id = $5, reported_at = $6,
           reason = coalesce($7, reason), begun_as = $8
         where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        steps.deactivated_at.map(|t| t.to_sqlx()) as _,
        steps.contacted_at.map(|t| t.to_sqlx()) as _,
        steps.new_profile.map(|p| p.0),
        steps.reported_at.map(|t| t.to_sqlx()) as _,
        reason,
        class.code(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Closes the discrepancy; without a reason the one of its steps stays.
///
/// # Errors
/// Where the database fails.
pub async fn close(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: DiscrepancyId,
    class: DiscrepancyClass,
    reason: Option<&str>,
    by: (Option<UserId>, &str),
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update discrepancies set decided = $3, decided_at = $4, decided_by = $5, decided_by_name = $6,
           reason = coalesce($7, reason)
         where organisation_id = $1 and id = $2 and decided is null",
        organisation.0,
        id.0,
        class.code(),
        now.to_sqlx() as _,
        by.0.map(|u| u.0),
        by.1,
        reason,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Where another person is reported, and the organisation's name.
///
/// # Errors
/// Where the database fails.
pub async fn report_to(
    conn: &mut PgConnection,
    organisation: OrganisationId,
) -> Result<(String, String)> {
    let row = sqlx::query!(
        "select report_address, name from organisations where id = $1",
        organisation.0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.report_address, row.name))
}

/// Deactivates the profile: its grants count no more.
///
/// # Errors
/// Where the database fails.
pub async fn deactivate_profile(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    profile: ProfileId,
) -> Result<()> {
    sqlx::query!(
        "update profiles set state = 'inactive' where organisation_id = $1 and id = $2 and state = 'active'",
        organisation.0,
        profile.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// An empty profile of the same person, category and name.
///
/// # Errors
/// Where the database fails.
pub async fn copy_profile(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    profile: ProfileId,
) -> Result<ProfileId> {
    let id = sqlx::query_scalar!(
        "insert into profiles (organisation_id, user_id, name, category, is_default)
         select organisation_id, user_id, name, category, false from profiles
         where organisation_id = $1 and id = $2 returning id",
        organisation.0,
        profile.0,
    )
    .fetch_one(tx)
    .await?;
    Ok(ProfileId(id))
}

/// Profiles of a user that were made in the place of others, while that is being decided:
/// new and old.
///
/// # Errors
/// Where the database fails.
pub async fn replaced(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Vec<(ProfileId, ProfileId)>> {
    let rows = sqlx::query!(
        r#"select new_profile_id as "new!", profile_id as old from discrepancies
           where organisation_id = $1 and user_id = $2 and new_profile_id is not null and decided is null"#,
        organisation.0,
        user.0,
    )
    .fetch_all(conn)
    .await?;
    let pair = |(new, old)| (ProfileId(new), ProfileId(old));
    Ok(rows.into_iter().map(|r| pair((r.new, r.old))).collect())
}
