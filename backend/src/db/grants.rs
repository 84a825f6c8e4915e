//! Grants: which groups a user is in, where and until when.

use crate::error::Result;
use domain::{
    GroupId, Locale, OrganisationId, UnitId, UserId,
    access::{Actor, Denied, Right, RoleFacts, decide_on_account, decide_on_holder},
    user::{GrantView, GroupName},
};
use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A group with what deciding about it needs.
#[derive(Clone, Debug)]
pub struct Group {
    /// Number, code and name in the reader's language.
    pub name: GroupName,
    /// Rights it carries.
    pub rights: Vec<Right>,
    /// Roles of different categories need different profiles (X21).
    pub category: String,
}

impl Group {
    /// What deciding about granting it needs.
    pub fn facts(&self) -> RoleFacts<'_> {
        RoleFacts {
            code: &self.name.code,
            category: &self.category,
            rights: &self.rights,
        }
    }
}

/// Every group of the organisation, in its order.
///
/// # Errors
/// Where the database fails.
pub async fn groups(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    locale: Locale,
) -> Result<Vec<Group>> {
    let rows = sqlx::query!(
        r#"select id, code, rights, category, case $2 when 'de' then name_de when 'fr' then name_fr
             when 'en' then name_en else name_it end as "name!"
           from groups where organisation_id = $1 order by position, id"#,
        organisation.0,
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Group {
            name: GroupName {
                id: GroupId(r.id),
                code: r.code,
                name: r.name,
            },
            rights: rights(&r.rights),
            category: r.category,
        })
        .collect())
}

pub(super) fn rights(codes: &[String]) -> Vec<Right> {
    codes.iter().filter_map(|c| c.parse().ok()).collect()
}

/// Every right that the account's groups carry, whatever their dates: the measure for
/// who may touch it.
///
/// # Errors
/// Where the database fails.
pub async fn rights_of(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Vec<Right>> {
    let codes = sqlx::query_scalar!(
        r#"select distinct unnest(g.rights) as "right!"
           from grants r join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
           where r.organisation_id = $1 and r.user_id = $2"#,
        organisation.0,
        user.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rights(&codes))
}

/// Whether the actor may act on the account at all, whatever the dates of its grants.
///
/// # Errors
/// [`Denied::Stronger`].
pub async fn decide_on(conn: &mut PgConnection, actor: &Actor, user: UserId) -> Result<()> {
    if may_act_on(conn, actor, user).await? {
        Ok(())
    } else {
        Err(Denied::Stronger.into())
    }
}

/// As [`decide_on`], for a page that only asks. One's own account is never the stronger one,
/// in whichever unit one works.
///
/// # Errors
/// Where the database fails.
pub async fn may_act_on(conn: &mut PgConnection, actor: &Actor, user: UserId) -> Result<bool> {
    let rows = sqlx::query!(
        r#"select g.rights, t.path as "path?"
           from grants r join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
           left join units t on (t.organisation_id, t.id) = (r.organisation_id, r.unit_id)
           where r.organisation_id = $1 and r.user_id = $2 and g.rights <> '{}'"#,
        actor.organisation.0,
        user.0,
    )
    .fetch_all(conn)
    .await?;
    let held: Vec<_> = rows
        .into_iter()
        .map(|r| {
            let path = r.path.map(|p| p.into_iter().map(UnitId).collect());
            (rights(&r.rights), path)
        })
        .collect();
    Ok(if actor.user == Some(user) {
        held.iter()
            .all(|(r, _)| decide_on_account(actor, r).is_ok())
    } else {
        decide_on_holder(actor, &held).is_ok()
    })
}

/// A grant as stored.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its number.
    pub id: i64,
    /// The group, named in the reader's language.
    pub group: GroupName,
    /// The unit it is limited to, with its name.
    pub unit: Option<(UnitId, String)>,
    /// First day.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_until: Option<Date>,
    /// It lies within the units asked about.
    pub inside: bool,
}

impl From<Grant> for GrantView {
    fn from(g: Grant) -> Self {
        Self {
            group: g.group,
            unit: g.unit,
            valid_from: g.valid_from,
            valid_until: g.valid_until,
        }
    }
}

/// The grants of a user, each marked whether it lies within `units` (`None`: all do).
///
/// # Errors
/// Where the database fails.
pub async fn of_user(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    units: Option<&[i64]>,
    locale: Locale,
) -> Result<Vec<Grant>> {
    let rows = sqlx::query!(
        r#"select r.id, r.group_id, g.code, r.unit_id, r.valid_from, r.valid_until,
             coalesce(case $4 when 'de' then t.name_de when 'fr' then t.name_fr when 'en' then t.name_en end, t.name) as "unit_name?",
             case $4 when 'de' then g.name_de when 'fr' then g.name_fr when 'en' then g.name_en
               else g.name_it end as "name!",
             ($3::bigint[] is null or coalesce(t.path && $3, false)) as "inside!"
           from grants r
           join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
           left join units t on (t.organisation_id, t.id) = (r.organisation_id, r.unit_id)
           where r.organisation_id = $1 and r.user_id = $2
           order by g.position, g.id, t.name nulls first, r.id"#,
        organisation.0,
        user.0,
        units as _,
        locale.code(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Grant {
            id: r.id,
            group: GroupName {
                id: GroupId(r.group_id),
                code: r.code,
                name: r.name,
            },
            unit: r
                .unit_id
                .map(|id| (UnitId(id), r.unit_name.unwrap_or_default())),
            valid_from: r.valid_from.map(|d| d.to_jiff()),
            valid_until: r.valid_until.map(|d| d.to_jiff()),
            inside: r.inside,
        })
        .collect())
}

