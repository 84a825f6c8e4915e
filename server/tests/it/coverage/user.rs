//! A user's page, edits and creation. Makes `entry`, an entry of the audit trail.

use super::{Case, Ground, Ids, MANAGE, READ, Standing, case};
use crate::harness::House;
use domain::user::ContactDraft;
use serde_json::{Value, json};

fn draft(ids: &Ids) -> Value {
    json!({ "surname": "Rossi", "given_name": "Anna", "fiscal_code": "", "email": "anna.rossi@scuola.example",
            "locale": "it", "groups": [ids.number("group")] })
}

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    let entry: i64 =
        sqlx::query_scalar("select coalesce(max(id), 0) + 1 from audit where organisation_id = $1")
            .bind(ground.organisation.0)
            .fetch_one(&house.backend.core.pool)
            .await
            .unwrap();
    ids.set("entry", entry);
}

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "/api/user/read",
            READ,
            |ids| json!({ "id": ids.number("user") }),
        ),
        case(
            "/api/user/history",
            READ,
            |ids| json!({ "id": ids.number("user"), "before": ids.number("entry") }),
        ),
        case(
            "/api/user/save",
            MANAGE,
            |ids| json!({ "id": ids.number("user"), "version": 1, "draft": draft(ids) }),
        ),
        case(
            "/api/user/email",
            MANAGE,
            |ids| json!({ "id": ids.number("user"), "version": 1, "email": "a@scuola.example" }),
        ),
        case(
            "/api/user/contact",
            READ,
            |ids| json!({ "id": ids.number("user") }),
        ),
        case(
            "/api/user/change_contact",
            MANAGE,
            |ids| json!({ "id": ids.number("user"), "version": 1, "data": ContactDraft::default() }),
        ),
        case(
            "/api/user/state",
            MANAGE,
            |ids| json!({ "id": ids.number("user"), "active": false, "reason": "non lavora più qui" }),
        ),
        case(
            "/api/user/returning",
            MANAGE,
            |ids| json!({ "id": ids.number("user") }),
        ),
        case(
            "/api/user/create",
            MANAGE,
            |ids| json!({ "draft": draft(ids), "force": true, "record": "ask" }),
        )
        .standing(Standing::Organisation("names groups, which every unit has")),
        case(
            "/api/user/sharing",
            MANAGE,
            |ids| json!({ "fiscal_code": "", "email": "anna.rossi@scuola.example", "except": ids.number("user") }),
        ),
    ]
}
