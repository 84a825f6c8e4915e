//! The profile a session works in (X20), and when its password was last given.

use crate::error::Result;
use domain::{Locale, OrganisationId, ProfileId, UserId, session::OwnProfile};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// The active profiles of a user that hold something today, in their order.
///
/// # Errors
/// Where the database fails.
pub async fn profiles(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    current: Option<ProfileId>,
    locale: Locale,
    at: Timestamp,
) -> Result<Vec<OwnProfile>> {
    let rows = sqlx::query!(
        r#"select p.id as "id!", p.name as "name!", held.roles as "roles!: Vec<String>"
           from profiles p
           join organisations o on o.id = p.organisation_id
           cross join lateral (
             select array(
               select distinct case $4 when 'de' then a.name_de when 'fr' then a.name_fr when 'en' then a.name_en else a.name_it end
               from grants g join groups a on a.organisation_id = g.organisation_id and a.id = g.group_id
               where g.organisation_id = p.organisation_id and g.profile_id = p.id
                 and (g.valid_from is null or g.valid_from <= ($3::timestamptz at time zone o.time_zone)::date)
                 and (g.valid_until is null or g.valid_until >= ($3::timestamptz at time zone o.time_zone)::date)
               order by 1) as roles) held
           where p.organisation_id = $1 and p.user_id = $2 and p.state = 'active' and held.roles <> '{}'
           order by p.id"#,
        organisation.0,
        user.0,
        at.to_sqlx() as _,
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| OwnProfile {
            id: ProfileId(r.id),
            name: r.name,
            roles: r.roles,
            current: current == Some(ProfileId(r.id)),
        })
        .collect())
}

/// Works in a profile from now on; a unit chosen for another one is left.
///
/// # Errors
/// Where the database fails.
pub async fn set_profile(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    token_hash: &[u8],
    profile: ProfileId,
) -> Result<()> {
    sqlx::query!(
        "update sessions set profile_id = $3, unit_id = null where organisation_id = $1 and token_hash = $2",
        organisation.0,
        token_hash,
        profile.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The password was given again.
///
/// # Errors
/// Where the database fails.
pub async fn confirmed(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    token_hash: &[u8],
    at: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update sessions set authenticated_at = $3 where organisation_id = $1 and token_hash = $2",
        organisation.0,
        token_hash,
        at.to_sqlx() as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}
