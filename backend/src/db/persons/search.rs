//! The list of persons, its totals and its export: statements put together at run time.
//!
//! A page is one statement: its cards, the exact total, and how many of what the other
//! filters find are not linked. Without words, enrolments or units the index of the order
//! is walked to the page; otherwise everything found is collected behind a fence.

use super::Card;
use crate::{
    db::users::search::words::{push_word, words},
    error::{Result, ServiceError},
};
use domain::{
    access::Scope,
    page::{Page, PageRequest},
    person::{PersonFilter, PersonQuery, PersonRow},
};
use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};

/// Adds the condition that `filter` makes inside `scope`, for the alias `p` of `persons`,
/// but the one about links. To be put after `where`; it begins with no `and`.
pub fn push_where(q: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &PersonFilter) {
    push_house(q, scope);
    if let Some(kind) = filter.kind {
        q.push(" and p.kind = ").push_bind(kind.code());
    }
    if filter.by_enrolment() {
        q.push(" and p.id in (select e.person_id from enrolments e where e.organisation_id = ");
        q.push_bind(scope.organisation().0);
        push_enrolment(q, scope, filter);
        q.push(")");
    }
    for word in words(&filter.text) {
        push_word(q, "p.search_text", &word);
    }
}

/// Year, site and class, for the alias `e` of `enrolments`.
fn push_enrolment(q: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &PersonFilter) {
    if let Some(year) = filter.school_year {
        q.push(" and e.school_year = ").push_bind(year);
    }
    if let Some(site) = filter.site {
        q.push(" and e.unit_id = any(array(select n.id from units n where n.organisation_id = ");
        q.push_bind(scope.organisation().0);
        q.push(" and n.path && array[").push_bind(site.0);
        q.push("]::bigint[]))");
    }
    if let Some(class) = &filter.class {
        q.push(" and e.class = ").push_bind(class.clone());
    }
}

/// Organisation and units of the scope, for the alias `p` of `persons`: somebody limited
/// to units sees who is enrolled there and whose user is at home or acts there.
pub fn push_house(q: &mut QueryBuilder<Postgres>, scope: &Scope) {
    q.push("p.organisation_id = ")
        .push_bind(scope.organisation().0);
    let Some(units) = scope.unit_numbers() else {
        return;
    };
    let inside = |q: &mut QueryBuilder<Postgres>| {
        q.push(" = any(array(select n.id from units n where n.organisation_id = ");
        q.push_bind(scope.organisation().0);
        q.push(" and n.path && ").push_bind(units.clone());
        q.push("))");
    };
    q.push(" and p.id in (select e.person_id from enrolments e where e.organisation_id = ");
    q.push_bind(scope.organisation().0).push(" and e.unit_id");
    inside(q);
    q.push(" union all select l.person_id from user_person_links l join grants g on (g.organisation_id, g.user_id) = (l.organisation_id, l.user_id) where l.organisation_id = ");
    q.push_bind(scope.organisation().0).push(" and g.unit_id");
    inside(q);
    // The same as user_within, from the units to the users: a list asks it of everybody.
    q.push(" union all select l.person_id from user_person_links l join users h on (h.organisation_id, h.id) = (l.organisation_id, l.user_id) where l.organisation_id = ");
    q.push_bind(scope.organisation().0).push(" and h.unit_id");
    inside(q);
    q.push(")");
}

/// A page of the list with its totals.
#[derive(Debug)]
pub struct Found {
    /// The cards, by name.
    pub page: Page<PersonRow>,
    /// Of those found by the other filters, how many have no user.
    pub unlinked: u64,
}

/// A page of the list; page 1 where the wanted one lies past the end.
///
/// # Errors
/// Where the database fails.
pub async fn page(conn: &mut PgConnection, scope: &Scope, query: &PersonQuery) -> Result<Found> {
    let mut request = query.page;
    request.number = request.number.max(1);
    let mut read = rows(&mut *conn, scope, &query.filter, request).await?;
    if read.cards.is_empty() && read.total > 0 && request.number > 1 {
        request.number = 1;
        read = rows(conn, scope, &query.filter, request).await?;
    }
    Ok(Found {
        page: Page {
            items: read.cards,
            total: read.total,
            number: request.number,
            size: request.size,
        },
        unlinked: read.unlinked,
    })
}

