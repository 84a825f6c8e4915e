//! Writes to one person, each within the transaction of the act.

use crate::error::{Result, on_constraint};
use domain::{
    AuditId, OrganisationId, PersonId, UnitId,
    access::Scope,
    person::{PersonEdit, RegistryConflict},
    problem::Conflict,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sqlx::PgConnection;

/// Holds a person until the end of the transaction, if it lies in the scope: a second
/// writer (of the person, its links and folders) waits.
///
/// # Errors
/// [`crate::ServiceError::NotFound`].
pub async fn hold(tx: &mut PgConnection, scope: &Scope, id: PersonId) -> Result<()> {
    let units = scope.unit_numbers();
    sqlx::query_scalar!(
        "select p.id from persons p
         where p.organisation_id = $1 and p.id = $2 and ($3::bigint[] is null
           or exists (select from enrolments e join units n on (n.organisation_id, n.id) = (e.organisation_id, e.unit_id)
             where e.organisation_id = p.organisation_id and e.person_id = p.id and n.path && $3)
           or exists (select from user_person_links l
             where l.organisation_id = p.organisation_id and l.person_id = p.id
               and user_within(l.organisation_id, l.user_id, $3)))
         for update of p",
        scope.organisation().0,
        id.0,
        units.as_deref() as _,
    )
    .fetch_one(tx)
    .await?;
    Ok(())
}

/// The next «Codice», never given twice. Writers of the same organisation wait for each
/// other until the transaction ends.
///
/// # Errors
/// Where the database fails.
pub async fn take_code(tx: &mut PgConnection, organisation: OrganisationId) -> Result<i64> {
    let code = sqlx::query_scalar!(
        r#"update organisations o set next_person_code = 1 + greatest(o.next_person_code,
             1 + coalesce((select max(p.code) from persons p where p.organisation_id = $1), 0))
           where o.id = $1 returning o.next_person_code - 1 as "code!""#,
        organisation.0
    )
    .fetch_one(tx)
    .await?;
    Ok(code)
}

/// Adds a person.
///
/// # Errors
/// Where the database fails.
pub async fn insert(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    code: i64,
    data: &PersonEdit,
    now: Timestamp,
) -> Result<PersonId> {
    let id = sqlx::query_scalar!(
        "insert into persons (organisation_id, code, kind, legal, surname, given_name, fiscal_code,
           vat_number, birth_date, email, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id",
        organisation.0,
        code,
        data.kind.code(),
        data.legal,
        data.surname,
        data.given_name,
        data.fiscal_code.as_ref().map(|c| c.as_str()),
        data.vat_number.as_ref().map(|v| v.as_str()),
        data.birth_date.map(ToSqlx::to_sqlx) as _,
        data.email.as_ref().map(|e| e.as_str()),
        if data.active { "active" } else { "inactive" },
        now.to_sqlx() as _,
    )
    .fetch_one(tx)
    .await?;
    Ok(PersonId(id))
}

