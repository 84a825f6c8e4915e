//! Groups and roles on their own page.

use super::{Case, Needs, READ, Standing, case};
use domain::access::Right;
use serde_json::{Value, json};

const ADMINISTER: super::Guard = Needs(&[Right::Administer]);
const WHOLE: Standing = Standing::Organisation("groups belong to the whole organisation");

/// A name that is in use: whoever gets through is told so, however often they ask.
fn draft() -> Value {
    json!({ "names": ["Alunni", "", "", ""], "rights": [], "password_off_from": "", "password_min": 15 })
}

pub fn cases() -> Vec<Case> {
    vec![
        case("/api/group-page/read", READ, |_| json!({})),
        case(
            "/api/group-page/one",
            READ,
            |ids| json!({ "id": ids.number("group"), "number": 1 }),
        )
        .standing(WHOLE),
        case(
            "/api/group-page/create",
            ADMINISTER,
            |_| json!({ "draft": draft() }),
        )
        .standing(WHOLE),
        case(
            "/api/group-page/change",
            ADMINISTER,
            |ids| json!({ "id": ids.number("group"), "version": 1, "draft": draft() }),
        )
        .standing(WHOLE),
        case(
            "/api/group-page/delete",
            ADMINISTER,
            |ids| json!({ "id": ids.number("group") }),
        )
        .standing(WHOLE),
    ]
}
