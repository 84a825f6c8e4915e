//! `POST /importa/file` and `GET /importa/{id}/esito.csv`: a file in, the outcome of its
//! rows out. Both with limits of their own, both authorised by the service.

use crate::{layers::limits, report, state::AppState};
use app::{
    api::{ApiError, import::Uploaded},
    i18n::{self, t},
    ssr::{self, Visitor},
};
use axum::{
    Extension, Json, Router,
    body::Body,
    extract::{Multipart, Path, State, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use backend::{Backend, ServiceError};
use bytes::Bytes;
use domain::{
    ImportId, Locale,
    access::Actor,
    import::{FileError, ImportKind, MAX_BYTES},
};

/// What a form adds to its file: boundaries, names, the kind.
const FORM: usize = 64 * 1024;
/// Rows of a report that are read at once.
const ROWS: u32 = 2_000;

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(
            "/importa/file",
            post(upload).layer(limits::body(MAX_BYTES + FORM)),
        )
        .route("/importa/{id}/esito.csv", get(outcome))
}

async fn upload(
    State(backend): State<Backend>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let answer = match (&visitor.actor, form) {
        (None, _) => Err(ServiceError::Unauthenticated.into()),
        (Some(_), Err(_)) => Err(ApiError::BadRequest.into()),
        (Some(actor), Ok(form)) => preview(&backend, actor, form).await,
    };
    // A form without script navigates; a script reads.
    let navigates = headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.contains("text/html"));
    match (answer, navigates) {
        (Ok(id), true) => Redirect::to(&format!("/importa/{id}")).into_response(),
        (Ok(id), false) => Json(Uploaded { id }).into_response(),
        (Err(Refused(e)), true) => {
            (status(&e), i18n::api_error(visitor.locale, &e)).into_response()
        }
        (Err(Refused(e)), false) => (status(&e), Json(e)).into_response(),
    }
}

/// An error on its way out.
struct Refused(ApiError);

impl From<ApiError> for Refused {
    fn from(e: ApiError) -> Self {
        Self(e)
    }
}

impl From<ServiceError> for Refused {
    fn from(e: ServiceError) -> Self {
        Self(ssr::surface(e))
    }
}

impl From<MultipartError> for Refused {
    fn from(e: MultipartError) -> Self {
        if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
            too_large().into()
        } else {
            ApiError::BadRequest.into()
        }
    }
}

fn too_large() -> ApiError {
    ApiError::File(FileError::TooLarge {
        max_megabytes: u32::try_from(MAX_BYTES >> 20).unwrap_or(u32::MAX),
    })
}

async fn preview(
    backend: &Backend,
    actor: &Actor,
    mut form: Multipart,
) -> Result<ImportId, Refused> {
    let mut kind = None;
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("kind") => kind = ImportKind::from_code(field.text().await?.trim()),
            // The kind stands before the file, so that nothing is read for nobody.
            Some("file") => {
                let kind = kind.ok_or(ApiError::BadRequest)?;
                // Whoever may not import has no file read for them.
                if !backend.imports.kinds(actor)?.contains(&kind) {
                    return Err(
                        ServiceError::from(domain::access::Denied::Missing(right(kind))).into(),
                    );
                }
                let name = field.file_name().unwrap_or_default().to_owned();
                let bytes = field.bytes().await?;
                return Ok(backend.imports.preview(actor, kind, &name, bytes).await?);
            }
            _ => {}
        }
    }
    Err(ApiError::BadRequest.into())
}

const fn right(kind: ImportKind) -> domain::access::Right {
    match kind {
        ImportKind::Persons => domain::access::Right::ManageRegistry,
        ImportKind::Users => domain::access::Right::ManageUsers,
        ImportKind::Units => domain::access::Right::ManageUnits,
    }
}

fn status(e: &ApiError) -> StatusCode {
    match e {
        ApiError::Unauthenticated | ApiError::SignIn(_) => StatusCode::UNAUTHORIZED,
        ApiError::Denied(_) => StatusCode::FORBIDDEN,
        ApiError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ApiError::File(FileError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
        ApiError::File(_) | ApiError::Code(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ApiError::NotFound => StatusCode::NOT_FOUND,
        ApiError::Conflict(_) => StatusCode::CONFLICT,
        ApiError::BadRequest => StatusCode::BAD_REQUEST,
        ApiError::Unreachable => StatusCode::SERVICE_UNAVAILABLE,
        ApiError::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn outcome(
    State(backend): State<Backend>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<ImportId>,
) -> Response {
    let locale = visitor.locale;
    match open(&backend, visitor, id).await {
        Ok(body) => {
            let name = format!(
                "attachment; filename=\"{}-{id}.csv\"",
                t::import::report_file(locale)
            );
            let head = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, name),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (head, body).into_response()
        }
        Err(e) => {
            let e = ssr::surface(e);
            (status(&e), i18n::api_error(locale, &e)).into_response()
        }
    }
}

/// The report as a stream: only some rows are in memory.
async fn open(backend: &Backend, visitor: Visitor, id: ImportId) -> Result<Body, ServiceError> {
    let actor = visitor.actor.ok_or(ServiceError::Unauthenticated)?;
    let kind = backend.imports.get(&actor, id).await?.kind;
    let locale: Locale = visitor.locale;
    let begin = (
        backend.clone(),
        actor,
        Some(report::Writer::new(locale, kind)),
        0u32,
    );
    let chunks =
        futures::stream::try_unfold(begin, move |(backend, actor, writer, line)| async move {
            let Some(mut writer) = writer else {
                return Ok(None);
            };
            let rows = backend
                .imports
                .rows_after(&actor, id, line, ROWS)
                .await
                .map_err(std::io::Error::other)?;
            let last = rows.last().map(|r| r.line);
            rows.iter().for_each(|row| writer.row(row));
            let chunk = Bytes::from(writer.take());
            Ok::<_, std::io::Error>(match last {
                Some(line) => Some((chunk, (backend, actor, Some(writer), line))),
                None => Some((chunk, (backend, actor, None, line))),
            })
        });
    Ok(Body::from_stream(chunks))
}
