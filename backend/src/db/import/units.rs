//! A file of units against the organisation's tree. Trees are small and their rules look
//! up and down, so they are compared in memory and only written set-based.

use super::{By, Line, copy_in, unknown};
use crate::error::{Result, ServiceError};
use domain::{
    ImportId, OrganisationId,
    import::{Change, Column, Problem, RowError, RowOutcome, UnitLevel, UnitRecord},
};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
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

/// Finds duplicates, places every row in the tree and says what changes. `everywhere`: the
/// person who imports may change the whole organisation.
pub fn compare(rows: &mut [Compared], tree: &Tree, everywhere: bool) {
    let mut first: HashMap<String, usize> = HashMap::new();
    for i in 0..rows.len() {
        let Ok(record) = &rows[i].row else { continue };
        match first.get(&record.code) {
            None => {
                first.insert(record.code.clone(), i);
            }
            Some(earlier) => {
                let differs = rows[*earlier].row.as_ref().ok() != Some(record);
                let line = rows[*earlier].line;
                rows[i].outcome = RowOutcome::Duplicate;
                rows[i].row = Err(vec![RowError::of_row(Problem::DuplicateOf {
                    line,
                    differs,
                })]);
            }
        }
    }
    place(rows, tree, &first, everywhere);
    for row in rows.iter_mut() {
        let Ok(record) = &row.row else {
            if row.outcome != RowOutcome::Duplicate {
                row.outcome = RowOutcome::Error;
            }
            continue;
        };
        let Some(stored) = tree.get(&record.code) else {
            row.outcome = RowOutcome::New;
            continue;
        };
        row.target = Some(stored.id);
        row.changes = changes(record, stored);
        row.outcome = if row.changes.is_empty() {
            RowOutcome::Unchanged
        } else {
            RowOutcome::Changed
        };
    }
}

/// Takes out rows without a parent, below the wrong level, below themselves or out of
/// reach, until nothing more falls out (a child of a bad row may lose its parent).
fn place(rows: &mut [Compared], tree: &Tree, first: &HashMap<String, usize>, everywhere: bool) {
    loop {
        let bad: Vec<(usize, RowError)> = rows
            .iter()
            .enumerate()
            .filter_map(|(i, row)| {
                Some((
                    i,
                    misplaced(row.row.as_ref().ok()?, rows, tree, first, everywhere)?,
                ))
            })
            .collect();
        if bad.is_empty() {
            return;
        }
        for (i, error) in bad {
            rows[i].row = Err(vec![error]);
        }
    }
}

fn misplaced(
    record: &UnitRecord,
    rows: &[Compared],
    tree: &Tree,
    first: &HashMap<String, usize>,
    everywhere: bool,
) -> Option<RowError> {
    // The file's row counts before the stored unit: it says where the unit will stand.
    let in_file = |code: &str| first.get(code).and_then(|i| rows[*i].row.as_ref().ok());
    let level_of = |code: &str| {
        in_file(code)
            .map(|r| r.level)
            .or_else(|| tree.get(code).map(|s| s.level))
    };
    let parent_of = |code: &str| match in_file(code) {
        Some(r) => r.parent.clone(),
        None => tree.get(code).and_then(|s| s.parent.clone()),
    };
    let error = |problem| {
        Some(RowError::new(
            Column::ParentUnit,
            record.parent.as_deref().unwrap_or_default(),
            problem,
        ))
    };

    if let Some(parent) = &record.parent {
        let Some(level) = level_of(parent) else {
            return error(Problem::UnknownParent);
        };
        let mut seen = HashSet::from([record.code.clone()]);
        let mut above = Some(parent.clone());
        while let Some(code) = above {
            if code == record.code {
                return error(Problem::Cycle);
            }
            if !seen.insert(code.clone()) {
                break;
            }
            above = parent_of(&code);
        }
        if !record.level.parents().contains(&level) {
            return error(Problem::ParentLevel(level));
        }
    }
    if !everywhere {
        let mut above = Some(record.code.clone());
        let mut allowed = false;
        let mut seen = HashSet::new();
        while let Some(code) = above.filter(|c| seen.insert(c.clone())) {
            allowed = allowed || tree.get(&code).is_some_and(|s| s.allowed);
            above = parent_of(&code);
        }
        let stored_elsewhere = tree.get(&record.code).is_some_and(|s| !s.allowed);
        if !allowed || stored_elsewhere {
            return Some(RowError::new(
                Column::Unit,
                &record.code,
                Problem::UnitNotAllowed,
            ));
        }
    }
    None
}

