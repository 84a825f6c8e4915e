//! What the views ask for beyond names and groups, and how many each view finds.

use super::{push_where, whole};
use crate::error::Result;
use domain::{access::Scope, person::PersonKind, user::UserFilter};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Adds ` and …` for what the filter asks beyond names, groups and state.
pub(super) fn push(q: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &UserFilter) {
    if filter.expired {
        // The database's clock: the statement is also that of selections and exports, which
        // have no other moment.
        q.push(" and u.password_expires_at <= statement_timestamp()");
    }
    if filter.bounced {
        q.push(" and u.email_bounced_at is not null");
    }
    if filter.never_entered {
        q.push(" and u.last_sign_in_at is null");
    }
    if filter.unlikely_group {
        push_unlikely(q, scope);
    }
}

/// `u` has linked records and groups that are usual for some kind of person, and none of
/// those groups fits any of the records. A teacher who is also among the guardians with a
/// teacher's record alone is left in peace: one of the groups fits.
fn push_unlikely(q: &mut QueryBuilder<Postgres>, scope: &Scope) {
    let (mut codes, mut kinds) = (Vec::new(), Vec::new());
    for kind in PersonKind::ALL {
        for code in kind.usual_groups() {
            codes.push((*code).to_owned());
            kinds.push(kind.code().to_owned());
        }
    }
    let house = scope.organisation().0;
    // From the links: there are fewer of them than grants.
    q.push(" and u.id in (select l.user_id from (select x.user_id, array_agg(x.kind) as kinds from user_person_links x where x.organisation_id = ")
        .push_bind(house)
        .push(" group by x.user_id) l join grants gr on gr.organisation_id = ")
        .push_bind(house)
        .push(" and gr.user_id = l.user_id join (select g.id, array_agg(k.kind) as usual from groups g join unnest(")
        .push_bind(codes)
        .push("::text[], ")
        .push_bind(kinds)
        .push("::text[]) as k (code, kind) on k.code = g.code where g.organisation_id = ")
        .push_bind(house)
        .push(" group by g.id) w on w.id = gr.group_id group by l.user_id having not bool_or(l.kinds && w.usual))");
}

/// A count, what the list was when it was counted, and until when it holds: a password may
/// end without anybody changing anything.
#[derive(Clone, Copy, Debug)]
struct Counted {
    state: i64,
    until: Option<Timestamp>,
    total: u64,
}

type Key = (i64, Option<Vec<i64>>, UserFilter);

/// Counts of views kept at most.
const MOST: usize = 10_000;

/// The counts of one process. Exact: a kept count is given only while `view_changes` and
/// `list_changes` say that nothing it depends on has changed, whichever process did it.
#[derive(Clone, Debug, Default)]
pub struct ViewTotals(Arc<Mutex<HashMap<Key, Counted>>>);

fn key(scope: &Scope, filter: &UserFilter) -> Key {
    (scope.organisation().0, scope.unit_numbers(), filter.clone())
}

/// How many users each filter finds inside `scope`: one look whether anything has changed,
/// and one statement for those that are not known.
///
/// # Errors
/// Where the database fails.
pub async fn counts(
    conn: &mut PgConnection,
    kept: &ViewTotals,
    scope: &Scope,
    filters: &[UserFilter],
    now: Timestamp,
) -> Result<Vec<u64>> {
    let house = scope.organisation().0;
    let standing = sqlx::query!(
        r#"select (coalesce((select sum(n) from view_changes where organisation_id = $1), 0)
               + coalesce((select sum(n) from list_changes where organisation_id = $1), 0))::bigint as "state!",
             (select min(password_expires_at) from users where organisation_id = $1 and password_expires_at > $2) as next_end"#,
        house,
        now.to_sqlx() as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    let state = standing.state;
    let mut known: Vec<Option<u64>> = {
        let kept = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        filters
            .iter()
            .map(|f| {
                // Registrations come and end without a change of the list: never kept.
                kept.get(&key(scope, f))
                    .filter(|_| f.registration.is_none())
                    .filter(|c| c.state == state && c.until.is_none_or(|end| now < end))
                    .map(|c| c.total)
            })
            .collect()
    };
    let missing: Vec<usize> = (0..filters.len()).filter(|i| known[*i].is_none()).collect();
    if !missing.is_empty() {
        let mut q = QueryBuilder::new("select array[");
        for (n, i) in missing.iter().enumerate() {
            q.push(if n == 0 { "" } else { ", " });
            q.push("(select count(*) from users u where ");
            push_where(&mut q, scope, &filters[*i]);
            q.push(")");
        }
        q.push("]");
        let counted: Vec<i64> = q.build_query_scalar().fetch_one(conn).await?;
        let mut kept = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        for (i, total) in missing.into_iter().zip(counted) {
            let total = whole(total)?;
            known[i] = Some(total);
            let until = standing
                .next_end
                .map(|end| end.to_jiff())
                .filter(|_| filters[i].expired);
            let counted = Counted {
                state,
                until,
                total,
            };
            kept.insert(key(scope, &filters[i]), counted);
        }
    }
    Ok(known.into_iter().map(Option::unwrap_or_default).collect())
}
