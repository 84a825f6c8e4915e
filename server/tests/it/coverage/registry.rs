//! The registry. Makes `person` (enrolled in 2025 and 2026, with `folder` and `file`),
//! `spare_folder`, `doomed` (a person to delete) and `deletion` (an entry to undo).

use super::{Case, Ground, Guard, Ids, Needs, REGISTRY, Route, Standing, case, get, users::page};
use crate::harness::House;
use axum::http::Method;
use backend::service::Uploaded;
use domain::{
    PersonId,
    access::Right,
    person::{EnrolmentDraft, PersonCreation, PersonDraft, PersonKind, folder::FolderDraft},
};
use serde_json::{Value, json};

const ANY_READER: Guard = Needs(&[Right::ManageRegistry, Right::ReadUsers]);

async fn person(house: &House, ground: &Ground, surname: &str) -> PersonId {
    let registry = &house.backend.registry;
    let draft = PersonDraft {
        kind: Some(PersonKind::Pupil),
        surname: surname.to_owned(),
        given_name: "Lea".to_owned(),
        ..PersonDraft::default()
    };
    let made = registry.create(&ground.admin, &draft, true).await;
    let Ok(PersonCreation::Created(saved)) = made else {
        panic!("{made:?}");
    };
    for school_year in [2025, 2026] {
        let draft = EnrolmentDraft {
            school_year,
            site: ground.unit,
            class: "1A".to_owned(),
        };
        let enrolled = registry.enrol(&ground.admin, saved.row.id, &draft).await;
        enrolled.expect("an enrolment");
    }
    saved.row.id
}

pub async fn prepare(house: &House, ground: &Ground, ids: &mut Ids) {
    let registry = &house.backend.registry;
    let id = person(house, ground, "Fò").await;
    let mut folders = Vec::new();
    for title in ["Uno", "Due"] {
        let draft = FolderDraft {
            title: title.to_owned(),
            day: "2026-11-22".to_owned(),
            note: String::new(),
        };
        let file = Uploaded {
            name: "carta.pdf".to_owned(),
            bytes: Some("%PDF-1.7".into()),
        };
        folders = registry
            .add_folder(&ground.admin, id, &draft, vec![file])
            .await
            .expect("a folder");
    }
    let gone = person(house, ground, "Neri").await;
    let gone = registry.delete(&ground.admin, gone).await.expect("deleted");
    let doomed = person(house, ground, "Verdi").await;
    ids.set("person", id.0);
    ids.set("folder", folders[0].id.0);
    ids.set("file", folders[0].files[0].id.0);
    ids.set("spare_folder", folders[1].id.0);
    ids.set("doomed", doomed.0);
    ids.set("deletion", gone.undo.0);
    let entry: i64 =
        sqlx::query_scalar("select coalesce(max(id), 0) + 1 from audit where organisation_id = $1")
            .bind(ground.organisation.0)
            .fetch_one(&house.backend.core.pool)
            .await
            .unwrap();
    ids.set("person_entry", entry);
}

fn filter() -> Value {
    json!({ "kind": null, "site": null, "school_year": null, "class": null, "linked": null, "text": "" })
}

fn draft(kind: Option<&str>) -> Value {
    json!({ "kind": kind, "legal": false, "surname": "Fò", "given_name": "Lea", "fiscal_code": "",
            "vat_number": "", "birth_date": "", "email": "", "active": true })
}

pub fn cases() -> Vec<Case> {
    vec![
        case(
            "/api/registry/list",
            ANY_READER,
            |_| json!({ "query": { "filter": filter(), "page": page() }, "usual_rows": false }),
        ),
        case("/api/registry/frame", ANY_READER, |_| json!({})),
        case(
            "/api/registry/read",
            ANY_READER,
            |ids| json!({ "id": ids.number("person") }),
        ),
        case(
            "/api/registry/history",
            Needs(&[Right::ManageRegistry, Right::ReadAudit]),
            |ids| json!({ "id": ids.number("person"), "before": ids.number("person_entry") }),
        ),
        // Without a kind: what is wrong is told, and two calls do not make two persons.
        case(
            "/api/registry/create",
            REGISTRY,
            |_| json!({ "draft": draft(None), "force": true }),
        ),
        case(
            "/api/registry/save",
            REGISTRY,
            |ids| json!({ "id": ids.number("person"), "version": 1, "draft": draft(Some("pupil")) }),
        ),
        case(
            "/api/registry/enrol",
            REGISTRY,
            |ids| json!({ "id": ids.number("person"), "draft": { "school_year": 2024, "site": null, "class": "1A" } }),
        ),
        case(
            "/api/registry/unenrol",
            REGISTRY,
            |ids| json!({ "id": ids.number("person"), "school_year": 2025 }),
        ),
        case(
            "/api/registry/delete-folder",
            REGISTRY,
            |ids| json!({ "folder": ids.number("spare_folder") }),
        ),
        case(
            "/api/registry/delete",
            REGISTRY,
            |ids| json!({ "id": ids.number("doomed") }),
        ),
        case(
            "/api/registry/restore",
            REGISTRY,
            |ids| json!({ "entry": ids.number("deletion") }),
        ),
    ]
}

pub fn routes() -> Vec<Route> {
    vec![
        Route {
            path: "/anagrafiche/esporta",
            guard: ANY_READER,
            method: Method::POST,
            address: |_| "/anagrafiche/esporta".into(),
            body: |_| {
                let encoded: String = filter()
                    .to_string()
                    .bytes()
                    .map(|b| format!("%{b:02X}"))
                    .collect();
                (
                    "application/x-www-form-urlencoded",
                    format!("richiesta={encoded}"),
                )
            },
            standing: Standing::Unit,
        },
        Route {
            path: "/anagrafiche/{id}/fascicoli",
            guard: REGISTRY,
            method: Method::POST,
            address: |ids| format!("/anagrafiche/{}/fascicoli", ids.number("person")),
            body: |_| {
                let part = |name: &str, text: &str| {
                    format!(
                        "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n"
                    )
                };
                let form = part("title", "Tre") + &part("day", "2026-11-22") + "--b--\r\n";
                ("multipart/form-data; boundary=b", form)
            },
            standing: Standing::Unit,
        },
        get("/anagrafiche/{id}/fascicoli/{file}", REGISTRY, |ids| {
            format!(
                "/anagrafiche/{}/fascicoli/{}",
                ids.number("person"),
                ids.number("file")
            )
        }),
    ]
}
