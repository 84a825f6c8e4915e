//! Groups on their own page: read whole, created, changed, deleted; and what they demand of
//! passwords.

use crate::error::{Result, on_constraint};
use domain::{
    GroupId, OrganisationId, UserId,
    access::Right,
    group::{GroupEdit, PASSWORD_MIN},
    problem::Conflict,
};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A group as stored.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "columns")]
pub struct Stored {
    pub id: GroupId,
    pub code: String,
    pub edit: GroupEdit,
    /// Somebody is in it, archived or not.
    pub used: bool,
    pub version: i32,
}

/// Holds the organisation's groups until the transaction ends: of two people who save at
/// once the second sees what the first one did, names included.
///
/// # Errors
/// Where the database fails.
pub async fn hold(tx: &mut PgConnection, organisation: OrganisationId) -> Result<()> {
    sqlx::query!(
        "select id from groups where organisation_id = $1 order by id for no key update",
        organisation.0,
    )
    .fetch_all(tx)
    .await?;
    Ok(())
}

/// Every group in the organisation's order; with `id` that one.
///
/// # Errors
/// Where the database fails.
pub async fn read(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: Option<GroupId>,
) -> Result<Vec<Stored>> {
    let rows = sqlx::query!(
        r#"select g.id, g.code, g.name_it, g.name_de, g.name_fr, g.name_en, g.rights, g.password_off_from, g.password_min,
             g.version, exists (select from grants r where r.organisation_id = $1 and r.group_id = g.id) as "used!"
           from groups g where g.organisation_id = $1 and ($2::bigint is null or g.id = $2) order by g.position, g.id"#,
        organisation.0,
        id.map(|g| g.0),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Stored {
            id: GroupId(r.id),
            code: r.code,
            edit: GroupEdit {
                names: [r.name_it, r.name_de, r.name_fr, r.name_en],
                rights: Right::ALL
                    .into_iter()
                    .filter(|right| r.rights.iter().any(|code| code == right.code()))
                    .collect(),
                password_off_from: r.password_off_from.map(|d| d.to_jiff()),
                password_min: least(r.password_min),
            },
            used: r.used,
            version: r.version,
        })
        .collect())
}

/// What is stored: nothing where the group asks for no more than everybody has.
fn demanded(edit: &GroupEdit) -> Option<i16> {
    (edit.password_min > PASSWORD_MIN).then(|| edit.password_min.into())
}

fn least(stored: Option<i16>) -> u8 {
    stored
        .and_then(|n| u8::try_from(n).ok())
        .unwrap_or(PASSWORD_MIN)
        .max(PASSWORD_MIN)
}

