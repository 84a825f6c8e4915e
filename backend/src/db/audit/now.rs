//! What stands now of the users that entries are about: whether it still is what an entry
//! left, and whether the reader may change it.

use crate::error::Result;
use domain::access::{Right, Scope};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// A user as it stands now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// `surname`, `given_name`, `fiscal_code`, `email`, `locale`, `state`, and `groups` in
    /// the form in which the trail keeps them.
    pub values: Value,
    /// Rights of the account.
    pub rights: Vec<Right>,
    /// It lies in the scope asked about.
    pub inside: bool,
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
               'groups', coalesce((
                 select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', r.group_id, 'unit', r.unit_id,
                   'from', r.valid_from, 'until', r.valid_until))) from grants r
                 where r.organisation_id = u.organisation_id and r.user_id = u.id), '[]')) as "values!",
             array(select distinct unnest(g.rights) from grants r
               join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
               where r.organisation_id = u.organisation_id and r.user_id = u.id) as "rights!",
             ($3::bigint[] is null or user_within(u.organisation_id, u.id, $3)) as "inside!"
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
            };
            (r.id, standing)
        })
        .collect())
}
