//! Groups of many users at once.

use super::{Case, MANAGE, case, users::only};
use serde_json::json;

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "/api/groups/bulk-check",
            MANAGE,
            |ids| json!({ "selection": only(ids), "change": { "add": [ids.number("group")], "remove": [] } }),
        ),
        case(
            "/api/groups/bulk-change",
            MANAGE,
            |ids| json!({ "selection": only(ids), "change": { "add": [], "remove": [] }, "expected": 1 }),
        ),
        case(
            "/api/groups/bulk-undo",
            MANAGE,
            |ids| json!({ "batch": ids.number("batch") }),
        ),
    ]
}
