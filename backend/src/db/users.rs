//! Users: the list and its search, single users, and what changes them.

pub mod bulk_groups;
pub mod commands;
pub mod contact;
pub mod detail;
pub mod edit;
pub mod invite;
pub mod search;

use crate::error::Result;
use domain::{
    OrganisationId, UserId,
    page::PageSize,
    registration::RegistrationState,
    user::{Invited, RegistrationMark},
};
use jiff::civil::Date;
use sqlx::PgConnection;

/// The person's usual «Righe per pagina», where one was chosen.
///
/// # Errors
/// Where the database fails.
pub async fn usual_rows(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
) -> Result<Option<PageSize>> {
    let rows = sqlx::query_scalar!(
        "select rows_per_page from preferences where organisation_id = $1 and user_id = $2",
        organisation.0,
        user.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(rows.flatten().as_deref().and_then(PageSize::from_code))
}

/// What a canton's list knows beside: IDext, telephone, the latest registration with the
/// days it was sent and ends on.
fn invited(
    external_id: Option<i64>,
    phone: Option<String>,
    registration: Option<&str>,
    (sent_on, ends_on): (Option<Date>, Option<Date>),
    reminders: Option<i32>,
) -> Invited {
    Invited {
        external_id,
        phone,
        registration: registration
            .and_then(RegistrationState::from_code)
            .map(|state| RegistrationMark {
                state,
                sent_on,
                ends_on,
                reminders: reminders.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            }),
    }
}
