//! Sending credentials and the outbox. Makes `job` and `mail`: a send to one.

use super::{Case, Ground, Ids, SEND, case, users::only, users::page};
use crate::harness::House;
use domain::{UserId, user::Selection};
use serde_json::json;
use std::collections::BTreeSet;

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    let key = uuid::Uuid::from_bytes(house.backend.core.entropy.bytes());
    let user = UserId(ids.number("user"));
    let job = house
        .backend
        .sending
        .start(
            &ground.admin,
            &Selection::Only(BTreeSet::from([user])),
            1,
            None,
            key,
        )
        .await
        .expect("a send of one");
    let mail: i64 =
        sqlx::query_scalar("select min(id) from outbox where organisation_id = $1 and job_id = $2")
            .bind(ground.organisation.0)
            .bind(job.0)
            .fetch_one(&house.backend.core.pool)
            .await
            .unwrap();
    ids.set("job", job.0);
    ids.set("mail", mail);
}

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "/api/sending/check",
            SEND,
            |ids| json!({ "selection": only(ids) }),
        ),
        case(
            "/api/sending/excluded",
            SEND,
            |ids| json!({ "selection": only(ids), "reason": "no_mail", "page": page() }),
        ),
        case(
            "/api/sending/preview",
            SEND,
            |_| json!({ "kind": "user_code", "locale": "it" }),
        ),
        case(
            "/api/sending/start",
            SEND,
            |ids| json!({ "selection": only(ids), "expected": 1, "typed": null, "key": "01890a5d-ac96-774b-bcce-b302099a8057" }),
        ),
        case(
            "/api/outbox/list",
            SEND,
            |_| json!({ "query": { "state": null, "kind": null, "text": "", "page": page() } }),
        ),
    ]
}
