//! What is left to do: people whom a sending did not reach, and runs without a last word.

use crate::error::Result;
use domain::{JobId, OrganisationId, UserId, access::Actor, letter::OpenRun};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// Whom a sending did not reach: the newest mail of a kind was refused, is uncertain or was
/// held back, or there was no mailbox to write to.
///
/// # Errors
/// Where the database fails.
pub async fn not_reached(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    job: JobId,
) -> Result<BTreeSet<UserId>> {
    let ids = sqlx::query_scalar!(
        r#"select distinct o.user_id as "user!" from outbox o
           where o.organisation_id = $1 and o.job_id = $2 and o.user_id is not null
             and o.state in ('rejected', 'uncertain', 'cancelled')
             and not exists (select from outbox n where n.organisation_id = o.organisation_id
               and n.user_id = o.user_id and n.kind = o.kind and n.id > o.id)
           union select r.user_id from job_recipients r
           where r.organisation_id = $1 and r.job_id = $2 and r.excluded in ('no_mail', 'bounced')"#,
        organisation.0,
        job.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// The actor's own runs whose letters are in force and were neither confirmed nor called
/// back, the newest first.
///
/// # Errors
/// Where the database fails.
pub async fn open_runs(conn: &mut PgConnection, actor: &Actor) -> Result<Vec<OpenRun>> {
    let rows = sqlx::query!(
        r#"select r.id, r.created_at, m.n as "made!" from letter_runs r
           cross join lateral (select count(*) as n from letter_recipients l
             where l.organisation_id = r.organisation_id and l.run_id = r.id and l.made_at is not null) m
           where r.organisation_id = $1 and r.created_by = $2 and r.state = 'open' and m.n > 0
           order by r.id desc limit 20"#,
        actor.organisation.0,
        actor.user.map(|u| u.0),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| OpenRun {
            id: r.id,
            begun_at: r.created_at.to_jiff(),
            made: u64::try_from(r.made).unwrap_or(0),
        })
        .collect())
}
