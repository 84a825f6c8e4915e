//! Files of the registry: `POST /anagrafiche/esporta`, `POST /anagrafiche/{id}/fascicoli`
//! and `GET /anagrafiche/{id}/fascicoli/{file}`. Each with limits of its own, all
//! authorised by the service.

use crate::{layers::limits, state::AppState};
use app::{
    api::ApiError,
    i18n::{self, t},
    ssr::{self, Visitor},
    widgets::kinds_word,
};
use axum::{
    Extension, Form, Json, Router,
    body::Body,
    extract::{Multipart, Path, State, multipart::MultipartError, rejection::FormRejection},
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use backend::{
    Backend, ServiceError,
    service::{RegistryWords, Uploaded},
};
use bytes::BytesMut;
use domain::{
    FolderFileId, Locale, PersonId,
    access::Actor,
    person::{
        PersonFilter,
        folder::{FILE_MAX, FILES_MAX, Folder, FolderDraft},
    },
};
use jiff::tz::TimeZone;
use serde::Deserialize;

/// What a form adds to its files: boundaries, names, title and note.
const FORM: usize = 64 * 1024;
/// A body is read up to here, so that a file that is too large can be named instead of the
/// connection being cut: the largest thing a phone makes.
const BODY: usize = FILES_MAX * FILE_MAX + FORM;
/// What a downloaded document may do in a browser that shows it all the same: nothing.
const SANDBOX: &str = "sandbox; default-src 'none'";

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(
            "/anagrafiche/esporta",
            post(export).layer(limits::body(limits::ORDINARY_BODY)),
        )
        .route(
            "/anagrafiche/{id}/fascicoli",
            post(upload).layer(limits::body(BODY)),
        )
        .route("/anagrafiche/{id}/fascicoli/{file}", get(download))
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
    match open_export(&backend, visitor, form).await {
        Ok(response) => response,
        Err(e) => refusal(l, &e),
    }
}

async fn open_export(
    backend: &Backend,
    visitor: Visitor,
    form: Result<Form<Sent>, FormRejection>,
) -> Result<Response, ApiError> {
    let l = visitor.locale;
    let mut actor = visitor.actor.ok_or(ApiError::Unauthenticated)?;
    actor.locale = l;
    let Form(sent) = form.map_err(|_| ApiError::BadRequest)?;
    let filter: PersonFilter =
        serde_json::from_str(&sent.richiesta).map_err(|_| ApiError::BadRequest)?;
    let day = backend.core.clock.now().to_zoned(TimeZone::UTC).date();
    let stream = backend
        .registry
        .export(&actor, filter, words(l))
        .await
        .map_err(ssr::surface)?;
    let name = format!(
        "attachment; filename=\"{}-{day}.csv\"",
        t::registry::export_file(l)
    );
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((head, Body::from_stream(stream)).into_response())
}

/// The words of the file. The Italian headers are those that an import reads again.
fn words(l: Locale) -> RegistryWords {
    RegistryWords {
        header: [
            t::registry::code(l),
            t::registry::surname(l),
            t::registry::given_name(l),
            t::registry::fiscal_code(l),
            t::registry::vat_number(l),
            t::registry::birth_date(l),
            t::registry::email(l),
            t::registry::kind_long(l),
            t::registry::site(l),
            t::registry::school_year(l),
            t::registry::class(l),
            t::users::col_active(l),
            t::users::col_username(l),
        ]
        .map(str::to_owned),
        kind: kinds_word,
        states: [t::users::yes(l), t::users::no(l)].map(str::to_owned),
        day: i18n::day,
    }
}

/// The form navigates: what it gets instead of a file is a page with the way back.
fn refusal(l: Locale, e: &ApiError) -> Response {
    let (title, back) = (t::registry::export_failed(l), t::registry::back_to_list(l));
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title}</title></head><body><main><h1>{title}</h1><p>{}</p><p><a href=\"/anagrafiche\">{back}</a></p>\
         </main></body></html>\n",
        l.code(),
        i18n::api_error(l, e)
            .replace('&', "&amp;")
            .replace('<', "&lt;"),
    );
    (status(e), Html(page)).into_response()
}