struct Read {
    cards: Vec<PersonRow>,
    total: u64,
    unlinked: u64,
}

async fn rows(
    conn: &mut PgConnection,
    scope: &Scope,
    filter: &PersonFilter,
    page: PageRequest,
) -> Result<Read> {
    let mut q = QueryBuilder::new("");
    push_page(&mut q, scope, filter, page);
    let read: Vec<ListRow> = q.build_query_as().fetch_all(conn).await?;
    let (total, unlinked) = read.first().map_or((0, 0), |r| (r.total, r.unlinked));
    Ok(Read {
        cards: read.into_iter().filter_map(|r| r.card.row()).collect(),
        total: whole(total)?,
        unlinked: whole(unlinked)?,
    })
}

/// How the rows of a page are come by.
enum Way {
    /// The index of the order is walked to the page.
    Walk,
    /// The same, passing over those with (or without) a user; where these are few, they
    /// are collected instead. Their number, which is known first, decides.
    Links(bool),
    /// Everything found is collected behind a fence.
    Found,
}

fn way(scope: &Scope, filter: &PersonFilter) -> Way {
    if scope.units().is_some() || filter.by_enrolment() || !words(&filter.text).is_empty() {
        Way::Found
    } else {
        filter.linked.map_or(Way::Walk, Way::Links)
    }
}

fn push_page(
    q: &mut QueryBuilder<Postgres>,
    scope: &Scope,
    filter: &PersonFilter,
    page: PageRequest,
) {
    match way(scope, filter) {
        Way::Walk => {
            push_totals(q, scope, filter, "total");
            q.push(", page as materialized (select p.id from persons p where ");
            push_where(q, scope, filter);
            push_range(q, page, "p.");
            q.push(")");
        }
        Way::Links(linked) => {
            push_totals(
                q,
                scope,
                filter,
                if linked { "linked" } else { "total - linked" },
            );
            q.push(", big as materialized (select total >= 20 * ")
                .push_bind(page.offset() + page.limit());
            q.push(" as walk from t), page as materialized (select id from (");
            for walk in [true, false] {
                let (if_walk, fence) = if walk {
                    ("", " offset 0")
                } else {
                    ("not ", "")
                };
                let (all, exists) = (
                    if walk { "" } else { " union all " },
                    if linked { "" } else { "not " },
                );
                q.push(format_args!("{all}(select p.id from persons p where "));
                push_where(q, scope, filter);
                // The fence keeps it a look-up for each row walked.
                q.push(format_args!(" and {if_walk}(select walk from big) and {exists}exists (select from user_person_links l where l.organisation_id = p.organisation_id and l.person_id = p.id{fence})"));
                push_range(q, page, "p.");
                q.push(")");
            }
            q.push(") either_way limit ")
                .push_bind(page.limit())
                .push(")");
        }
        Way::Found => {
            push_found(q, scope, filter);
            let wanted = match filter.linked {
                None => "true",
                Some(true) => "not f.free",
                Some(false) => "f.free",
            };
            q.push(format_args!(
                ", t as materialized (select count(*) filter (where {wanted}) as total, count(*) filter (where f.free) as unlinked from found f), page as materialized (select f.id from found f where {wanted}"
            ));
            push_range(q, page, "f.");
            q.push(")");
        }
    }
    // The join brings the totals also where no row stands under them.
    q.push(" select t.total, t.unlinked, p.id, p.code, p.kind, p.legal, p.surname, p.given_name, p.fiscal_code, p.vat_number, p.birth_date, p.email, p.state, p.version, l.user_id, u.username, l.method, (select count(*) from folders d where d.organisation_id = p.organisation_id and d.person_id = p.id) as folders from t left join (page g join persons p on p.organisation_id = ");
    q.push_bind(scope.organisation().0);
    q.push(" and p.id = g.id left join user_person_links l on l.organisation_id = p.organisation_id and l.person_id = p.id left join users u on u.organisation_id = l.organisation_id and u.id = l.user_id) on true order by p.sort_name, p.id");
}

