//! What the trail says of one person: what was done to the record, and what was done at a
//! user because of it.

use crate::{db::users::detail::changes, error::Result};
use domain::{
    AuditId, JobId, OrganisationId, PersonId,
    access::Scope,
    user::{HISTORY_BLOCK, HistoryChange, HistoryEntry},
};
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// What was done to the person, newest first; with `before` only what is older. `readable`
/// is where the reader may read users: of others neither name nor motivation is told.
///
/// # Errors
/// Where the database fails.
pub async fn history(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
    before: Option<AuditId>,
    readable: &Scope,
) -> Result<Vec<HistoryEntry>> {
    let rows = sqlx::query!(
        r#"with own as (
             select id, at, actor_name, action, before, after, reason, job_id, null as user_name, true as open from audit
             where organisation_id = $1 and object_kind = 'person' and object_id = $2 and ($3::bigint is null or id < $3)
             order by id desc limit $4),
           at_users as (
             select id, at, actor_name, action, before, after, reason, job_id, object_name as user_name,
               ($5::bigint[] is null or user_within($1, object_id, $5)) as open from audit
             where organisation_id = $1 and object_kind = 'user' and audit_person(before, after) = $2::bigint::text
               and ($3::bigint is null or id < $3)
             order by id desc limit $4)
           select id as "id!", at as "at!", actor_name as "actor_name!", action as "action!", before, after, reason,
             job_id, user_name, open as "open!"
           from (select * from own union all select * from at_users) e order by id desc limit $4"#,
        organisation.0,
        id.0,
        before.map(|b| b.0),
        HISTORY_BLOCK,
        readable.unit_numbers() as _,
    )
    .fetch_all(conn)
    .await?;
    let nothing = BTreeMap::new();
    Ok(rows
        .into_iter()
        .map(|r| HistoryEntry {
            id: AuditId(r.id),
            at: r.at.to_jiff(),
            actor: r.actor_name,
            changes: match r.user_name {
                None => changes(r.before.as_ref(), r.after.as_ref(), &nothing),
                Some(name) => {
                    let sides = (r.before.as_ref(), r.after.as_ref());
                    at_user(sides, Some(name).filter(|_| r.open))
                }
            },
            action: r.action,
            // A motivation may well name the user.
            reason: r.reason.filter(|_| r.open),
            job: r.job_id.map(JobId),
        })
        .collect())
}

/// An entry at a user as the record sees it: the user instead of the record, and how the
/// link came about. Nothing else of the user's data.
fn at_user(
    (before, after): (Option<&Value>, Option<&Value>),
    name: Option<String>,
) -> Vec<HistoryChange> {
    let gone = after.is_none_or(|a| a.get("person").is_none());
    let side = |value: String| {
        if gone {
            (value, String::new())
        } else {
            (String::new(), value)
        }
    };
    let method = if gone { before } else { after };
    let method = method.and_then(|v| v.get("method")?.as_str());
    [("user", name), ("method", method.map(str::to_owned))]
        .into_iter()
        .filter_map(|(field, value)| {
            let (before, after) = side(value?);
            Some(HistoryChange {
                field: field.to_owned(),
                before,
                after,
            })
        })
        .collect()
}
