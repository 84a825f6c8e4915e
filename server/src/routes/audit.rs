//! `POST /registro/esporta`: the audit trail as a file, while it is read. The request stands
//! in the body, so that whose entries were searched reaches no log of addresses.

use crate::state::AppState;
use app::{
    api::{ApiError, audit::AuditExport, users::FileKind},
    i18n::{self, t},
    ssr::{self, Visitor},
    widgets::act_words::{act_words, field_or_code},
};
use axum::{
    Extension, Form, Router,
    body::Body,
    extract::{State, rejection::FormRejection},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::post,
};
use backend::{
    Backend,
    service::{AuditWords, ExportFormat},
};
use domain::Locale;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// The route.
pub fn routes() -> Router<AppState> {
    Router::new().route(
        "/registro/esporta",
        post(export).layer(crate::layers::limits::body(
            crate::layers::limits::ORDINARY_BODY,
        )),
    )
}

#[derive(Deserialize)]
struct Sent {
    richiesta: String,
}

async fn export(
    State(backend): State<Backend>,
    Extension(visitor): Extension<Visitor>,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let l = visitor.locale;
    match open(&backend, visitor, form).await {
        Ok(response) => response,
        Err(e) => refusal(l, &e),
    }
}

async fn open(
    backend: &Backend,
    visitor: Visitor,
    form: Result<Form<Sent>, FormRejection>,
) -> Result<Response, ApiError> {
    let mut actor = visitor.actor.ok_or(ApiError::Unauthenticated)?;
    actor.locale = visitor.locale;
    let l = visitor.locale;
    let Form(sent) = form.map_err(|_| ApiError::BadRequest)?;
    let request: AuditExport =
        serde_json::from_str(&sent.richiesta).map_err(|_| ApiError::BadRequest)?;
    let (format, kind, ending) = match request.file {
        FileKind::Csv => (ExportFormat::Csv, "text/csv; charset=utf-8", "csv"),
        FileKind::Xlsx => (
            ExportFormat::Xlsx,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
    };
    let day = backend.core.clock.now().to_zoned(TimeZone::UTC).date();
    let stream = backend
        .audit
        .export(&actor, request.query, format, words(l))
        .await
        .map_err(ssr::surface)?;
    let name = format!(
        "attachment; filename=\"{}-{day}.{ending}\"",
        t::audit::export_file(l)
    );
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((head, Body::from_stream(stream)).into_response())
}

fn words(l: Locale) -> AuditWords {
    AuditWords {
        sheet: t::audit::title(l).to_owned(),
        header: [
            t::audit::when(l),
            t::audit::who(l),
            t::audit::action(l),
            t::audit::object(l),
            t::audit::before(l),
            t::audit::after(l),
            t::audit::reason_col(l),
            t::audit::job_col(l),
        ]
        .map(str::to_owned),
        act: act_words,
        field: field_or_code,
        moment: i18n::moment,
    }
}

/// The form navigates: what it gets instead of a file is a page with the way back.
fn refusal(l: Locale, e: &ApiError) -> Response {
    let status = match e {
        ApiError::Unauthenticated => StatusCode::UNAUTHORIZED,
        ApiError::Denied(_) => StatusCode::FORBIDDEN,
        ApiError::BadRequest => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let text = i18n::api_error(l, e);
    let (title, back) = (t::audit::export_failed(l), t::audit::back(l));
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title></head><body><main><h1>{title}</h1><p>{}</p><p><a href=\"/registro\">{back}</a></p>\
         </main></body></html>\n",
        l.code(),
        text.replace('&', "&amp;").replace('<', "&lt;"),
    );
    (status, Html(page)).into_response()
}
