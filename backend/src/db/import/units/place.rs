//! Where each row of a file stands in the tree, and what it changes there.

use super::{Compared, Stored, Tree};
use domain::import::{Change, Column, Problem, RowError, RowOutcome, UnitRecord};
use std::collections::{HashMap, HashSet};

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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::import::UnitLevel;

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
