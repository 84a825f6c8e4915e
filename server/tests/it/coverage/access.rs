//! The own account, letters with credentials, and forgotten passwords. Makes `letters`: a
//! run of the administrator's, which is nobody else's.

use super::{
    Case, Everybody, Ground, Ids, Route, SEND, SignedIn, Standing, case, get, users::only,
};
use crate::harness::House;
use domain::{UserId, letter::LetterTarget, user::Selection};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    let key = uuid::Uuid::from_bytes(house.backend.core.entropy.bytes());
    let user = UserId(ids.number("user"));
    let target = LetterTarget::Selected(Selection::Only(BTreeSet::from([user])));
    let run = house
        .backend
        .letters
        .start(&ground.admin, &target, 1, None, key)
        .await
        .expect("a run of one");
    ids.set("letters", run);
}

fn selected(ids: &Ids) -> Value {
    json!({ "selected": only(ids) })
}

pub fn cases() -> Vec<Case> {
    // A run is its maker's alone.
    let run = |path| {
        case(path, SEND, |ids| json!({ "id": ids.number("letters") })).standing(Standing::Maker)
    };
    vec![
        case("/api/account/read", SignedIn, |_| json!({})),
        case(
            "/api/account/pin",
            SignedIn,
            |_| json!({ "current": "x", "pin": "482170" }),
        ),
        case("/api/letters/open", SEND, |_| json!({}))
            .standing(Standing::Organisation("lists the caller's own runs")),
        case(
            "/api/letters/check",
            SEND,
            |ids| json!({ "target": selected(ids) }),
        ),
        case(
            "/api/letters/start",
            SEND,
            |ids| json!({ "target": selected(ids), "expected": 1, "typed": null, "key": "01890a5d-ac96-774b-bcce-b302099a8058" }),
        ),
        run("/api/letters/read"),
        run("/api/letters/next"),
        run("/api/letters/confirm"),
        run("/api/letters/interrupt"),
    ]
}

pub fn routes() -> Vec<Route> {
    vec![
        get(
            "/chiedi-password",
            Everybody("asks for a link; the answer tells nothing"),
            |_| "/chiedi-password".into(),
        ),
        get(
            "/imposta-password",
            Everybody("the link itself is the key"),
            |_| "/imposta-password".into(),
        ),
    ]
}
