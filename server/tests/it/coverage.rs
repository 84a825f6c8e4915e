//! Every server function × everybody who must not get through. The list of functions is
//! read from the program: one without a case here fails the test.

use crate::{
    harness::{Answer, House, PASSWORD},
    support,
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use backend::Backend;
use domain::{
    OrganisationId, UserId,
    access::{Actor, Right},
    user::Selection,
};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

/// Who may call a function.
enum Guard {
    /// Anybody, for the reason given.
    Everybody(&'static str),
    /// Whoever is signed in: it concerns themselves alone.
    SignedIn,
    /// Whoever holds one of these rights.
    Needs(&'static [Right]),
}
use Guard::{Everybody, Needs, SignedIn};

/// Things of one organisation, or numbers of nothing.
struct Ids {
    user: i64,
    group: i64,
    job: i64,
    mail: i64,
    entry: i64,
    import: i64,
}

/// Numbers that nothing has.
const NOTHING: Ids = Ids {
    user: 987_654_321,
    group: 987_654_321,
    job: 987_654_321,
    mail: 987_654_321,
    entry: 987_654_321,
    import: 987_654_321,
};

struct Case {
    path: &'static str,
    guard: Guard,
    args: fn(&Ids) -> Value,
}

const ANY_OPERATION: Guard = Needs(&[
    Right::SendCredentials,
    Right::ManageUsers,
    Right::ManageRegistry,
    Right::ManageUnits,
]);
const ANY_IMPORT: Guard = Needs(&[
    Right::ManageUsers,
    Right::ManageRegistry,
    Right::ManageUnits,
]);
const REGISTRY: Guard = Needs(&[Right::ManageRegistry]);
const READ: Guard = Needs(&[Right::ReadUsers]);
const MANAGE: Guard = Needs(&[Right::ManageUsers]);
const SEND: Guard = Needs(&[Right::SendCredentials]);

fn case(path: &'static str, guard: Guard, args: fn(&Ids) -> Value) -> Case {
    Case { path, guard, args }
}

fn page() -> Value {
    json!({ "number": 1, "size": "fifty" })
}

fn only(ids: &Ids) -> Value {
    serde_json::to_value(Selection::Only(BTreeSet::from([UserId(ids.user)]))).unwrap()
}

fn draft(ids: &Ids) -> Value {
    json!({ "surname": "Rossi", "given_name": "Anna", "fiscal_code": "", "email": "anna.rossi@scuola.example",
            "locale": "it", "groups": [ids.group] })
}

/// Every server function. Arguments are written for the things of `Ids`; they must be well
/// formed, which the call of an administrator proves.
fn cases() -> Vec<Case> {
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
        case("/api/session/own", SignedIn, |_| json!({})),
        case(
            "/api/session/end_own",
            SignedIn,
            |_| json!({ "reference": "none" }),
        ),
        case("/api/session/end_others", SignedIn, |_| json!({})),
        case("/api/users/list", READ, |_| {
            json!({ "query": { "filter": { "groups": [], "state": null, "text": "" },
                    "sort": { "column": "surname", "descending": false }, "page": page() }, "usual_rows": false })
        }),
        case("/api/users/frame", READ, |_| json!({})),
        case("/api/users/rows", SignedIn, |_| json!({ "size": "fifty" })),
        case(
            "/api/users/count-selected",
            READ,
            |ids| json!({ "selection": only(ids) }),
        ),
        case(
            "/api/users/selected",
            READ,
            |ids| json!({ "selection": only(ids) }),
        ),
        case("/api/user/read", READ, |ids| json!({ "id": ids.user })),
        case(
            "/api/user/history",
            READ,
            |ids| json!({ "id": ids.user, "before": ids.entry }),
        ),
        case(
            "/api/user/save",
            MANAGE,
            |ids| json!({ "id": ids.user, "version": 1, "draft": draft(ids) }),
        ),
        case(
            "/api/user/email",
            MANAGE,
            |ids| json!({ "id": ids.user, "version": 1, "email": "a@scuola.example" }),
        ),
        case(
            "/api/user/state",
            MANAGE,
            |ids| json!({ "id": ids.user, "active": false, "reason": "non lavora più qui" }),
        ),
        case(
            "/api/user/create",
            MANAGE,
            |ids| json!({ "draft": draft(ids), "force": true }),
        ),
        case(
            "/api/user/sharing",
            MANAGE,
            |ids| json!({ "fiscal_code": "", "email": "anna.rossi@scuola.example", "except": ids.user }),
        ),
        case("/api/groups/read", MANAGE, |ids| json!({ "id": ids.user })),
        case("/api/groups/new", MANAGE, |_| json!({})),
        case(
            "/api/groups/change",
            MANAGE,
            |ids| json!({ "id": ids.user, "version": 1, "groups": [ids.group], "force": true }),
        ),
        case(
            "/api/groups/undo",
            MANAGE,
            |ids| json!({ "id": ids.user, "version": 1 }),
        ),
        case(
            "/api/sending/check",
            SEND,
            |ids| json!({ "selection": only(ids) }),
        ),
        case(
            "/api/sending/excluded",
            SEND,
            |ids| json!({ "selection": only(ids), "reason": "no_mail", "page": page() }),
        ),
        case(
            "/api/sending/preview",
            SEND,
            |_| json!({ "kind": "user_code", "locale": "it" }),
        ),
        case(
            "/api/sending/start",
            SEND,
            |ids| json!({ "selection": only(ids), "expected": 1, "typed": null, "key": "01890a5d-ac96-774b-bcce-b302099a8057" }),
        ),
        case(
            "/api/operations/list",
            ANY_OPERATION,
            |_| json!({ "page": page() }),
        ),
        case("/api/operations/under_way", ANY_OPERATION, |_| json!({})),
        case(
            "/api/operations/read",
            ANY_OPERATION,
            |ids| json!({ "id": ids.job }),
        ),
        case(
            "/api/operations/recipients",
            ANY_OPERATION,
            |ids| json!({ "id": ids.job, "filter": "all", "page": page() }),
        ),
        case(
            "/api/operations/cancel",
            SEND,
            |ids| json!({ "id": ids.job }),
        ),
        case(
            "/api/operations/retry",
            SEND,
            |ids| json!({ "what": { "rejected": ids.job } }),
        ),
        case(
            "/api/operations/retry",
            SEND,
            |ids| json!({ "what": { "one": ids.mail } }),
        ),
        case("/api/import/start", ANY_IMPORT, |_| json!({})),
        // The file of the case is one of persons.
        case(
            "/api/import/read",
            REGISTRY,
            |ids| json!({ "id": ids.import }),
        ),
        case(
            "/api/import/rows",
            REGISTRY,
            |ids| json!({ "id": ids.import, "outcome": null, "page": page() }),
        ),
        case(
            "/api/import/confirm",
            REGISTRY,
            |ids| json!({ "id": ids.import }),
        ),
        case(
            "/api/outbox/list",
            SEND,
            |_| json!({ "query": { "state": null, "kind": null, "text": "", "page": page() } }),
        ),
    ]
}

/// An organisation with one of everything.
async fn furnish(backend: &Backend, organisation: OrganisationId) -> Ids {
    let admin = Actor::system(organisation, "delega");
    let user = support::user(backend, organisation)
        .email("uno@scuola.example")
        .group("docenti")
        .create()
        .await;
    let group = support::group_id(backend, organisation, "docenti").await;
    let key = uuid::Uuid::from_bytes(backend.core.entropy.bytes());
    let job = backend
        .sending
        .start(
            &admin,
            &Selection::Only(BTreeSet::from([user])),
            1,
            None,
            key,
        )
        .await
        .expect("a send of one");
    let number = async |sql: &'static str| -> i64 {
        sqlx::query_scalar(sql)
            .bind(organisation.0)
            .fetch_one(&backend.core.pool)
            .await
            .unwrap()
    };
    let mail = number("select min(id) from outbox where organisation_id = $1").await;
    let entry = number("select max(id) + 1 from audit where organisation_id = $1").await;
    let file = "Codice;Cognome;Nome;Codice fiscale;Partita IVA;Data di nascita;Mail;Tipo anagrafica;Plesso;Anno scolastico;Classe\n\
                1;Rossi;Anna;;;;;Personale;;;\n";
    let import = backend
        .imports
        .preview(
            &admin,
            domain::import::ImportKind::Persons,
            "uno.csv",
            file.into(),
        )
        .await
        .expect("a preview of one");
    Ids {
        user: user.0,
        group: group.0,
        job: job.0,
        mail,
        entry,
        import: import.0,
    }
}

fn refused(answer: &Answer) -> bool {
    matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
}

#[test]
fn every_server_function_has_a_case() {
    let program: BTreeSet<&str> = server_fn::axum::server_fn_paths()
        .map(|(path, _)| path)
        .collect();
    let written: BTreeSet<&str> = cases().iter().map(|c| c.path).collect();
    assert!(
        program.len() > 10,
        "the functions are not linked in: {program:?}"
    );
    let missing: Vec<_> = program.difference(&written).collect();
    assert!(
        missing.is_empty(),
        "server functions without a case in coverage.rs: {missing:#?}"
    );
    let gone: Vec<_> = written.difference(&program).collect();
    assert!(
        gone.is_empty(),
        "cases of functions that are no more: {gone:#?}"
    );
    let public = cases()
        .iter()
        .filter(|c| matches!(c.guard, Everybody(_)))
        .count();
    assert_eq!(
        public, 4,
        "who adds a public function changes this number on purpose"
    );
}

/// Routes written by hand, beside pages and server functions.
struct Route {
    path: &'static str,
    guard: Guard,
    method: Method,
    /// The address for these things.
    address: fn(&Ids) -> String,
    /// Content type and body.
    body: fn(&Ids) -> (&'static str, String),
}

fn routes() -> Vec<Route> {
    fn nothing(_: &Ids) -> (&'static str, String) {
        ("text/plain", String::new())
    }
    fn get(path: &'static str, guard: Guard, address: fn(&Ids) -> String) -> Route {
        Route {
            path,
            guard,
            method: Method::GET,
            address,
            body: nothing,
        }
    }
    vec![
        get(
            "/healthz",
            Everybody("for whoever watches the service"),
            |_| "/healthz".into(),
        ),
        get(
            "/readyz",
            Everybody("for whoever watches the service"),
            |_| "/readyz".into(),
        ),
        get(
            "/posta-di-prova",
            Everybody("exists in the demo only"),
            |_| "/posta-di-prova".into(),
        ),
        get(
            "/posta-di-prova/{name}",
            Everybody("exists in the demo only"),
            |_| "/posta-di-prova/x".into(),
        ),
        get(
            "/posta-di-prova/{name}/html",
            Everybody("exists in the demo only"),
            |_| "/posta-di-prova/x/html".into(),
        ),
        get(
            "/esci",
            Everybody("ends the own session, if there is one"),
            |_| "/esci".into(),
        ),
        get("/entra", Everybody("how a session begins"), |_| {
            "/entra".into()
        }),
        get("/lingua", Everybody("the language of this browser"), |_| {
            "/lingua".into()
        }),
        get(
            "/cambia-password",
            Everybody("the own password; asks for the session itself"),
            |_| "/cambia-password".into(),
        ),
        get("/operazioni/{id}/eventi", ANY_OPERATION, |ids| {
            format!("/operazioni/{}/eventi", ids.job)
        }),
        get("/operazioni/{id}/risultato.csv", ANY_OPERATION, |ids| {
            format!("/operazioni/{}/risultato.csv", ids.job)
        }),
        get("/importa/{id}/esito.csv", REGISTRY, |ids| {
            format!("/importa/{}/esito.csv", ids.import)
        }),
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
        },
        Route {
            path: "/utenti/esporta",
            guard: READ,
            method: Method::POST,
            address: |_| "/utenti/esporta".into(),
            body: |ids| {
                let request = json!({ "file": "csv", "selection": only(ids), "sort": { "column": "surname", "descending": false } });
                let encoded: String = request
                    .to_string()
                    .bytes()
                    .map(|b| format!("%{b:02X}"))
                    .collect();
                (
                    "application/x-www-form-urlencoded",
                    format!("richiesta={encoded}"),
                )
            },
        },
    ]
}

#[test]
fn every_route_written_by_hand_has_a_case() {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut program = BTreeSet::new();
    for file in [sources.join("router.rs")].into_iter().chain(
        std::fs::read_dir(sources.join("routes"))
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.is_file()),
    ) {
        let text = std::fs::read_to_string(file).unwrap();
        for rest in text.split(".route(").skip(1) {
            let path = rest
                .trim_start()
                .strip_prefix('"')
                .expect("routes are written as text");
            program.insert(path.split('"').next().unwrap().to_owned());
        }
    }
    let written: BTreeSet<String> = routes().iter().map(|r| r.path.to_owned()).collect();
    assert!(program.len() > 5);
    assert_eq!(
        program, written,
        "left: routes of the program, right: those with a case in coverage.rs"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn no_route_lets_through_who_does_not_belong_there(pool: PgPool) {
    let house = House::new(pool.clone());
    let ours = support::school(&house.backend).await;
    let theirs = support::school_called(&house.backend, "altra", "Altra scuola").await;
    let (own, foreign) = (
        furnish(&house.backend, ours).await,
        furnish(&house.backend, theirs).await,
    );
    let (_, admin) = house
        .person(ours, "esempio", "capo", &[Right::Administer])
        .await;
    let (gone, deactivated) = house
        .person(ours, "esempio", "partita", &[Right::Administer])
        .await;
    deactivate(&pool, ours, gone).await;
    let mut faults = Vec::new();
    for (n, route) in routes().iter().enumerate() {
        let Needs(rights) = route.guard else { continue };
        let others: Vec<Right> = Right::ALL
            .into_iter()
            .filter(|r| *r != Right::Administer && !rights.contains(r))
            .collect();
        let (_, lacking) = house
            .person(ours, "esempio", &format!("senza-{n}"), &others)
            .await;
        let ask = async |ids: &Ids, cookie: Option<&str>| {
            let (kind, body) = (route.body)(ids);
            let mut request = Request::builder()
                .method(&route.method)
                .uri((route.address)(ids))
                .header(header::ACCEPT, "text/event-stream")
                .header(header::CONTENT_TYPE, kind)
                .header("sec-fetch-site", "same-origin");
            if let Some(cookie) = cookie {
                request = request.header(header::COOKIE, cookie);
            }
            house.send(request.body(Body::from(body)).unwrap()).await
        };
        let mut expect = |who: &str, answer: &Answer, fits: bool| {
            if !fits {
                faults.push(format!(
                    "{} for {who}: {} {}",
                    route.path, answer.status, answer.body
                ));
            }
        };
        for (who, cookie) in [
            ("the anonymous", None),
            ("the deactivated", Some(deactivated.as_str())),
        ] {
            let answer = ask(&own, cookie).await;
            expect(who, &answer, answer.status == StatusCode::UNAUTHORIZED);
        }
        let answer = ask(&own, Some(&lacking)).await;
        expect("one who lacks the right", &answer, refused(&answer));
        let (there, nowhere) = (
            ask(&foreign, Some(&admin)).await,
            ask(&NOTHING, Some(&admin)).await,
        );
        expect(
            "the neighbour",
            &there,
            there.status == nowhere.status && there.body == nowhere.body,
        );
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

async fn deactivate(pool: &PgPool, organisation: OrganisationId, user: UserId) {
    sqlx::query("update users set state = 'inactive' where organisation_id = $1 and id = $2")
        .bind(organisation.0)
        .bind(user.0)
        .execute(pool)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn nobody_gets_through_where_they_do_not_belong(pool: PgPool) {
    let house = House::new(pool.clone());
    let ours = support::school(&house.backend).await;
    let theirs = support::school_called(&house.backend, "altra", "Altra scuola").await;
    let (own, foreign) = (
        furnish(&house.backend, ours).await,
        furnish(&house.backend, theirs).await,
    );

    let (_, admin) = house
        .person(ours, "esempio", "capo", &[Right::Administer])
        .await;
    let (gone, deactivated) = house
        .person(ours, "esempio", "partita", &[Right::Administer])
        .await;
    deactivate(&pool, ours, gone).await;
    let ends = support::now() + jiff::SignedDuration::from_hours(24);
    support::user(&house.backend, ours)
        .username("nuova")
        .group("amministratori")
        .temporary_password(PASSWORD, ends)
        .create()
        .await;
    let temporary = house.sign_in("esempio", "nuova", PASSWORD).await;
    let mut lacking: BTreeMap<Vec<Right>, String> = BTreeMap::new();

    let mut faults = Vec::new();
    let mut expect = |path: &str, who: &str, answer: &Answer, fits: bool| {
        if !fits {
            faults.push(format!(
                "{path} for {who}: {} {}",
                answer.status,
                answer.body.chars().take(120).collect::<String>()
            ));
        }
    };
    let methods: BTreeMap<&str, Method> = server_fn::axum::server_fn_paths().collect();
    for case in cases() {
        let path = case.path;
        let Some(method) = methods.get(path) else {
            continue;
        };
        let args = (case.args)(&own);
        if let Everybody(reason) = case.guard {
            assert!(!reason.is_empty());
            continue;
        }
        let answer = house.call(method, path, &args, None).await;
        expect(
            path,
            "the anonymous",
            &answer,
            answer.status == StatusCode::UNAUTHORIZED,
        );
        let answer = house
            .call(method, path, &args, Some("delega=1.bm90LWEtdG9rZW4"))
            .await;
        expect(
            path,
            "a made-up cookie",
            &answer,
            answer.status == StatusCode::UNAUTHORIZED,
        );
        let answer = house.call(method, path, &args, Some(&deactivated)).await;
        expect(
            path,
            "the deactivated",
            &answer,
            answer.status == StatusCode::UNAUTHORIZED,
        );

        let Needs(rights) = case.guard else { continue };
        let answer = house.call(method, path, &args, Some(&temporary)).await;
        expect(path, "a temporary password", &answer, refused(&answer));
        // Everything but what is needed.
        if !lacking.contains_key(rights) {
            let others: Vec<Right> = Right::ALL
                .into_iter()
                .filter(|r| *r != Right::Administer && !rights.contains(r))
                .collect();
            let (_, cookie) = house
                .person(
                    ours,
                    "esempio",
                    &format!("senza-{}", lacking.len()),
                    &others,
                )
                .await;
            lacking.insert(rights.to_vec(), cookie);
        }
        let answer = house
            .call(method, path, &args, Some(&lacking[rights]))
            .await;
        expect(path, "one who lacks the right", &answer, refused(&answer));

        // Of another organisation: not even that it exists.
        let there = house
            .call(method, path, &(case.args)(&foreign), Some(&admin))
            .await;
        let nowhere = house
            .call(method, path, &(case.args)(&NOTHING), Some(&admin))
            .await;
        let same = there.status == nowhere.status && there.body == nowhere.body;
        let harmless = (case.args)(&foreign) == (case.args)(&NOTHING) || path == "/api/user/create";
        expect(
            path,
            "the neighbour, asking for what exists elsewhere",
            &there,
            same || harmless,
        );
        expect(
            path,
            "the neighbour",
            &there,
            there.status != StatusCode::INTERNAL_SERVER_ERROR,
        );
    }
    // Last, because these calls do what they say: the arguments above were real ones.
    for case in cases() {
        let Some(method) = methods.get(case.path) else {
            continue;
        };
        if !matches!(case.guard, Needs(_)) {
            continue;
        }
        let answer = house
            .call(method, case.path, &(case.args)(&own), Some(&admin))
            .await;
        let through = answer.status.is_success()
            || matches!(
                answer.status,
                StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY
            );
        expect(
            case.path,
            "an administrator (are the arguments right?)",
            &answer,
            through,
        );
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
