//! Reads of one person.

mod history;

pub use history::history;

use super::{Card, card_user, kind};
use crate::error::Result;
use domain::{
    OrganisationId, PersonId, UnitId,
    access::Scope,
    person::{Enrolment, LinkedUser, OldCode, PersonRow, SamePerson},
    user::full_name,
};
use sqlx::PgConnection;

/// The person, if it lies in the scope.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] where it does not exist or lies outside.
pub async fn row(conn: &mut PgConnection, scope: &Scope, id: PersonId) -> Result<PersonRow> {
    let units = scope.unit_numbers();
    sqlx::query_as!(
        Card,
        r#"select p.id as "id?", p.code as "code?", p.kind as "kind?", p.legal as "legal?", p.surname as "surname?",
             p.given_name as "given_name?", p.fiscal_code, p.vat_number, p.birth_date as "birth_date: jiff_sqlx::Date",
             p.email, p.state as "state?", p.version as "version?", l.user_id as "user_id?", u.username as "username?",
             l.method as "method?", (select count(*) from folders d
               where d.organisation_id = p.organisation_id and d.person_id = p.id) as folders
           from persons p
           left join user_person_links l on l.organisation_id = p.organisation_id and l.person_id = p.id
           left join users u on u.organisation_id = l.organisation_id and u.id = l.user_id
           where p.organisation_id = $1 and p.id = $2 and ($3::bigint[] is null
             or exists (select from enrolments e join units n on (n.organisation_id, n.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = p.organisation_id and e.person_id = p.id and n.path && $3)
             or user_within(l.organisation_id, l.user_id, $3))"#,
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
    )
    .fetch_one(conn)
    .await?
    .row()
    .ok_or(crate::ServiceError::NotFound)
}

/// Enrolments, newest year first.
///
/// # Errors
/// Where the database fails.
pub async fn enrolments(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Vec<Enrolment>> {
    let rows = sqlx::query!(
        r#"select e.school_year, e.class, e.unit_id, n.name as "site?" from enrolments e
           left join units n on (n.organisation_id, n.id) = (e.organisation_id, e.unit_id)
           where e.organisation_id = $1 and e.person_id = $2 order by e.school_year desc"#,
        organisation.0,
        id.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Enrolment {
            school_year: r.school_year,
            site: r.unit_id.map(UnitId).zip(r.site),
            class: r.class,
        })
        .collect())
}

/// Codes the person had before, latest first.
///
/// # Errors
/// Where the database fails.
pub async fn old_codes(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Vec<OldCode>> {
    let rows = sqlx::query!(
        "select fiscal_code, replaced_at from person_fiscal_codes
         where organisation_id = $1 and person_id = $2 order by replaced_at desc, fiscal_code",
        organisation.0,
        id.0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| OldCode {
            code: r.fiscal_code,
            replaced_at: r.replaced_at.to_jiff(),
        })
        .collect())
}

/// The linked user with the story of the link.
///
/// # Errors
/// Where the database fails.
pub async fn linked_user(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Option<LinkedUser>> {
    let row = sqlx::query!(
        r#"select l.user_id, u.username, l.method, u.surname, u.given_name, l.linked_at,
             l.user_fiscal_code, l.person_fiscal_code,
             b.surname as "by_surname?", b.given_name as "by_given_name?"
           from user_person_links l
           join users u on (u.organisation_id, u.id) = (l.organisation_id, l.user_id)
           left join users b on (b.organisation_id, b.id) = (l.organisation_id, l.linked_by)
           where l.organisation_id = $1 and l.person_id = $2"#,
        organisation.0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|r| {
        Some(LinkedUser {
            user: card_user(Some(r.user_id), Some(r.username), Some(r.method))?,
            name: full_name(&r.surname, &r.given_name),
            linked_at: r.linked_at.to_jiff(),
            linked_by: r
                .by_surname
                .map(|s| full_name(&s, r.by_given_name.as_deref().unwrap_or_default())),
            user_code: r.user_fiscal_code,
            person_code: r.person_fiscal_code,
        })
    }))
}

/// Other records in the scope with this codice fiscale; at most ten.
///
/// # Errors
/// Where the database fails.
pub async fn same_code(
    conn: &mut PgConnection,
    scope: &Scope,
    fiscal_code: &str,
    except: Option<PersonId>,
) -> Result<Vec<SamePerson>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        r#"select p.id, p.code, p.kind, p.surname, p.given_name, l.user_id as "user_id?",
             u.username as "username?", l.method as "method?"
           from persons p
           left join user_person_links l on l.organisation_id = p.organisation_id and l.person_id = p.id
           left join users u on u.organisation_id = l.organisation_id and u.id = l.user_id
           where p.organisation_id = $1 and p.fiscal_code = $2 and p.id is distinct from $3
             and ($4::bigint[] is null or exists (
               select from enrolments e join units n on (n.organisation_id, n.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = p.organisation_id and e.person_id = p.id and n.path && $4)
             or user_within(l.organisation_id, l.user_id, $4))
           order by p.kind, p.id limit 10"#,
        scope.organisation().0,
        fiscal_code,
        except.map(|e| e.0),
        units.as_deref() as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| SamePerson {
            id: PersonId(r.id),
            code: r.code,
            kind: kind(&r.kind),
            name: full_name(&r.surname, &r.given_name),
            user: card_user(r.user_id, r.username, r.method),
        })
        .collect())
}
