//! Users beside the registry: what is staged, proposed, linked (A23–A28). Every statement
//! works on sets: 200,000 users are aligned in one go.

pub mod creation;
pub mod dissolve;
pub mod newcomer;
pub mod propose;
pub mod save;
pub mod stage;

use crate::error::Result;
use domain::{
    OrganisationId, PersonId, UserId,
    access::{Actor, Right, Scope},
    alignment::{
        AlignmentRow, Facts, LinkMethod, LinkedRow, PairProblem, PersonSide, StagedPair, UserSide,
        score,
    },
    page::{Page, PageRequest},
    person::PersonKind,
};
use sqlx::PgConnection;

/// Who aligns, and as far as where.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Whose data.
    pub organisation: OrganisationId,
    /// Whose draft; 0 is the command line.
    pub editor: i64,
    /// Units of the right; `None` is the whole organisation.
    pub units: Option<Vec<i64>>,
    /// Groups with rights that the actor does not hold: their members are out of reach.
    pub strong: Vec<i64>,
}

impl Ground {
    /// Gathers it for acts that need `right`.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn of(conn: &mut PgConnection, actor: &Actor, right: Right) -> Result<Self> {
        Ok(Self {
            organisation: actor.organisation,
            editor: actor.user.map_or(0, |u| u.0),
            units: Scope::of(actor, right).unit_numbers(),
            strong: super::sending::strong_groups(conn, actor).await?,
        })
    }
}

/// What is typed into a search, cut into the words that all must be found.
pub fn words(text: &str) -> Vec<String> {
    text.split_whitespace()
        .take(6)
        .map(|w| {
            w.replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_")
        })
        .collect()
}

fn whole(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// The numbers above the tabs: unlinked users, linked users, unlinked records, staged
/// pairs of the kind, stored links of the kind.
///
/// # Errors
/// Where the database fails.
pub async fn counters(
    conn: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
) -> Result<[u64; 5]> {
    let r = sqlx::query!(
        r#"select
          (select count(*) from users u where u.organisation_id = $1 and u.state = 'active'
             and not exists (select from user_person_links l where l.organisation_id = $1 and l.user_id = u.id)
             and ($2::bigint[] is null or user_within($1, u.id, $2))) as "unlinked!",
          (select count(distinct l.user_id) from user_person_links l where l.organisation_id = $1
             and ($2::bigint[] is null or user_within($1, l.user_id, $2))) as "linked!",
          (select count(*) from persons p where p.organisation_id = $1 and p.state = 'active'
             and not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id)
             and ($2::bigint[] is null or exists (select from enrolments e join units t
               on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = $1 and e.person_id = p.id and t.path && $2))) as "persons!",
          (select count(*) from link_drafts d where d.organisation_id = $1 and d.editor_id = $3 and d.kind = $4
             and d.person_id is not null) as "staged!",
          (select count(*) from user_person_links l where l.organisation_id = $1 and l.kind = $4
             and ($2::bigint[] is null or user_within($1, l.user_id, $2))) as "links!""#,
        ground.organisation.0,
        ground.units.as_deref() as _,
        ground.editor,
        kind.code(),
    )
    .fetch_one(conn)
    .await?;
    Ok([r.unlinked, r.linked, r.persons, r.staged, r.links].map(whole))
}

/// A page of the first tab: users without any record, and users for whom something is
/// staged. What could not be saved comes first; otherwise rows stand by name, so that
/// staging moves none of them.
///
/// # Errors
/// Where the database fails.
pub async fn rows(
    conn: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
    (text, staged): (&str, Option<bool>),
    page: PageRequest,
) -> Result<Page<AlignmentRow>> {
    let words = words(text);
    let total = sqlx::query_scalar!(
        r#"select count(*) as "n!" from users u
           left join link_drafts d on d.organisation_id = u.organisation_id and d.editor_id = $2 and d.kind = $3
             and d.user_id = u.id and d.person_id is not null
           where u.organisation_id = $1
             and (d.user_id is not null or (u.state = 'active' and not exists (
               select from user_person_links l where l.organisation_id = $1 and l.user_id = u.id)))
             and u.search_text like all (array(select '%' || fold(w) || '%' from unnest($4::text[]) w))
             and ($5::bigint[] is null or user_within($1, u.id, $5))
             and ($6::bool is null or (d.user_id is not null) = $6)"#,
        ground.organisation.0,
        ground.editor,
        kind.code(),
        &words,
        ground.units.as_deref() as _,
        staged,
    )
    .fetch_one(&mut *conn)
    .await?;
    let (total, page) = within(total, page);
    let rows = sqlx::query!(
        r#"select u.id, u.username, u.surname, u.given_name, u.fiscal_code, u.sort_name as "sort_name!",
             d.person_id as "person_id?", d.automatic as "automatic?", d.problem, d.other,
             p.id as "found?", p.code as "code?", p.surname as "p_surname?", p.given_name as "p_given_name?",
             p.fiscal_code as "p_fiscal_code?", p.birth_date, p.sort_name as "p_sort_name?",
             array(select l.kind from user_person_links l where l.organisation_id = $1 and l.user_id = u.id
               order by l.kind) as "kinds!"
           from users u
           left join link_drafts d on d.organisation_id = u.organisation_id and d.editor_id = $2 and d.kind = $3
             and d.user_id = u.id and d.person_id is not null
           left join persons p on p.organisation_id = d.organisation_id and p.id = d.person_id
           where u.organisation_id = $1
             and (d.user_id is not null or (u.state = 'active' and not exists (
               select from user_person_links l where l.organisation_id = $1 and l.user_id = u.id)))
             and u.search_text like all (array(select '%' || fold(w) || '%' from unnest($4::text[]) w))
             and ($5::bigint[] is null or user_within($1, u.id, $5))
             and ($8::bool is null or (d.user_id is not null) = $8)
           order by d.problem is null, u.sort_name, u.id limit $6 offset $7"#,
        ground.organisation.0,
        ground.editor,
        kind.code(),
        &words,
        ground.units.as_deref() as _,
        page.limit(),
        page.offset(),
        staged,
    )
    .fetch_all(conn)
    .await?;
    let items = rows.into_iter().map(|r| {
        let birth_date = r.birth_date.map(|d| d.to_jiff());
        let person = r.found.map(|id| PersonSide {
            id: PersonId(id),
            code: r.code.unwrap_or_default(),
            surname: r.p_surname.unwrap_or_default(),
            given_name: r.p_given_name.unwrap_or_default(),
            fiscal_code: r.p_fiscal_code,
            birth_date,
        });
        let fit = person.as_ref().map(|p| {
            score(
                &Facts {
                    name: &r.sort_name,
                    fiscal_code: r.fiscal_code.as_deref(),
                    birth_date: None,
                },
                &Facts {
                    name: r.p_sort_name.as_deref().unwrap_or_default(),
                    fiscal_code: p.fiscal_code.as_deref(),
                    birth_date,
                },
            )
        });
        AlignmentRow {
            staged: r.person_id.map(|_| StagedPair {
                score: fit,
                method: if r.automatic.unwrap_or_default() {
                    LinkMethod::Automatic
                } else {
                    let other = person.as_ref().and_then(|p| p.fiscal_code.as_deref());
                    LinkMethod::picked(r.fiscal_code.as_deref(), other)
                },
                problem: r
                    .problem
                    .as_deref()
                    .and_then(|code| PairProblem::from_code(code, r.other)),
                person,
            }),
            user: UserSide {
                id: UserId(r.id),
                username: r.username,
                surname: r.surname,
                given_name: r.given_name,
                fiscal_code: r.fiscal_code,
            },
            linked_as: r.kinds.iter().filter_map(|k| k.parse().ok()).collect(),
        }
    });
    Ok(Page {
        items: items.collect(),
        total,
        number: page.number,
        size: page.size,
    })
}

