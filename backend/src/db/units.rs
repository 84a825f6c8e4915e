//! Units: the tree as somebody sees it, and what changes it.

mod close;
mod write;

pub use close::{check_close, close, move_people, moving, reopen, strongest, targets};
pub use write::{Stored, hold, insert, update};

use crate::error::{Result, ServiceError};
use domain::{
    Locale, OrganisationId, UnitId,
    access::Scope,
    session::WorkUnit,
    unit::{UnitLock, UnitNames, UnitRow},
};
use sqlx::PgConnection;
use std::collections::HashMap;

/// The units inside `read` and those above them, as the table shows them: parents before
/// children, names in order. What lies outside `edit` is locked.
///
/// # Errors
/// Where the database fails.
pub async fn tree(
    conn: &mut PgConnection,
    read: &Scope,
    edit: Option<&Scope>,
    locale: Locale,
) -> Result<Vec<UnitRow>> {
    let inside = read.unit_numbers();
    let editable = edit.map_or(Some(Vec::new()), Scope::unit_numbers);
    let rows = sqlx::query!(
        r#"with inside as (
             select id, path from units
             where organisation_id = $1 and ($2::bigint[] is null or path && $2)),
           people as (
             select u.id as user_id, n.path from users u join units n on n.organisation_id = $1 and n.id = u.unit_id
             where u.organisation_id = $1 and u.state <> 'archived'
             union
             select g.user_id, n.path from grants g
             join units n on n.organisation_id = $1 and n.id = g.unit_id
             join users u on u.organisation_id = $1 and u.id = g.user_id and u.state <> 'archived'
             where g.organisation_id = $1),
           counted as (
             select unit_id, count(*) as n
             from (select distinct user_id, unnest(path) as unit_id from people) x group by unit_id)
           select n.id, n.parent_id, n.code, n.level, n.state, n.ent_id, n.bur, n.name, n.name_de, n.name_fr, n.name_en,
             n.canton_administrative, n.canton_geographic, n.version,
             coalesce(case $4 when 'de' then n.name_de when 'fr' then n.name_fr when 'en' then n.name_en end, n.name) as "shown!",
             ($2::bigint[] is null or n.path && $2) as "inside!",
             ($3::bigint[] is null or n.path && $3) as "editable!",
             coalesce(c.n, 0) as "users!"
           from units n left join counted c on c.unit_id = n.id
           where n.organisation_id = $1
             and (n.id in (select id from inside) or n.id in (select unnest(path) from inside))
           order by fold(coalesce(case $4 when 'de' then n.name_de when 'fr' then n.name_fr when 'en' then n.name_en end, n.name)), n.id"#,
        read.organisation().0,
        inside.as_deref() as _,
        editable.as_deref() as _,
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    let mut units = Vec::with_capacity(rows.len());
    for r in rows {
        let state = r.state.parse().map_err(ServiceError::internal)?;
        let closed = state == domain::unit::UnitState::Closed;
        let locked = match (r.inside, closed, r.editable) {
            (false, ..) => Some(UnitLock::Above),
            (true, true, _) => Some(UnitLock::Closed),
            (true, false, false) => Some(UnitLock::ReadOnly),
            (true, false, true) => None,
        };
        units.push(UnitRow {
            id: UnitId(r.id),
            parent: r.parent_id.map(UnitId),
            depth: 0,
            name: r.shown,
            names: UnitNames {
                it: r.name,
                de: r.name_de.unwrap_or_default(),
                fr: r.name_fr.unwrap_or_default(),
                en: r.name_en.unwrap_or_default(),
            },
            code: r.code,
            level: r.level.parse().map_err(ServiceError::internal)?,
            state,
            ent_id: r.ent_id,
            bur: r.bur,
            canton_administrative: r.canton_administrative.and_then(|c| c.parse().ok()),
            canton_geographic: r.canton_geographic.and_then(|c| c.parse().ok()),
            users: if r.inside {
                u32::try_from(r.users).unwrap_or(u32::MAX)
            } else {
                0
            },
            may_choose: r.inside && !closed,
            locked,
            version: r.version,
        });
    }
    Ok(in_order(units))
}

