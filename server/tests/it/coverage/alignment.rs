//! Aligning users with the registry and creating users from it. Makes `person`, a record
//! of the unit, `candidate`, another one, `batch`, an act that dissolved a link, and
//! `creation`, an operation that created a user.

use super::{Case, Ground, Guard, Ids, Needs, NeedsAll, REGISTRY, Standing, case};
use crate::{harness::House, support};
use domain::access::Right;
use serde_json::{Value, json};

const READERS: Guard = Needs(&[Right::ManageRegistry, Right::ReadUsers]);
const CREATORS: Guard = NeedsAll(&[Right::ManageUsers, Right::ManageRegistry]);
const CREATE_AND_SEND: Guard = NeedsAll(&[
    Right::ManageUsers,
    Right::ManageRegistry,
    Right::SendCredentials,
]);
const WHOLE: Standing = Standing::Organisation("lists what its reader may see");
const OWN_DRAFT: Standing = Standing::Organisation("concerns the caller's own draft");

async fn person(house: &House, ground: &Ground, kind: &str) -> i64 {
    let pool = &house.backend.core.pool;
    let id: i64 = sqlx::query_scalar(
        "insert into persons (organisation_id, code, kind, surname, given_name, created_at)
         select $1, coalesce(max(code), 5000) + 1, $2, 'ROSSI', 'ANNA', now() from persons where organisation_id = $1
         returning id",
    )
    .bind(ground.organisation.0)
    .bind(kind)
    .fetch_one(pool)
    .await
    .unwrap();
    if let Some(unit) = ground.unit {
        sqlx::query(
            "insert into enrolments (organisation_id, person_id, school_year, unit_id) values ($1, $2, 2026, $3)",
        )
        .bind(ground.organisation.0)
        .bind(id)
        .bind(unit.0)
        .execute(pool)
        .await
        .unwrap();
    }
    id
}

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    // A user of its own: other areas archive theirs.
    let mut builder = support::user(&house.backend, ground.organisation).group("docenti");
    if let Some(unit) = ground.unit {
        builder = builder.unit(unit);
    }
    ids.set("align-user", builder.create().await.0);
    for (name, kind) in [
        ("align-person", "guardian"),
        ("align-other", "guardian"),
        ("align-mail", "external"),
        ("align-candidate", "pupil"),
        ("align-linked", "employee"),
    ] {
        let id = person(house, ground, kind).await;
        ids.set(name, id);
    }
    let pool = &house.backend.core.pool;
    sqlx::query(
        "insert into user_person_links (organisation_id, user_id, person_id, kind, method, linked_at)
         values ($1, $2, $3, 'employee', 'manual', now())",
    )
    .bind(ground.organisation.0)
    .bind(ids.number("align-user"))
    .bind(ids.number("align-linked"))
    .execute(pool)
    .await
    .unwrap();
    let gone = person(house, ground, "external").await;
    let batch: sqlx::types::Uuid = sqlx::query_scalar(
        "insert into dissolved_links (organisation_id, batch, user_id, person_id, kind, method, linked_at, dissolved_at)
         values ($1, gen_random_uuid(), $2, $3, 'external', 'manual', now(), now()) returning batch",
    )
    .bind(ground.organisation.0)
    .bind(ids.number("align-user"))
    .bind(gone)
    .fetch_one(pool)
    .await
    .unwrap();
    ids.set("align-batch", batch.to_string());
}

fn query(kind: &str) -> Value {
    json!({ "query": { "kind": kind, "text": "", "staged": null, "page": { "number": 1, "size": "fifty" } } })
}

fn batch(ids: &Ids) -> String {
    match ids.text("align-batch").as_str() {
        "nothing" => "00000000-0000-0000-0000-000000000001".to_owned(),
        known => known.to_owned(),
    }
}

fn pick(ids: &Ids) -> Value {
    json!({ "only": [ids.number("align-candidate")] })
}

pub fn cases() -> Vec<Case> {
    let pair = |ids: &Ids| json!({ "user": ids.number("align-user"), "person": ids.number("align-person") });
    vec![
        case("/api/alignment/counters", READERS, |_| {
            json!({ "kind": "pupil", "stage": true })
        })
        .standing(WHOLE),
        case("/api/alignment/rows", READERS, |_| query("pupil")).standing(WHOLE),
        case("/api/alignment/linked", READERS, |_| query("pupil")).standing(WHOLE),
        case("/api/alignment/proposals", READERS, |ids| {
            json!({ "kind": "pupil", "users": [ids.number("align-user")] })
        })
        .standing(WHOLE),
        case("/api/alignment/search", READERS, |ids| {
            json!({ "kind": "pupil", "user": ids.number("align-user"), "text": "rossi" })
        }),
        case("/api/alignment/stage", REGISTRY, pair),
        case("/api/alignment/unstage", REGISTRY, |ids| {
            json!({ "kind": "guardian", "user": ids.number("align-user") })
        })
        .standing(OWN_DRAFT),
        case("/api/alignment/refuse", REGISTRY, |ids| {
            json!({ "user": ids.number("align-user"), "person": ids.number("align-other"),
                    "reason": "È la sorella, non lei" })
        }),
        case("/api/alignment/save", REGISTRY, |_| json!({ "kind": "pupil" })).standing(OWN_DRAFT),
        case("/api/alignment/link", REGISTRY, pair),
        case("/api/alignment/unlink", REGISTRY, |ids| {
            json!({ "user": ids.number("align-user"), "kind": "employee" })
        }),
        case("/api/alignment/unlink_all", REGISTRY, |_| {
            json!({ "kind": "external", "typed": 0, "reason": "riallineamento annuale" })
        })
        .standing(WHOLE),
        case("/api/alignment/restore", REGISTRY, |ids| json!({ "batch": batch(ids) })),
        case("/api/creation/candidates", READERS, |_| {
            json!({ "filter": { "kind": "pupil", "unit": null, "year": null, "class": null, "text": "" },
                    "page": { "number": 1, "size": "fifty" } })
        })
        .standing(WHOLE),
        case("/api/creation/frame", READERS, |_| {
            json!({ "kind": "pupil", "unit": null, "year": null })
        })
        .standing(WHOLE),
        case("/api/creation/mail", REGISTRY, |ids| {
            json!({ "person": ids.number("align-mail"), "version": 1, "email": "a@scuola.example" })
        }),
        case("/api/creation/check", CREATORS, |ids| {
            json!({ "pick": pick(ids), "group": ids.number("group") })
        })
        .standing(Standing::Organisation("names groups, which every unit has")),
        case("/api/creation/start", CREATE_AND_SEND, |ids| {
            json!({ "pick": pick(ids), "group": ids.number("group"), "expected": 1, "typed": null,
                    "confirmed": true, "key": "00000000-0000-0000-0000-0000000000a1" })
        })
        .standing(Standing::Organisation("names groups, which every unit has")),
        case("/api/creation/result", CREATORS, |ids| {
            json!({ "job": ids.number("job") })
        })
        .standing(Standing::Organisation("an operation that created nobody is not found")),
        case("/api/creation/undo", CREATORS, |ids| {
            json!({ "job": ids.number("job") })
        })
        .standing(Standing::Organisation("an operation that created nobody is not found")),
    ]
}