/// Writes the data, keeps a code that is replaced, and counts the edit.
///
/// # Errors
/// Where the database fails.
pub async fn update(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
    data: &PersonEdit,
    now: Timestamp,
) -> Result<()> {
    let code = data.fiscal_code.as_ref().map(|c| c.as_str());
    sqlx::query!(
        "insert into person_fiscal_codes (organisation_id, person_id, fiscal_code, replaced_at)
         select organisation_id, id, fiscal_code, $4 from persons
         where organisation_id = $1 and id = $2 and fiscal_code is not null
           and fiscal_code is distinct from $3
         on conflict (organisation_id, person_id, fiscal_code) do update
           set replaced_at = excluded.replaced_at",
        organisation.0,
        id.0,
        code,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update persons set kind = $3, legal = $4, surname = $5, given_name = $6, fiscal_code = $7,
           vat_number = $8, birth_date = $9, email = $10, state = $11, version = version + 1
         where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        data.kind.code(),
        data.legal,
        data.surname,
        data.given_name,
        code,
        data.vat_number.as_ref().map(|v| v.as_str()),
        data.birth_date.map(ToSqlx::to_sqlx) as _,
        data.email.as_ref().map(|e| e.as_str()),
        if data.active { "active" } else { "inactive" },
    )
    .execute(&mut *tx)
    .await?;
    // The present code is none of the old ones (a change taken back).
    sqlx::query!(
        "delete from person_fiscal_codes where organisation_id = $1 and person_id = $2 and fiscal_code = $3",
        organisation.0,
        id.0,
        code,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes the enrolment of a year over what was there.
///
/// # Errors
/// Where the database fails.
pub async fn set_enrolment(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
    school_year: i16,
    site: Option<UnitId>,
    class: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into enrolments (organisation_id, person_id, school_year, unit_id, class)
         values ($1, $2, $3, $4, $5)
         on conflict (organisation_id, person_id, school_year)
           do update set unit_id = excluded.unit_id, class = excluded.class",
        organisation.0,
        id.0,
        school_year,
        site.map(|s| s.0),
        class,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes the enrolment of a year away.
///
/// # Errors
/// Where the database fails.
pub async fn remove_enrolment(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
    school_year: i16,
) -> Result<()> {
    sqlx::query!(
        "delete from enrolments where organisation_id = $1 and person_id = $2 and school_year = $3",
        organisation.0,
        id.0,
        school_year,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The whole person as the trail keeps it, so that it can be brought back.
///
/// # Errors
/// Where the database fails.
pub async fn whole(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Value> {
    let value = sqlx::query_scalar!(
        r#"select jsonb_build_object(
             'code', p.code, 'kind', p.kind, 'legal', p.legal, 'surname', p.surname,
             'given_name', p.given_name, 'fiscal_code', p.fiscal_code, 'vat_number', p.vat_number,
             'birth_date', p.birth_date, 'email', p.email, 'state', p.state, 'version', p.version,
             'created_at', p.created_at,
             'enrolments', coalesce((select jsonb_agg(jsonb_build_object('school_year', e.school_year,
                'unit_id', e.unit_id, 'class', e.class)) from enrolments e
                where e.organisation_id = p.organisation_id and e.person_id = p.id), '[]'),
             'old_codes', coalesce((select jsonb_agg(jsonb_build_object('fiscal_code', c.fiscal_code,
                'replaced_at', c.replaced_at)) from person_fiscal_codes c
                where c.organisation_id = p.organisation_id and c.person_id = p.id), '[]')) as "whole!"
           from persons p where p.organisation_id = $1 and p.id = $2"#,
        organisation.0,
        id.0
    )
    .fetch_one(tx)
    .await?;
    Ok(value)
}

/// Deletes the person with enrolments and old codes. Links and folders must be gone.
///
/// # Errors
/// Where the database fails.
pub async fn delete(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<()> {
    sqlx::query!(
        "delete from persons where organisation_id = $1 and id = $2",
        organisation.0,
        id.0
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The entry of the trail that tells of the deletion just made.
///
/// # Errors
/// Where the database fails.
pub async fn last_deletion(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<AuditId> {
    let entry = sqlx::query_scalar!(
        r#"select max(id) as "id!" from audit where organisation_id = $1
             and object_kind = 'person' and object_id = $2 and action = 'person.deleted'"#,
        organisation.0,
        id.0
    )
    .fetch_one(tx)
    .await?;
    Ok(AuditId(entry))
}

/// The person that a deletion of the trail took away, and what it was.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] where the entry is none of a deletion.
pub async fn deleted(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    entry: AuditId,
) -> Result<(PersonId, Value)> {
    let row = sqlx::query!(
        r#"select object_id as "id!", before as "before!" from audit
           where organisation_id = $1 and id = $2 and action = 'person.deleted'
             and object_id is not null and before is not null"#,
        organisation.0,
        entry.0
    )
    .fetch_one(tx)
    .await?;
    Ok((PersonId(row.id), row.before))
}

/// Brings a deleted person back under its old number. Units that are gone meanwhile are
/// left out of its enrolments.
///
/// # Errors
/// [`RegistryConflict::NotRestorable`] where its number or «Codice» is in use.
pub async fn restore(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: PersonId,
    whole: &Value,
) -> Result<()> {
    let gone = |e: sqlx::Error| {
        let case = || Conflict::Registry(RegistryConflict::NotRestorable);
        match on_constraint(e, "persons_code_key", case()) {
            crate::ServiceError::Internal(e)
                if e.downcast_ref::<sqlx::Error>().is_some_and(is_duplicate) =>
            {
                case().into()
            }
            other => other,
        }
    };
    sqlx::query!(
        "insert into persons (organisation_id, id, code, kind, legal, surname, given_name, fiscal_code,
           vat_number, birth_date, email, state, version, created_at)
         overriding system value
         select $1, $2, d.code, d.kind, d.legal, d.surname, d.given_name, d.fiscal_code, d.vat_number,
           d.birth_date, d.email, d.state, d.version + 1, d.created_at
         from jsonb_to_record($3) as d(code bigint, kind text, legal bool, surname text, given_name text,
           fiscal_code text, vat_number text, birth_date date, email text, state text, version int,
           created_at timestamptz)",
        organisation.0,
        id.0,
        whole,
    )
    .execute(&mut *tx)
    .await
    .map_err(gone)?;
    sqlx::query!(
        "insert into enrolments (organisation_id, person_id, school_year, unit_id, class)
         select $1, $2, e.school_year, n.id, e.class
         from jsonb_to_recordset($3::jsonb->'enrolments') as e(school_year smallint, unit_id bigint, class text)
         left join units n on n.organisation_id = $1 and n.id = e.unit_id",
        organisation.0,
        id.0,
        whole,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into person_fiscal_codes (organisation_id, person_id, fiscal_code, replaced_at)
         select $1, $2, c.fiscal_code, c.replaced_at
         from jsonb_to_recordset($3::jsonb->'old_codes') as c(fiscal_code text, replaced_at timestamptz)",
        organisation.0,
        id.0,
        whole,
    )
    .execute(tx)
    .await?;
    Ok(())
}

fn is_duplicate(e: &sqlx::Error) -> bool {
    e.as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
