//! The roles that the wizard gives.

use crate::error::Result;
use domain::{
    GroupId, Locale, OrganisationId,
    access::{Right, RoleFacts},
};
use sqlx::PgConnection;

/// A role with what deciding about it needs.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its number.
    pub id: GroupId,
    /// Its code.
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
    /// Its category.
    pub category: String,
    /// Its rights.
    pub rights: Vec<Right>,
}

impl Role {
    /// What deciding about it needs.
    pub fn facts(&self) -> RoleFacts<'_> {
        RoleFacts {
            code: &self.code,
            category: &self.category,
            rights: &self.rights,
        }
    }
}

/// Every role of the organisation, in its order.
///
/// # Errors
/// Where the database fails.
pub async fn roles(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    locale: Locale,
) -> Result<Vec<Role>> {
    let rows = crate::db::grants::groups(conn, organisation, locale).await?;
    Ok(rows
        .into_iter()
        .map(|g| Role {
            id: g.name.id,
            code: g.name.code,
            name: g.name.name,
            category: g.category,
            rights: g.rights,
        })
        .collect())
}
