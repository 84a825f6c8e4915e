//! The wizard, registrations and the row menu.

use super::{Case, Guard, Ids, MANAGE, NeedsAll, READ, Right, case, users::only, users::page};
use serde_json::{Value, json};

const START: Guard = NeedsAll(&[Right::ManageUsers, Right::ManageAuthorisations]);
const KEY: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

fn draft() -> Value {
    json!({ "profiles": [], "chosen": 0, "reason": "collaboratrice nuova" })
}

fn user(ids: &Ids) -> Value {
    json!({ "id": ids.number("user"), "profile": null, "key": KEY })
}

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "/api/authorisations/open",
            START,
            |ids| json!({ "id": ids.number("user") }),
        ),
        case(
            "/api/authorisations/keep",
            START,
            |ids| json!({ "id": ids.number("user"), "draft": draft(), "key": KEY }),
        ),
        case(
            "/api/authorisations/discard",
            START,
            |ids| json!({ "id": ids.number("user") }),
        ),
        case(
            "/api/authorisations/apply",
            START,
            |ids| json!({ "id": ids.number("user"), "version": 1, "draft": draft(), "key": KEY, "start": true }),
        ),
        case("/api/registrations/send", START, user),
        case("/api/registrations/remind", START, user),
        case("/api/registrations/show", START, user),
        case(
            "/api/registrations/worklist",
            START,
            |_| json!({ "query": { "stage": "to_send", "text": "", "page": page() } }),
        ),
        case(
            "/api/users/commands",
            READ,
            |ids| json!({ "ids": [[ids.number("user"), null]] }),
        ),
        case(
            "/api/user/archive",
            MANAGE,
            |ids| json!({ "id": ids.number("user"), "reason": "non lavora più qui" }),
        ),
        case(
            "/api/user/restore",
            Guard::Needs(&[Right::Administer]),
            |ids| json!({ "id": ids.number("user") }),
        )
        .standing(super::Standing::Organisation(
            "an administrator holds every unit",
        )),
        case(
            "/api/users/check-bulk",
            BULK,
            |ids| json!({ "command": "deactivate", "selection": only(ids) }),
        ),
        case(
            "/api/users/run-bulk",
            BULK,
            |ids| json!({ "command": "deactivate", "selection": only(ids), "expected": 1, "reason": "non lavorano più qui", "key": KEY }),
        ),
        case(
            "/api/users/undo-bulk",
            BULK,
            |ids| json!({ "ids": [ids.number("user")], "reason": "annullata subito dopo" }),
        ),
    ]
}

/// A selection is made of users that are read.
const BULK: Guard = NeedsAll(&[Right::ManageUsers, Right::ReadUsers]);
