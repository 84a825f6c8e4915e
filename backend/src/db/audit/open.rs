//! Which of the things that entries are about have a page that the reader may open.

use crate::{db::jobs::Visible, error::Result};
use domain::{OrganisationId, access::Scope};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// Where the reader may open what.
#[derive(Clone, Debug)]
pub struct Doors {
    /// Pages of users.
    pub users: Scope,
    /// Pages of persons.
    pub persons: Scope,
    /// Units, on the page of all of them.
    pub units: Scope,
    /// Operations.
    pub jobs: Visible,
}

/// Those of the things, by kind and number, that are there and may be opened. What has no
/// page of its own here is passed on.
///
/// # Errors
/// Where the database fails.
pub async fn reachable(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    doors: &Doors,
    things: &[(&str, i64)],
) -> Result<BTreeSet<(String, i64)>> {
    if things.is_empty() {
        return Ok(BTreeSet::new());
    }
    let (kinds, ids): (Vec<String>, Vec<i64>) =
        things.iter().map(|(k, id)| ((*k).to_owned(), *id)).unzip();
    let rows = sqlx::query!(
        r#"select distinct o.kind as "kind!", o.id as "id!" from unnest($2::text[], $3::bigint[]) o (kind, id)
           where case o.kind
             when 'user' then exists (select from users u where u.organisation_id = $1 and u.id = o.id
               and ($4::bigint[] is null or user_within($1, u.id, $4)))
             when 'person' then exists (select from persons p where p.organisation_id = $1 and p.id = o.id
               and ($5::bigint[] is null
                 or exists (select from enrolments e
                   join units n on (n.organisation_id, n.id) = (e.organisation_id, e.unit_id)
                   where e.organisation_id = $1 and e.person_id = p.id and n.path && $5)
                 or exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id
                   and user_within($1, l.user_id, $5))))
             when 'unit' then exists (select from units n where n.organisation_id = $1 and n.id = o.id
               and ($6::bigint[] is null or n.path && $6))
             when 'job' then exists (select from jobs j where j.organisation_id = $1 and j.id = o.id
               and j.kind = any($7) and ($8::bigint is null or j.created_by = $8))
             else true end"#,
        organisation.0,
        &kinds,
        &ids,
        doors.users.unit_numbers() as _,
        doors.persons.unit_numbers() as _,
        doors.units.unit_numbers() as _,
        &doors.jobs.codes(),
        doors.jobs.only_by,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.kind, r.id)).collect())
}
