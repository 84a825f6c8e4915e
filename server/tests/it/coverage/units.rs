//! The tree of units, and the terms of use. Makes `place`, a unit with nobody in it.

use super::{Case, Ground, Ids, MANAGE, Needs, NeedsAll, SignedIn, Standing, case};
use crate::{harness::House, support};
use domain::{access::Right, user::ContactDraft};
use serde_json::{Value, json};

const READ_UNITS: super::Guard = Needs(&[Right::ReadUsers, Right::ManageUnits]);
const REVIEW: super::Guard = NeedsAll(&[Right::ManageUsers, Right::ManageAuthorisations]);
const MANAGE_UNITS: super::Guard = Needs(&[Right::ManageUnits]);

fn draft() -> Value {
    json!({ "names": { "it": "Sede nuova", "de": "", "fr": "", "en": "" }, "code": "sede-nuova", "ent_id": "",
            "bur": "", "canton_administrative": "TI", "canton_geographic": "" })
}

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    let code = format!("posto-{}", ground.unit.map_or(0, |u| u.0));
    let unit = support::unit(&house.backend, ground.organisation, ground.unit, &code).await;
    // Something can stand below it.
    sqlx::query("update units set level = 'enterprise' where id = $1")
        .bind(unit.0)
        .execute(&house.backend.core.pool)
        .await
        .unwrap();
    ids.set("place", unit.0);
}

pub fn cases() -> Vec<Case> {
    vec![
        case("/api/units/tree", READ_UNITS, |_| json!({})),
        case(
            "/api/units/edit",
            MANAGE_UNITS,
            |ids| json!({ "id": ids.number("place"), "version": 1, "draft": draft() }),
        ),
        case(
            "/api/units/check_close",
            MANAGE_UNITS,
            |ids| json!({ "id": ids.number("place") }),
        ),
        case(
            "/api/units/close",
            MANAGE_UNITS,
            |ids| json!({ "id": ids.number("place"), "to": null, "reason": "la sede è stata venduta" }),
        ),
        case(
            "/api/units/reopen",
            MANAGE_UNITS,
            |ids| json!({ "id": ids.number("place") }),
        ),
        case(
            "/api/units/create",
            MANAGE_UNITS,
            |ids| json!({ "new": { "parent": ids.number("place"), "draft": draft() } }),
        ),
        // A unit of its own is chosen in the service's tests: here it would narrow the
        // administrator who knocks at all other doors.
        case(
            "/api/units/work_in",
            READ_UNITS,
            |_| json!({ "unit": null }),
        )
        .standing(Standing::Organisation("wherever the rights reach")),
        case("/api/desk/tiles", SignedIn, |_| json!({})),
        case(
            "/api/review/list",
            REVIEW,
            |_| json!({ "query": { "reason": null, "page": { "number": 1, "size": "fifty" } } }),
        ),
        case(
            "/api/review/confirm",
            REVIEW,
            |ids| json!({ "user": ids.number("user"), "reason": "lavora ancora qui" }),
        ),
        case("/api/invite/home", MANAGE, |_| json!({})),
        case(
            "/api/invite/create",
            MANAGE,
            |_| json!({ "draft": { "given_name": "", "surname": "Bianchi", "locale": "it",
                "email": "lea.bianchi@ospedale.example", "contact": ContactDraft::default() }, "force": true }),
        )
        .standing(Standing::Organisation("names nothing that exists")),
        case("/api/terms/accept", SignedIn, |_| json!({ "version": 1 })),
    ]
}
