//! Closing a unit: who is in it, where they go.

use crate::error::Result;
use domain::{
    GroupId, Locale, OrganisationId, UnitId,
    access::{Right, Scope},
    unit::CloseCheck,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// What stands in the way of closing the unit; `school_year` is the one that runs.
/// [`CloseCheck::targets`] is left empty.
///
/// # Errors
/// Where the database fails.
pub async fn check_close(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: UnitId,
    school_year: i16,
) -> Result<CloseCheck> {
    let r = sqlx::query!(
        r#"select (select count(*) from users u where u.organisation_id = $1 and u.state <> 'archived'
               and user_within($1, u.id, array[$2::bigint])) as "users!",
             (select count(*) from units n where n.organisation_id = $1 and n.id <> $2 and n.path && array[$2::bigint]
               and n.state = 'active') as "below!",
             (select count(*) from enrolments e where e.organisation_id = $1 and e.unit_id = $2
               and e.school_year >= $3) as "enrolled!""#,
        organisation.0,
        id.0,
        school_year,
    )
    .fetch_one(conn)
    .await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(CloseCheck {
        users: count(r.users),
        below: count(r.below),
        enrolled: count(r.enrolled),
        targets: Vec::new(),
    })
}

/// Active units of the scope outside `id`, by name: where its people may go.
///
/// # Errors
/// Where the database fails.
pub async fn targets(
    conn: &mut PgConnection,
    scope: &Scope,
    id: UnitId,
    locale: Locale,
) -> Result<Vec<(UnitId, String)>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        r#"select id, coalesce(case $4 when 'de' then name_de when 'fr' then name_fr when 'en' then name_en end, name) as "name!"
           from units where organisation_id = $1 and state = 'active' and not path && array[$2::bigint]
             and ($3::bigint[] is null or path && $3)
           order by 2, id"#,
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (UnitId(r.id), r.name)).collect())
}

/// Every right held by anybody in the unit: the measure for who may move them.
///
/// # Errors
/// Where the database fails.
pub async fn strongest(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: UnitId,
) -> Result<Vec<Right>> {
    let codes = sqlx::query_scalar!(
        r#"select distinct unnest(g.rights) as "right!"
           from grants r join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
           where r.organisation_id = $1 and user_within($1, r.user_id, array[$2::bigint])"#,
        organisation.0,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(codes.iter().filter_map(|c| c.parse().ok()).collect())
}

/// The groups held in the unit itself, and the path of the unit that they would move to.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] where there is no such unit.
pub async fn moving(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    from: UnitId,
    to: UnitId,
) -> Result<(Vec<GroupId>, Vec<UnitId>)> {
    let groups = sqlx::query_scalar!(
        "select distinct group_id from grants where organisation_id = $1 and unit_id = $2",
        organisation.0,
        from.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let path = sqlx::query_scalar!(
        "select path from units where organisation_id = $1 and id = $2",
        organisation.0,
        to.0,
    )
    .fetch_one(conn)
    .await?;
    Ok((
        groups.into_iter().map(GroupId).collect(),
        path.into_iter().map(UnitId).collect(),
    ))
}

/// Moves homes and roles from one unit to another; who holds the role there already keeps
/// it once. Gives how many people were moved.
///
/// # Errors
/// Where the database fails.
pub async fn move_people(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    from: UnitId,
    to: UnitId,
) -> Result<u64> {
    let moved = sqlx::query_scalar!(
        r#"select count(*) as "n!" from users u where u.organisation_id = $1
             and (u.unit_id = $2 or exists (select from grants g where g.organisation_id = $1 and g.user_id = u.id and g.unit_id = $2))"#,
        organisation.0,
        from.0,
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!(
        "update users u set unit_id = case when u.unit_id = $2 then $3 else u.unit_id end, version = version + 1
         where u.organisation_id = $1 and (u.unit_id = $2 or exists (
           select from grants g where g.organisation_id = $1 and g.user_id = u.id and g.unit_id = $2))",
        organisation.0,
        from.0,
        to.0,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "delete from grants g where g.organisation_id = $1 and g.unit_id = $2 and exists (
           select from grants o where o.organisation_id = $1 and o.profile_id = g.profile_id
             and o.group_id = g.group_id and o.unit_id = $3)",
        organisation.0,
        from.0,
        to.0,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update grants set unit_id = $3 where organisation_id = $1 and unit_id = $2",
        organisation.0,
        from.0,
        to.0
    )
    .execute(tx)
    .await?;
    Ok(u64::try_from(moved).unwrap_or(0))
}

/// Closes the unit; sessions that worked in it work wherever their rights reach.
///
/// # Errors
/// Where the database fails.
pub async fn close(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UnitId,
    at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update units set state = 'closed', closed_at = $3, version = version + 1
         where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        at.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update sessions set unit_id = null where organisation_id = $1 and unit_id = $2",
        organisation.0,
        id.0
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes the unit into use again. `false` where the unit above it is closed.
///
/// # Errors
/// Where the database fails.
pub async fn reopen(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: UnitId,
) -> Result<bool> {
    let done = sqlx::query!(
        "update units u set state = 'active', closed_at = null, version = version + 1
         where u.organisation_id = $1 and u.id = $2 and not exists (
           select from units p where p.organisation_id = $1 and p.id = u.parent_id and p.state = 'closed')",
        organisation.0,
        id.0
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}
