//! The chain of the trail: each entry's hash covers the one before, by organisation.

use crate::error::Result;
use domain::OrganisationId;
use sqlx::PgConnection;

/// A place of the chain; position 0 with no hash is before the first entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Place, from 1.
    pub position: i64,
    /// Hash of the entry that stands there.
    pub hash: Option<Vec<u8>>,
}

/// An entry that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Its place; `None` where it never came into the chain.
    pub position: Option<i64>,
    /// Its number.
    pub entry: i64,
    /// It stands in the trail.
    pub there: bool,
}

/// Organisations with entries that wait.
///
/// # Errors
/// Where the database fails.
pub async fn waiting(conn: &mut PgConnection) -> Result<Vec<OrganisationId>> {
    let ids = sqlx::query_scalar!(
        "select o.id from organisations o
         where exists (select from audit_unchained w where w.organisation_id = o.id) order by o.id"
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(OrganisationId).collect())
}

/// Chains at most `most` entries that wait; answers how many.
///
/// # Errors
/// Where the database fails.
pub async fn extend(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    most: i32,
) -> Result<i64> {
    let done = sqlx::query_scalar!(
        r#"select chain_audit($1, $2) as "n!""#,
        organisation.0,
        most
    )
    .fetch_one(conn)
    .await?;
    Ok(done)
}

/// Looks at `most` places behind `from`: the last of them, or the first that does not fit.
/// Behind the last place it answers `from` again.
///
/// # Errors
/// Where the database fails.
pub async fn look(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    from: &Link,
    most: i64,
) -> Result<std::result::Result<Link, Misfit>> {
    let row = sqlx::query!(
        r#"with block as materialized (
             select c.position, c.audit_id, c.hash, lag(c.hash, 1, $3::bytea) over w as previous,
               lag(c.position, 1, $2::bigint) over w as before
             from audit_chain c where c.organisation_id = $1 and c.position > $2
             window w as (order by c.position) order by c.position limit $4),
           judged as materialized (
             select b.position, b.audit_id, b.hash, a.id is not null as there,
               (a.id is null or b.position <> b.before + 1 or audit_hash(b.previous, a) <> b.hash) as misfit
             from block b left join audit a on a.organisation_id = $1 and a.id = b.audit_id)
           select position as "position!", audit_id as "audit_id!", hash as "hash!", there as "there!",
             misfit as "misfit!"
           from judged order by misfit desc, case when misfit then position else -position end limit 1"#,
        organisation.0,
        from.position,
        from.hash.as_deref(),
        most,
    )
    .fetch_optional(conn)
    .await?;
    Ok(match row {
        None => Ok(from.clone()),
        Some(r) if r.misfit => Err(Misfit {
            position: Some(r.position),
            entry: r.audit_id,
            there: r.there,
        }),
        Some(r) => Ok(Link {
            position: r.position,
            hash: Some(r.hash),
        }),
    })
}

/// The first entry that is neither in the chain nor waiting for it, or waits and is gone:
/// it came or went past the product.
///
/// # Errors
/// Where the database fails.
pub async fn stray(
    conn: &mut PgConnection,
    organisation: OrganisationId,
) -> Result<Option<Misfit>> {
    let row = sqlx::query!(
        r#"select a.id as "entry!", true as "there!" from audit a
           where a.organisation_id = $1
             and not exists (select from audit_chain c where c.organisation_id = $1 and c.audit_id = a.id)
             and not exists (select from audit_unchained w where w.organisation_id = $1 and w.audit_id = a.id)
           union all
           select w.audit_id, false from audit_unchained w
           where w.organisation_id = $1
             and not exists (select from audit a where a.organisation_id = $1 and a.id = w.audit_id)
           order by 1 limit 1"#,
        organisation.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| Misfit {
        position: None,
        entry: r.entry,
        there: r.there,
    }))
}

/// Every organisation with its code, by code.
///
/// # Errors
/// Where the database fails.
pub async fn organisations(conn: &mut PgConnection) -> Result<Vec<(OrganisationId, String)>> {
    let rows = sqlx::query!("select id, code from organisations order by code")
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|r| (OrganisationId(r.id), r.code))
        .collect())
}

/// When an entry was written and what was done.
///
/// # Errors
/// Where the database fails.
pub async fn told(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    entry: i64,
) -> Result<Option<(jiff::Timestamp, String)>> {
    let row = sqlx::query!(
        "select at, action from audit where organisation_id = $1 and id = $2",
        organisation.0,
        entry
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| (r.at.to_jiff(), r.action)))
}
