//! The rows of a send: recipients, mails and their number.

use super::Judge;
use crate::error::Result;
use domain::{JobId, OrganisationId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, QueryBuilder};

/// Writes who the send is about, and who was left out and why. Answers how many take part.
///
/// # Errors
/// Where the database fails.
pub async fn write_recipients(tx: &mut PgConnection, judge: &Judge<'_>, job: JobId) -> Result<u64> {
    let mut q = QueryBuilder::new(
        "insert into job_recipients (organisation_id, job_id, user_id, position, excluded) select p.organisation_id, ",
    );
    q.push_bind(job.0);
    q.push(", p.id, row_number() over (order by p.excluded is not null, p.sort_name, p.id), p.excluded from (");
    judge.push(&mut q);
    q.push(") p returning excluded is null");
    let rows: Vec<bool> = q.build_query_scalar().fetch_all(tx).await?;
    Ok(rows.into_iter().filter(|takes_part| *takes_part).count() as u64)
}

/// Writes both mails of every recipient; earlier mails to the same people that have not
/// left yet give way: each new mail voids the one before (X40).
///
/// # Errors
/// Where the database fails.
pub async fn write_mails(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    job: JobId,
    run_after: Timestamp,
    now: Timestamp,
) -> Result<u64> {
    sqlx::query!(
        "update outbox o set state = 'superseded', reason = 'newer', finished_at = $3, lease_until = null
         from job_recipients r
         where r.organisation_id = $1 and r.job_id = $2 and r.excluded is null
           and o.organisation_id = $1 and o.user_id = r.user_id and o.state in ('waiting', 'deferred')
           and o.kind in ('user_code', 'temporary_password')",
        organisation.0,
        job.0,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    let written = sqlx::query!(
        "insert into outbox (organisation_id, job_id, user_id, kind, address, locale, message_id, not_before, created_at)
         select r.organisation_id, r.job_id, r.user_id, k.kind, u.email, u.locale, gen_random_uuid(), $3, $4
         from job_recipients r
         join users u on u.organisation_id = r.organisation_id and u.id = r.user_id
         cross join (values ('user_code', 1), ('temporary_password', 2)) k (kind, place)
         where r.organisation_id = $1 and r.job_id = $2 and r.excluded is null and u.email is not null
         order by r.position, k.place",
        organisation.0,
        job.0,
        run_after.to_sqlx() as _,
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(written.rows_affected())
}

/// Books how many take part.
///
/// # Errors
/// Where the database fails.
pub async fn book_total(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    job: JobId,
    total: u64,
) -> Result<()> {
    sqlx::query!(
        "update jobs set total = $3 where organisation_id = $1 and id = $2",
        organisation.0,
        job.0,
        i32::try_from(total).unwrap_or(i32::MAX),
    )
    .execute(tx)
    .await?;
    Ok(())
}
