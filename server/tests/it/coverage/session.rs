//! One's own session and account.

use super::{Case, Everybody, SignedIn, case};
use serde_json::json;

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "/api/session/sign_in",
            Everybody("how a session begins"),
            |_| json!({ "organisation": "esempio", "username": "nobody", "password": "x" }),
        ),
        case(
            "/api/session/current",
            Everybody("says that nobody is signed in"),
            |_| json!({}),
        ),
        case(
            "/api/session/left",
            Everybody("says 0 where nobody is signed in"),
            |_| json!({}),
        ),
        case(
            "/api/session/continue",
            Everybody("says 0 where nobody is signed in"),
            |_| json!({}),
        ),
        case(
            "/api/session/change_password",
            SignedIn,
            |_| json!({ "current": "x", "new": "y" }),
        ),
        case("/api/session/suggest_password", SignedIn, |_| json!({})),
        case(
            "/api/session/keep_preference",
            SignedIn,
            |_| json!({ "preference": { "rows_per_page": "fifty" } }),
        ),
        case("/api/session/profiles", SignedIn, |_| json!({})),
        case(
            "/api/session/work_as",
            SignedIn,
            |_| json!({ "profile": 0 }),
        ),
        case(
            "/api/session/confirm",
            SignedIn,
            |_| json!({ "password": "x" }),
        ),
        case("/api/session/own", SignedIn, |_| json!({})),
        case(
            "/api/session/end_own",
            SignedIn,
            |_| json!({ "reference": "none" }),
        ),
        case("/api/session/end_others", SignedIn, |_| json!({})),
    ]
}
