//! The list of users: the one statement that is put together at run time.
//!
//! A page is one statement: its rows with all their groups in the reader's language, and
//! the exact total. How the rows are come by depends on the filter:
//!
//! - *walk*: nothing but a state is asked. The index of the order is walked to the page.
//! - *group*: a big group is walked like everybody; a small one is collected from its
//!   grants and sorted. The total, counted first from the grants, decides.
//! - *found*: a text or units are asked. Everything found is collected behind a fence
//!   (`materialized`), so that the planner takes the trigram index and does not walk the
//!   order filtering row by row.
//!
//! The total of a walk or a group can be given again as long as the list has not changed
//! ([`Totals`]): the statement itself looks whether it has.

mod standing;
mod totals;
pub(in crate::db) mod words;

pub use standing::{ViewTotals, counts};
pub use totals::Totals;

use crate::error::{Result, ServiceError};
use domain::{
    Locale, UserId,
    access::Scope,
    page::{Page, PageRequest},
    user::{
        GroupName, ListQuery, PasswordEnd, Selection, SortColumn, UserFilter, UserRow, UserSort,
        UserState,
    },
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder, types::Json};
use totals::Counted;
use words::{push_word, words};

/// Adds the condition that `filter` makes inside `scope`, for the alias `u` of `users`.
/// To be put after `where`; it begins with no `and`.
pub fn push_where(q: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &UserFilter) {
    push_house(q, scope);
    push_state(q, filter.state);
    if let Some(state) = filter.registration {
        q.push(" and coalesce((select x.state from registrations x where x.organisation_id = u.organisation_id and x.user_id = u.id order by (x.state = 'running') desc, x.id desc limit 1), 'to_start') = ");
        q.push_bind(state.code());
    }
    if filter.without_mail {
        q.push(" and u.email is null and u.state = 'active'");
    }
    standing::push(q, scope, filter);
    for word in words(&filter.text) {
        push_word(q, "u.search_text", &word);
    }
    if !filter.groups.is_empty() {
        q.push(" and exists (select from grants gr where gr.organisation_id = u.organisation_id and gr.user_id = u.id and gr.group_id = any(array(select g.id from groups g where g.organisation_id = ");
        q.push_bind(scope.organisation().0);
        q.push(" and g.code = any(")
            .push_bind(filter.groups.clone())
            .push("))))");
    }
}

/// Adds the condition that somebody is in `selection` and in `scope`, for the alias `u` of
/// `users`. Single users are selected whatever their state.
pub fn push_selected(q: &mut QueryBuilder<Postgres>, scope: &Scope, selection: &Selection) {
    let numbers =
        |ids: &std::collections::BTreeSet<UserId>| ids.iter().map(|id| id.0).collect::<Vec<i64>>();
    match selection {
        Selection::Only(ids) => {
            push_house(q, scope);
            q.push(" and u.id = any(").push_bind(numbers(ids)).push(")");
        }
        Selection::AllFound { filter, except, .. } => {
            push_where(q, scope, filter);
            if !except.is_empty() {
                q.push(" and u.id <> all(")
                    .push_bind(numbers(except))
                    .push(")");
            }
        }
    }
}

/// Organisation and units of the scope, for the alias `u` of `users`.
pub fn push_house(q: &mut QueryBuilder<Postgres>, scope: &Scope) {
    q.push("u.organisation_id = ")
        .push_bind(scope.organisation().0);
    if let Some(units) = scope.unit_numbers() {
        // The same rule as `user_within`, as a set: by a grant or by the home.
        let inside = |q: &mut QueryBuilder<Postgres>| {
            q.push("any(array(select n.id from units n where n.organisation_id = ");
            q.push_bind(scope.organisation().0);
            q.push(" and n.path && ")
                .push_bind(units.clone())
                .push("))");
        };
        q.push(" and u.id in (select gr.user_id from grants gr where gr.organisation_id = ");
        q.push_bind(scope.organisation().0);
        q.push(" and gr.unit_id = ");
        inside(q);
        q.push(" union all select hu.id from users hu where hu.organisation_id = ");
        q.push_bind(scope.organisation().0);
        q.push(" and hu.unit_id = ");
        inside(q);
        q.push(")");
    }
}