fn status(e: &ApiError) -> StatusCode {
    match e {
        ApiError::Unauthenticated | ApiError::SignIn(_) => StatusCode::UNAUTHORIZED,
        ApiError::Denied(_) => StatusCode::FORBIDDEN,
        ApiError::Invalid(_) | ApiError::File(_) | ApiError::Code(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        ApiError::NotFound => StatusCode::NOT_FOUND,
        ApiError::Conflict(_) => StatusCode::CONFLICT,
        ApiError::BadRequest => StatusCode::BAD_REQUEST,
        ApiError::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
        ApiError::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn upload(
    State(backend): State<Backend>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<PersonId>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let answer = match (&visitor.actor, form) {
        (None, _) => Err(ApiError::Unauthenticated),
        (Some(_), Err(_)) => Err(ApiError::BadRequest),
        (Some(actor), Ok(form)) => add(&backend, actor, id, form).await,
    };
    match answer {
        Ok(folders) => Json(folders).into_response(),
        Err(e) => (status(&e), Json(e)).into_response(),
    }
}

async fn add(
    backend: &Backend,
    actor: &Actor,
    id: PersonId,
    mut form: Multipart,
) -> Result<Vec<Folder>, ApiError> {
    // Whoever may not keep folders has no file read for them.
    backend
        .registry
        .may_add_folder(actor, id)
        .await
        .map_err(ssr::surface)?;
    let (mut draft, mut files) = (FolderDraft::default(), Vec::new());
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("title") => draft.title = field.text().await.map_err(broken)?,
            Some("day") => draft.day = field.text().await.map_err(broken)?,
            Some("note") => draft.note = field.text().await.map_err(broken)?,
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                let mut bytes = Some(BytesMut::new());
                while let Some(piece) = field.chunk().await.map_err(broken)? {
                    // Past the limit the rest is read and forgotten: the answer names the file.
                    if let Some(kept) = &mut bytes {
                        if kept.len() + piece.len() > FILE_MAX {
                            bytes = None;
                        } else {
                            kept.extend_from_slice(&piece);
                        }
                    }
                }
                let bytes = bytes.map(BytesMut::freeze);
                files.push(Uploaded { name, bytes });
            }
            _ => {}
        }
    }
    backend
        .registry
        .add_folder(actor, id, &draft, files)
        .await
        .map_err(|e| match e {
            ServiceError::Invalid(fields) => ApiError::Invalid(fields),
            other => ssr::surface(other),
        })
}

/// A body that is cut off or larger than [`BODY`].
fn broken(e: MultipartError) -> ApiError {
    if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let many = domain::person::folder::FileProblem::TooMany;
        ApiError::Invalid(domain::user::FieldErrors::one(
            "files",
            domain::user::FieldError::File(many),
        ))
    } else {
        ApiError::BadRequest
    }
}

async fn download(
    State(backend): State<Backend>,
    Extension(visitor): Extension<Visitor>,
    Path((id, file)): Path<(PersonId, FolderFileId)>,
) -> Response {
    let l = visitor.locale;
    let Some(actor) = visitor.actor else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    match backend.registry.download(&actor, id, file).await {
        Ok(found) => {
            let head: [(HeaderName, String); 5] = [
                (header::CONTENT_TYPE, found.file.kind.media().to_owned()),
                (header::CONTENT_DISPOSITION, attachment(&found.file.name)),
                (header::CONTENT_LENGTH, found.file.size.to_string()),
                (header::CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (head, Body::from_stream(found.bytes)).into_response()
        }
        Err(e) => {
            let e = ssr::surface(e);
            (status(&e), i18n::api_error(l, &e)).into_response()
        }
    }
}

/// The name both ways: plain for old readers, and as it is (RFC 6266).
fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '-' | '_' | ' ' => c,
            _ => '_',
        })
        .collect();
    let mut whole = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            whole.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        assert_eq!(
            attachment("carta d'identità \"1\"\r\n.pdf"),
            "attachment; filename=\"carta d_identit_ _1___.pdf\"; \
             filename*=UTF-8''carta%20d%27identit%C3%A0%20%221%22%0D%0A.pdf"
        );
    }
}
