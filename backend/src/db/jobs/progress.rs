//! How far a send has come.

use crate::error::Result;
use domain::{JobId, OrganisationId, job::MailState};
use sqlx::{PgConnection, types::Json};
use std::collections::BTreeMap;

/// How far a send has come, from its mails: only the newest of each kind and user counts.
#[derive(Debug, Default)]
pub struct Progress {
    /// Recipients all of whose mails ended.
    pub done: u32,
    /// Recipients one of whose mails did not end well.
    pub failed: u32,
    /// Mails by state.
    pub mails: Vec<(MailState, u32)>,
}

/// Reckons how far a send has come.
///
/// # Errors
/// Where the database fails.
pub async fn progress(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: JobId,
) -> Result<Progress> {
    let row = sqlx::query!(
        r#"with newest as materialized (
             select distinct on (user_id, kind) user_id, state, reason from outbox
             where organisation_id = $1 and job_id = $2 order by user_id, kind, id desc),
           people as (
             select bool_and(state not in ('waiting', 'sending', 'deferred')) as ended,
                    bool_or(state in ('rejected', 'uncertain')
                      or (state = 'cancelled' and reason is distinct from 'by_person')) as failed
             from newest group by user_id)
           select (select count(*) from people where ended) as "done!",
                  (select count(*) from people where failed) as "failed!",
                  (select coalesce(jsonb_object_agg(state, n), '{}') from
                    (select state, count(*) as n from newest group by state) s) as "mails!: Json<BTreeMap<String, u32>>""#,
        organisation.0,
        id.0,
    )
    .fetch_one(conn)
    .await?;
    let mails = MailState::ALL
        .iter()
        .filter_map(|s| row.mails.0.get(s.code()).map(|n| (*s, *n)))
        .collect();
    Ok(Progress {
        done: u32::try_from(row.done).unwrap_or(u32::MAX),
        failed: u32::try_from(row.failed).unwrap_or(u32::MAX),
        mails,
    })
}