/// A page of «Utenti collegati».
///
/// # Errors
/// Where the database fails.
pub async fn linked(
    conn: &mut PgConnection,
    ground: &Ground,
    kind: Option<PersonKind>,
    text: &str,
    page: PageRequest,
) -> Result<Page<LinkedRow>> {
    let words = words(text);
    let kind = kind.map(PersonKind::code);
    let total = sqlx::query_scalar!(
        r#"select count(*) as "n!" from user_person_links l
           join users u on (u.organisation_id, u.id) = (l.organisation_id, l.user_id)
           join persons p on (p.organisation_id, p.id) = (l.organisation_id, l.person_id)
           where l.organisation_id = $1 and ($2::text is null or l.kind = $2)
             and u.search_text || ' ' || p.search_text
               like all (array(select '%' || fold(w) || '%' from unnest($3::text[]) w))
             and ($4::bigint[] is null or user_within($1, u.id, $4))"#,
        ground.organisation.0,
        kind,
        &words,
        ground.units.as_deref() as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    let (total, page) = within(total, page);
    let rows = sqlx::query!(
        r#"select u.id, u.username, u.surname, u.given_name, u.fiscal_code, l.kind, l.method, l.linked_at,
             coalesce(trim(o.surname || ' ' || o.given_name), '') as "linked_by!",
             p.id as person_id, p.code, p.surname as p_surname, p.given_name as p_given_name,
             p.fiscal_code as p_fiscal_code, p.birth_date
           from user_person_links l
           join users u on (u.organisation_id, u.id) = (l.organisation_id, l.user_id)
           join persons p on (p.organisation_id, p.id) = (l.organisation_id, l.person_id)
           left join users o on o.organisation_id = l.organisation_id and o.id = l.linked_by
           where l.organisation_id = $1 and ($2::text is null or l.kind = $2)
             and u.search_text || ' ' || p.search_text
               like all (array(select '%' || fold(w) || '%' from unnest($3::text[]) w))
             and ($4::bigint[] is null or user_within($1, u.id, $4))
           order by u.sort_name, u.id, l.kind limit $5 offset $6"#,
        ground.organisation.0,
        kind,
        &words,
        ground.units.as_deref() as _,
        page.limit(),
        page.offset(),
    )
    .fetch_all(conn)
    .await?;
    let items = rows.into_iter().filter_map(|r| {
        Some(LinkedRow {
            kind: r.kind.parse().ok()?,
            method: LinkMethod::from_code(&r.method)?,
            linked_at: r.linked_at.to_jiff(),
            linked_by: r.linked_by,
            person: PersonSide {
                id: PersonId(r.person_id),
                code: r.code,
                surname: r.p_surname,
                given_name: r.p_given_name,
                fiscal_code: r.p_fiscal_code,
                birth_date: r.birth_date.map(|d| d.to_jiff()),
            },
            user: UserSide {
                id: UserId(r.id),
                username: r.username,
                surname: r.surname,
                given_name: r.given_name,
                fiscal_code: r.fiscal_code,
            },
        })
    });
    Ok(Page {
        items: items.collect(),
        total,
        number: page.number,
        size: page.size,
    })
}

/// A page past the end is page 1.
fn within(total: i64, page: PageRequest) -> (u64, PageRequest) {
    let total = whole(total);
    let number = if page.number > page.size.pages(total) {
        1
    } else {
        page.number.max(1)
    };
    (total, PageRequest { number, ..page })
}
