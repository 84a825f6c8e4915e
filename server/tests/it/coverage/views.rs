//! Saved views of the list of users. Makes `view`, which the whole organisation sees.

use super::{Case, Ground, Ids, READ, Standing, case};
use crate::harness::House;
use serde_json::json;

const WHOLE: Standing =
    Standing::Organisation("a shared view is a filter, and finds each reader's own");

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    let name = format!("Vista {}", ids.number("user"));
    let view: i64 = sqlx::query_scalar(
        r#"insert into saved_views (organisation_id, owner_id, name, shared, filter, sort, created_at)
           values ($1, $2, $3, true, '{"groups": [], "state": null, "text": ""}',
             '{"column": "surname", "descending": false}', now()) returning id"#,
    )
    .bind(ground.organisation.0)
    .bind(ids.number("user"))
    .bind(name)
    .fetch_one(&house.backend.core.pool)
    .await
    .unwrap();
    ids.set("view", view);
}

pub fn cases() -> Vec<Case> {
    vec![
        // Without a name: whoever gets through is told so, however often they ask.
        case("/api/views/save", READ, |_| {
            json!({ "draft": { "name": "", "shared": false, "filter": { "groups": [], "state": null, "text": "" },
                    "sort": { "column": "surname", "descending": false } } })
        }),
        case(
            "/api/views/change",
            READ,
            |ids| json!({ "id": ids.number("view"), "name": "Seconde", "shared": true }),
        )
        .standing(WHOLE),
        case("/api/views/refilter", READ, |ids| {
            json!({ "id": ids.number("view"), "filter": { "groups": [], "state": "inactive", "text": "" },
                    "sort": { "column": "surname", "descending": false } })
        })
        .standing(WHOLE),
        case(
            "/api/views/delete",
            READ,
            |ids| json!({ "id": ids.number("view") }),
        )
        .standing(WHOLE),
    ]
}