/// Archived users are shown only where they are asked for.
fn push_state(q: &mut QueryBuilder<Postgres>, state: Option<UserState>) {
    match state {
        None => q.push(" and u.state <> 'archived'"),
        Some(s) => q.push(format_args!(" and u.state = '{}'", s.code())),
    };
}

/// Exact number of users that `filter` finds inside `scope`.
///
/// # Errors
/// Where the database fails.
pub async fn count(conn: &mut PgConnection, scope: &Scope, filter: &UserFilter) -> Result<u64> {
    let mut q = QueryBuilder::new("");
    if let Way::Group = way(scope, filter) {
        push_wanted(&mut q, scope, filter);
        q.push("select ");
        push_group_total(&mut q, scope, filter.state);
    } else {
        q.push("select count(*) from users u where ");
        push_where(&mut q, scope, filter);
    }
    whole(q.build_query_scalar::<i64>().fetch_one(conn).await?)
}

/// Exact number of users in `selection` now.
///
/// # Errors
/// Where the database fails.
pub async fn count_selected(
    conn: &mut PgConnection,
    scope: &Scope,
    selection: &Selection,
) -> Result<u64> {
    if let Selection::AllFound { filter, except, .. } = selection
        && except.is_empty()
    {
        return count(conn, scope, filter).await;
    }
    let mut q = QueryBuilder::new("select count(*) from users u where ");
    push_selected(&mut q, scope, selection);
    whole(q.build_query_scalar::<i64>().fetch_one(conn).await?)
}

/// The numbers of the users in `selection`; `None` where there are more than `most`.
///
/// # Errors
/// Where the database fails.
pub async fn selected_ids(
    conn: &mut PgConnection,
    scope: &Scope,
    selection: &Selection,
    most: u64,
) -> Result<Option<Vec<UserId>>> {
    let mut q = QueryBuilder::new("select u.id from users u where ");
    push_selected(&mut q, scope, selection);
    q.push(" limit ")
        .push_bind(i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1));
    let ids: Vec<i64> = q.build_query_scalar().fetch_all(conn).await?;
    Ok((ids.len() as u64 <= most).then(|| ids.into_iter().map(UserId).collect()))
}

/// A page of the list with the exact total; page 1 where the wanted one lies past the end.
///
/// # Errors
/// Where the database fails.
pub async fn page(
    conn: &mut PgConnection,
    totals: &Totals,
    scope: &Scope,
    query: &ListQuery,
    locale: Locale,
    now: Timestamp,
) -> Result<Page<UserRow>> {
    let mut request = query.page;
    request.number = request.number.max(1);
    let mut found = rows(&mut *conn, totals, scope, query, request, locale, now).await?;
    if found.1.is_empty() && found.0 > 0 && request.number > 1 {
        request.number = 1;
        found = rows(conn, totals, scope, query, request, locale, now).await?;
    }
    Ok(Page {
        total: found.0,
        items: found.1,
        number: request.number,
        size: request.size,
    })
}

/// One page as it was asked for, in one statement.
async fn rows(
    conn: &mut PgConnection,
    totals: &Totals,
    scope: &Scope,
    query: &ListQuery,
    page: PageRequest,
    locale: Locale,
    now: Timestamp,
) -> Result<(u64, Vec<UserRow>)> {
    let kept = !matches!(way(scope, &query.filter), Way::Found);
    let known = if kept {
        totals.known(scope, &query.filter)
    } else {
        None
    };
    let mut q = QueryBuilder::new("");
    push_page(
        &mut q,
        scope,
        query,
        page,
        known.unwrap_or_default(),
        locale,
        now,
    );
    let read: Vec<ListRow> = q.build_query_as().fetch_all(conn).await?;
    let counted = read
        .first()
        .map(|r| Counted {
            state: r.list_state,
            total: r.total,
        })
        .unwrap_or_default();
    if kept && known != Some(counted) {
        totals.keep(scope, &query.filter, counted);
    }
    Ok((
        whole(counted.total)?,
        read.into_iter().filter_map(ListRow::user).collect(),
    ))
}

/// How the rows of a page are come by.
enum Way {
    Walk,
    Group,
    Found,
}

fn way(scope: &Scope, filter: &UserFilter) -> Way {
    if scope.units().is_some()
        || filter.without_mail
        || filter.asks_standing()
        || filter.registration.is_some()
        || !words(&filter.text).is_empty()
    {
        Way::Found
    } else if filter.groups.is_empty() {
        Way::Walk
    } else {
        Way::Group
    }
}

