//! Sessions, sign-in attempts and what a live session may do.

mod attempts;
mod own;
mod profile;
mod view;

pub use attempts::{Standing, begin_attempt, finish_attempt, forget_attempts, standing};
pub use own::{
    Account, Fits, Locked, account, account_of, lock, promote, replace_password, signed_in,
};
pub use profile::{confirmed, profiles, set_profile};
pub use view::{keep, view};

use crate::error::Result;
use domain::{
    Locale, OrganisationId, ProfileId, UnitId, UserId,
    access::{Actor, Held, Placed, narrow},
    session::{OwnSession, Resumed},
    user::full_name,
};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Without any request for so long, a session ends.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// However busy, a session ends after so long.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// How exactly the last use is kept: a write a minute, not one a request.
const TOUCH: SignedDuration = SignedDuration::from_mins(1);

/// A session to be written.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// The organisation and the user signed in.
    pub user: (OrganisationId, UserId),
    /// SHA-256 of the token.
    pub token_hash: &'a [u8],
    /// What the browser calls itself.
    pub user_agent: &'a str,
    /// Only choosing an own password is allowed.
    pub must_change_password: bool,
}

/// Writes a session that begins at `at`.
///
/// # Errors
/// Where the database fails.
pub async fn insert(tx: &mut PgConnection, new: &NewSession<'_>, at: Timestamp) -> Result<()> {
    sqlx::query!(
        "insert into sessions (organisation_id, token_hash, user_id, created_at, last_seen_at, ends_at,
           authenticated_at, user_agent, must_change_password)
         values ($1, $2, $3, $4, $4, $5, $4, $6, $7)",
        new.user.0.0,
        new.token_hash,
        new.user.1.0,
        at.to_sqlx() as _,
        (at + ABSOLUTE).to_sqlx() as _,
        new.user_agent,
        new.must_change_password,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The live session of a token and the rights of its user now, in one statement. With
/// `touch` the idle time begins anew.
///
/// # Errors
/// Where the database fails.
pub async fn resume(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    token_hash: &[u8],
    at: Timestamp,
    touch: bool,
) -> Result<Option<Resumed>> {
    let row = sqlx::query!(
        r#"with live as (
             select s.user_id, s.must_change_password, s.last_seen_at, s.ends_at, s.authenticated_at, c.id as chosen,
                    u.surname, u.given_name, coalesce(p.locale, u.locale) as locale,
                    ($3::timestamptz at time zone o.time_zone)::date as today, o.kind, w.path as unit_path,
                    exists (select from terms_acceptances a where a.organisation_id = s.organisation_id
                      and a.user_id = s.user_id and a.version = $7) as accepted
             from sessions s
             join users u on u.organisation_id = s.organisation_id and u.id = s.user_id and u.state = 'active'
             join organisations o on o.id = s.organisation_id
             left join profiles c on c.organisation_id = s.organisation_id and c.id = s.profile_id
               and c.user_id = s.user_id and c.state = 'active'
             left join preferences p on p.organisation_id = s.organisation_id and p.user_id = s.user_id
             left join units w on w.organisation_id = s.organisation_id and w.id = s.unit_id and w.state = 'active'
             where s.organisation_id = $1 and s.token_hash = $2 and s.ends_at > $3 and s.last_seen_at > $4
               and password_off_since(s.organisation_id, s.user_id, $3) is null),
           touched as (
             update sessions set last_seen_at = $3
             where organisation_id = $1 and token_hash = $2 and $6
               and exists (select from live where live.last_seen_at <= $5))
           select l.user_id, l.must_change_password, l.last_seen_at as "last_seen_at!", l.ends_at, l.authenticated_at,
                  l.surname, l.given_name, l.locale as "locale!", l.kind, l.unit_path as "unit_path?", l.accepted as "accepted!",
                  l.chosen as "chosen?",
                  (select count(distinct g.profile_id) from grants g
                    join profiles f on f.organisation_id = g.organisation_id and f.id = g.profile_id and f.state = 'active'
                    where g.organisation_id = $1 and g.user_id = l.user_id
                      and (g.valid_from is null or g.valid_from <= l.today)
                      and (g.valid_until is null or g.valid_until >= l.today)) as "profiles!",
                  coalesce((
                    select jsonb_agg(distinct jsonb_build_object('right', r.code, 'unit', g.unit_id, 'path', n.path))
                    from grants g
                    left join units n on n.organisation_id = g.organisation_id and n.id = g.unit_id
                    join profiles f on f.organisation_id = g.organisation_id and f.id = g.profile_id and f.state = 'active'
                    join groups a on a.organisation_id = g.organisation_id and a.id = g.group_id
                    cross join unnest(a.rights) as r(code)
                    where g.organisation_id = $1 and g.user_id = l.user_id
                      and (l.chosen is null or g.profile_id = l.chosen)
                      and (g.valid_from is null or g.valid_from <= l.today)
                      and (g.valid_until is null or g.valid_until >= l.today)), '[]') as "held!"
           from live l"#,
        organisation.0,
        token_hash,
        at.to_sqlx() as _,
        (at - IDLE).to_sqlx() as _,
        (at - TOUCH).to_sqlx() as _,
        touch,
        domain::terms::VERSION,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| {
        let must_choose = r.chosen.is_none() && r.profiles > 1;
        // Until a profile is chosen nothing is held.
        let all = if must_choose {
            Vec::new()
        } else {
            placed(&r.held)
        };
        let path: Vec<UnitId> = r
            .unit_path
            .unwrap_or_default()
            .into_iter()
            .map(UnitId)
            .collect();
        let whole: Vec<Held> = all.iter().map(|p| p.held).collect();
        let narrowed = narrow(&all, &path);
        let unit = narrowed.as_ref().and_then(|_| path.last().copied());
        let seen = r.last_seen_at.to_jiff();
        let seen = if touch && seen <= at - TOUCH {
            at
        } else {
            seen
        };
        Resumed {
            ends_at: (seen + IDLE).min(r.ends_at.to_jiff()),
            actor: Actor {
                organisation,
                user: Some(UserId(r.user_id)),
                name: full_name(&r.surname, &r.given_name),
                locale: r.locale.parse().unwrap_or(Locale::It),
                must_accept_terms: !r.accepted
                    && r.kind
                        .parse()
                        .is_ok_and(|kind| domain::terms::concern(kind, &whole)),
                held: narrowed.unwrap_or_else(|| whole.clone()),
                must_change_password: r.must_change_password,
                profile: r.chosen.map(ProfileId),
                must_choose_profile: must_choose,
                authenticated_at: Some(r.authenticated_at.to_jiff()),
            },
            profiles: u32::try_from(r.profiles).unwrap_or(u32::MAX),
            whole,
            unit,
        }
    }))
}

