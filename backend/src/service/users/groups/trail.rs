//! Grants as the audit trail keeps them, and how they are read from there to bring them back.

use crate::db::grants::{Grant, Terms};
use domain::{GroupId, UnitId};
use jiff::civil::Date;
use serde_json::{Value, json};

/// Grants as the audit trail keeps them: enough to read them and to bring them back.
pub(crate) fn record(grants: &[Grant]) -> Vec<Value> {
    grants
        .iter()
        .map(|g| {
            let mut value = json!({ "id": g.group.id, "code": g.group.code });
            if let Some((id, name)) = &g.unit {
                value["unit"] = json!(id);
                value["unit_name"] = json!(name);
            }
            if let Some(day) = g.valid_from {
                value["from"] = json!(day);
            }
            if let Some(day) = g.valid_until {
                value["until"] = json!(day);
            }
            value
        })
        .collect()
}

/// Reads back what [`record`] kept; what it cannot read it leaves out.
pub(super) fn recorded(before: &Value) -> Vec<(GroupId, Terms)> {
    let day = |v: &Value, key: &str| v.get(key)?.as_str()?.parse::<Date>().ok();
    let read = |v: &Value| {
        let terms = Terms {
            unit: v.get("unit").and_then(Value::as_i64).map(UnitId),
            valid_from: day(v, "from"),
            valid_until: day(v, "until"),
        };
        Some((GroupId(v.get("id")?.as_i64()?), terms))
    };
    before
        .as_array()
        .map(|list| list.iter().filter_map(read).collect())
        .unwrap_or_default()
}
