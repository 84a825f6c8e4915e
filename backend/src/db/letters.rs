//! Runs of letters: who gets one, in which order, and what was made. No value stands here.
//! The selection is a filter made at run time, as for sending.

mod open;

pub use open::{not_reached, open_runs};

use super::sending::Judge;
use crate::error::{Result, ServiceError};
use domain::{
    Locale, OrganisationId, UserId, access::Actor, letter::LetterState, sending::ExcludedUser,
    user::full_name,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// Names shown on the check page.
const FIRST: i64 = 8;

/// Class of the person behind `p` in the school year bound last, a pupil's first.
fn push_class(q: &mut QueryBuilder<Postgres>, year: i16) {
    q.push(
        " left join lateral (
             select e.class from user_person_links l
             join enrolments e on e.organisation_id = l.organisation_id and e.person_id = l.person_id and e.school_year = ",
    )
    .push_bind(year);
    q.push(
        " where l.organisation_id = p.organisation_id and l.user_id = p.id and e.class <> ''
             order by (l.kind = 'pupil') desc, l.kind limit 1) k on true",
    );
}

#[derive(FromRow)]
struct CountRow {
    with_mailbox: i64,
    own_passwords: i64,
}

/// Recipients with a mailbox that takes mail, and recipients with a password of their own.
///
/// # Errors
/// Where the database fails.
pub async fn count(conn: &mut PgConnection, judge: &Judge<'_>) -> Result<(u64, u64)> {
    let mut q = QueryBuilder::new(
        "select count(*) filter (where u.email is not null and u.email_bounced_at is null) as with_mailbox,
           count(*) filter (where c.password_kind = 'own') as own_passwords from (",
    );
    judge.push(&mut q);
    q.push(
        ") p join users u on u.organisation_id = p.organisation_id and u.id = p.id
         left join credentials c on c.organisation_id = p.organisation_id and c.user_id = p.id
         where p.excluded is null",
    );
    let row: CountRow = q.build_query_as().fetch_one(conn).await?;
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok((whole(row.with_mailbox), whole(row.own_passwords)))
}

#[derive(FromRow)]
struct FirstRow {
    id: i64,
    surname: String,
    given_name: String,
    username: String,
    email: Option<String>,
    version: i32,
    class: Option<String>,
}

/// The first recipients in the order of printing.
///
/// # Errors
/// Where the database fails.
pub async fn first(
    conn: &mut PgConnection,
    judge: &Judge<'_>,
    year: i16,
) -> Result<Vec<(ExcludedUser, String)>> {
    let mut q = QueryBuilder::new(
        "select p.id, p.surname, p.given_name, p.username, p.email, p.version, k.class from (",
    );
    judge.push(&mut q);
    q.push(") p");
    push_class(&mut q, year);
    q.push(" where p.excluded is null order by k.class is null, k.class, p.sort_name, p.id limit ")
        .push_bind(FIRST);
    let rows: Vec<FirstRow> = q.build_query_as().fetch_all(conn).await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let user = ExcludedUser {
                id: UserId(r.id),
                name: full_name(&r.surname, &r.given_name),
                username: r.username,
                email: r.email,
                version: r.version,
            };
            (user, r.class.unwrap_or_default())
        })
        .collect())
}

/// Begins a run; the same key twice is the same run, and `false` says that it was there.
///
/// # Errors
/// Where the database fails.
pub async fn begin(
    tx: &mut PgConnection,
    actor: &Actor,
    key: Uuid,
    now: Timestamp,
) -> Result<(i64, bool)> {
    let new = sqlx::query_scalar!(
        "insert into letter_runs (organisation_id, idempotency_key, created_by, created_by_name, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict on constraint letter_runs_key do nothing returning id",
        actor.organisation.0,
        key,
        actor.user.map(|u| u.0),
        actor.name,
        now.to_sqlx() as _,
    )
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(id) = new {
        return Ok((id, true));
    }
    let id = sqlx::query_scalar!(
        "select id from letter_runs where organisation_id = $1 and idempotency_key = $2
           and created_by is not distinct from $3",
        actor.organisation.0,
        key,
        actor.user.map(|u| u.0),
    )
    .fetch_one(tx)
    .await?;
    Ok((id, false))
}

/// Writes who gets a letter, in the order of printing: class, then name.
///
/// # Errors
/// Where the database fails.
pub async fn write_recipients(
    tx: &mut PgConnection,
    judge: &Judge<'_>,
    year: i16,
    run: i64,
) -> Result<u64> {
    let mut q = QueryBuilder::new(
        "insert into letter_recipients (organisation_id, run_id, user_id, position) select p.organisation_id, ",
    );
    q.push_bind(run);
    q.push(
        ", p.id, row_number() over (order by k.class is null, k.class, p.sort_name, p.id) from (",
    );
    judge.push(&mut q);
    q.push(") p");
    push_class(&mut q, year);
    q.push(" where p.excluded is null");
    Ok(q.build().execute(tx).await?.rows_affected())
}

