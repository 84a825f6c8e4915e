//! «Password dimenticata?» over HTTP: nothing in an answer tells who exists.

use crate::{
    harness::{Answer, House, PASSWORD},
    support,
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use sqlx::PgPool;

async fn post(house: &House, path: &str, form: &str) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(form.to_owned()))
        .unwrap();
    house.send(request).await
}

/// A page without what is random in it: the nonce, wherever it stands.
fn without_nonce(body: &str) -> String {
    let nonce = body
        .split("crossorigin=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .filter(|nonce| !nonce.is_empty())
        .expect("a nonce");
    body.replace(nonce, "")
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn whoever_is_asked_for_the_answer_is_the_same(pool: PgPool) {
    let house = House::new(pool);
    let school = support::school(&house.backend).await;
    let person = |name: &str| support::user(&house.backend, school).username(name);
    person("rossi")
        .email("r@scuola.example")
        .password(PASSWORD)
        .create()
        .await;
    person("spento")
        .email("s@scuola.example")
        .inactive()
        .create()
        .await;
    person("senza").password(PASSWORD).create().await;
    person("nuovo").email("n@scuola.example").create().await;
    let forms = [
        "ente=esempio&chi=rossi",
        "ente=esempio&chi=r%40scuola.example",
        "ente=esempio&chi=spento",
        "ente=esempio&chi=senza",
        "ente=esempio&chi=nuovo",
        "ente=esempio&chi=nessuno",
        "ente=altrove&chi=rossi",
        // Too often: said to nobody.
        "ente=esempio&chi=rossi",
        "ente=esempio&chi=rossi",
        "ente=esempio&chi=rossi",
        "ente=esempio&chi=rossi",
    ];
    let mut answers = Vec::new();
    for form in forms {
        let answer = post(&house, "/chiedi-password", form).await;
        let page = house.get(answer.header("location"), None).await;
        let mut heads: Vec<String> = answer
            .headers
            .iter()
            .map(|(n, v)| format!("{n}: {v:?}"))
            .collect();
        heads.sort();
        answers.push((
            answer.status,
            heads,
            answer.body,
            page.status,
            without_nonce(&page.body),
        ));
    }
    assert_eq!(answers[0].0, StatusCode::SEE_OTHER);
    assert_eq!(answers[0].3, StatusCode::OK);
    assert!(answers[0].4.contains("Controlla la posta"));
    for (form, answer) in forms.iter().zip(&answers) {
        assert_eq!(*answer, answers[0], "{form} is answered otherwise");
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn only_the_post_uses_a_link_up_and_a_refused_password_gives_it_back(pool: PgPool) {
    let house = House::new(pool);
    let school = support::school(&house.backend).await;
    let user = support::user(&house.backend, school)
        .username("rossi")
        .email("r@scuola.example")
        .password(PASSWORD)
        .create()
        .await;
    let token = backend::credentials::token::Token::generate(school, &house.backend.core.entropy);
    sqlx::query(
        "with m as (
           insert into outbox (organisation_id, user_id, kind, address, locale, message_id, not_before, created_at)
           values ($1, $2, 'password_link', 'r@scuola.example', 'it', gen_random_uuid(), now(), now()) returning id)
         insert into password_links (organisation_id, user_id, outbox_id, created_at, token_hash, ends_at)
         select $1, $2, id, now(), $3, '2100-01-01' from m",
    )
    .bind(school.0)
    .bind(user.0)
    .bind(token.hash())
    .execute(&house.backend.core.pool)
    .await
    .unwrap();
    let token = token.encode();
    for method in [Method::GET, Method::HEAD] {
        let request = Request::builder()
            .method(method)
            .uri("/reimposta-password")
            .header(header::ACCEPT, "text/html")
            .body(Body::empty())
            .unwrap();
        assert_eq!(house.send(request).await.status, StatusCode::OK);
    }
    let short = post(
        &house,
        "/imposta-password",
        &format!("codice={token}&nuova=corta"),
    )
    .await;
    assert_eq!(
        short.header("location"),
        format!("/reimposta-password?esito=corta&minimo=15#{token}"),
        "the token stays in the fragment"
    );
    let form = format!("codice={token}&nuova=sentiero+barca+limone+martello");
    let done = post(&house, "/imposta-password", &form).await;
    assert_eq!(done.header("location"), "/reimposta-password?esito=fatto");
    let again = post(&house, "/imposta-password", &form).await;
    assert_eq!(
        again.header("location"),
        "/reimposta-password?esito=non-valido"
    );
    let never = post(&house, "/imposta-password", "codice=1.AAAA&nuova=x").await;
    assert_eq!(never.header("location"), again.header("location"));
}
