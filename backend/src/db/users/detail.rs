//! Reads of one user: row, page, history, mails, and who shares an address with it.

mod history;

pub use history::{changes, group_names, history};

use crate::error::Result;
use domain::{
    JobId, Locale, OutboxId, UserId,
    access::Scope,
    alignment::LinkMethod,
    job::{MailKind, MailReason, MailState, MailView},
    user::{
        GroupName, HISTORY_BLOCK, LinkedPerson, Namesake, PasswordEnd, SHARED_MAX, SentMail,
        Shared, UserRow, UserState, full_name,
    },
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, types::Json};

/// A user with what only the page shows.
#[derive(Debug)]
pub struct Read {
    /// What the list shows.
    pub row: UserRow,
    /// «Codice fiscale».
    pub fiscal_code: Option<String>,
    /// Language of mails.
    pub locale: Locale,
    /// Last successful sign-in.
    pub last_sign_in: Option<Timestamp>,
}

/// The user, if it lies in the scope.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] where it does not exist or lies outside.
pub async fn read(
    conn: &mut PgConnection,
    scope: &Scope,
    id: UserId,
    locale: Locale,
    now: Timestamp,
) -> Result<Read> {
    let units = scope.unit_numbers();
    let r = sqlx::query!(
        r#"select u.surname, u.given_name, u.username, u.email, u.email_bounced_at is not null as "bounced!",
             u.state, u.version, u.fiscal_code, u.locale, u.last_sign_in_at,
             -- An end at midnight is the day before.
             ((u.password_expires_at - interval '1 microsecond') at time zone o.time_zone)::date as password_day,
             coalesce(u.password_expires_at <= $4, false) as "over!",
             coalesce((
               select jsonb_agg(jsonb_build_object('id', x.id, 'code', x.code, 'name', x.name) order by x.position, x.id)
               from (select distinct g.id, g.code, g.position,
                       case $5 when 'de' then g.name_de when 'fr' then g.name_fr when 'en' then g.name_en
                         else g.name_it end as name
                     from grants r join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
                     where r.organisation_id = u.organisation_id and r.user_id = u.id) x
             ), '[]') as "groups!: Json<Vec<GroupName>>",
             u.external_id, ct.mobile as "mobile?", rg.state as "registration?",
             (rg.sent_at at time zone o.time_zone)::date as sent_day,
             ((rg.expires_at - interval '1 microsecond') at time zone o.time_zone)::date as end_day,
             rg.reminded_count as "reminders?"
           from users u join organisations o on o.id = u.organisation_id
           left join user_contacts ct on ct.organisation_id = u.organisation_id and ct.user_id = u.id
           left join lateral (
             select x.state, x.sent_at, x.expires_at, x.reminded_count from registrations x
             where x.organisation_id = u.organisation_id and x.user_id = u.id
             order by (x.state = 'running') desc, x.id desc limit 1) rg on true
           where u.organisation_id = $1 and u.id = $2 and ($3::bigint[] is null or user_within(u.organisation_id, u.id, $3))"#,
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
        now.to_sqlx() as _,
        locale.code(),
    )
    .fetch_one(conn)
    .await?;
    Ok(Read {
        row: UserRow {
            id,
            groups: r.groups.0,
            surname: r.surname,
            given_name: r.given_name,
            username: r.username,
            email: r.email,
            email_bounced: r.bounced,
            state: state(&r.state),
            password_end: r.password_day.map(|day| PasswordEnd {
                day: day.to_jiff(),
                over: r.over,
            }),
            version: r.version,
            invited: super::invited(
                r.external_id,
                r.mobile,
                r.registration.as_deref(),
                (
                    r.sent_day.map(|d| d.to_jiff()),
                    r.end_day.map(|d| d.to_jiff()),
                ),
                r.reminders,
            ),
        },
        fiscal_code: r.fiscal_code,
        locale: r.locale.parse().unwrap_or_default(),
        last_sign_in: r.last_sign_in_at.map(|at| at.to_jiff()),
    })
}

