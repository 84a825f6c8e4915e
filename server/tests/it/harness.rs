//! A house to knock at: the whole router on a database of its own.

use crate::support;
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use backend::{Backend, service::SignIn};
use domain::{OrganisationId, UnitId, UserId, access::Right};
use http_body_util::BodyExt;
use server::{AppState, Site, router};
use sqlx::PgPool;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub const PASSWORD: &str = "vento-lago-pietra-2026";

pub struct House {
    pub backend: Backend,
    pub router: Router,
    pub mails: TempDir,
    _site: TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }
}

impl House {
    pub fn new(pool: PgPool) -> Self {
        Self::at(pool, "http://127.0.0.1:3000", false)
    }

    pub fn demo(pool: PgPool) -> Self {
        Self::at(pool, "http://127.0.0.1:3000", true)
    }

    pub fn at(pool: PgPool, base_url: &str, demo: bool) -> Self {
        let site_folder = tempfile::tempdir().unwrap();
        let mails = tempfile::tempdir().unwrap();
        let package = site_folder.path().join("pkg");
        std::fs::create_dir(&package).unwrap();
        std::fs::write(
            site_folder.path().join("hash.txt"),
            "js: 00\nwasm: 00\ncss: 0011223344556677\n",
        )
        .unwrap();
        std::fs::write(site_folder.path().join("favicon.svg"), "<svg/>").unwrap();
        std::fs::write(package.join("delega.0011223344556677.css"), "a{}").unwrap();
        std::fs::write(package.join("delega.0011223344556677.css.br"), "br").unwrap();
        let backend = support::backend(pool, support::now());
        let site = Site {
            base_url: base_url.into(),
            root: site_folder.path().into(),
            demo,
            mail_folder: mails.path().into(),
        };
        let router = router(AppState::new(
            backend.clone(),
            site,
            CancellationToken::new(),
        ));
        Self {
            backend,
            router,
            mails,
            _site: site_folder,
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    pub async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let mut request = Request::get(path).header(header::ACCEPT, "text/html");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Calls a server function as our client does.
    pub async fn call(
        &self,
        method: &Method,
        path: &str,
        args: &serde_json::Value,
        cookie: Option<&str>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin");
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request.body(Body::from(args.to_string())).unwrap())
            .await
    }

    /// Signs a person in and gives the `Cookie` header.
    pub async fn sign_in(&self, organisation: &str, username: &str, password: &str) -> String {
        let signed_in = self
            .backend
            .sessions
            .sign_in(SignIn {
                organisation: organisation.into(),
                username: username.into(),
                password: password.into(),
                ..SignIn::default()
            })
            .await
            .unwrap();
        format!("delega={}", signed_in.token)
    }

    /// A new person with these rights, signed in.
    pub async fn person(
        &self,
        organisation: OrganisationId,
        code: &str,
        name: &str,
        rights: &[Right],
    ) -> (UserId, String) {
        self.person_in(organisation, code, name, rights, None).await
    }

    /// The same, limited to a unit where one is given.
    pub async fn person_in(
        &self,
        organisation: OrganisationId,
        code: &str,
        name: &str,
        rights: &[Right],
        unit: Option<UnitId>,
    ) -> (UserId, String) {
        let group = support::group(
            &self.backend,
            organisation,
            &format!("gruppo-{name}"),
            rights,
        )
        .await;
        let mut user = support::user(&self.backend, organisation)
            .username(name)
            .in_group_id(group)
            .password(PASSWORD);
        if let Some(unit) = unit {
            user = user.unit(unit);
        }
        let user = user.create().await;
        // A canton's managers have accepted the terms of use, where no test says otherwise.
        sqlx::query(
            "insert into terms_acceptances (organisation_id, user_id, version, accepted_at) values ($1, $2, $3, now())",
        )
        .bind(organisation.0)
        .bind(user.0)
        .bind(domain::terms::VERSION)
        .execute(&self.backend.core.pool)
        .await
        .unwrap();
        (user, self.sign_in(code, name, PASSWORD).await)
    }
}
