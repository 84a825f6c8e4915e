//! Recipients of a send with their mails: failures first.

use crate::error::Result;
use domain::{
    JobId, OrganisationId, OutboxId, UserId,
    job::{Exclusion, MailKind, MailReason, MailState, MailView, Recipient},
    page::{Page, PageRequest},
    sending::RecipientFilter,
    user::full_name,
};
use jiff::Timestamp;
use serde::Deserialize;
use sqlx::{PgConnection, types::Json};

/// A mail as Postgres gives it inside a row.
#[derive(Deserialize)]
struct MailJson {
    id: i64,
    kind: String,
    state: String,
    address: String,
    locale: String,
    reply: Option<String>,
    reason: Option<String>,
    not_before: Timestamp,
    finished_at: Option<Timestamp>,
    attempts: u32,
}

impl MailJson {
    fn view(self) -> Option<MailView> {
        let state = MailState::from_code(&self.state)?;
        Some(MailView {
            id: OutboxId(self.id),
            kind: MailKind::from_code(&self.kind)?,
            state,
            address: self.address,
            locale: self.locale.parse().unwrap_or_default(),
            reply: self.reply,
            reason: self.reason.as_deref().and_then(MailReason::from_code),
            at: if state == MailState::Deferred {
                Some(self.not_before)
            } else {
                self.finished_at
            },
            attempts: self.attempts,
        })
    }
}

struct RecipientRow {
    user_id: i64,
    surname: String,
    given_name: String,
    username: String,
    excluded: Option<String>,
    mails: Option<Json<Vec<MailJson>>>,
    total: i64,
}

impl RecipientRow {
    fn view(self) -> Recipient {
        Recipient {
            user: UserId(self.user_id),
            name: full_name(&self.surname, &self.given_name),
            username: self.username,
            excluded: self.excluded.as_deref().and_then(Exclusion::from_code),
            mails: self
                .mails
                .into_iter()
                .flat_map(|m| m.0)
                .filter_map(MailJson::view)
                .collect(),
        }
    }
}

/// A page of recipients. Failures stand first, then what is open, then the rest by name.
///
/// # Errors
/// Where the database fails.
pub async fn recipients(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: JobId,
    filter: RecipientFilter,
    page: PageRequest,
) -> Result<Page<Recipient>> {
    let mut request = PageRequest {
        number: page.number.max(1),
        size: page.size,
    };
    let mut rows = read(
        conn,
        organisation,
        id,
        filter,
        request.limit(),
        request.offset(),
    )
    .await?;
    if rows.is_empty() && request.number > 1 {
        request.number = 1;
        rows = read(conn, organisation, id, filter, request.limit(), 0).await?;
    }
    let total = rows
        .first()
        .map_or(0, |r| u64::try_from(r.total).unwrap_or(0));
    Ok(Page {
        items: rows.into_iter().map(RecipientRow::view).collect(),
        total,
        number: request.number,
        size: page.size,
    })
}

/// Up to `limit` recipients after the first `offset`, for the result file.
///
/// # Errors
/// Where the database fails.
pub async fn recipients_in_order(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: JobId,
    filter: RecipientFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Recipient>> {
    let rows = read(conn, organisation, id, filter, limit, offset).await?;
    Ok(rows.into_iter().map(RecipientRow::view).collect())
}

async fn read(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: JobId,
    filter: RecipientFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<RecipientRow>> {
    let rows = sqlx::query_as!(
        RecipientRow,
        r#"with newest as (
             select distinct on (user_id, kind) * from outbox
             where organisation_id = $1 and job_id = $2 order by user_id, kind, id desc),
           people as (
             select user_id,
               case when bool_or(state in ('rejected', 'uncertain')
                      or (state = 'cancelled' and reason is distinct from 'by_person')) then 'errori'
                    when bool_or(state in ('waiting', 'sending', 'deferred')) then 'in-corso'
                    when bool_and(state = 'accepted') then 'consegnate'
                    else 'altri' end as standing,
               jsonb_agg(jsonb_build_object('id', id, 'kind', kind, 'state', state, 'address', address,
                 'locale', locale, 'reply', reply, 'reason', reason, 'not_before', not_before,
                 'finished_at', finished_at, 'attempts', attempts) order by kind desc) as mails
             from newest group by user_id),
           listed as (
             select r.user_id, r.position, r.excluded, p.mails,
                    coalesce(p.standing, case when r.excluded is null then 'altri' else 'esclusi' end) as standing
             from job_recipients r left join people p on p.user_id = r.user_id
             where r.organisation_id = $1 and r.job_id = $2)
           select l.user_id, u.surname, u.given_name, u.username, l.excluded,
                  l.mails as "mails: Json<Vec<MailJson>>", count(*) over () as "total!"
           from listed l join users u on u.organisation_id = $1 and u.id = l.user_id
           where case $3 when 'tutti' then l.standing <> 'esclusi' else l.standing = $3 end
           order by array_position(array['errori', 'in-corso', 'altri', 'consegnate', 'esclusi'], l.standing), l.position
           limit $4 offset $5"#,
        organisation.0,
        id.0,
        filter.code(),
        limit,
        offset,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}