fn push_page(
    q: &mut QueryBuilder<Postgres>,
    scope: &Scope,
    query: &ListQuery,
    page: PageRequest,
    known: Counted,
    locale: Locale,
    now: Timestamp,
) {
    let (filter, sort) = (&query.filter, query.sort);
    match way(scope, filter) {
        Way::Walk => {
            q.push("with ");
            push_total(q, scope, known, &|q| {
                q.push("(select count(*) from users u where ");
                push_where(q, scope, filter);
                q.push(")");
            });
            q.push(", page as materialized (");
            push_walk(q, sort, page, &|q| push_where(q, scope, filter));
        }
        Way::Group => push_group_page(q, scope, filter, sort, page, known),
        Way::Found => {
            q.push(format_args!(
                "with found as materialized (select u.id, u.sort_name, {} as k from users u where ",
                key(sort)
            ));
            push_where(q, scope, filter);
            q.push(format_args!(
                "), t as (select count(*) as total, 0::bigint as list_state from found), page as materialized (select f.id from found f order by {}",
                order(sort, "f.k", "f.")
            ));
            push_range(q, page);
        }
    }
    // The join brings the total also where no row stands under it.
    q.push(") select t.total, t.list_state, u.external_id, ct.mobile, rg.state as registration, (rg.sent_at at time zone o.time_zone)::date as sent_day, ((rg.expires_at - interval '1 microsecond') at time zone o.time_zone)::date as end_day, rg.reminded_count as reminders, u.id, u.surname, u.given_name, u.username, u.email, u.email_bounced_at is not null as bounced, u.state, u.version, ");
    // The last day on which it works: an end at midnight is the day before.
    q.push("((u.password_expires_at - interval '1 microsecond') at time zone o.time_zone)::date as password_day, u.password_expires_at <= ");
    q.push_bind(now.to_sqlx());
    q.push(" as password_over, (select jsonb_agg(jsonb_build_object('id', g.id, 'code', g.code, 'name', g.name_");
    q.push(locale.code());
    q.push(") order by g.position, g.id) from groups g where g.organisation_id = u.organisation_id and g.id in (select gr.group_id from grants gr where gr.organisation_id = u.organisation_id and gr.user_id = u.id)) as groups from t join organisations o on o.id = ");
    q.push_bind(scope.organisation().0);
    q.push(" left join (page p join users u on u.organisation_id = ")
        .push_bind(scope.organisation().0);
    q.push(format_args!(
        " and u.id = p.id) on true left join user_contacts ct on ct.organisation_id = u.organisation_id and ct.user_id = u.id left join lateral (select x.state, x.sent_at, x.expires_at, x.reminded_count from registrations x where x.organisation_id = u.organisation_id and x.user_id = u.id order by (x.state = 'running') desc, x.id desc limit 1) rg on true order by {}",
        order(sort, key(sort), "u.")
    ));
}

/// What a column sorts by.
const fn key(sort: UserSort) -> &'static str {
    match sort.column {
        SortColumn::Surname => "u.sort_name",
        SortColumn::GivenName => "fold(u.given_name)",
        SortColumn::Username => "u.username",
        SortColumn::Email => "lower(u.email)",
        SortColumn::State => "u.state",
        SortColumn::PasswordEnd => "u.password_expires_at",
    }
}

/// Columns where a value may be missing; the missing ones come last in both directions.
const fn nullable(column: SortColumn) -> bool {
    matches!(column, SortColumn::Email | SortColumn::PasswordEnd)
}

/// The whole order, as `order by` wants it. Names decide among equals, numbers last, all
/// in one direction: so an index serves it forwards and backwards.
fn order(sort: UserSort, key: &str, alias: &str) -> String {
    let dir = if sort.descending { "desc" } else { "asc" };
    let last = if nullable(sort.column) {
        " nulls last"
    } else {
        ""
    };
    match sort.column {
        SortColumn::Surname => format!("{alias}sort_name {dir}, {alias}id {dir}"),
        _ => format!("{key} {dir}{last}, {alias}sort_name {dir}, {alias}id {dir}"),
    }
}

fn push_range(q: &mut QueryBuilder<Postgres>, page: PageRequest) {
    q.push(" limit ")
        .push_bind(page.limit())
        .push(" offset ")
        .push_bind(page.offset());
}