/// Rights with their units; a code this release does not know gives nothing.
fn placed(rows: &serde_json::Value) -> Vec<Placed> {
    let mut all: Vec<Placed> = rows
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| {
            let right = row.get("right")?.as_str()?.parse().ok()?;
            let unit = row
                .get("unit")
                .and_then(serde_json::Value::as_i64)
                .map(UnitId);
            let path = row.get("path").and_then(serde_json::Value::as_array);
            Some(Placed {
                held: Held { right, unit },
                path: path
                    .into_iter()
                    .flatten()
                    .filter_map(|n| n.as_i64().map(UnitId))
                    .collect(),
            })
        })
        .collect();
    all.sort_by_key(|p| (p.held.right, p.held.unit));
    all
}

/// Ends one session. `false` where it had ended already.
///
/// # Errors
/// Where the database fails.
pub async fn end(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    token_hash: &[u8],
) -> Result<bool> {
    let done = sqlx::query!(
        "delete from sessions where organisation_id = $1 and token_hash = $2",
        organisation.0,
        token_hash
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes the unit the session's person works in.
///
/// # Errors
/// Where the database fails.
pub async fn set_unit(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    token_hash: &[u8],
    unit: Option<UnitId>,
) -> Result<()> {
    sqlx::query!(
        "update sessions set unit_id = $3 where organisation_id = $1 and token_hash = $2",
        organisation.0,
        token_hash,
        unit.map(|u| u.0),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends every session of a user but one (or all), and tells how many those were. Part of
/// deactivating, of archiving and of each new password.
///
/// # Errors
/// Where the database fails.
pub async fn end_all(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    but: Option<&[u8]>,
) -> Result<u64> {
    let done = sqlx::query!(
        "delete from sessions where organisation_id = $1 and user_id = $2 and ($3::bytea is null or token_hash <> $3)",
        organisation.0,
        user.0,
        but,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}

/// The live sessions of a user, the last used first. `current` is the hash of the token
/// that asks.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    current: &[u8],
    at: Timestamp,
) -> Result<Vec<OwnSession>> {
    let rows = sqlx::query!(
        "select token_hash, created_at, last_seen_at, user_agent from sessions
         where organisation_id = $1 and user_id = $2 and ends_at > $3 and last_seen_at > $4
         order by last_seen_at desc, created_at desc",
        organisation.0,
        user.0,
        at.to_sqlx() as _,
        (at - IDLE).to_sqlx() as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| OwnSession {
            current: r.token_hash == current,
            reference: hex::encode(&r.token_hash),
            created_at: r.created_at.to_jiff(),
            last_seen_at: r.last_seen_at.to_jiff(),
            user_agent: r.user_agent,
        })
        .collect())
}

/// Ends a user's session by its reference. `false` where there is none.
///
/// # Errors
/// Where the database fails.
pub async fn end_own(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    token_hash: &[u8],
) -> Result<bool> {
    let done = sqlx::query!(
        "delete from sessions where organisation_id = $1 and user_id = $2 and token_hash = $3",
        organisation.0,
        user.0,
        token_hash
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Removes sessions that ended before `at`.
///
/// # Errors
/// Where the database fails.
pub async fn forget_ended(conn: &mut PgConnection, at: Timestamp) -> Result<u64> {
    let done = sqlx::query!(
        "delete from sessions where ends_at <= $1 or last_seen_at <= $2",
        at.to_sqlx() as _,
        (at - IDLE).to_sqlx() as _,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
