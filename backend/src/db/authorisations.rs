//! Profiles with their grants as the wizard edits them, and its drafts.

mod drafts;
mod roles;

pub use drafts::{draft, drop_draft, keep_draft};
pub use roles::{Role, roles};

use super::grants::rights;
use crate::error::Result;
use domain::{
    GroupId, Locale, OrganisationId, ProfileId, UnitId, UserId,
    access::{Actor, DELEGATION, FEDERAL, Granter, Held, Right},
    authorisation::{DraftGrant, DraftProfile, ProfileState},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// What the wizard's head shows of a user.
#[derive(Debug)]
pub struct Head {
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// «Indirizzo e-mail».
    pub email: Option<String>,
    /// «Unità»: the home unit, in the reader's language.
    pub unit: Option<String>,
    /// «Numero di telefono».
    pub phone: Option<String>,
    /// Codice utente.
    pub username: String,
    /// «IDext».
    pub external_id: i64,
    /// Language of correspondence.
    pub locale: String,
    /// `active`, `inactive`, `archived`.
    pub state: String,
    /// Counts edits.
    pub version: i32,
}

/// Reads the head.
///
/// # Errors
/// [`crate::ServiceError::NotFound`].
pub async fn head(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    locale: Locale,
) -> Result<Head> {
    Ok(sqlx::query_as!(
        Head,
        r#"select u.surname, u.given_name, u.email, u.username, coalesce(u.external_id, u.id) as "external_id!", u.locale,
             u.state, u.version, c.mobile as "phone?",
             coalesce(case $3 when 'de' then n.name_de when 'fr' then n.name_fr when 'en' then n.name_en end, n.name) as "unit?"
           from users u
           left join units n on n.organisation_id = u.organisation_id and n.id = u.unit_id
           left join user_contacts c on c.organisation_id = u.organisation_id and c.user_id = u.id
           where u.organisation_id = $1 and u.id = $2"#,
        organisation.0,
        user.0,
        locale.code(),
    )
    .fetch_one(conn)
    .await?)
}

/// The profiles of a user that are not archived, the default one first, with their grants.
///
/// # Errors
/// Where the database fails.
pub async fn profiles(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Vec<DraftProfile>> {
    let rows = sqlx::query!(
        "select id, name, state from profiles
         where organisation_id = $1 and user_id = $2 and state <> 'archived' order by is_default desc, id",
        organisation.0,
        user.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let grants = sqlx::query!(
        "select r.profile_id, r.group_id, r.unit_id, r.valid_from, r.valid_until, r.pass_on
         from grants r
         join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
         left join units t on (t.organisation_id, t.id) = (r.organisation_id, r.unit_id)
         where r.organisation_id = $1 and r.user_id = $2
         order by g.position, g.id, t.name nulls first, r.id",
        organisation.0,
        user.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|p| DraftProfile {
            id: Some(ProfileId(p.id)),
            name: p.name,
            state: ProfileState::from_code(&p.state).unwrap_or_default(),
            grants: grants
                .iter()
                .filter(|g| g.profile_id == p.id)
                .map(|g| DraftGrant {
                    role: GroupId(g.group_id),
                    unit: g.unit_id.map(UnitId),
                    from: g.valid_from.map(|d| d.to_jiff()),
                    until: g.valid_until.map(|d| d.to_jiff()),
                    pass_on: g.pass_on,
                })
                .collect(),
        })
        .collect())
}

/// A unit with its place in the tree.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its number.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// From the root to it.
    pub path: Vec<UnitId>,
    /// Grants may be made in it.
    pub active: bool,
}

/// The units of the organisation, parents before children, brothers by name.
///
/// # Errors
/// Where the database fails.
pub async fn units(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    locale: Locale,
) -> Result<Vec<Unit>> {
    let rows = sqlx::query!(
        r#"with recursive named as (
             select id, parent_id, path, state,
               coalesce(case $2 when 'de' then name_de when 'fr' then name_fr when 'en' then name_en end, name) as name
             from units where organisation_id = $1),
           tree as (
             select id, name, path, state, array[fold(name) || chr(1) || id::text] as place from named
             where parent_id is null
             union all
             select u.id, u.name, u.path, u.state, t.place || (fold(u.name) || chr(1) || u.id::text)
             from named u join tree t on t.id = u.parent_id)
           select id as "id!", name as "name!", path as "path!", (state = 'active') as "active!" from tree order by place"#,
        organisation.0,
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Unit {
            id: UnitId(r.id),
            name: r.name,
            path: r.path.into_iter().map(UnitId).collect(),
            active: r.active,
        })
        .collect())
}

