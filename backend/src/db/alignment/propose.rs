//! Records that may belong to a user: by the words of the name in any order, by the day of
//! birth, by a codice fiscale one character away or omocodic. These find all that
//! `domain::alignment` would propose; what they are worth it reckons itself.

use super::{Ground, words};
use crate::error::Result;
use domain::{
    PersonId, UserId,
    alignment::{PersonSide, birth_keys},
    person::PersonKind,
};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A user for whom proposals are asked.
#[derive(Debug)]
pub struct Asked {
    /// The user.
    pub id: UserId,
    /// Folded surname and name.
    pub name: String,
    /// As stored.
    pub fiscal_code: Option<String>,
}

/// A record that may belong to a user.
#[derive(Debug)]
pub struct Near {
    /// The user; for a search the one it was made for.
    pub user: UserId,
    /// Folded surname and name.
    pub name: String,
    /// The record.
    pub person: PersonSide,
    /// Staged for another user, or another user without a record has its codice fiscale.
    pub contested: bool,
}

/// The users among `ids` that may be asked about and have no record of the kind.
///
/// # Errors
/// Where the database fails.
pub async fn asked(
    conn: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
    ids: &[i64],
) -> Result<Vec<Asked>> {
    let rows = sqlx::query!(
        r#"select u.id, u.sort_name as "name!", u.fiscal_code from users u
           where u.organisation_id = $1 and u.id = any($2) and u.state = 'active'
             and not exists (select from user_person_links l where l.organisation_id = $1 and l.user_id = u.id
               and l.kind = $3)
             and ($4::bigint[] is null or user_within($1, u.id, $4))"#,
        ground.organisation.0,
        ids,
        kind.code(),
        ground.units.as_deref() as _,
    )
    .fetch_all(conn)
    .await?;
    let asked = rows.into_iter().map(|r| Asked {
        id: UserId(r.id),
        name: r.name,
        fiscal_code: r.fiscal_code,
    });
    Ok(asked.collect())
}

struct NearRow {
    user_id: i64,
    id: i64,
    code: i64,
    surname: String,
    given_name: String,
    fiscal_code: Option<String>,
    birth_date: Option<jiff_sqlx::Date>,
    name: String,
    contested: bool,
}

impl From<NearRow> for Near {
    fn from(r: NearRow) -> Self {
        Self {
            user: UserId(r.user_id),
            name: r.name,
            contested: r.contested,
            person: PersonSide {
                id: PersonId(r.id),
                code: r.code,
                surname: r.surname,
                given_name: r.given_name,
                fiscal_code: r.fiscal_code,
                birth_date: r
                    .birth_date
                    .map(|d: jiff_sqlx::Date| -> Date { d.to_jiff() }),
            },
        }
    }
}

/// Days of birth to look up, column by column.
#[derive(Default)]
struct Births {
    day_users: Vec<i64>,
    day_names: Vec<String>,
    days: Vec<jiff_sqlx::Date>,
    part_users: Vec<i64>,
    part_names: Vec<String>,
    parts: Vec<String>,
}

impl Births {
    fn add(&mut self, asked: &Asked) {
        let Some(keys) = asked.fiscal_code.as_deref().and_then(birth_keys) else {
            return;
        };
        for day in keys.days {
            self.day_users.push(asked.id.0);
            self.day_names.push(asked.name.clone());
            self.days.push(day.to_sqlx());
        }
        for part in keys.parts {
            self.part_users.push(asked.id.0);
            self.part_names.push(asked.name.clone());
            self.parts.push(part);
        }
    }
}