/// `with c …, t`: the totals counted off in the indexes; a link bears the kind of its person.
fn push_totals(q: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &PersonFilter, total: &str) {
    q.push("with c as materialized (select (select count(*) from persons p where ");
    push_where(q, scope, filter);
    q.push(") as total, (select count(*) from user_person_links l where l.organisation_id = ");
    q.push_bind(scope.organisation().0);
    if let Some(kind) = filter.kind {
        q.push(" and l.kind = ").push_bind(kind.code());
    }
    q.push(format_args!(") as linked), t as materialized (select {total} as total, greatest(0, total - linked) as unlinked from c)"));
}

fn push_range(q: &mut QueryBuilder<Postgres>, page: PageRequest, alias: &str) {
    q.push(format_args!(" order by {alias}sort_name, {alias}id limit "))
        .push_bind(page.limit());
    q.push(" offset ").push_bind(page.offset());
}

/// `with found …`: everyone the filters but the one about links find, and whether they
/// have no user.
fn push_found(q: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &PersonFilter) {
    q.push("with found as materialized (select p.id, p.sort_name, l.person_id is null as free from persons p left join user_person_links l on l.organisation_id = p.organisation_id and l.person_id = p.id where ");
    push_where(q, scope, filter);
    q.push(")");
}

/// How Postgres would come by a page: for the test that watches over its plans.
///
/// # Errors
/// Where the database fails.
pub async fn explain(
    conn: &mut PgConnection,
    scope: &Scope,
    query: &PersonQuery,
) -> Result<Vec<String>> {
    let mut q = QueryBuilder::new("explain ");
    push_page(&mut q, scope, &query.filter, query.page);
    Ok(q.build_query_scalar().fetch_all(conn).await?)
}

/// Exact number of persons that `filter` finds inside `scope`.
///
/// # Errors
/// Where the database fails.
pub async fn count(conn: &mut PgConnection, scope: &Scope, filter: &PersonFilter) -> Result<u64> {
    let mut q = QueryBuilder::new("");
    push_found(&mut q, scope, filter);
    q.push(" select count(*) from found f where ");
    q.push(match filter.linked {
        None => "true",
        Some(true) => "not f.free",
        Some(false) => "f.free",
    });
    whole(q.build_query_scalar::<i64>().fetch_one(conn).await?)
}

/// The statement of an export: everyone the filter finds, by name. Its rows are
/// [`ExportRow`]s, read one by one; the enrolment is the newest that fits the filter.
pub fn export(scope: &Scope, filter: &PersonFilter) -> QueryBuilder<Postgres> {
    let house = scope.organisation().0;
    let mut q = QueryBuilder::new(
        "select p.code, p.surname, p.given_name, p.fiscal_code, p.vat_number, p.birth_date, p.email, p.kind, p.state, u.username, e.school_year, e.class, n.name as site from persons p left join user_person_links l on l.organisation_id = p.organisation_id and l.person_id = p.id left join users u on u.organisation_id = l.organisation_id and u.id = l.user_id left join lateral (select e.school_year, e.class, e.unit_id from enrolments e where e.organisation_id = p.organisation_id and e.person_id = p.id",
    );
    push_enrolment(&mut q, scope, filter);
    q.push(
        " order by e.school_year desc limit 1) e on true left join units n on n.organisation_id = ",
    );
    q.push_bind(house);
    q.push(" and n.id = e.unit_id where ");
    push_where(&mut q, scope, filter);
    match filter.linked {
        None => {}
        Some(true) => {
            q.push(" and l.person_id is not null");
        }
        Some(false) => {
            q.push(" and l.person_id is null");
        }
    }
    q.push(" order by p.sort_name, p.id");
    q
}

/// A row of an export.
#[derive(Debug, FromRow)]
#[allow(missing_docs, reason = "the columns of the file")]
pub struct ExportRow {
    pub code: i64,
    pub surname: String,
    pub given_name: String,
    pub fiscal_code: Option<String>,
    pub vat_number: Option<String>,
    pub birth_date: Option<jiff_sqlx::Date>,
    pub email: Option<String>,
    pub kind: String,
    pub state: String,
    pub username: Option<String>,
    pub school_year: Option<i16>,
    pub class: Option<String>,
    pub site: Option<String>,
}

fn whole(n: i64) -> Result<u64> {
    u64::try_from(n).map_err(ServiceError::internal)
}

#[derive(FromRow)]
struct ListRow {
    total: i64,
    unlinked: i64,
    #[sqlx(flatten)]
    card: Card,
}