/// Children after their parents, each with its depth.
fn in_order(units: Vec<UnitRow>) -> Vec<UnitRow> {
    let known: HashMap<UnitId, usize> = units.iter().enumerate().map(|(i, u)| (u.id, i)).collect();
    let mut children: HashMap<Option<UnitId>, Vec<usize>> = HashMap::new();
    for (i, unit) in units.iter().enumerate() {
        let parent = unit.parent.filter(|p| known.contains_key(p));
        children.entry(parent).or_default().push(i);
    }
    let mut places = Vec::with_capacity(units.len());
    let mut open: Vec<(usize, u16)> = Vec::new();
    let push = |open: &mut Vec<(usize, u16)>, parent: Option<UnitId>, depth: u16| {
        for i in children.get(&parent).into_iter().flatten().rev() {
            open.push((*i, depth));
        }
    };
    push(&mut open, None, 0);
    while let Some((i, depth)) = open.pop() {
        places.push((i, depth));
        push(&mut open, Some(units[i].id), depth + 1);
    }
    let mut units: Vec<Option<UnitRow>> = units.into_iter().map(Some).collect();
    places
        .into_iter()
        .filter_map(|(i, depth)| {
            let mut unit = units[i].take()?;
            unit.depth = depth;
            Some(unit)
        })
        .collect()
}

/// A unit by its name in the reader's language.
///
/// # Errors
/// Where the database fails.
pub async fn work_unit(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: UnitId,
    locale: Locale,
) -> Result<Option<WorkUnit>> {
    let row = sqlx::query!(
        r#"select coalesce(case $3 when 'de' then name_de when 'fr' then name_fr when 'en' then name_en end, name) as "name!",
             cardinality(path) as "length!"
           from units where organisation_id = $1 and id = $2"#,
        organisation.0,
        id.0,
        locale.code(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| WorkUnit {
        id,
        name: r.name,
        depth: u16::try_from(r.length - 1).unwrap_or(0),
    }))
}

/// Active units within `within` (`None`: all), at most `most`, in the order of the tree.
///
/// # Errors
/// Where the database fails.
pub async fn choices(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    within: Option<&[i64]>,
    locale: Locale,
    most: i64,
) -> Result<Vec<WorkUnit>> {
    let rows = sqlx::query!(
        r#"with reach as (
             select id, path, coalesce(case $4 when 'de' then name_de when 'fr' then name_fr when 'en' then name_en end, name) as name
             from units where organisation_id = $1 and state = 'active' and ($2::bigint[] is null or path && $2)
             order by cardinality(path), id limit $3)
           select s.id, s.name as "name!", cardinality(s.path) as "length!"
           from reach s
           order by (select array_agg(fold(p.name) || ' ' || p.id order by array_position(s.path, p.id))
                     from units p where p.organisation_id = $1 and p.id = any(s.path))"#,
        organisation.0,
        within as _,
        most,
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    let top = rows.iter().map(|r| r.length).min().unwrap_or(1);
    Ok(rows
        .into_iter()
        .map(|r| WorkUnit {
            id: UnitId(r.id),
            name: r.name,
            depth: u16::try_from(r.length - top).unwrap_or(0),
        })
        .collect())
}

/// Whether the unit is active and lies in the scope.
///
/// # Errors
/// Where the database fails.
pub async fn is_open(conn: &mut PgConnection, scope: &Scope, id: UnitId) -> Result<bool> {
    let units = scope.unit_numbers();
    let found = sqlx::query_scalar!(
        r#"select exists (select from units where organisation_id = $1 and id = $2 and state = 'active'
             and ($3::bigint[] is null or path && $3)) as "found!""#,
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}