/// How a run stands: state, letters in all, letters made.
///
/// # Errors
/// [`ServiceError::NotFound`] where it is somebody else's.
pub async fn read(
    conn: &mut PgConnection,
    actor: &Actor,
    run: i64,
) -> Result<(LetterState, u64, u64)> {
    let r = sqlx::query!(
        r#"select n.state, count(r.user_id) as "total!", count(r.made_at) as "made!"
           from letter_runs n
           left join letter_recipients r on r.organisation_id = n.organisation_id and r.run_id = n.id
           where n.organisation_id = $1 and n.id = $2 and n.created_by is not distinct from $3
           group by n.state"#,
        actor.organisation.0,
        run,
        actor.user.map(|u| u.0),
    )
    .fetch_one(conn)
    .await?;
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let state = LetterState::from_code(&r.state).ok_or(ServiceError::NotFound)?;
    Ok((state, whole(r.total), whole(r.made)))
}

/// Holds a run of the actor's until the transaction ends and tells its state.
///
/// # Errors
/// [`ServiceError::NotFound`] where it is somebody else's.
pub async fn hold(tx: &mut PgConnection, actor: &Actor, run: i64) -> Result<LetterState> {
    let state = sqlx::query_scalar!(
        "select state from letter_runs where organisation_id = $1 and id = $2
           and created_by is not distinct from $3 for update",
        actor.organisation.0,
        run,
        actor.user.map(|u| u.0),
    )
    .fetch_one(tx)
    .await?;
    LetterState::from_code(&state).ok_or(ServiceError::NotFound)
}

/// A recipient whose letter is not made yet.
#[derive(Debug)]
pub struct Waiting {
    /// Whose.
    pub user: UserId,
    /// Place in the run.
    pub position: i32,
    /// Surname and name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// Language of letters.
    pub locale: Locale,
    /// Class of this school year; may be empty.
    pub class: String,
    /// May sign in.
    pub active: bool,
}

/// The next recipients of a run.
///
/// # Errors
/// Where the database fails.
pub async fn waiting(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    run: i64,
    year: i16,
    limit: i64,
) -> Result<Vec<Waiting>> {
    let rows = sqlx::query!(
        r#"select r.user_id, r.position, u.surname, u.given_name, u.username, u.locale, u.state,
             coalesce((
               select e.class from user_person_links l
               join enrolments e on e.organisation_id = l.organisation_id and e.person_id = l.person_id and e.school_year = $3
               where l.organisation_id = r.organisation_id and l.user_id = r.user_id and e.class <> ''
               order by (l.kind = 'pupil') desc, l.kind limit 1), '') as "class!"
           from letter_recipients r
           join users u on u.organisation_id = r.organisation_id and u.id = r.user_id
           where r.organisation_id = $1 and r.run_id = $2 and r.made_at is null
           order by r.position limit $4"#,
        organisation.0,
        run,
        year,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Waiting {
            user: UserId(r.user_id),
            position: r.position,
            name: full_name(&r.surname, &r.given_name),
            username: r.username,
            locale: r.locale.parse().unwrap_or_default(),
            class: r.class,
            active: r.state == "active",
        })
        .collect())
}

/// Books a letter as made at `now`. `false`: it was made already.
///
/// # Errors
/// Where the database fails.
pub async fn book(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    run: i64,
    user: UserId,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query!(
        "update letter_recipients set made_at = $4
         where organisation_id = $1 and run_id = $2 and user_id = $3 and made_at is null",
        organisation.0,
        run,
        user.0,
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes somebody out of a run: deactivated or out of reach since the check.
///
/// # Errors
/// Where the database fails.
pub async fn skip(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    run: i64,
    user: UserId,
) -> Result<()> {
    sqlx::query!(
        "delete from letter_recipients where organisation_id = $1 and run_id = $2 and user_id = $3 and made_at is null",
        organisation.0,
        run,
        user.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends a run.
///
/// # Errors
/// Where the database fails.
pub async fn end(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    run: i64,
    state: LetterState,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "update letter_runs set state = $3, ended_at = $4 where organisation_id = $1 and id = $2",
        organisation.0,
        run,
        state.code(),
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Voids what a run put in force and nothing newer: a password that its owner has replaced
/// stays. Tells how many were voided.
///
/// # Errors
/// Where the database fails.
pub async fn call_back(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    run: i64,
    now: Timestamp,
) -> Result<u64> {
    let row = sqlx::query!(
        r#"with gone as (
             update credentials c set password_hash = null, password_kind = 'none', pin_hash = null, changed_at = $3
             from letter_recipients r
             where r.organisation_id = $1 and r.run_id = $2 and c.organisation_id = $1 and c.user_id = r.user_id
               and c.changed_at = r.made_at and c.password_kind = 'temporary'
             returning c.user_id),
           ended as (
             delete from sessions s using gone where s.organisation_id = $1 and s.user_id = gone.user_id),
           cleared as (
             update users u set password_expires_at = null from gone where u.organisation_id = $1 and u.id = gone.user_id)
           select count(*) as "voided!" from gone"#,
        organisation.0,
        run,
        now.to_sqlx() as _,
    )
    .fetch_one(tx)
    .await?;
    Ok(u64::try_from(row.voided).unwrap_or(0))
}
