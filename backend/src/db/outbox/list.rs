//! The outbox as people see it (`/posta`), and new mails in the place of failed ones.

use crate::error::Result;
use domain::{
    JobId, OrganisationId, OutboxId, UserId,
    access::Scope,
    job::{MailKind, MailReason, MailState, MailView},
    page::{Page, PageRequest},
    sending::{OutboxQuery, OutboxRow, Retried, Retry},
    user::full_name,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A page of the outbox, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    conn: &mut PgConnection,
    scope: &Scope,
    query: &OutboxQuery,
) -> Result<Page<OutboxRow>> {
    let mut page = PageRequest {
        number: query.page.number.max(1),
        size: query.page.size,
    };
    let mut found = read(conn, scope, query, page).await?;
    if found.1.is_empty() && page.number > 1 {
        page.number = 1;
        found = read(conn, scope, query, page).await?;
    }
    Ok(Page {
        items: found.1,
        total: found.0,
        number: page.number,
        size: page.size,
    })
}

async fn read(
    conn: &mut PgConnection,
    scope: &Scope,
    query: &OutboxQuery,
    page: PageRequest,
) -> Result<(u64, Vec<OutboxRow>)> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        r#"select o.id, o.job_id, o.user_id, o.kind, o.address, o.locale, o.state, o.attempts, o.not_before, o.reply, o.reason,
             o.created_at, o.finished_at, j.number as "number?", u.surname as "surname?", u.given_name as "given_name?",
             u.username as "username?",
             exists (select from outbox n where n.organisation_id = o.organisation_id and n.user_id = o.user_id
               and n.kind = o.kind and n.registration_id is not distinct from o.registration_id and n.id > o.id) or o.kind = 'password_link' as "outdated!",
             count(*) over () as "total!"
           from outbox o
           left join jobs j on j.organisation_id = o.organisation_id and j.id = o.job_id
           left join users u on u.organisation_id = o.organisation_id and u.id = o.user_id
           where o.organisation_id = $1
             and ($2::text is null or o.state = $2)
             and ($3::text is null or o.kind = $3)
             and ($4 = '' or position(fold($4) in u.search_text) > 0 or position(lower($4) in lower(o.address)) > 0)
             and ($5::bigint[] is null or user_within(o.organisation_id, o.user_id, $5))
           order by o.created_at desc, o.id desc limit $6 offset $7"#,
        scope.organisation().0,
        query.state.map(MailState::code),
        query.kind.map(MailKind::code),
        query.text.trim(),
        units.as_deref() as _,
        page.limit(),
        page.offset(),
    )
    .fetch_all(conn)
    .await?;
    let total = rows
        .first()
        .map_or(0, |r| u64::try_from(r.total).unwrap_or(0));
    let rows = rows.into_iter().filter_map(|r| {
        let state = MailState::from_code(&r.state)?;
        Some(OutboxRow {
            mail: MailView {
                id: OutboxId(r.id),
                kind: MailKind::from_code(&r.kind)?,
                state,
                address: r.address,
                locale: r.locale.parse().unwrap_or_default(),
                reply: r.reply,
                reason: r.reason.as_deref().and_then(MailReason::from_code),
                at: match state {
                    MailState::Deferred => Some(r.not_before.to_jiff()),
                    _ => r.finished_at.map(|at| at.to_jiff()),
                },
                attempts: u32::try_from(r.attempts).unwrap_or(0),
            },
            created_at: r.created_at.to_jiff(),
            job: r
                .job_id
                .zip(r.number)
                .map(|(id, number)| (JobId(id), number)),
            user: r.user_id.map(UserId),
            name: full_name(
                &r.surname.unwrap_or_default(),
                &r.given_name.unwrap_or_default(),
            ),
            username: r.username.unwrap_or_default(),
            outdated: r.outdated,
        })
    });
    Ok((total, rows.collect()))
}

/// Operation and recipient of a mail inside the scope.
///
/// # Errors
/// [`crate::ServiceError::NotFound`].
pub async fn job_of(conn: &mut PgConnection, scope: &Scope, id: OutboxId) -> Result<Option<JobId>> {
    let units = scope.unit_numbers();
    let job = sqlx::query_scalar!(
        "select o.job_id from outbox o where o.organisation_id = $1 and o.id = $2
           and ($3::bigint[] is null or user_within(o.organisation_id, o.user_id, $3))",
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
    )
    .fetch_one(conn)
    .await?;
    Ok(job.map(JobId))
}

/// Writes new mails in the place of failed ones: to the user's address and in the user's
/// language of now. Only the newest of each kind is tried again, and only for users who
/// may receive mail; `strong` are groups whose members the actor may not touch.
///
/// # Errors
/// Where the database fails.
pub async fn retry(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    what: Retry,
    strong: &[i64],
    now: Timestamp,
) -> Result<Retried> {
    let (job, one) = match what {
        Retry::Rejected(job) => (Some(job.0), None),
        Retry::One(mail) => (None, Some(mail.0)),
    };
    let row = sqlx::query!(
        r#"with failed as (
             select o.organisation_id, o.id, o.job_id, o.user_id, o.kind, o.registration_id, u.email, u.locale,
               (u.state = 'active' and u.email is not null and u.email_bounced_at is null
                 and not exists (select from grants g where g.organisation_id = u.organisation_id and g.user_id = u.id
                   and g.group_id = any($5))) as able
             from outbox o join users u on u.organisation_id = o.organisation_id and u.id = o.user_id
             where o.organisation_id = $1 and o.kind <> 'password_link'
               and ($2::bigint is null or (o.job_id = $2 and o.state = 'rejected'))
               and ($3::bigint is null or (o.id = $3 and o.state in ('rejected', 'uncertain', 'cancelled')))
               and not exists (select from outbox n where n.organisation_id = o.organisation_id and n.user_id = o.user_id
                 and n.kind = o.kind and n.registration_id is not distinct from o.registration_id and n.id > o.id)),
           written as (
             insert into outbox (organisation_id, job_id, user_id, kind, address, locale, message_id, not_before, created_at, registration_id)
             select organisation_id, job_id, user_id, kind, email, locale, gen_random_uuid(), $4, $4, registration_id
             from failed where able order by id
             returning id)
           select (select count(*) from written) as "started!", (select count(*) from failed where not able) as "held_back!""#,
        organisation.0,
        job,
        one,
        now.to_sqlx() as _,
        strong,
    )
    .fetch_one(tx)
    .await?;
    Ok(Retried {
        started: u64::try_from(row.started).unwrap_or(0),
        held_back: u64::try_from(row.held_back).unwrap_or(0),
    })
}
