//! `/registrazione` over HTTP: plain forms, and pages that use nothing up when looked at.

use crate::{
    harness::{Answer, House, PASSWORD},
    support,
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use backend::db::registrations as rows;
use domain::{OrganisationId, ProfileId, UserId, access::Right};
use sqlx::PgPool;

const EMAIL: &str = "lea@ospedale.example";
const ADDRESS: &str = "lea%40ospedale.example";
const NEW: &str = "sentiero barca limone martello";
const PAGES: [&str; 6] = [
    "/registrazione",
    "/registrazione/dati",
    "/registrazione/password",
    "/registrazione/fatto",
    "/registrazione/scaduto",
    "/registrazione/segnalato",
];

struct Invited {
    house: House,
    canton: OrganisationId,
    lea: UserId,
    code: String,
}

impl Invited {
    /// Lea has a code in her hands; with an own password or without.
    async fn new(pool: PgPool, password: Option<&str>) -> Self {
        let house = House::new(pool);
        let canton = support::canton(&house.backend).await;
        let lea = support::user(&house.backend, canton)
            .username("0000042")
            .surname("Bianchi")
            .given_name("Lea")
            .email(EMAIL)
            .group("kt-user");
        let lea = match password {
            Some(password) => lea.password(password).create().await,
            None => lea.create().await,
        };
        let rights = [
            Right::ReadUsers,
            Right::ManageUsers,
            Right::ManageAuthorisations,
            Right::SendCredentials,
        ];
        let delegate = support::actor(&house.backend, canton, &rights).await;
        let pool = &house.backend.core.pool;
        let profile: i64 = sqlx::query_scalar("select id from profiles where user_id = $1")
            .bind(lea.0)
            .fetch_one(pool)
            .await
            .unwrap();
        let mut tx = pool.begin().await.unwrap();
        let now = house.backend.core.clock.now();
        let (profile, key) = (ProfileId(profile), uuid::Uuid::from_u128(1));
        rows::prepare(&mut tx, &delegate, lea, profile, key, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let key = uuid::Uuid::from_u128(2);
        let shown = house
            .backend
            .registrations
            .show_code(&delegate, lea, None, key);
        let code = shown.await.unwrap().code;
        Self {
            house,
            canton,
            lea,
            code,
        }
    }

    /// A plain form, as a browser without JavaScript sends it from a page without referrer.
    async fn post(&self, path: &str, form: &str, cookie: &str) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "null")
            .header(header::COOKIE, cookie)
            .body(Body::from(form.to_owned()))
            .unwrap();
        self.house.send(request).await
    }

    /// Looks at every page, twice.
    async fn look_around(&self, cookie: &str) {
        for page in PAGES.iter().chain(&PAGES) {
            for method in [Method::GET, Method::HEAD] {
                let request = Request::builder()
                    .method(method)
                    .uri(*page)
                    .header(header::ACCEPT, "text/html")
                    .header(header::COOKIE, cookie)
                    .body(Body::empty())
                    .unwrap();
                let answer = self.house.send(request).await;
                assert_eq!(answer.status, StatusCode::OK, "{page}");
            }
        }
    }

    /// Address, code and data; the cookie that leads on to the last page.
    async fn to_the_last_page(&self) -> String {
        let form = format!("email={ADDRESS}&codice={}", self.code);
        let answer = self.post("/registrazione/verifica", &form, "").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert_eq!(answer.header("location"), "/registrazione/dati");
        let cookie = answer.header("set-cookie").split(';').next().unwrap();
        let cookie = cookie.to_owned();
        self.look_around(&cookie).await;
        let form = format!("nome=Lea&cognome=&email={ADDRESS}");
        let refused = self.post("/registrazione/conferma", &form, &cookie).await;
        assert_eq!(
            refused.header("location"),
            "/registrazione/dati?esito=cognome"
        );
        let form = format!("nome=Lea&cognome=Bianchi&email={ADDRESS}");
        let stated = self.post("/registrazione/conferma", &form, &cookie).await;
        assert_eq!(stated.header("location"), "/registrazione/password");
        self.look_around(&cookie).await;
        cookie
    }

    async fn state(&self) -> (String, Option<String>) {
        sqlx::query_as(
            "select r.state, c.password_hash from registrations r
             left join credentials c on c.organisation_id = r.organisation_id and c.user_id = r.user_id
             where r.organisation_id = $1 and r.user_id = $2",
        )
        .bind(self.canton.0)
        .bind(self.lea.0)
        .fetch_one(&self.house.backend.core.pool)
        .await
        .unwrap()
    }
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn plain_forms_lead_to_the_end_and_looking_uses_nothing_up(pool: PgPool) {
    let lea = Invited::new(pool, None).await;
    let cookie = lea.to_the_last_page().await;
    let page = lea
        .house
        .get("/registrazione/password", Some(&cookie))
        .await;
    assert!(page.body.contains("name=\"nuova\""), "{}", page.body);
    assert!(!page.body.contains("name=\"attuale\""));
    let last = "/registrazione/attiva";
    let short = lea.post(last, "nuova=corta", &cookie).await;
    assert_eq!(
        short.header("location"),
        "/registrazione/password?esito=corta&minimo=15"
    );
    assert_eq!(lea.state().await, ("running".to_owned(), None));
    let form = format!("nuova={}", NEW.replace(' ', "+"));
    let done = lea.post(last, &form, &cookie).await;
    assert_eq!(done.header("location"), "/registrazione/fatto");
    assert_eq!(lea.state().await.0, "completed");
    lea.house.sign_in("ti", "0000042", NEW).await;
    let again = lea.post(last, &form, &cookie).await;
    assert_eq!(again.header("location"), "/registrazione?esito=negato");
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn whoever_has_a_password_is_asked_for_it_by_a_plain_form_too(pool: PgPool) {
    let lea = Invited::new(pool, Some(PASSWORD)).await;
    let before = lea.state().await;
    let cookie = lea.to_the_last_page().await;
    let page = lea
        .house
        .get("/registrazione/password", Some(&cookie))
        .await;
    assert!(page.body.contains("Hai già una password"), "{}", page.body);
    assert!(page.body.contains("name=\"attuale\"") && !page.body.contains("name=\"nuova\""));
    assert!(page.body.contains("href=\"/password-dimenticata\""));
    let last = "/registrazione/attiva";
    for (form, outcome) in [
        (
            format!("nuova={}", NEW.replace(' ', "+")),
            "esito=senza-attuale",
        ),
        ("attuale=".to_owned(), "esito=senza-attuale"),
        ("attuale=sbagliata".to_owned(), "esito=attuale"),
    ] {
        let refused = lea.post(last, &form, &cookie).await;
        let to = refused.header("location").to_owned();
        assert_eq!(to, format!("/registrazione/password?{outcome}"));
        let page = lea.house.get(&to, Some(&cookie)).await;
        assert!(page.body.contains("aria-invalid=\"true\""), "{to}");
        assert_eq!(lea.state().await, before, "{form}");
    }
    let done = lea
        .post(last, &format!("attuale={PASSWORD}"), &cookie)
        .await;
    assert_eq!(done.header("location"), "/registrazione/fatto");
    assert_eq!(lea.state().await, ("completed".to_owned(), before.1));
}

#[sqlx::test(migrator = "backend::db::MIGRATOR")]
async fn pages_for_the_invited_are_listed_nowhere_and_send_no_referrer(pool: PgPool) {
    let house = House::new(pool);
    for page in PAGES {
        let answer = house.get(page, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        assert_eq!(answer.header("x-robots-tag"), "noindex", "{page}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{page}");
    }
    let answer = house.get("/accesso", None).await;
    assert_eq!(answer.header("x-robots-tag"), "");
    assert_eq!(answer.header("referrer-policy"), "same-origin");
}
