//! The audit trail and its export. Makes `audit_entry` and `batch`, about the `user` of `users`.

use super::{Case, Ground, Ids, Needs, Route, SignedIn, Standing, case};
use crate::harness::House;
use axum::http::Method;
use domain::access::Right;
use serde_json::json;

// What entries about links and records ask for; each kind asks for its own besides.
const REVERT: super::Guard = Needs(&[Right::ManageUsers, Right::ManageRegistry]);
const READ_AUDIT: super::Guard = Needs(&[Right::ReadAudit]);

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    // Nothing to put back: the call of an administrator is answered with a conflict.
    let entry: i64 = sqlx::query_scalar(
        "insert into audit (organisation_id, at, actor_name, action, object_kind, object_id)
         values ($1, now(), 'delega', 'user.edited', 'user', $2) returning id",
    )
    .bind(ground.organisation.0)
    .bind(ids.number("user"))
    .fetch_one(&house.backend.core.pool)
    .await
    .unwrap();
    ids.set("audit_entry", entry);
    // A part of an act on many that changed no groups: nothing to take back either.
    sqlx::query(
        "insert into audit (organisation_id, at, actor_name, action, object_kind, object_id, before, after, batch_id)
         values ($1, now(), 'delega', 'user.groups_changed', 'user', $2, '{\"groups\": []}', '{\"groups\": []}', $3)",
    )
    .bind(ground.organisation.0)
    .bind(ids.number("user"))
    .bind(entry)
    .execute(&house.backend.core.pool)
    .await
    .unwrap();
    ids.set("batch", entry);
}

pub fn cases() -> Vec<Case> {
    vec![
        // Without «read_audit» both give one's own acts and nothing else.
        case("/api/audit/list", SignedIn, |_| {
            json!({ "query": { "filter": { "period": "all", "who": null, "action": null, "user": null,
                    "batch": null, "object": "" }, "before": null } })
        }),
        case(
            "/api/audit/frame",
            SignedIn,
            |ids| json!({ "user": ids.number("user") }),
        ),
        case(
            "/api/audit/revert",
            REVERT,
            |ids| json!({ "id": ids.number("audit_entry"), "reason": "" }),
        ),
    ]
}

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/registro/esporta",
        guard: READ_AUDIT,
        method: Method::POST,
        address: |_| "/registro/esporta".into(),
        body: |ids| {
            let request = json!({ "file": "csv", "query": { "filter": { "period": "all", "who": null,
                "action": null, "user": ids.number("user"), "batch": null, "object": "" }, "before": null } });
            let encoded: String = request
                .to_string()
                .bytes()
                .map(|b| format!("%{b:02X}"))
                .collect();
            (
                "application/x-www-form-urlencoded",
                format!("richiesta={encoded}"),
            )
        },
        standing: Standing::Unit,
    }]
}
