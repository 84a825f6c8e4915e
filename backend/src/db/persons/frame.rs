//! What the filters of «Anagrafiche» offer: school sites, years, classes.

use crate::error::Result;
use domain::{OrganisationId, UnitId, access::Scope};
use jiff::Timestamp;
use sqlx::PgConnection;

/// Active school sites and institutes that the scope reaches, by name.
///
/// # Errors
/// Where the database fails.
pub async fn sites(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<(UnitId, String)>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        "select id, name from units
         where organisation_id = $1 and state = 'active' and ($2::bigint[] is null or path && $2)
         order by level <> 'institute', fold(name), id limit 500",
        scope.organisation().0,
        units.as_deref() as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (UnitId(r.id), r.name)).collect())
}

/// A class that somebody is or was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// First calendar year.
    pub school_year: i16,
    /// School site.
    pub site: Option<UnitId>,
    /// Its name; empty for enrolments without a class.
    pub class: String,
}

/// Years, sites and classes as they occur together, newest year first.
///
/// # Errors
/// Where the database fails.
pub async fn classes(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<Class>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        "select distinct e.school_year, e.unit_id, e.class from enrolments e
         where e.organisation_id = $1 and ($2::bigint[] is null or e.unit_id = any(array(
           select n.id from units n where n.organisation_id = $1 and n.path && $2)))
         order by e.school_year desc, e.class, e.unit_id limit 5000",
        scope.organisation().0,
        units.as_deref() as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Class {
            school_year: r.school_year,
            site: r.unit_id.map(UnitId),
            class: r.class,
        })
        .collect())
}

/// When a file of persons was last applied: how fresh the registry is. `None` where it never
/// was.
///
/// # Errors
/// Where the database fails.
pub async fn imported_at(
    conn: &mut PgConnection,
    organisation: OrganisationId,
) -> Result<Option<Timestamp>> {
    let at = sqlx::query_scalar!(
        "select max(coalesce(j.finished_at, i.created_at)) from imports i
         left join jobs j on (j.organisation_id, j.id) = (i.organisation_id, i.job_id)
         where i.organisation_id = $1 and i.kind = 'persons' and i.state = 'applied'",
        organisation.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(at.map(|at| at.to_jiff()))
}

/// Whether the unit is an active one of the organisation that the scope reaches.
///
/// # Errors
/// Where the database fails.
pub async fn reaches(conn: &mut PgConnection, scope: &Scope, unit: UnitId) -> Result<bool> {
    let units = scope.unit_numbers();
    let found = sqlx::query_scalar!(
        r#"select exists (select from units where organisation_id = $1 and id = $2
             and state = 'active' and ($3::bigint[] is null or path && $3)) as "found!""#,
        scope.organisation().0,
        unit.0,
        units.as_deref() as _,
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// The name of a unit, for the trail.
///
/// # Errors
/// [`crate::ServiceError::NotFound`].
pub async fn unit_name(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    unit: UnitId,
) -> Result<String> {
    Ok(sqlx::query_scalar!(
        "select name from units where organisation_id = $1 and id = $2",
        organisation.0,
        unit.0
    )
    .fetch_one(conn)
    .await?)
}