/// Selects the ids of a page by walking the index of its order, filtering by `condition`;
/// `t` holds the total.
fn push_walk(
    q: &mut QueryBuilder<Postgres>,
    sort: UserSort,
    page: PageRequest,
    condition: &dyn Fn(&mut QueryBuilder<Postgres>),
) {
    let key = key(sort);
    if !(sort.descending && nullable(sort.column)) {
        q.push("select u.id from users u where ");
        condition(q);
        q.push(format_args!(" order by {}", order(sort, key, "u.")));
        return push_range(q, page);
    }
    // Backwards the index gives the missing values first, and they belong last: so the
    // present ones are walked, and the missing ones only where those do not fill the page.
    let backwards = format!("{key} desc, u.sort_name desc, u.id desc");
    q.push("with head as materialized (select u.id from users u where ");
    condition(q);
    q.push(format_args!(" and {key} is not null order by {backwards}"));
    push_range(q, page);
    q.push(") select id from (select id from head union all (select u.id from users u where ");
    condition(q);
    q.push(format_args!(
        " and {key} is null and (select count(*) from head) < "
    ))
    .push_bind(page.limit());
    q.push(" order by u.sort_name desc, u.id desc limit ")
        .push_bind(page.limit());
    q.push(" - (select count(*) from head) offset case when (select count(*) from head) < ")
        .push_bind(page.limit());
    q.push(" then greatest(0, ").push_bind(page.offset());
    q.push(" - (select total from t) + (select count(*) from users u where ");
    condition(q);
    // The limit around it all tells the planner how few they are.
    q.push(format_args!(
        " and {key} is null)) else 0 end)) both_parts limit "
    ))
    .push_bind(page.limit());
}

/// `with wanted …`: the numbers of the groups asked for.
fn push_wanted(q: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &UserFilter) {
    q.push("with wanted as materialized (select array(select g.id from groups g where g.organisation_id = ");
    q.push_bind(scope.organisation().0);
    q.push(" and g.code = any(")
        .push_bind(filter.groups.clone())
        .push(")) as ids) ");
}

/// `u` is in a wanted group. The `offset 0` keeps it a look-up for each row walked: as a
/// join it would be computed for everybody before the first row.
const IN_WANTED: &str = " and exists (select from grants gr where gr.organisation_id = u.organisation_id and gr.user_id = u.id and gr.group_id = any((select ids from wanted)::bigint[]) offset 0)";

/// Members of the wanted groups, each once, whatever their state.
fn push_members(q: &mut QueryBuilder<Postgres>, scope: &Scope) {
    q.push("select distinct gr.user_id from grants gr where gr.organisation_id = ");
    q.push_bind(scope.organisation().0);
    q.push(" and gr.group_id = any((select ids from wanted)::bigint[])");
}

/// Counts the wanted groups' users: from the index of grants, less the few in other states.
fn push_group_total(q: &mut QueryBuilder<Postgres>, scope: &Scope, state: Option<UserState>) {
    let others = match state {
        None => "('archived')",
        Some(UserState::Active) => "('inactive', 'archived')",
        Some(UserState::Inactive) => "('inactive')",
        Some(UserState::Archived) => "('archived')",
    };
    if matches!(state, None | Some(UserState::Active)) {
        q.push("(select count(*) from (");
        push_members(q, scope);
        q.push(") members) - ");
    }
    q.push("(select count(*) from users u where u.organisation_id = ")
        .push_bind(scope.organisation().0);
    q.push(format_args!(" and u.state in {others}{IN_WANTED})"));
}

/// `t`: the total as `count` counts it, or the known one while the list stands as it stood.
fn push_total(
    q: &mut QueryBuilder<Postgres>,
    scope: &Scope,
    known: Counted,
    count: &dyn Fn(&mut QueryBuilder<Postgres>),
) {
    q.push("now as materialized (select coalesce(sum(c.n), 0)::bigint as list_state from list_changes c where c.organisation_id = ");
    q.push_bind(scope.organisation().0);
    q.push("), t as materialized (select list_state, case when list_state = ")
        .push_bind(known.state);
    q.push(" then ").push_bind(known.total).push(" else ");
    count(q);
    q.push(" end as total from now)");
}