/// Records near the users, by name, by day of birth and by the codes `near` (user, code).
/// Those that are linked or refused are left out.
///
/// # Errors
/// Where the database fails.
pub async fn near(
    tx: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
    asked: &[Asked],
    near: &[(i64, String)],
) -> Result<Vec<Near>> {
    let users: Vec<i64> = asked.iter().map(|a| a.id.0).collect();
    let names: Vec<String> = asked.iter().map(|a| a.name.clone()).collect();
    let mut births = Births::default();
    for a in asked {
        births.add(a);
    }
    let code_users: Vec<i64> = near.iter().map(|(u, _)| *u).collect();
    let codes: Vec<String> = near.iter().map(|(_, c)| c.clone()).collect();
    let rows = sqlx::query_as!(
        NearRow,
        r#"with by_name as (
             select a.user_id, n.id from unnest($4::bigint[], $5::text[]) a (user_id, name)
             cross join lateral (
               select p.id from persons p
               where p.organisation_id = $1 and p.kind = $3 and p.state = 'active'
                 and name_words(p.sort_name) = name_words(a.name)
                 and not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id)
               order by p.id limit 12) n),
           by_birth as (
             select b.user_id, n.id from unnest($9::bigint[], $10::text[], $11::date[]) b (user_id, name, day)
             cross join lateral (
               select p.id from persons p
               where p.organisation_id = $1 and p.kind = $3 and p.state = 'active' and p.birth_date = b.day
                 and not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id)
               order by similarity(p.sort_name, b.name) desc, p.id limit 12) n
             union all
             select b.user_id, n.id from unnest($12::bigint[], $13::text[], $14::text[]) b (user_id, name, part)
             cross join lateral (
               select p.id from persons p
               where p.organisation_id = $1 and p.kind = $3 and p.state = 'active'
                 and p.birth_date is null and p.fiscal_code is not null and code_birth(p.fiscal_code) = b.part
                 and not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id)
               order by similarity(p.sort_name, b.name) desc, p.id limit 12) n),
           by_code as (
             select c.user_id, p.id from unnest($6::bigint[], $7::text[]) c (user_id, code)
             join persons p on p.organisation_id = $1 and p.fiscal_code = c.code and p.kind = $3 and p.state = 'active'
             where not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id))
           select b.user_id as "user_id!", p.id, p.code, p.surname, p.given_name, p.fiscal_code, p.birth_date,
             p.sort_name as "name!",
             (exists (select from link_drafts d where d.organisation_id = $1 and d.editor_id = $2
                and d.person_id = p.id and d.user_id <> b.user_id)
              or exists (select from users o where o.organisation_id = $1 and o.fiscal_code = p.fiscal_code
                and o.id <> b.user_id and o.state = 'active' and not exists (select from user_person_links l
                  where l.organisation_id = $1 and l.user_id = o.id and l.kind = $3))) as "contested!"
           from (select * from by_name union select * from by_birth union select * from by_code) b
           join persons p on p.organisation_id = $1 and p.id = b.id
           where not exists (select from link_refusals r where r.organisation_id = $1
               and r.user_id = b.user_id and r.person_id = p.id)
             and ($8::bigint[] is null or exists (select from enrolments e
               join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = $1 and e.person_id = p.id and t.path && $8))"#,
        ground.organisation.0,
        ground.editor,
        kind.code(),
        &users,
        &names,
        &code_users,
        &codes,
        ground.units.as_deref() as _,
        &births.day_users,
        &births.day_names,
        &births.days as _,
        &births.part_users,
        &births.part_names,
        &births.parts,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(Near::from).collect())
}

/// «RICERCA»: records of the kind without a user that hold every word, those with the
/// likest name first; at most `limit`.
///
/// # Errors
/// Where the database fails.
pub async fn search(
    conn: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
    asked: &Asked,
    text: &str,
    limit: i64,
) -> Result<Vec<Near>> {
    let words = words(text);
    let first = words.iter().max_by_key(|w| w.len()).cloned();
    let rows = sqlx::query_as!(
        NearRow,
        r#"select $4::bigint as "user_id!", p.id, p.code, p.surname, p.given_name, p.fiscal_code, p.birth_date,
             p.sort_name as "name!",
             exists (select from link_drafts d where d.organisation_id = $1 and d.editor_id = $2
               and d.person_id = p.id and d.user_id <> $4) as "contested!"
           from persons p
           where p.organisation_id = $1 and p.kind = $3 and p.state = 'active'
             and not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id)
             and p.search_text like '%' || fold($5) || '%'
             and p.search_text like all (array(select '%' || fold(w) || '%' from unnest($6::text[]) w))
             and ($7::bigint[] is null or exists (select from enrolments e
               join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = $1 and e.person_id = p.id and t.path && $7))
           order by similarity(p.sort_name, $8) desc, p.sort_name, p.id limit $9"#,
        ground.organisation.0,
        ground.editor,
        kind.code(),
        asked.id.0,
        first.unwrap_or_default(),
        &words,
        ground.units.as_deref() as _,
        asked.name,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Near::from).collect())
}
