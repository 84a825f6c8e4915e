//! Importing files. Makes `import`, a preview of one person.

use super::{Case, Ground, Guard, Ids, Needs, REGISTRY, Route, Standing, case, get, users::page};
use crate::harness::House;
use axum::http::Method;
use domain::{access::Right, import::ImportKind};
use serde_json::json;

const ANY_IMPORT: Guard = Needs(&[
    Right::ManageUsers,
    Right::ManageRegistry,
    Right::ManageUnits,
]);

/// The registry belongs to the whole organisation: who is limited to units imports none.
const WHOLE: Standing = Standing::Maker;

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    let file = "Codice;Cognome;Nome;Codice fiscale;Partita IVA;Data di nascita;Mail;Tipo anagrafica;Plesso;Anno scolastico;Classe\n\
                1;Rossi;Anna;;;;;Personale;;;\n";
    let import = house
        .backend
        .imports
        .preview(&ground.admin, ImportKind::Persons, "uno.csv", file.into())
        .await
        .expect("a preview of one");
    ids.set("import", import.0);
}

pub fn cases() -> Vec<Case> {
    vec![
        case("/api/import/start", ANY_IMPORT, |_| json!({})),
        case(
            "/api/import/read",
            REGISTRY,
            |ids| json!({ "id": ids.number("import") }),
        )
        .standing(WHOLE),
        case(
            "/api/import/rows",
            REGISTRY,
            |ids| json!({ "id": ids.number("import"), "outcome": null, "page": page() }),
        )
        .standing(WHOLE),
        case(
            "/api/import/confirm",
            REGISTRY,
            |ids| json!({ "id": ids.number("import"), "reason": "" }),
        )
        .standing(WHOLE),
    ]
}

pub fn routes() -> Vec<Route> {
    vec![
        get("/importa/{id}/esito.csv", REGISTRY, |ids| {
            format!("/importa/{}/esito.csv", ids.number("import"))
        })
        .standing(WHOLE),
        Route {
            path: "/importa/file",
            guard: REGISTRY,
            method: Method::POST,
            address: |_| "/importa/file".into(),
            body: |_| {
                let part = |name: &str, rest: &str| {
                    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{rest}\r\n")
                };
                let form = part("kind", "\r\n\r\npersons")
                    + &part("file", "; filename=\"a.csv\"\r\n\r\nCodice;Cognome")
                    + "--b--\r\n";
                ("multipart/form-data; boundary=b", form)
            },
            standing: WHOLE,
        },
    ]
}
