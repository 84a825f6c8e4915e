//! The groups of a user.

use super::{Case, MANAGE, case};
use serde_json::json;

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "/api/groups/read",
            MANAGE,
            |ids| json!({ "id": ids.number("user") }),
        ),
        case("/api/groups/new", MANAGE, |_| json!({})),
        case(
            "/api/groups/change",
            MANAGE,
            |ids| json!({ "id": ids.number("user"), "version": 1, "groups": [ids.number("group")], "force": true }),
        ),
        case(
            "/api/groups/undo",
            MANAGE,
            |ids| json!({ "id": ids.number("user"), "version": 1 }),
        ),
    ]
}
