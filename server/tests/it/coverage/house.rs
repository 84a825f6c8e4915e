//! What is set for the whole organisation.

use super::{Case, Needs, Standing, case};
use domain::access::Right;
use serde_json::json;

const ADMINISTER: super::Guard = Needs(&[Right::Administer]);
const WHOLE: Standing = Standing::Organisation("settings belong to the whole organisation");

pub fn cases() -> Vec<Case> {
    vec![
        case("/api/house/settings", ADMINISTER, |_| json!({})).standing(WHOLE),
        case(
            "/api/house/change_settings",
            ADMINISTER,
            |_| json!({ "draft": { "reminder_days": "7, 2", "report_address": "" } }),
        )
        .standing(WHOLE),
    ]
}
