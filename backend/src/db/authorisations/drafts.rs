//! The wizard's drafts, kept for a day.

use crate::error::Result;
use domain::{OrganisationId, UserId, authorisation::AuthorisationDraft};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

/// The draft of this actor about this user, if it is younger than `since`, with its key.
///
/// # Errors
/// Where the database fails.
pub async fn draft(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    actor: UserId,
    user: UserId,
    since: Timestamp,
) -> Result<Option<(AuthorisationDraft, Uuid)>> {
    let row = sqlx::query!(
        r#"select draft as "draft: Json<serde_json::Value>", key from authorisation_drafts
           where organisation_id = $1 and actor_id = $2 and user_id = $3 and saved_at > $4"#,
        organisation.0,
        actor.0,
        user.0,
        since.to_sqlx() as _,
    )
    .fetch_optional(conn)
    .await?;
    // A draft of an earlier release that reads differently is no draft.
    Ok(row.and_then(|r| Some((serde_json::from_value(r.draft.0).ok()?, r.key))))
}

/// Keeps the draft in the place of the earlier one; old ones of anybody go.
///
/// # Errors
/// Where the database fails.
pub async fn keep_draft(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    actor: UserId,
    user: UserId,
    draft: &AuthorisationDraft,
    key: Uuid,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "insert into authorisation_drafts (organisation_id, actor_id, user_id, draft, key, saved_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (organisation_id, actor_id, user_id) do update
         set draft = excluded.draft, key = excluded.key, saved_at = excluded.saved_at",
        organisation.0,
        actor.0,
        user.0,
        serde_json::to_value(draft).map_err(crate::ServiceError::internal)?,
        key,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "delete from authorisation_drafts where saved_at < $1::timestamptz - interval '1 day'",
        now.to_sqlx() as _,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets the draft: it was applied, or given up.
///
/// # Errors
/// Where the database fails.
pub async fn drop_draft(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    actor: UserId,
    user: UserId,
) -> Result<()> {
    sqlx::query!(
        "delete from authorisation_drafts where organisation_id = $1 and actor_id = $2 and user_id = $3",
        organisation.0,
        actor.0,
        user.0,
    )
    .execute(tx)
    .await?;
    Ok(())
}