/// A state of the database; the column's check lets nothing else in.
pub(super) fn state(code: &str) -> UserState {
    code.parse().unwrap_or(UserState::Inactive)
}

/// Whether the user lies in the scope.
///
/// # Errors
/// Where the database fails.
pub async fn is_in(conn: &mut PgConnection, scope: &Scope, id: UserId) -> Result<bool> {
    let units = scope.unit_numbers();
    let found = sqlx::query_scalar!(
        r#"select exists (select from users u where u.organisation_id = $1 and u.id = $2
             and ($3::bigint[] is null or user_within(u.organisation_id, u.id, $3))) as "found!""#,
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// Registry records linked to the user.
///
/// # Errors
/// Where the database fails.
pub async fn persons(
    conn: &mut PgConnection,
    scope: &Scope,
    id: UserId,
) -> Result<Vec<LinkedPerson>> {
    let rows = sqlx::query!(
        "select p.id, l.method, p.kind, p.code, p.surname, p.given_name
         from user_person_links l join persons p on (p.organisation_id, p.id) = (l.organisation_id, l.person_id)
         where l.organisation_id = $1 and l.user_id = $2 order by l.linked_at",
        scope.organisation().0,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| LinkedPerson {
            id: domain::PersonId(r.id),
            method: LinkMethod::from_code(&r.method).unwrap_or(LinkMethod::Manual),
            kind: r.kind,
            code: r.code,
            name: full_name(&r.surname, &r.given_name),
        })
        .collect())
}

/// Other users in the scope with this codice fiscale or this address.
///
/// # Errors
/// Where the database fails.
pub async fn sharing(
    conn: &mut PgConnection,
    scope: &Scope,
    fiscal_code: Option<&str>,
    email: Option<&str>,
    except: Option<UserId>,
) -> Result<Shared> {
    if fiscal_code.is_none() && email.is_none() {
        return Ok(Shared::default());
    }
    let units = scope.unit_numbers();
    // Two index look-ups, each cut off early: a shared mailbox may belong to hundreds.
    let rows = sqlx::query!(
        r#"select id as "id!", surname as "surname!", given_name as "given_name!", username as "username!", by_code as "by_code!"
           from (
             (select u.id, u.surname, u.given_name, u.username, true as by_code from users u
              where u.organisation_id = $1 and u.fiscal_code = $2 and u.id is distinct from $5
                and u.state <> 'archived'
                and ($4::bigint[] is null or user_within(u.organisation_id, u.id, $4))
              order by u.id limit $6)
             union all
             (select u.id, u.surname, u.given_name, u.username, false from users u
              where u.organisation_id = $1 and lower(u.email) = lower($3) and u.id is distinct from $5
                and u.state <> 'archived'
                and ($4::bigint[] is null or user_within(u.organisation_id, u.id, $4))
              order by u.id limit $6)) found"#,
        scope.organisation().0,
        fiscal_code,
        email,
        units.as_deref() as _,
        except.map(|e| e.0),
        SHARED_MAX,
    )
    .fetch_all(conn)
    .await?;
    let mut shared = Shared::default();
    for r in rows {
        let list = if r.by_code {
            &mut shared.fiscal_code
        } else {
            &mut shared.email
        };
        list.push(Namesake {
            id: UserId(r.id),
            name: full_name(&r.surname, &r.given_name),
            username: r.username,
        });
    }
    Ok(shared)
}

/// The newest mails to the user.
///
/// # Errors
/// Where the database fails.
pub async fn mails(conn: &mut PgConnection, scope: &Scope, id: UserId) -> Result<Vec<SentMail>> {
    let rows = sqlx::query!(
        "select id, job_id, kind, address, locale, state, attempts, not_before, reply, reason, created_at, finished_at
         from outbox where organisation_id = $1 and user_id = $2 order by id desc limit $3",
        scope.organisation().0,
        id.0,
        HISTORY_BLOCK,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            let state = MailState::from_code(&r.state)?;
            Some(SentMail {
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
                job: r.job_id.map(JobId),
            })
        })
        .collect())
}
