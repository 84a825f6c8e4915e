//! What stands now of the users that entries are about: whether it still is what an entry
//! left, and whether the reader may change it.

use crate::error::Result;
use domain::access::{Right, Scope};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// A user as it stands now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// `surname`, `given_name`, `fiscal_code`, `email`, `locale`, `state`, `groups` in the
    /// form in which the trail keeps them, and `links`: the linked record by its kind.
    pub values: Value,
    /// Rights of the account.
    pub rights: Vec<Right>,
    /// It lies in the scope asked about.
    pub inside: bool,
    /// When it was archived, where it is.
    pub archived_at: Option<Timestamp>,
}

/// The users with these numbers, by number.
///
/// # Errors
/// Where the database fails.
pub async fn users(
    conn: &mut PgConnection,
    scope: &Scope,
    ids: &[i64],
) -> Result<BTreeMap<i64, Standing>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        r#"select u.id, jsonb_build_object('surname', u.surname, 'given_name', u.given_name, 'fiscal_code', u.fiscal_code,
               'email', u.email, 'locale', u.locale, 'state', u.state,
               'links', coalesce((
                 select jsonb_object_agg(l.kind, l.person_id) from user_person_links l
                 where l.organisation_id = u.organisation_id and l.user_id = u.id), '{}'),
               'groups', coalesce((
                 select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', r.group_id, 'unit', r.unit_id,
                   'from', r.valid_from, 'until', r.valid_until))) from grants r
                 where r.organisation_id = u.organisation_id and r.user_id = u.id), '[]')) as "values!",
             array(select distinct unnest(g.rights) from grants r
               join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
               where r.organisation_id = u.organisation_id and r.user_id = u.id) as "rights!",
             ($3::bigint[] is null or user_within(u.organisation_id, u.id, $3)) as "inside!", u.archived_at
           from users u where u.organisation_id = $1 and u.id = any($2)"#,
        scope.organisation().0,
        ids,
        units as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let standing = Standing {
                values: r.values,
                rights: r.rights.iter().filter_map(|c| c.parse().ok()).collect(),
                inside: r.inside,
                archived_at: r.archived_at.map(|at| at.to_jiff()),
            };
            (r.id, standing)
        })
        .collect())
}

/// Those of the records that could be linked again: active, within the scope, and nobody's.
///
/// # Errors
/// Where the database fails.
pub async fn free_persons(
    conn: &mut PgConnection,
    scope: &Scope,
    ids: &[i64],
) -> Result<BTreeSet<i64>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query_scalar!(
        "select p.id from persons p
         where p.organisation_id = $1 and p.id = any($2) and p.state = 'active'
           and not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id)
           and ($3::bigint[] is null or exists (select from enrolments e
             join units n on (n.organisation_id, n.id) = (e.organisation_id, e.unit_id)
             where e.organisation_id = $1 and e.person_id = p.id and n.path && $3))",
        scope.organisation().0,
        ids,
        units as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Those of the entries of deletions that still stand: nobody came back under the number or
/// took the «Codice», and it is the last deletion of the record.
///
/// # Errors
/// Where the database fails.
pub async fn deleted_persons(
    conn: &mut PgConnection,
    scope: &Scope,
    entries: &[i64],
) -> Result<BTreeSet<i64>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query_scalar!(
        "select a.id from audit a
         where a.organisation_id = $1 and a.id = any($2) and a.action = 'person.deleted' and a.before is not null
           and not exists (select from persons p where p.organisation_id = $1
             and (p.id = a.object_id or p.code = (a.before ->> 'code')::bigint))
           and not exists (select from audit b where b.organisation_id = $1 and b.object_kind = 'person'
             and b.object_id = a.object_id and b.id > a.id and b.action = 'person.deleted')
           and ($3::bigint[] is null or exists (
             select from jsonb_array_elements(a.before -> 'enrolments') e
             join units n on n.organisation_id = $1 and n.id = (e ->> 'unit_id')::bigint where n.path && $3))",
        scope.organisation().0,
        entries,
        units as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().collect())
}