fn push_group_page(
    q: &mut QueryBuilder<Postgres>,
    scope: &Scope,
    filter: &UserFilter,
    sort: UserSort,
    page: PageRequest,
    known: Counted,
) {
    push_wanted(q, scope, filter);
    q.push(", ");
    push_total(q, scope, known, &|q| {
        push_group_total(q, scope, filter.state)
    });
    q.push(", big as materialized (select total >= 2000 and total >= 20 * ")
        .push_bind(page.offset() + page.limit());
    q.push(" as walk from t), page as materialized (select id from ((");
    push_walk(q, sort, page, &|q| {
        push_house(q, scope);
        push_state(q, filter.state);
        q.push(IN_WANTED).push(" and (select walk from big)");
    });
    q.push(") union all (select u.id from users u where u.organisation_id = ")
        .push_bind(scope.organisation().0);
    push_state(q, filter.state);
    q.push(" and not (select walk from big) and u.id = any(array(");
    push_members(q, scope);
    q.push(format_args!(")) order by {}", order(sort, key(sort), "u.")));
    push_range(q, page);
    q.push(")) either_way limit ").push_bind(page.limit());
}

/// The statement of an export: everyone in the selection, in the order of the list. Its
/// rows are [`ExportRow`]s, read one by one.
pub fn export(
    scope: &Scope,
    selection: &Selection,
    sort: UserSort,
    locale: Locale,
) -> QueryBuilder<Postgres> {
    let mut q = QueryBuilder::new(
        "select u.username, u.surname, u.given_name, u.fiscal_code, u.email, u.state, u.locale, ((u.password_expires_at - interval '1 microsecond') at time zone o.time_zone)::date as password_day, (select string_agg(g.name_",
    );
    q.push(locale.code());
    q.push(", ', ' order by g.position, g.id) from groups g where g.organisation_id = u.organisation_id and g.id in (select gr.group_id from grants gr where gr.organisation_id = u.organisation_id and gr.user_id = u.id)) as groups from users u join organisations o on o.id = u.organisation_id where ");
    push_selected(&mut q, scope, selection);
    q.push(format_args!(" order by {}", order(sort, key(sort), "u.")));
    q
}

/// A row of an export.
#[derive(Debug, FromRow)]
#[allow(missing_docs, reason = "the columns of the file")]
pub struct ExportRow {
    pub username: String,
    pub surname: String,
    pub given_name: String,
    pub fiscal_code: Option<String>,
    pub email: Option<String>,
    pub state: String,
    pub locale: String,
    pub password_day: Option<jiff_sqlx::Date>,
    pub groups: Option<String>,
}

fn whole(n: i64) -> Result<u64> {
    u64::try_from(n).map_err(ServiceError::internal)
}

/// A row as read; all but the total is missing where nothing was found.
#[derive(FromRow)]
struct ListRow {
    total: i64,
    list_state: i64,
    id: Option<i64>,
    surname: Option<String>,
    given_name: Option<String>,
    username: Option<String>,
    email: Option<String>,
    bounced: Option<bool>,
    state: Option<String>,
    version: Option<i32>,
    password_day: Option<jiff_sqlx::Date>,
    password_over: Option<bool>,
    groups: Option<Json<Vec<GroupName>>>,
    external_id: Option<i64>,
    mobile: Option<String>,
    registration: Option<String>,
    sent_day: Option<jiff_sqlx::Date>,
    end_day: Option<jiff_sqlx::Date>,
    reminders: Option<i32>,
}

impl ListRow {
    fn user(self) -> Option<UserRow> {
        Some(UserRow {
            id: UserId(self.id?),
            groups: self.groups.map(|g| g.0).unwrap_or_default(),
            surname: self.surname?,
            given_name: self.given_name?,
            username: self.username?,
            email: self.email,
            email_bounced: self.bounced.unwrap_or_default(),
            state: self.state?.parse().ok()?,
            password_end: self.password_day.map(|day| PasswordEnd {
                day: day.to_jiff(),
                over: self.password_over.unwrap_or_default(),
            }),
            version: self.version?,
            invited: super::invited(
                self.external_id,
                self.mobile,
                self.registration.as_deref(),
                (
                    self.sent_day.map(|d| d.to_jiff()),
                    self.end_day.map(|d| d.to_jiff()),
                ),
                self.reminders,
            ),
        })
    }
}
