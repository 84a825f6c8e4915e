//! Writing the confirmed rows of a file of units.

use super::super::By;
use super::Compared;
use crate::error::{Result, ServiceError};
use domain::{
    ImportId, OrganisationId,
    import::{Change, RowOutcome, UnitRecord},
};
use serde_json::json;
use sqlx::PgConnection;

/// Writes new and changed units, sets their parents and works out every path anew.
///
/// # Errors
/// Where the database fails.
pub async fn write(tx: &mut PgConnection, by: By<'_>, rows: &[Compared]) -> Result<()> {
    let organisation = by.whose.organisation.0;
    let of = |outcome| rows.iter().filter(move |r| r.outcome == outcome);
    let written: Vec<(&Compared, &UnitRecord)> = of(RowOutcome::New)
        .chain(of(RowOutcome::Changed))
        .filter_map(|r| Some((r, r.row.as_ref().ok()?)))
        .collect();
    let codes: Vec<String> = written.iter().map(|(_, u)| u.code.clone()).collect();
    let levels: Vec<String> = written
        .iter()
        .map(|(_, u)| u.level.code().to_owned())
        .collect();
    let names: Vec<String> = written.iter().map(|(_, u)| u.name.clone()).collect();
    let parents: Vec<Option<String>> = written.iter().map(|(_, u)| u.parent.clone()).collect();
    let ent_ids: Vec<Option<i64>> = written.iter().map(|(_, u)| u.ent_id).collect();
    let burs: Vec<Option<i64>> = written.iter().map(|(_, u)| u.bur).collect();
    sqlx::query!(
        "insert into units (organisation_id, code, level, name, ent_id, bur)
         select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
         on conflict (organisation_id, code) do update
           set level = excluded.level, name = excluded.name,
               ent_id = coalesce(excluded.ent_id, units.ent_id), bur = coalesce(excluded.bur, units.bur)",
        organisation,
        &codes,
        &levels,
        &names,
        &ent_ids as &[Option<i64>],
        &burs as &[Option<i64>],
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update units u set parent_id = p.id
         from unnest($2::text[], $3::text[]) w(code, parent)
         left join units p on p.organisation_id = $1 and p.code = w.parent
         where u.organisation_id = $1 and u.code = w.code",
        organisation,
        &codes,
        &parents as &[Option<String>],
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "with recursive below as (
           select id, array[id] as path from units where organisation_id = $1 and parent_id is null
           union all
           select u.id, b.path || u.id from units u join below b on u.organisation_id = $1 and u.parent_id = b.id)
         update units u set path = b.path from below b
         where u.organisation_id = $1 and u.id = b.id and u.path <> b.path",
        organisation,
    )
    .execute(&mut *tx)
    .await?;
    let before: Vec<serde_json::Value> = written
        .iter()
        .map(|(r, _)| side(r, |c| &c.before))
        .collect();
    let after: Vec<serde_json::Value> =
        written.iter().map(|(r, _)| side(r, |c| &c.after)).collect();
    let actions: Vec<String> = written
        .iter()
        .map(|(r, _)| {
            if r.outcome == RowOutcome::New {
                "unit.created"
            } else {
                "unit.changed"
            }
            .to_owned()
        })
        .collect();
    sqlx::query(
        "insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind, object_id, object_name,
           before, after, reason, job_id)
         select $1, $2, $3, $4, w.action, 'unit', u.id, u.name,
           case when w.action = 'unit.changed' then w.before end,
           case when w.action = 'unit.changed' then w.after else jsonb_build_object('code', u.code, 'level', u.level) end,
           $5, $6
         from unnest($7::text[], $8::text[], $9::jsonb[], $10::jsonb[]) w(code, action, before, after)
         join units u on u.organisation_id = $1 and u.code = w.code",
    )
    .bind(organisation)
    .bind(by.at)
    .bind(by.actor)
    .bind(by.actor_name)
    .bind(by.reason)
    .bind(by.job.map(|j| j.0))
    .bind(&codes)
    .bind(&actions)
    .bind(&before)
    .bind(&after)
    .execute(tx)
    .await?;
    Ok(())
}

fn side(row: &Compared, value: impl Fn(&Change) -> &String) -> serde_json::Value {
    row.changes
        .iter()
        .map(|c| {
            (
                json!(c.column).as_str().unwrap_or_default().to_owned(),
                json!(value(c)),
            )
        })
        .collect()
}

/// Writes to `import_rows` what became of rows that the preview had seen otherwise.
///
/// # Errors
/// Where the database fails.
pub async fn keep_result(
    tx: &mut PgConnection,
    organisation: OrganisationId,
    id: ImportId,
    rows: &[Compared],
) -> Result<()> {
    for row in rows {
        sqlx::query!(
            "update import_rows set outcome = $4, problems = $5 where organisation_id = $1 and import_id = $2 and line = $3",
            organisation.0,
            id.0,
            i32::try_from(row.line).unwrap_or(i32::MAX),
            row.outcome.code(),
            serde_json::to_value(row.row.as_ref().err().cloned().unwrap_or_default()).map_err(ServiceError::internal)?,
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}
