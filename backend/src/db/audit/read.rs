//! Reading the trail: newest first, block by block. The statement is put together here,
//! because each filter has an index of its own and an empty one must cost nothing.

use crate::error::Result;
use domain::{
    UserId,
    access::Scope,
    audit::{AuditFilter, SYSTEM},
};
use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

/// Whose entries a reader may see.
#[derive(Clone, Debug)]
pub enum Sight {
    /// One's own acts.
    Own(UserId),
    /// What happened inside the scope of «read_audit»; one's own acts always.
    Scope(Scope, Option<UserId>),
}

/// An entry as stored.
#[derive(Clone, Debug, FromRow)]
#[allow(missing_docs, reason = "the columns of the table")]
pub struct Stored {
    pub id: i64,
    pub at: jiff_sqlx::Timestamp,
    pub actor_id: Option<i64>,
    pub actor_name: String,
    pub action: String,
    pub object_kind: String,
    pub object_id: Option<i64>,
    pub object_name: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub reason: Option<String>,
    pub job_id: Option<i64>,
    pub batch_id: Option<i64>,
}

/// Where a block begins: below the entry of this moment and number.
pub type Cursor = (Timestamp, i64);

/// What is looked for, with the days that the period means.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The organisation's number.
    pub organisation: i64,
    /// Whose entries.
    pub sight: &'a Sight,
    /// Filter; its period is passed over for `days`.
    pub filter: &'a AuditFilter,
    /// First and last day, by the organisation's clock.
    pub days: (Option<Date>, Option<Date>),
    /// Only entries below this one.
    pub below: Option<Cursor>,
    /// Rows at most.
    pub most: i64,
}

/// Entries, newest first.
///
/// # Errors
/// Where the database fails.
pub async fn block(conn: &mut PgConnection, wanted: &Wanted<'_>) -> Result<Vec<Stored>> {
    let mut q = QueryBuilder::new(
        "select a.id, a.at, a.actor_id, a.actor_name, a.action, a.object_kind, a.object_id, a.object_name, a.before, a.after, a.reason, a.job_id, a.batch_id from audit a where ",
    );
    push_condition(&mut q, wanted);
    q.push(" order by a.at desc, a.id desc limit ")
        .push_bind(wanted.most);
    Ok(q.build_query_as().fetch_all(conn).await?)
}

/// One entry that the reader may see.
///
/// # Errors
/// Where the database fails.
pub async fn one(
    conn: &mut PgConnection,
    organisation: i64,
    sight: &Sight,
    id: i64,
) -> Result<Option<Stored>> {
    let filter = AuditFilter::default();
    let wanted = Wanted {
        organisation,
        sight,
        filter: &filter,
        days: (None, None),
        below: None,
        most: 1,
    };
    let mut q = QueryBuilder::new(
        "select a.id, a.at, a.actor_id, a.actor_name, a.action, a.object_kind, a.object_id, a.object_name, a.before, a.after, a.reason, a.job_id, a.batch_id from audit a where ",
    );
    push_condition(&mut q, &wanted);
    q.push(" and a.id = ").push_bind(id);
    Ok(q.build_query_as().fetch_optional(conn).await?)
}

/// The moment of an entry: where a block that begins below it starts.
///
/// # Errors
/// Where the database fails.
pub async fn cursor(conn: &mut PgConnection, organisation: i64, id: i64) -> Result<Option<Cursor>> {
    let at = sqlx::query_scalar!(
        "select at from audit where organisation_id = $1 and id = $2",
        organisation,
        id
    )
    .fetch_optional(conn)
    .await?;
    Ok(at.map(|at| (at.to_jiff(), id)))
}

fn push_condition(q: &mut QueryBuilder<Postgres>, wanted: &Wanted<'_>) {
    let (house, filter) = (wanted.organisation, wanted.filter);
    q.push("a.organisation_id = ").push_bind(house);
    push_sight(q, wanted.sight);
    let zone = |q: &mut QueryBuilder<Postgres>| {
        q.push(" at time zone (select o.time_zone from organisations o where o.id = ")
            .push_bind(house)
            .push("))");
    };
    if let Some(from) = wanted.days.0 {
        q.push(" and a.at >= (")
            .push_bind(from.to_sqlx())
            .push("::timestamp");
        zone(q);
    }
    if let Some(until) = wanted.days.1 {
        q.push(" and a.at < ((")
            .push_bind(until.to_sqlx())
            .push(" + 1)::timestamp");
        zone(q);
    }
    if let Some((at, id)) = wanted.below {
        q.push(" and (a.at, a.id) < (")
            .push_bind(at.to_sqlx())
            .push(", ")
            .push_bind(id)
            .push(")");
    }
    match filter.who {
        Some(SYSTEM) => {
            q.push(" and a.actor_id is null");
        }
        Some(who) => {
            q.push(" and a.actor_id = ").push_bind(who);
        }
        None => {}
    }
    if let Some(action) = &filter.action {
        q.push(" and a.action = ").push_bind(action.clone());
    }
    if let Some(user) = filter.user {
        q.push(" and a.object_kind = 'user' and a.object_id = ")
            .push_bind(user.0);
    }
    if let Some(batch) = filter.batch {
        q.push(" and a.batch_id = ").push_bind(batch);
    }
    let object = filter.object.trim();
    if !object.is_empty() {
        q.push(" and fold(a.object_name) like '%' || replace(replace(replace(fold(normalize(")
            .push_bind(object.to_owned())
            .push(r", nfc)), '\', '\\'), '%', '\%'), '_', '\_') || '%'");
    }
}

fn push_sight(q: &mut QueryBuilder<Postgres>, sight: &Sight) {
    match sight {
        Sight::Own(user) => {
            q.push(" and a.actor_id = ").push_bind(user.0);
        }
        Sight::Scope(scope, own) => {
            if let Some(units) = scope.unit_numbers() {
                q.push(" and (a.actor_id = ")
                    .push_bind(own.map(|u| u.0))
                    .push(" or (a.object_kind = 'user' and user_within(a.organisation_id, a.object_id, ")
                    .push_bind(units)
                    .push(")))");
            }
        }
    }
}

/// Who may be asked for: those whose groups carry rights, by name, at most two hundred.
///
/// # Errors
/// Where the database fails.
pub async fn people(conn: &mut PgConnection, organisation: i64) -> Result<Vec<(i64, String)>> {
    let rows = sqlx::query!(
        r#"select u.id, trim(u.surname || ' ' || u.given_name) as "name!" from users u
           where u.organisation_id = $1 and u.id in (
             select gr.user_id from grants gr join groups g on (g.organisation_id, g.id) = (gr.organisation_id, gr.group_id)
             where gr.organisation_id = $1 and cardinality(g.rights) > 0)
           order by u.sort_name, u.id limit 200"#,
        organisation
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|r| (r.id, r.name)).collect())
}

/// Acts that the trail holds: the index is asked for the next one after each, so a long
/// trail costs no more than a short one.
///
/// # Errors
/// Where the database fails.
pub async fn actions(conn: &mut PgConnection, organisation: i64) -> Result<Vec<String>> {
    let rows = sqlx::query_scalar!(
        r#"with recursive known as (
             (select action from audit where organisation_id = $1 order by action limit 1)
             union all
             select (select a.action from audit a where a.organisation_id = $1 and a.action > k.action
                     order by a.action limit 1) from known k where k.action is not null)
           select action as "action!" from known where action is not null"#,
        organisation
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}
