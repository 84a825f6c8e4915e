//! Saved views of the list of users.

use crate::error::{Result, ServiceError};
use domain::{
    OrganisationId, UserId, ViewId,
    user::{FieldError, FieldErrors, UserFilter, UserSort, VIEWS_MOST, ViewDraft},
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A view as stored.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "columns")]
pub struct Stored {
    pub id: ViewId,
    pub name: String,
    pub shared: bool,
    /// The reader's own.
    pub own: bool,
    pub filter: UserFilter,
    pub sort: UserSort,
}

/// One's own views and the shared ones, by name. One that this release cannot read is passed
/// over.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    reader: Option<UserId>,
) -> Result<Vec<Stored>> {
    let rows = sqlx::query!(
        r#"select id, name, shared, coalesce(owner_id = $2, false) as "own!", filter, sort from saved_views
           where organisation_id = $1 and (shared or owner_id = $2) order by fold(name), id"#,
        organisation.0,
        reader.map(|u| u.0),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            Some(Stored {
                id: ViewId(r.id),
                name: r.name,
                shared: r.shared,
                own: r.own,
                filter: serde_json::from_value(r.filter).ok()?,
                sort: serde_json::from_value(r.sort).ok()?,
            })
        })
        .collect())
}

/// Whether one more may be kept by its owner, or shared.
///
/// # Errors
/// Where the database fails.
pub async fn has_room(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    owner: UserId,
    shared: bool,
) -> Result<bool> {
    let kept = sqlx::query_scalar!(
        r#"select count(*) as "n!" from saved_views
           where organisation_id = $1 and case when $3 then shared else owner_id = $2 end"#,
        organisation.0,
        owner.0,
        shared,
    )
    .fetch_one(tx)
    .await?;
    Ok(kept < VIEWS_MOST.into())
}

/// Whether the reader sees another view of this name.
///
/// # Errors
/// Where the database fails.
pub async fn is_taken(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    reader: UserId,
    name: &str,
    but: Option<ViewId>,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
             select from saved_views where organisation_id = $1 and (shared or owner_id = $2)
               and lower(name) = lower($3) and id is distinct from $4) as "yes!""#,
        organisation.0,
        reader.0,
        name,
        but.map(|v| v.0),
    )
    .fetch_one(tx)
    .await?)
}

/// The name is in use: of two that are saved at once the index decides.
fn taken(e: sqlx::Error) -> ServiceError {
    match e.as_database_error().and_then(|d| d.constraint()) {
        Some("saved_views_own_name" | "saved_views_shared_name") => {
            ServiceError::Invalid(FieldErrors::one("name", FieldError::Taken))
        }
        _ => e.into(),
    }
}

/// Keeps a view.
///
/// # Errors
/// The field `name` where it is in use.
pub async fn insert(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    owner: UserId,
    draft: &ViewDraft,
    at: Timestamp,
) -> Result<ViewId> {
    let id = sqlx::query_scalar!(
        "insert into saved_views (organisation_id, owner_id, name, shared, filter, sort, created_at)
         values ($1, $2, $3, $4, $5, $6, $7) returning id",
        organisation.0,
        owner.0,
        draft.name,
        draft.shared,
        serde_json::to_value(&draft.filter).map_err(ServiceError::internal)?,
        serde_json::to_value(draft.sort).map_err(ServiceError::internal)?,
        at.to_sqlx() as _,
    )
    .fetch_one(tx)
    .await
    .map_err(taken)?;
    Ok(ViewId(id))
}

/// Renames a view, shares it or takes it back.
///
/// # Errors
/// The field `name` where it is in use.
pub async fn update(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ViewId,
    name: &str,
    shared: bool,
) -> Result<()> {
    sqlx::query!(
        "update saved_views set name = $3, shared = $4 where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        name,
        shared,
    )
    .execute(tx)
    .await
    .map_err(taken)?;
    Ok(())
}

/// Lets a view mean another filter and order.
///
/// # Errors
/// Where the database fails.
pub async fn refilter(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ViewId,
    filter: &UserFilter,
    sort: UserSort,
) -> Result<()> {
    sqlx::query!(
        "update saved_views set filter = $3, sort = $4 where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
        serde_json::to_value(filter).map_err(ServiceError::internal)?,
        serde_json::to_value(sort).map_err(ServiceError::internal)?,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Deletes a view. `false` where it is gone already.
///
/// # Errors
/// Where the database fails.
pub async fn delete(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ViewId,
) -> Result<bool> {
    let done = sqlx::query!(
        "delete from saved_views where organisation_id = $1 and id = $2",
        organisation.0,
        id.0,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}