fn changes(record: &UnitRecord, stored: &Stored) -> Vec<Change> {
    let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
    [
        (Column::UnitName, stored.name.clone(), record.name.clone()),
        (
            Column::ParentUnit,
            stored.parent.clone().unwrap_or_default(),
            record.parent.clone().unwrap_or_default(),
        ),
        (
            Column::Level,
            stored.level.code().to_owned(),
            record.level.code().to_owned(),
        ),
        (Column::EntId, number(stored.ent_id), number(record.ent_id)),
        (Column::Bur, number(stored.bur), number(record.bur)),
    ]
    .into_iter()
    // An empty cell leaves what is there; only a root has really no parent.
    .filter(|(column, before, after)| {
        before != after && (!after.is_empty() || *column == Column::ParentUnit)
    })
    .map(|(column, before, after)| Change {
        column,
        before,
        after,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u32, code: &str, parent: &str, level: UnitLevel) -> Compared {
        let parent = (!parent.is_empty()).then(|| parent.to_owned());
        let record = UnitRecord {
            code: code.into(),
            parent,
            name: format!("Unità {code}"),
            level,
            ent_id: None,
            bur: None,
        };
        Compared {
            line,
            label: String::new(),
            key: code.to_owned(),
            row: Ok(record),
            outcome: RowOutcome::New,
            changes: Vec::new(),
            target: None,
        }
    }

    fn problems(rows: &mut [Compared], tree: &Tree) -> Vec<Option<Problem>> {
        compare(rows, tree, true);
        rows.iter()
            .map(|r| r.row.as_ref().err().map(|e| e[0].problem.clone()))
            .collect()
    }

    #[test]
    fn parents_may_stand_below_their_children() {
        let mut rows = [
            row(2, "sede", "impresa", UnitLevel::Site),
            row(3, "impresa", "TI", UnitLevel::Enterprise),
            row(4, "TI", "", UnitLevel::Canton),
        ];
        assert_eq!(problems(&mut rows, &Tree::new()), [None, None, None]);
    }

    #[test]
    fn an_unknown_parent_takes_its_descendants_with_it() {
        let mut rows = [
            row(2, "sede", "impresa", UnitLevel::Site),
            row(3, "impresa", "ZH", UnitLevel::Enterprise),
            row(4, "TI", "", UnitLevel::Canton),
        ];
        let unknown = Some(Problem::UnknownParent);
        assert_eq!(
            problems(&mut rows, &Tree::new()),
            [unknown.clone(), unknown, None]
        );
    }

    #[test]
    fn units_below_themselves_are_refused() {
        let mut rows = [
            row(2, "a", "b", UnitLevel::Enterprise),
            row(3, "b", "a", UnitLevel::Enterprise),
            row(4, "c", "c", UnitLevel::Site),
        ];
        assert_eq!(
            problems(&mut rows, &Tree::new()),
            [
                Some(Problem::Cycle),
                Some(Problem::Cycle),
                Some(Problem::Cycle)
            ]
        );
    }

    #[test]
    fn a_site_stands_below_an_enterprise_and_not_below_a_canton() {
        let mut rows = [
            row(2, "TI", "", UnitLevel::Canton),
            row(3, "sede", "TI", UnitLevel::Site),
        ];
        assert_eq!(
            problems(&mut rows, &Tree::new()),
            [None, Some(Problem::ParentLevel(UnitLevel::Canton))]
        );
    }

    #[test]
    fn the_same_unit_twice_is_a_duplicate() {
        let mut rows = [
            row(2, "TI", "", UnitLevel::Canton),
            row(3, "TI", "", UnitLevel::Canton),
        ];
        assert_eq!(
            problems(&mut rows, &Tree::new())[1],
            Some(Problem::DuplicateOf {
                line: 2,
                differs: false
            })
        );
        assert_eq!(rows[1].outcome, RowOutcome::Duplicate);
    }
}
