//! Operations and their progress.

use super::{Case, Guard, Needs, Route, SEND, Standing, case, get, users::page};
use domain::access::Right;
use serde_json::json;

const ANY_OPERATION: Guard = Needs(&[
    Right::SendCredentials,
    Right::ManageUsers,
    Right::ManageRegistry,
    Right::ManageUnits,
]);

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "/api/operations/list",
            ANY_OPERATION,
            |_| json!({ "page": page() }),
        ),
        case("/api/operations/under_way", ANY_OPERATION, |_| json!({})),
        case(
            "/api/operations/read",
            ANY_OPERATION,
            |ids| json!({ "id": ids.number("job") }),
        )
        .standing(Standing::Maker),
        case(
            "/api/operations/recipients",
            ANY_OPERATION,
            |ids| json!({ "id": ids.number("job"), "filter": "all", "page": page() }),
        )
        .standing(Standing::Maker),
        case(
            "/api/operations/cancel",
            SEND,
            |ids| json!({ "id": ids.number("job") }),
        )
        .standing(Standing::Maker),
        case(
            "/api/operations/retry",
            SEND,
            |ids| json!({ "what": { "rejected": ids.number("job") } }),
        )
        .standing(Standing::Maker),
        case(
            "/api/operations/retry",
            SEND,
            |ids| json!({ "what": { "one": ids.number("mail") } }),
        )
        .standing(Standing::Maker),
    ]
}

pub fn routes() -> Vec<Route> {
    vec![
        get("/operazioni/{id}/eventi", ANY_OPERATION, |ids| {
            format!("/operazioni/{}/eventi", ids.number("job"))
        })
        .standing(Standing::Maker),
        get("/operazioni/{id}/risultato.csv", ANY_OPERATION, |ids| {
            format!("/operazioni/{}/risultato.csv", ids.number("job"))
        })
        .standing(Standing::Maker),
    ]
}
