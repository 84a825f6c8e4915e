//! `POST /utenti/esporta`: the list as a file, all pages, while it is read. The request
//! stands in the body, so that what was searched reaches no log of addresses.

use crate::state::AppState;
use app::{
    api::{
        ApiError,
        users::{ExportRequest, FileKind},
    },
    i18n::{self, t},
    ssr::{self, Visitor},
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
    Backend, ServiceError,
    service::{ExportFormat, ExportWords},
};
use domain::{Locale, user::FieldError};
use jiff::tz::TimeZone;
use serde::Deserialize;

/// The route.
pub fn routes() -> Router<AppState> {
    Router::new().route(
        "/utenti/esporta",
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
    let request: ExportRequest =
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
        .users
        .export(&actor, request.selection, request.sort, format, words(l))
        .await
        .map_err(|e| match e {
            // Shown beside what can be done about it.
            ServiceError::Invalid(fields) => ApiError::Invalid(fields),
            other => ssr::surface(other),
        })?;
    let name = format!(
        "attachment; filename=\"{}-{day}.{ending}\"",
        t::users::export_file(l)
    );
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((head, Body::from_stream(stream)).into_response())
}

/// The words of the file. The Italian headers are those that an import reads again.
fn words(l: Locale) -> ExportWords {
    ExportWords {
        sheet: t::users::export_sheet(l).to_owned(),
        header: [
            t::users::col_username(l),
            t::users::col_surname(l),
            t::users::col_given_name(l),
            t::users::export_fiscal_code(l),
            t::users::col_email(l),
            t::users::groups(l),
            t::users::col_active(l),
            t::users::col_password_end(l),
            t::users::export_language(l),
        ]
        .map(str::to_owned),
        states: [t::users::yes(l), t::users::no(l), t::users::archived(l)].map(str::to_owned),
        day: i18n::day,
    }
}

/// The form navigates: what it gets instead of a file is a page with the way back.
fn refusal(l: Locale, e: &ApiError) -> Response {
    let status = match e {
        ApiError::Unauthenticated => StatusCode::UNAUTHORIZED,
        ApiError::Denied(_) => StatusCode::FORBIDDEN,
        ApiError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ApiError::BadRequest => StatusCode::BAD_REQUEST,
        ApiError::NotFound => StatusCode::NOT_FOUND,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let text = match e {
        ApiError::Invalid(fields) => match fields.of("format") {
            Some(FieldError::TooLong(most)) => {
                t::users::export_too_many(l, i18n::number(l, *most as u64))
            }
            _ => i18n::api_error(l, e),
        },
        _ => i18n::api_error(l, e),
    };
    let (title, back) = (t::users::export_failed(l), t::users::back_to_list(l));
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title></head><body><main><h1>{title}</h1><p>{}</p><p><a href=\"/utenti\">{back}</a></p>\
         </main></body></html>\n",
        l.code(),
        text.replace('&', "&amp;").replace('<', "&lt;"),
    );
    (status, Html(page)).into_response()
}