/// How many characters the user's password has at least: the most that one of their groups
/// asks for.
///
/// # Errors
/// Where the database fails.
pub async fn password_min(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<usize> {
    let most = sqlx::query_scalar!(
        "select max(g.password_min) from grants r
           join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
         where r.organisation_id = $1 and r.user_id = $2",
        organisation.0,
        user.0,
    )
    .fetch_one(conn)
    .await?;
    Ok(least(most).into())
}

fn codes(rights: &[Right]) -> Vec<String> {
    rights.iter().map(|r| r.code().to_owned()).collect()
}

/// Which of the four names another group bears already, written in capitals or not.
///
/// # Errors
/// Where the database fails.
pub async fn taken(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    but: Option<GroupId>,
    names: &[String; 4],
) -> Result<[bool; 4]> {
    let [it, de, fr, en] = names;
    let row = sqlx::query!(
        r#"select coalesce(bool_or(lower(name_it) = lower($3)), false) as "it!", coalesce(bool_or(lower(name_de) = lower($4)), false) as "de!",
             coalesce(bool_or(lower(name_fr) = lower($5)), false) as "fr!", coalesce(bool_or(lower(name_en) = lower($6)), false) as "en!"
           from groups where organisation_id = $1 and id is distinct from $2"#,
        organisation.0,
        but.map(|g| g.0),
        it,
        de,
        fr,
        en,
    )
    .fetch_one(conn)
    .await?;
    Ok([row.it, row.de, row.fr, row.en])
}

/// Writes a new group behind the others. Where its address is taken (by a group that bears
/// another name by now) it gets a number.
///
/// # Errors
/// Where the database fails.
pub async fn insert(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    (code, category): (&str, &str),
    edit: &GroupEdit,
) -> Result<GroupId> {
    let [it, de, fr, en] = &edit.names;
    let id = sqlx::query_scalar!(
        "insert into groups (organisation_id, code, name_it, name_de, name_fr, name_en, rights, password_off_from, password_min, category, position)
         select $1, (select free from (
             select $2 as free, 1 as n union all select $2 || '-' || n, n from generate_series(2, 1000) n) f
             where not exists (select from groups t where t.organisation_id = $1 and t.code = f.free) order by n limit 1),
           $3, $4, $5, $6, $7, $8, $9, $10, coalesce(max(position), 0) + 1
         from groups where organisation_id = $1 returning id",
        organisation.0,
        code,
        it,
        de,
        fr,
        en,
        &codes(&edit.rights),
        edit.password_off_from.map(|d| d.to_sqlx()) as _,
        demanded(edit),
        category,
    )
    .fetch_one(tx)
    .await?;
    Ok(GroupId(id))
}

/// Changes names, rights and what is demanded of passwords.
///
/// # Errors
/// Where the database fails.
pub async fn update(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: GroupId,
    edit: &GroupEdit,
) -> Result<()> {
    let [it, de, fr, en] = &edit.names;
    sqlx::query!(
        "update groups set name_it = $3, name_de = $4, name_fr = $5, name_en = $6, rights = $7, password_off_from = $8,
           password_min = $9, version = version + 1
         where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        it,
        de,
        fr,
        en,
        &codes(&edit.rights),
        edit.password_off_from.map(|d| d.to_sqlx()) as _,
        demanded(edit),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Deletes a group that nobody is in; `false` where somebody is.
///
/// # Errors
/// Where the database fails.
pub async fn delete(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: GroupId,
) -> Result<bool> {
    let done = sqlx::query!(
        "delete from groups g where g.organisation_id = $1 and g.id = $2
           and not exists (select from grants r where r.organisation_id = $1 and r.group_id = g.id)",
        organisation.0,
        id.0,
    )
    .execute(tx)
    .await
    // Somebody is put into it at this very moment.
    .map_err(|e| on_constraint(e, "grants_organisation_id_group_id_fkey", Conflict::TooLate))?;
    Ok(done.rows_affected() > 0)
}

/// Since when the user may not enter with a password, because none of their groups may;
/// `None`: they may.
///
/// # Errors
/// Where the database fails.
pub async fn password_off(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    now: jiff::Timestamp,
) -> Result<Option<Date>> {
    let since = sqlx::query_scalar!(
        "select password_off_since($1, $2, $3)",
        organisation.0,
        user.0,
        now.to_sqlx() as _,
    )
    .fetch_one(conn)
    .await?;
    Ok(since.map(|d| d.to_jiff()))
}

/// Whether any group enters without a password by now. Most organisations have none, and
/// then nobody is asked one by one.
///
/// # Errors
/// Where the database fails.
pub async fn some_off(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    now: jiff::Timestamp,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
             select from groups g join organisations o on o.id = g.organisation_id
             where g.organisation_id = $1 and g.password_off_from <= ($2::timestamptz at time zone o.time_zone)::date) as "yes!""#,
        organisation.0,
        now.to_sqlx() as _,
    )
    .fetch_one(conn)
    .await?)
}

/// Since when whoever stands behind a session may not enter with a password any more.
///
/// # Errors
/// Where the database fails.
pub async fn session_off(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    token_hash: &[u8],
    now: jiff::Timestamp,
) -> Result<Option<Date>> {
    let since = sqlx::query_scalar!(
        "select password_off_since(s.organisation_id, s.user_id, $3) from sessions s
         where s.organisation_id = $1 and s.token_hash = $2 and s.ends_at > $3",
        organisation.0,
        token_hash,
        now.to_sqlx() as _,
    )
    .fetch_optional(conn)
    .await?;
    Ok(since.flatten().map(|d| d.to_jiff()))
}

/// Whether the user administers the whole organisation by what is granted now.
///
/// # Errors
/// Where the database fails.
pub async fn administers(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    now: jiff::Timestamp,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
             select from grants r
             join organisations o on o.id = r.organisation_id
             join profiles f on f.organisation_id = r.organisation_id and f.id = r.profile_id and f.state = 'active'
             join groups g on g.organisation_id = r.organisation_id and g.id = r.group_id and 'administer' = any(g.rights)
             where r.organisation_id = $1 and r.user_id = $2 and r.unit_id is null
               and (r.valid_from is null or r.valid_from <= ($3::timestamptz at time zone o.time_zone)::date)
               and (r.valid_until is null or r.valid_until >= ($3::timestamptz at time zone o.time_zone)::date)) as "yes!""#,
        organisation.0,
        user.0,
        now.to_sqlx() as _,
    )
    .fetch_one(conn)
    .await?)
}
