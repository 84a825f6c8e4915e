//! «Aggiungi un nuovo utente» of a canton: who is known already, and writing it.

use super::contact;
use super::detail;
use crate::error::{Result, on_constraint};
use domain::{
    Locale, OrganisationId, UnitId, UserId,
    access::Scope,
    problem::Conflict,
    user::{Invitee, KnownBy, KnownPerson, SHARED_MAX, full_name},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Users of the scope with this mail address, or with this name and birth date.
///
/// # Errors
/// Where the database fails.
pub async fn known(
    conn: &mut PgConnection,
    scope: &Scope,
    data: &Invitee,
    locale: Locale,
) -> Result<Vec<KnownPerson>> {
    let units = scope.unit_numbers();
    let rows = sqlx::query!(
        r#"select u.id, u.surname, u.given_name, u.username, u.state, lower(u.email) = lower($3) as "by_email!",
             coalesce(case $7 when 'de' then n.name_de when 'fr' then n.name_fr when 'en' then n.name_en end, n.name) as unit
           from users u
           left join user_contacts c on c.organisation_id = u.organisation_id and c.user_id = u.id
           left join units n on n.organisation_id = u.organisation_id and n.id = u.unit_id
           where u.organisation_id = $1 and u.state <> 'archived'
             and (lower(u.email) = lower($3)
               or (u.sort_name = fold($4) || ' ' || fold($5) and c.birth_date = $6))
             and ($2::bigint[] is null or user_within($1, u.id, $2))
           order by 6 desc, u.id limit $8"#,
        scope.organisation().0,
        units.as_deref() as _,
        data.email.as_str(),
        data.surname,
        data.given_name,
        data.contact.birth_date.map(|d| d.to_sqlx()) as _,
        locale.code(),
        SHARED_MAX,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| KnownPerson {
            id: UserId(r.id),
            name: full_name(&r.surname, &r.given_name),
            username: r.username,
            state: detail::state(&r.state),
            unit: r.unit,
            by: if r.by_email {
                KnownBy::Email
            } else {
                KnownBy::NameAndBirth
            },
        })
        .collect())
}

/// The one unit at the top of the scope; `None` where there are several, or none.
///
/// # Errors
/// Where the database fails.
pub async fn top_unit(conn: &mut PgConnection, scope: &Scope) -> Result<Option<UnitId>> {
    let units = scope.unit_numbers();
    let mut tops = sqlx::query_scalar!(
        "select n.id from units n where n.organisation_id = $1 and n.state = 'active'
           and ($2::bigint[] is null and n.parent_id is null or n.id = any($2))
         order by cardinality(n.path), n.id limit 2",
        scope.organisation().0,
        units.as_deref() as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(if tops.len() == 1 {
        tops.pop().map(UnitId)
    } else {
        None
    })
}

/// Adds an active user with home and contact data; `username` is also its IDext where it
/// is a number.
///
/// # Errors
/// [`Conflict::UsernameTaken`] where an import took the name at the same moment.
pub async fn insert(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    home: UnitId,
    username: &str,
    data: &Invitee,
    now: Timestamp,
) -> Result<UserId> {
    let id = sqlx::query_scalar!(
        "insert into users (organisation_id, username, external_id, surname, given_name, email, locale, unit_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
        organisation.0,
        username,
        username.parse::<i64>().ok(),
        data.surname,
        data.given_name,
        data.email.as_str(),
        data.locale.code(),
        home.0,
        now.to_sqlx() as _,
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(|e| on_constraint(e, "users_username_key", Conflict::UsernameTaken))?;
    contact::write(tx, organisation, UserId(id), &data.contact).await?;
    Ok(UserId(id))
}
