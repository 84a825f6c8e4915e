//! The list of users and its export. Makes `user` and `group`.

use super::{Case, Ground, Ids, READ, Route, SignedIn, case};
use crate::{harness::House, support};
use axum::http::Method;
use domain::{UserId, user::Selection};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The first page of fifty.
pub fn page() -> Value {
    json!({ "number": 1, "size": "fifty" })
}

/// The user alone, as a selection.
pub fn only(ids: &Ids) -> Value {
    let user = UserId(ids.number("user"));
    serde_json::to_value(Selection::Only(BTreeSet::from([user]))).unwrap()
}

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    let mut user = support::user(&house.backend, ground.organisation)
        .email("uno@scuola.example")
        .group("docenti");
    if let Some(unit) = ground.unit {
        user = user.unit(unit);
    }
    let group = support::group_id(&house.backend, ground.organisation, "docenti").await;
    ids.set("user", user.create().await.0);
    ids.set("group", group.0);
}

pub fn cases() -> Vec<Case> {
    vec![
        case("/api/users/list", READ, |_| {
            json!({ "query": { "filter": { "groups": [], "state": null, "text": "" },
                    "sort": { "column": "surname", "descending": false }, "page": page() }, "usual_rows": false })
        }),
        case("/api/users/frame", READ, |_| json!({})),
        case("/api/users/views", READ, |_| json!({})),
        case("/api/users/rows", SignedIn, |_| json!({ "size": "fifty" })),
        case(
            "/api/users/count-selected",
            READ,
            |ids| json!({ "selection": only(ids) }),
        ),
        case(
            "/api/users/selected",
            READ,
            |ids| json!({ "selection": only(ids) }),
        ),
    ]
}

pub fn routes() -> Vec<Route> {
    vec![Route {
        path: "/utenti/esporta",
        guard: READ,
        method: Method::POST,
        address: |_| "/utenti/esporta".into(),
        body: |ids| {
            let request = json!({ "file": "csv", "selection": only(ids), "sort": { "column": "surname", "descending": false } });
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
        standing: super::Standing::Unit,
    }]
}