/// What the actor may pass on, by the grants valid now: delegated management only where it
/// was given with representation.
///
/// # Errors
/// Where the database fails.
pub async fn granter(conn: &mut PgConnection, actor: &Actor, now: Timestamp) -> Result<Granter> {
    let Some(user) = actor.user else {
        return Ok(Granter {
            held: actor.held.clone(),
            passable: actor.held.clone(),
            federal: true,
        });
    };
    let rows = sqlx::query!(
        "select g.rights, g.category, r.unit_id, r.pass_on
         from grants r
         join profiles f on f.organisation_id = r.organisation_id and f.id = r.profile_id and f.state = 'active'
         join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
         join organisations o on o.id = r.organisation_id
         where r.organisation_id = $1 and r.user_id = $2 and ($4::bigint is null or r.profile_id = $4)
           and (r.valid_from is null or r.valid_from <= ($3::timestamptz at time zone o.time_zone)::date)
           and (r.valid_until is null or r.valid_until >= ($3::timestamptz at time zone o.time_zone)::date)",
        actor.organisation.0,
        user.0,
        now.to_sqlx() as _,
        actor.profile.map(|p| p.0),
    )
    .fetch_all(conn)
    .await?;
    let federal = actor
        .held
        .iter()
        .any(|h| h.right == Right::Administer && h.unit.is_none())
        || rows.iter().any(|r| {
            r.category == FEDERAL && rights(&r.rights).contains(&Right::ManageAuthorisations)
        });
    let passable = rows
        .iter()
        .filter(|r| r.category != DELEGATION || r.pass_on)
        .flat_map(|r| {
            let unit = r.unit_id.map(UnitId);
            rights(&r.rights)
                .into_iter()
                .map(move |right| Held { right, unit })
        })
        .collect();
    Ok(Granter {
        held: actor.held.clone(),
        passable,
        federal,
    })
}

/// Adds a profile; the first of a user is the default one.
///
/// # Errors
/// Where the database fails.
pub async fn add_profile(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    name: &str,
    category: &str,
) -> Result<ProfileId> {
    Ok(ProfileId(
        sqlx::query_scalar!(
            "insert into profiles (organisation_id, user_id, name, category, is_default)
             values ($1, $2, $3, $4, not exists (
               select from profiles p where p.organisation_id = $1 and p.user_id = $2 and p.is_default))
             returning id",
            organisation.0,
            user.0,
            name,
            category,
        )
        .fetch_one(tx)
        .await?,
    ))
}

/// Renames a profile and sets its category and state.
///
/// # Errors
/// Where the database fails.
pub async fn write_profile(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    profile: ProfileId,
    name: &str,
    category: Option<&str>,
    state: ProfileState,
) -> Result<()> {
    sqlx::query!(
        "update profiles set name = $3, category = coalesce($4, category), state = $5,
           is_default = is_default and $5 <> 'archived'
         where organisation_id = $1 and id = $2",
        organisation.0,
        profile.0,
        name,
        category,
        state.code(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Adds a grant to a profile.
///
/// # Errors
/// Where the database fails.
pub async fn add_grant(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    profile: ProfileId,
    user: UserId,
    grant: &DraftGrant,
) -> Result<()> {
    sqlx::query!(
        "insert into grants (organisation_id, profile_id, user_id, group_id, unit_id, valid_from, valid_until, pass_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        organisation.0,
        profile.0,
        user.0,
        grant.role.0,
        grant.unit.map(|u| u.0),
        grant.from.map(|d| d.to_sqlx()) as _,
        grant.until.map(|d| d.to_sqlx()) as _,
        grant.pass_on,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes a grant from a profile.
///
/// # Errors
/// Where the database fails.
pub async fn remove_grant(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    profile: ProfileId,
    grant: &DraftGrant,
) -> Result<()> {
    sqlx::query!(
        "delete from grants where organisation_id = $1 and profile_id = $2 and group_id = $3
           and unit_id is not distinct from $4",
        organisation.0,
        profile.0,
        grant.role.0,
        grant.unit.map(|u| u.0),
    )
    .execute(tx)
    .await?;
    Ok(())
}
