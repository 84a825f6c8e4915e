//! A file of units against the organisation's tree. Trees are small and their rules look
//! up and down, so they are compared in memory and only written set-based.

mod place;
mod write;

pub use place::compare;
pub use write::{keep_result, write};

use super::{Line, copy_in, unknown};
use crate::error::{Result, ServiceError};
use domain::{
    ImportId, OrganisationId,
    import::{Change, RowError, RowOutcome, UnitLevel, UnitRecord},
};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::HashMap;
use tokio::sync::mpsc::Receiver;

/// A unit as stored.
#[derive(Clone, Debug)]
pub struct Stored {
    id: i64,
    parent: Option<String>,
    name: String,
    level: UnitLevel,
    ent_id: Option<i64>,
    bur: Option<i64>,
    /// Within the units of the person who imports.
    allowed: bool,
}

/// The organisation's units by code.
pub type Tree = HashMap<String, Stored>;

/// A row with what was found about it.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Line in the file.
    pub line: u32,
    /// Name of the unit, as far as it could be read.
    pub label: String,
    /// «ID unità».
    pub key: String,
    /// The good row, or what is wrong with it.
    pub row: std::result::Result<UnitRecord, Vec<RowError>>,
    /// What becomes of it.
    pub outcome: RowOutcome,
    /// What would change.
    pub changes: Vec<Change>,
    /// The stored unit.
    pub target: Option<i64>,
}

/// Reads the tree; `units` limits what may be changed.
///
/// # Errors
/// Where the database fails.
pub async fn tree(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    units: Option<&[i64]>,
) -> Result<Tree> {
    let rows = sqlx::query!(
        r#"select u.id, u.code, p.code as "parent?", u.name, u.level, u.ent_id, u.bur,
             ($2::bigint[] is null or u.path && $2) as "allowed!"
           from units u left join units p on p.organisation_id = $1 and p.id = u.parent_id
           where u.organisation_id = $1"#,
        organisation.0,
        units,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            let level = r.level.parse().map_err(|_| unknown("unit level"))?;
            let stored = Stored {
                id: r.id,
                parent: r.parent,
                name: r.name,
                level,
                ent_id: r.ent_id,
                bur: r.bur,
                allowed: r.allowed,
            };
            Ok((r.code, stored))
        })
        .collect()
}

const COPY: &str = "copy import_rows (organisation_id, import_id, line, outcome, label, data, problems, target_id) from stdin";

/// Writes what was found to `import_rows`.
///
/// # Errors
/// Where the database fails.
pub async fn keep(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
    rows: &[Compared],
) -> Result<()> {
    let mut line = Line::default();
    for row in rows {
        let mut data = match &row.row {
            Ok(record) => serde_json::to_value(record).map_err(ServiceError::internal)?,
            Err(_) => json!({}),
        };
        data["key"] = json!(row.key);
        data["changes"] = json!(row.changes);
        line.add(&organisation.0.to_string())
            .add(&id.0.to_string())
            .add(&row.line.to_string())
            .add(row.outcome.code())
            .add(&row.label)
            .json(&data)?
            .json(&row.row.as_ref().err().cloned().unwrap_or_default())?
            .maybe(row.target.map(|t| t.to_string()));
        line.end();
    }
    let (send, mut chunks) = tokio::sync::mpsc::channel(1);
    // One chunk: the channel holds it until COPY takes it.
    send.send(line.take())
        .await
        .map_err(ServiceError::internal)?;
    drop(send);
    copy(tx, &mut chunks).await
}

async fn copy(tx: &mut PgConnection, chunks: &mut Receiver<Vec<u8>>) -> Result<()> {
    copy_in(tx, COPY, chunks).await
}

/// The good rows of a preview, with the changes it showed.
///
/// # Errors
/// Where the database fails.
pub async fn reload(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<Vec<Compared>> {
    let rows = sqlx::query!(
        "select line, outcome, label, data, target_id from import_rows
         where organisation_id = $1 and import_id = $2 and outcome in ('new', 'changed', 'unchanged') order by line",
        organisation.0,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            let changes = serde_json::from_value(r.data["changes"].clone())
                .map_err(ServiceError::internal)?;
            let record: UnitRecord =
                serde_json::from_value(r.data).map_err(ServiceError::internal)?;
            Ok(Compared {
                line: u32::try_from(r.line).unwrap_or(0),
                label: r.label,
                key: record.code.clone(),
                row: Ok(record),
                outcome: RowOutcome::from_code(&r.outcome).ok_or_else(|| unknown("row outcome"))?,
                changes,
                target: r.target_id,
            })
        })
        .collect()
}
