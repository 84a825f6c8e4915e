//! The registry beside «+ Nuovo utente» (A11): records that a new user may belong to, and the
//! link that is made with the user.

use super::{Ground, stage};
use crate::{db::persons, error::Result};
use domain::{PersonId, UserId, access::Scope, person::SamePerson, user::full_name};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Active records without a user in the scope that have the typed codice fiscale, or the same
/// surname and given name in either order where one of the two codes is missing; those with
/// the code first, at most ten.
///
/// # Errors
/// Where the database fails.
pub async fn records(
    conn: &mut PgConnection,
    scope: &Scope,
    fiscal_code: Option<&str>,
    (surname, given_name): (&str, &str),
) -> Result<Vec<SamePerson>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        r#"select p.id, p.code, p.kind, p.surname, p.given_name
           from persons p
           where p.organisation_id = $1 and p.state = 'active'
             and (p.fiscal_code = $2 or (
               ($2::text is null or p.fiscal_code is null)
               and p.sort_name in (fold($3) || ' ' || fold($4), fold($4) || ' ' || fold($3))))
             and not exists (select from user_person_links l
               where l.organisation_id = p.organisation_id and l.person_id = p.id)
             and ($5::bigint[] is null or exists (
               select from enrolments e join units n on (n.organisation_id, n.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = p.organisation_id and e.person_id = p.id and n.path && $5))
           order by p.fiscal_code is not distinct from $2 desc, p.kind, p.id limit 10"#,
        scope.organisation().0,
        fiscal_code,
        surname,
        given_name,
        units.as_deref() as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| SamePerson {
            id: PersonId(r.id),
            code: r.code,
            kind: persons::kind(&r.kind),
            name: full_name(&r.surname, &r.given_name),
            user: None,
        })
        .collect())
}

/// A link as the trail tells it.
#[derive(Debug)]
#[allow(missing_docs, reason = "columns")]
pub struct Linked {
    pub kind: String,
    pub method: String,
    pub person: String,
}

/// Links a user made a moment ago: automatically where both have the same codice fiscale,
/// forced where the codes differ, as the alignment does.
///
/// # Errors
/// [`domain::problem::Conflict::Pair`] where the record is no longer free;
/// [`crate::ServiceError::NotFound`] where it is not there or lies outside.
pub async fn link(
    tx: &mut PgConnection,
    ground: &Ground,
    user: UserId,
    person: PersonId,
    now: Timestamp,
) -> Result<Linked> {
    let made = sqlx::query!(
        r#"with made as (
             insert into user_person_links (organisation_id, user_id, person_id, kind, method, linked_at, linked_by,
               user_fiscal_code, person_fiscal_code)
             select $1, u.id, p.id, p.kind, case when u.fiscal_code = p.fiscal_code then 'automatic'
               when u.fiscal_code <> p.fiscal_code then 'forced' else 'manual' end,
               $4, nullif($5::bigint, 0), u.fiscal_code, p.fiscal_code
             from users u join persons p on p.organisation_id = u.organisation_id
             where u.organisation_id = $1 and u.id = $2 and p.id = $3 and p.state = 'active'
               and ($6::bigint[] is null or (
                 user_within($1, u.id, $6)
                 and exists (select from enrolments e join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
                   where e.organisation_id = $1 and e.person_id = p.id and t.path && $6)))
             on conflict do nothing
             returning person_id, kind, method)
           select m.kind, m.method, p.surname, p.given_name
           from made m join persons p on p.organisation_id = $1 and p.id = m.person_id"#,
        ground.organisation.0,
        user.0,
        person.0,
        now.to_sqlx() as _,
        ground.editor,
        ground.units.as_deref() as _,
    )
    .fetch_optional(&mut *tx)
    .await?;
    match made {
        Some(r) => Ok(Linked {
            kind: r.kind,
            method: r.method,
            person: full_name(&r.surname, &r.given_name),
        }),
        None => Err(stage::hindrance(tx, ground, user, person).await?),
    }
}
