//! Groups and roles: one concept, one table.

pub mod keep;

use crate::error::Result;
use domain::{
    GroupId, Locale, OrganisationId,
    access::{Scope, SeededGroup},
    user::GroupName,
};
use sqlx::PgConnection;

/// Writes the groups an organisation starts with, in their order.
///
/// # Errors
/// Where the database fails.
pub async fn insert_seeded(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    groups: &[SeededGroup],
) -> Result<()> {
    for (position, group) in groups.iter().enumerate() {
        let rights: Vec<String> = group.rights.iter().map(|r| r.code().to_owned()).collect();
        sqlx::query!(
            "insert into groups (organisation_id, code, name_it, name_de, name_fr, name_en, category, rights, position)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            organisation.0,
            group.code,
            group.name(Locale::It),
            group.name(Locale::De),
            group.name(Locale::Fr),
            group.name(Locale::En),
            group.category,
            &rights,
            i32::try_from(position).unwrap_or(i32::MAX),
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

/// All groups of an organisation, in its order, named in `locale`.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    locale: Locale,
) -> Result<Vec<GroupName>> {
    let rows = sqlx::query!(
        r#"select id, code,
             case $2 when 'de' then name_de when 'fr' then name_fr when 'en' then name_en else name_it end as "name!"
           from groups where organisation_id = $1 order by position, id"#,
        organisation.0,
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| GroupName {
            id: GroupId(r.id),
            code: r.code,
            name: r.name,
        })
        .collect())
}

/// How many users each group has inside the scope, archived ones left out. A group
/// without members has no entry. Whoever belongs to a group twice counts once.
///
/// # Errors
/// Where the database fails.
pub async fn member_counts(conn: &mut PgConnection, scope: &Scope) -> Result<Vec<(GroupId, u64)>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        r#"select g.group_id, count(distinct g.user_id) as "members!"
           from grants g
           join users u on u.organisation_id = g.organisation_id and u.id = g.user_id and u.state <> 'archived'
           where g.organisation_id = $1
             and ($2::bigint[] is null or exists (
               select from units n where n.organisation_id = g.organisation_id and n.id = g.unit_id and n.path && $2))
           group by g.group_id"#,
        scope.organisation().0,
        units.as_deref(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| (GroupId(r.group_id), u64::try_from(r.members).unwrap_or(0)))
        .collect())
}

/// The group with this code and its category.
///
/// # Errors
/// Where the database fails.
pub async fn by_code(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    code: &str,
) -> Result<Option<(GroupId, String)>> {
    let row = sqlx::query!(
        "select id, category from groups where organisation_id = $1 and code = $2",
        organisation.0,
        code
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| (GroupId(r.id), r.category)))
}
