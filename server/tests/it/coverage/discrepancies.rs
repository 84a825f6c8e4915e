//! Redemption of codes, and discrepancies. Makes `discrepancy`, an open one.

use super::{Case, Everybody, Ground, Guard, Ids, Needs, NeedsAll, Route, case, get};
use crate::{harness::House, support};
use domain::access::Right;
use serde_json::json;

const READ: Guard = Needs(&[Right::ManageUsers]);
const DECIDE: Guard = NeedsAll(&[Right::ManageUsers, Right::ManageAuthorisations]);
const INVITED: Guard = Everybody("invited people are not signed in; the ticket speaks for them");

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    let mut builder = support::user(&house.backend, ground.organisation).group("docenti");
    if let Some(unit) = ground.unit {
        builder = builder.unit(unit);
    }
    let user = builder.create().await;
    let id: i64 = sqlx::query_scalar(
        "with p as (select organisation_id, id, user_id from profiles where user_id = $1),
         r as (insert into registrations (organisation_id, user_id, profile_id, created_at, created_by_name, idempotency_key)
               select organisation_id, user_id, id, now(), '', gen_random_uuid() from p
               returning organisation_id, id, user_id, profile_id)
         insert into discrepancies (organisation_id, registration_id, user_id, profile_id, opened_at,
           prepared_surname, prepared_given_name, prepared_email, stated_surname, stated_given_name, stated_email, suggested)
         select organisation_id, id, user_id, profile_id, now(), 'PROVA', 'UTENTE', 'a@b.example', 'VERDI', 'UGO', 'a@b.example',
           'other_person' from r returning id",
    )
    .bind(user.0)
    .fetch_one(&house.backend.core.pool)
    .await
    .unwrap();
    ids.set("discrepancy", id);
}

const REASON: &str = "segnalata dalla persona";

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "/api/discrepancies/list",
            READ,
            |_| json!({ "open": true, "page": { "number": 1, "size": "fifty" } }),
        ),
        case(
            "/api/discrepancies/get",
            READ,
            |ids| json!({ "id": ids.number("discrepancy") }),
        ),
        case(
            "/api/discrepancies/negligible",
            DECIDE,
            |ids| json!({ "id": ids.number("discrepancy"), "reason": REASON }),
        ),
        case(
            "/api/discrepancies/deactivate",
            DECIDE,
            |ids| json!({ "id": ids.number("discrepancy"), "class": "other_person", "reason": REASON }),
        ),
        case(
            "/api/discrepancies/contacted",
            DECIDE,
            |ids| json!({ "id": ids.number("discrepancy") }),
        ),
        case(
            "/api/discrepancies/new_profile",
            DECIDE,
            |ids| json!({ "id": ids.number("discrepancy"), "email": "nuova@b.example" }),
        ),
        case(
            "/api/discrepancies/reported",
            DECIDE,
            |ids| json!({ "id": ids.number("discrepancy") }),
        ),
        case(
            "/api/discrepancies/close",
            DECIDE,
            |ids| json!({ "id": ids.number("discrepancy"), "class": "other_person" }),
        ),
        case(
            "/api/redemption/begin",
            INVITED,
            |_| json!({ "email": "a@b.example", "code": "x" }),
        ),
        case("/api/redemption/ticket", INVITED, |_| json!({})),
        case(
            "/api/redemption/state",
            INVITED,
            |_| json!({ "identity": { "surname": "A", "given_name": "B", "email": "a@b.example" } }),
        ),
        case("/api/redemption/not_me", INVITED, |_| json!({})),
        case(
            "/api/redemption/finish",
            INVITED,
            |_| json!({ "password": "x" }),
        ),
        case(
            "/api/redemption/confirm",
            INVITED,
            |_| json!({ "current": "x" }),
        ),
        case("/api/redemption/done", INVITED, |_| json!({})),
        case("/api/redemption/request_code", INVITED, |_| json!({})),
        case("/api/redemption/suggest_password", INVITED, |_| json!({})),
    ]
}

pub fn routes() -> Vec<Route> {
    vec![
        get("/registrazione/verifica", INVITED, |_| {
            "/registrazione/verifica".into()
        }),
        get("/registrazione/conferma", INVITED, |_| {
            "/registrazione/conferma".into()
        }),
        get("/registrazione/rifiuta", INVITED, |_| {
            "/registrazione/rifiuta".into()
        }),
        get("/registrazione/attiva", INVITED, |_| {
            "/registrazione/attiva".into()
        }),
        get("/registrazione/richiedi", INVITED, |_| {
            "/registrazione/richiedi".into()
        }),
    ]
}
