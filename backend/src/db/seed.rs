//! Invented users into the database, as fast as COPY goes.
//!
//! Only for measuring: the wide indexes are dropped and built again around the load, in
//! one transaction, so an interrupted seeding leaves nothing behind.

use crate::{
    error::{Result, ServiceError},
    seed::{Made, People},
};
use domain::OrganisationId;
use jiff::Timestamp;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use std::{collections::HashMap, fmt::Write as _};

const TABLES: [&str; 3] = ["users", "grants", "profiles"];

/// An organisation to fill and how many users it gets.
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    /// Exists already, with its groups.
    pub organisation: OrganisationId,
    /// Users to make.
    pub users: u64,
}

/// Fills the organisations.
///
/// # Errors
/// Where the database fails; nothing is kept then.
pub async fn fill(pool: &PgPool, fills: &[Fill], seed: u64, now: Timestamp) -> Result<()> {
    let mut tx = pool.begin().await?;
    let indexes = drop_indexes(&mut tx).await?;
    let mut people = People::new(seed, now);
    for fill in fills {
        let groups = groups(&mut tx, fill.organisation).await?;
        let mut next = reserve(&mut tx, fill).await?;
        let mut n = 0;
        while n < fill.users {
            let size = (fill.users - n).min(20_000);
            let batch: Vec<Made> = (1..=size).map(|i| people.make(n + i)).collect();
            copy(&mut tx, fill.organisation, next, &batch, &groups, now).await?;
            next += i64::try_from(size).unwrap_or(0);
            n += size;
        }
        sqlx::query!(
            "update organisations set next_username = $2 where id = $1",
            fill.organisation.0,
            i64::try_from(fill.users).unwrap_or(0) + 1
        )
        .execute(&mut *tx)
        .await?;
    }
    for definition in indexes {
        sqlx::query(sqlx::AssertSqlSafe(definition))
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    for table in TABLES {
        sqlx::query(sqlx::AssertSqlSafe(format!("vacuum (analyze) {table}")))
            .execute(pool)
            .await?;
    }
    Ok(())
}

/// Drops the indexes that no constraint needs; gives the statements that build them again.
async fn drop_indexes(tx: &mut Transaction<'_, Postgres>) -> Result<Vec<String>> {
    let rows = sqlx::query!(
        r#"select i.indexrelid::regclass::text as "name!", pg_get_indexdef(i.indexrelid) as "definition!"
           from pg_index i where i.indrelid::regclass::text = any($1) and not i.indisunique"#,
        &TABLES.map(String::from)[..]
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in &rows {
        sqlx::query(sqlx::AssertSqlSafe(format!("drop index {}", row.name)))
            .execute(&mut **tx)
            .await?;
    }
    Ok(rows.into_iter().map(|r| r.definition).collect())
}

async fn groups(
    tx: &mut PgConnection,
    organisation: OrganisationId,
) -> Result<HashMap<String, i64>> {
    let rows = sqlx::query!(
        "select code, id from groups where organisation_id = $1",
        organisation.0
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|r| (r.code, r.id)).collect())
}

/// Takes as many numbers of each sequence as users, in one piece each; gives the first.
async fn reserve(tx: &mut PgConnection, fill: &Fill) -> Result<i64> {
    let count = i64::try_from(fill.users).unwrap_or(0);
    let first = sqlx::query_scalar!(
        r#"select greatest(nextval(pg_get_serial_sequence('users', 'id')),
                           nextval(pg_get_serial_sequence('profiles', 'id'))) as "first!""#
    )
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query!(
        "select setval(pg_get_serial_sequence('users', 'id'), $1) as users, setval(pg_get_serial_sequence('profiles', 'id'), $1) as profiles",
        first + count
    )
    .fetch_one(tx)
    .await?;
    Ok(first)
}

async fn copy(
    tx: &mut Transaction<'_, Postgres>,
    organisation: OrganisationId,
    first: i64,
    batch: &[Made],
    groups: &HashMap<String, i64>,
    now: Timestamp,
) -> Result<()> {
    let (mut users, mut profiles, mut grants) = (String::new(), String::new(), String::new());
    for (id, made) in (first..).zip(batch) {
        let none = || "\\N".to_owned();
        let _ = writeln!(
            users,
            "{}\t{id}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{now}",
            organisation.0,
            made.username,
            made.surname,
            made.given_name,
            made.email.clone().unwrap_or_else(none),
            made.fiscal_code.clone().unwrap_or_else(none),
            made.state,
            made.password_end.map_or_else(none, |t| t.to_string()),
        );
        let _ = writeln!(profiles, "{}\t{id}\t{id}", organisation.0);
        for group in made.groups {
            let group = groups
                .get(*group)
                .ok_or_else(|| ServiceError::internal(format!("no group {group}")))?;
            let _ = writeln!(grants, "{}\t{id}\t{id}\t{group}", organisation.0);
        }
    }
    for (into, text) in [
        (
            "users (organisation_id, id, username, surname, given_name, email, fiscal_code, state, password_expires_at, created_at)",
            users,
        ),
        ("profiles (organisation_id, id, user_id)", profiles),
        (
            "grants (organisation_id, profile_id, user_id, group_id)",
            grants,
        ),
    ] {
        let mut sink = tx.copy_in_raw(&format!("copy {into} from stdin")).await?;
        sink.send(text.into_bytes()).await?;
        sink.finish().await?;
    }
    Ok(())
}
