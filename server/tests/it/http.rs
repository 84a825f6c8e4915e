//! Routes, headers, cross-site requests, sessions, limits.

use crate::{
    harness::{House, PASSWORD},
    support,
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use domain::access::Right;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_service_says_that_it_lives_and_that_it_can_work(pool: PgPool) {
    let house = House::new(pool.clone());
    assert_eq!(house.get("/healthz", None).await.status, StatusCode::OK);
    assert_eq!(house.get("/readyz", None).await.status, StatusCode::OK);
    pool.close().await;
    assert_eq!(house.get("/healthz", None).await.status, StatusCode::OK);
    assert_eq!(
        house.get("/readyz", None).await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn every_page_that_needs_a_session_leads_the_signed_out_to_the_sign_in_page(pool: PgPool) {
    let house = House::new(pool);
    for (path, to) in [
        ("/", "/accesso"),
        (
            "/utenti?gruppo=docenti",
            "/accesso?ritorno=/utenti%3Fgruppo%3Ddocenti",
        ),
        ("/utenti/1", "/accesso?ritorno=/utenti/1"),
        ("/operazioni", "/accesso?ritorno=/operazioni"),
        ("/posta", "/accesso?ritorno=/posta"),
        ("/importa", "/accesso?ritorno=/importa"),
        ("/password", "/accesso?ritorno=/password"),
        ("/non-esiste", "/accesso?ritorno=/non-esiste"),
        // Never to another host.
        ("//evil.example/x", "/accesso?ritorno=//evil.example/x"),
    ] {
        let answer = house.get(path, None).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(answer.header("location"), to, "{path}");
    }
    for path in ["/accesso", "/accessibilita"] {
        assert_eq!(house.get(path, None).await.status, StatusCode::OK, "{path}");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_page_allows_no_script_but_its_own_and_is_kept_nowhere(pool: PgPool) {
    let house = House::new(pool);
    let answer = house.get("/accesso", None).await;
    let policy = answer.header("content-security-policy").to_owned();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .expect("a nonce")
        .to_owned();
    assert!(policy.contains("'wasm-unsafe-eval'") && policy.contains("frame-ancestors 'none'"));
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    for script in answer.body.split("<script").skip(1) {
        assert!(
            script.split('>').next().unwrap().contains(&nonce),
            "a script without the nonce: {script}"
        );
    }
    assert!(
        !answer.body.contains(" style="),
        "inline styles are refused by the policy"
    );
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value);
    }
    assert_eq!(
        answer.header("strict-transport-security"),
        "",
        "not over plain http"
    );
    let again = house.get("/accesso", None).await;
    assert!(
        !again.header("content-security-policy").contains(&nonce),
        "a nonce is used once"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn over_tls_the_browser_is_told_to_stay_there_and_the_cookie_is_bound_to_the_host(
    pool: PgPool,
) {
    let house = House::at(pool, "https://delega.example", false);
    let answer = house.get("/accesso", None).await;
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
    let request = Request::post("/esci")
        .header("sec-fetch-site", "same-origin")
        .body(Body::empty())
        .unwrap();
    let cookie = house.send(request).await.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("__Host-delega=;") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn files_with_a_hash_in_their_name_are_kept_for_good_and_sent_compressed(pool: PgPool) {
    let house = House::new(pool);
    let request = Request::get("/pkg/delega.0011223344556677.css")
        .header("accept-encoding", "br")
        .body(Body::empty())
        .unwrap();
    let answer = house.send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-encoding"), "br");
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(answer.header("content-type"), "text/css");
    let icon = house.get("/favicon.svg", None).await;
    assert_eq!(
        (icon.status, icon.header("cache-control")),
        (StatusCode::OK, "no-cache")
    );
    let missing = house.get("/pkg/none.0011223344556677.css", None).await;
    assert_eq!(
        (missing.status, missing.header("cache-control")),
        (StatusCode::NOT_FOUND, "no-store")
    );
    for path in ["/pkg/../hash.txt", "/hash.txt", "/pkg/%2e%2e/hash.txt"] {
        assert!(
            !house.get(path, None).await.body.contains("wasm:"),
            "{path}"
        );
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_changing_request_of_another_origin_is_refused(pool: PgPool) {
    let house = House::new(pool);
    let organisation = support::school(&house.backend).await;
    let (_, cookie) = house
        .person(organisation, "esempio", "anna", &[Right::ReadUsers])
        .await;
    let post = |name: &'static str, value: &'static str| {
        Request::post("/esci")
            .header(header::COOKIE, &cookie)
            .header(name, value)
            .body(Body::empty())
            .unwrap()
    };
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        assert_eq!(
            house.send(post(name, value)).await.status,
            StatusCode::FORBIDDEN,
            "{name}: {value}"
        );
    }
    assert_eq!(
        house.get("/utenti", Some(&cookie)).await.status,
        StatusCode::OK,
        "still signed in"
    );
    assert_eq!(
        house
            .send(post("origin", "http://127.0.0.1:3000"))
            .await
            .status,
        StatusCode::SEE_OTHER
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn signing_out_ends_the_session_and_takes_the_cookie_away(pool: PgPool) {
    let house = House::new(pool);
    let organisation = support::school(&house.backend).await;
    let (_, cookie) = house
        .person(organisation, "esempio", "anna", &[Right::ReadUsers])
        .await;
    assert_eq!(
        house.get("/utenti", Some(&cookie)).await.status,
        StatusCode::OK
    );
    assert_eq!(
        house.get("/esci", Some(&cookie)).await.status,
        StatusCode::METHOD_NOT_ALLOWED,
        "no link signs anybody out"
    );
    let request = Request::post("/esci")
        .header(header::COOKIE, &cookie)
        .header("sec-fetch-site", "same-origin")
        .body(Body::empty())
        .unwrap();
    let answer = house.send(request).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/accesso")
    );
    assert!(
        answer
            .header("set-cookie")
            .starts_with("delega=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
    );
    assert_eq!(
        house.get("/utenti", Some(&cookie)).await.status,
        StatusCode::SEE_OTHER,
        "the token is worth nothing now"
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn with_a_temporary_password_every_page_leads_to_its_change(pool: PgPool) {
    let house = House::new(pool);
    let organisation = support::school(&house.backend).await;
    let ends = support::now() + jiff::SignedDuration::from_hours(24);
    support::user(&house.backend, organisation)
        .username("nuova")
        .temporary_password(PASSWORD, ends)
        .create()
        .await;
    let cookie = house.sign_in("esempio", "nuova", PASSWORD).await;
    for path in ["/", "/utenti", "/importa"] {
        let answer = house.get(path, Some(&cookie)).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, "/password"),
            "{path}"
        );
    }
    assert_eq!(
        house.get("/password", Some(&cookie)).await.status,
        StatusCode::OK
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_body_that_is_too_large_is_refused(pool: PgPool) {
    let house = House::new(pool);
    let large = json!({ "text": "x".repeat(1024 * 1024) }).to_string();
    for path in ["/api/users/list", "/utenti/esporta"] {
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .header("content-length", large.len());
        let answer = house
            .send(request.body(Body::from(large.clone())).unwrap())
            .await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    // Without a length it is cut off while it is read.
    let answer = house
        .call(
            &Method::POST,
            "/api/users/list",
            &json!({ "text": large }),
            None,
        )
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn a_malformed_call_is_the_callers_fault(pool: PgPool) {
    let house = House::new(pool);
    for args in [json!({}), json!({ "id": "x" }), json!([])] {
        let answer = house
            .call(&Method::POST, "/api/user/read", &args, None)
            .await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (StatusCode::BAD_REQUEST, "\"bad_request\""),
            "{args}"
        );
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn while_the_database_is_away_a_call_hears_that_it_should_try_again(pool: PgPool) {
    let house = House::new(pool.clone());
    let organisation = support::school(&house.backend).await;
    let (_, cookie) = house
        .person(organisation, "esempio", "anna", &[Right::ReadUsers])
        .await;
    pool.close().await;
    let page = house.get("/utenti", Some(&cookie)).await;
    assert_eq!(
        (page.status, page.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "5")
    );
    let call = house
        .call(
            &Method::POST,
            "/api/user/read",
            &json!({ "id": 1 }),
            Some(&cookie),
        )
        .await;
    assert_eq!(
        (call.status, call.body.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "\"unreachable\"")
    );
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn the_mailbox_exists_in_the_demo_only(pool: PgPool) {
    const MAIL: &str =
        "From: a@b.example\r\nTo: c@d.example\r\nSubject: Codice utente\r\n\r\nPIN 123\r\n";
    let demo = House::demo(pool.clone());
    std::fs::write(demo.mails.path().join("20261122T100000Z-1.eml"), MAIL).unwrap();
    let list = demo.get("/posta-di-prova", None).await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(
        list.body.contains("Codice utente")
            && list.body.contains("/pkg/delega.0011223344556677.css")
    );
    let mail = demo
        .get("/posta-di-prova/20261122T100000Z-1.eml", None)
        .await;
    assert!(mail.status == StatusCode::OK && mail.body.contains("PIN 123"));
    assert_eq!(
        demo.get("/posta-di-prova/20261122T100000Z-2.eml", None)
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        demo.get("/posta-di-prova/..%2f..%2fetc%2fpasswd", None)
            .await
            .status,
        StatusCode::NOT_FOUND
    );

    let real = House::new(pool);
    std::fs::write(real.mails.path().join("20261122T100000Z-1.eml"), MAIL).unwrap();
    for path in [
        "/posta-di-prova",
        "/posta-di-prova/20261122T100000Z-1.eml",
        "/posta-di-prova/20261122T100000Z-1.eml/html",
    ] {
        let answer = real.get(path, None).await;
        assert!(
            !answer.body.contains("PIN") && answer.status != StatusCode::OK,
            "{path}"
        );
    }
}