/// The profile that holds grants of this category; made where the user has none. The
/// first profile of a user is the default one.
///
/// # Errors
/// Where the database fails.
pub async fn profile_for(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    category: &str,
) -> Result<i64> {
    let found = sqlx::query_scalar!(
        "select id from profiles where organisation_id = $1 and user_id = $2 and category = $3 and state = 'active'
         order by is_default desc, id limit 1",
        organisation.0,
        user.0,
        category,
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(id) = found {
        return Ok(id);
    }
    let id = sqlx::query_scalar!(
        "insert into profiles (organisation_id, user_id, category, is_default)
         values ($1, $2, $3, not exists (
           select from profiles p where p.organisation_id = $1 and p.user_id = $2 and p.is_default))
         returning id",
        organisation.0,
        user.0,
        category,
    )
    .fetch_one(tx)
    .await?;
    Ok(id)
}

/// What a grant says, apart from whose it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The unit it is limited to.
    pub unit: Option<UnitId>,
    /// First day.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_until: Option<Date>,
}

/// Whether a grant limited to `unit` (`None`: everywhere) lies within `units` (`None`: all do).
///
/// # Errors
/// Where the database fails.
pub async fn is_inside(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    unit: Option<UnitId>,
    units: Option<&[i64]>,
) -> Result<bool> {
    match (unit, units) {
        (_, None) => Ok(true),
        (None, Some(_)) => Ok(false),
        (Some(unit), Some(units)) => Ok(sqlx::query_scalar!(
            r#"select exists (select from units where organisation_id = $1 and id = $2 and path && $3) as "inside!""#,
            organisation.0,
            unit.0,
            units,
        )
        .fetch_one(conn)
        .await?),
    }
}

/// Adds a grant; one that is there already stays as it is.
///
/// # Errors
/// Where the database fails.
pub async fn add(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    profile: i64,
    user: UserId,
    group: GroupId,
    terms: Terms,
) -> Result<()> {
    sqlx::query!(
        "insert into grants (organisation_id, profile_id, user_id, group_id, unit_id, valid_from, valid_until)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        organisation.0,
        profile,
        user.0,
        group.0,
        terms.unit.map(|u| u.0),
        terms.valid_from.map(|d| d.to_sqlx()) as _,
        terms.valid_until.map(|d| d.to_sqlx()) as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes grants away.
///
/// # Errors
/// Where the database fails.
pub async fn remove(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    ids: &[i64],
) -> Result<()> {
    sqlx::query!(
        "delete from grants where organisation_id = $1 and id = any($2)",
        organisation.0,
        ids
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What the newest change of groups recorded: version after it, and the grants before it.
///
/// # Errors
/// Where the database fails.
pub async fn last_change(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Option<(i64, serde_json::Value)>> {
    let row = sqlx::query!(
        r#"select (after ->> 'version')::bigint as version, before -> 'groups' as groups from audit
           where organisation_id = $1 and object_kind = 'user' and object_id = $2 and action = 'user.groups_changed'
           order by id desc limit 1"#,
        organisation.0,
        user.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|r| Some((r.version?, r.groups?))))
}

/// Roles of one user whose last day is over.
#[derive(Debug)]
pub struct Ended {
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// Whose roles.
    pub user: UserId,
    /// Surname and given name.
    pub name: String,
    /// The grants.
    pub grants: Vec<i64>,
}

/// Holds users with roles whose last day is over, at most `most`; those another worker
/// holds are passed over.
///
/// # Errors
/// Where the database fails.
pub async fn ended(tx: &mut PgConnection, now: Timestamp, most: i64) -> Result<Vec<Ended>> {
    let rows = sqlx::query!(
        r#"select u.organisation_id, u.id, trim(u.surname || ' ' || u.given_name) as "name!",
             array(select g.id from grants g where g.organisation_id = u.organisation_id and g.user_id = u.id
                   and g.valid_until < ($1::timestamptz at time zone o.time_zone)::date) as "grants!"
           from users u join organisations o on o.id = u.organisation_id
           where exists (select from grants g where g.organisation_id = u.organisation_id and g.user_id = u.id
             and g.valid_until < ($1::timestamptz at time zone o.time_zone)::date)
           order by u.organisation_id, u.id limit $2 for no key update of u skip locked"#,
        now.to_sqlx() as _,
        most,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Ended {
            organisation: OrganisationId(r.organisation_id),
            user: UserId(r.id),
            name: r.name,
            grants: r.grants,
        })
        .collect())
}
