//! Reading what was found row by row.

use super::{count, unknown};
use crate::error::{Result, ServiceError};
use domain::{
    ImportId, OrganisationId,
    import::{Change, ImportKind, ImportRow, RowError, RowOutcome},
    page::PageRequest,
};
use serde::Deserialize;
use serde_json::Value;
use sqlx::PgConnection;

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    key: String,
    #[serde(default)]
    changes: Vec<Change>,
}

fn read(
    line: i32,
    outcome: &str,
    label: String,
    data: Value,
    problems: Value,
) -> Result<ImportRow> {
    let data: Data = serde_json::from_value(data).map_err(ServiceError::internal)?;
    let errors: Vec<RowError> = serde_json::from_value(problems).map_err(ServiceError::internal)?;
    Ok(ImportRow {
        line: u32::try_from(line).unwrap_or(0),
        outcome: RowOutcome::from_code(outcome).ok_or_else(|| unknown("row outcome"))?,
        label,
        key: data.key,
        errors,
        changes: data.changes,
    })
}

/// A page of rows in the order of the file, all or of one outcome.
///
/// # Errors
/// Where the database fails.
pub async fn page(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
    outcome: Option<RowOutcome>,
    page: PageRequest,
) -> Result<Vec<ImportRow>> {
    let rows = sqlx::query!(
        "select line, outcome, label, data, problems from import_rows
         where organisation_id = $1 and import_id = $2 and ($3::text is null or outcome = $3)
         order by line limit $4 offset $5",
        organisation.0,
        id.0,
        outcome.map(RowOutcome::code),
        page.limit(),
        page.offset(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| read(r.line, &r.outcome, r.label, r.data, r.problems))
        .collect()
}

/// The rows below a line, for streaming all of them.
///
/// # Errors
/// Where the database fails.
pub async fn after(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
    line: u32,
    limit: i64,
) -> Result<Vec<ImportRow>> {
    let rows = sqlx::query!(
        "select line, outcome, label, data, problems from import_rows
         where organisation_id = $1 and import_id = $2 and line > $3 order by line limit $4",
        organisation.0,
        id.0,
        i32::try_from(line).unwrap_or(i32::MAX),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| read(r.line, &r.outcome, r.label, r.data, r.problems))
        .collect()
}

/// Rows by outcome, as they stand.
///
/// # Errors
/// Where the database fails.
pub async fn counts(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<domain::import::ImportCounts> {
    let rows = sqlx::query!(
        r#"select outcome, count(*) as "rows!" from import_rows
           where organisation_id = $1 and import_id = $2 group by outcome"#,
        organisation.0,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    let mut counts = domain::import::ImportCounts::default();
    for row in rows {
        counts.set(
            RowOutcome::from_code(&row.outcome).ok_or_else(|| unknown("row outcome"))?,
            count(row.rows),
        );
    }
    Ok(counts)
}

/// Tells the planner what was just written. Until the database does so by itself, plans for
/// an organisation filled a moment ago are made for an empty one, and the next import of
/// 100,000 rows compares each with each.
///
/// # Errors
/// Where the database fails.
pub async fn refresh_statistics(pool: &sqlx::PgPool, kind: ImportKind) -> Result<()> {
    let statement = match kind {
        ImportKind::Persons => "analyze persons, enrolments, import_rows",
        ImportKind::Users => "analyze users, profiles, grants, credentials, import_rows",
        ImportKind::Units => "analyze units, import_rows",
    };
    sqlx::query(statement).execute(pool).await?;
    Ok(())
}

/// Whether a row is left that its number did not find: mostly none is, and then the
/// statements that look further have nothing to do.
pub(crate) async fn some_left(tx: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar("select exists (select from stage_left)")
        .fetch_one(tx)
        .await?)
}
