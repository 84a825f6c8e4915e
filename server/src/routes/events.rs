//! `/operazioni/{id}/eventi`: an operation's progress as server-sent events, and
//! `/operazioni/{id}/risultato.csv`: its result, streamed.

use crate::state::AppState;
use app::{ssr::Visitor, widgets::job_words};
use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use backend::{ServiceError, exchange::CsvWriter};
use domain::{JobId, Locale, access::Actor, job::JobView, sending::RecipientFilter};
use futures::StreamExt;
use std::{convert::Infallible, time::Duration};

/// How often the progress is looked at: at most one event a second.
const TICK: Duration = Duration::from_secs(1);
/// A comment now and then keeps proxies from closing the stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/operazioni/{id}/eventi", get(events))
        .route("/operazioni/{id}/risultato.csv", get(result))
}

/// The same answer whether the operation does not exist or is somebody else's.
fn refusal(error: &ServiceError) -> StatusCode {
    match error {
        ServiceError::Unauthenticated => StatusCode::UNAUTHORIZED,
        ServiceError::Denied(_) => StatusCode::FORBIDDEN,
        ServiceError::NotFound => StatusCode::NOT_FOUND,
        other => {
            tracing::error!(
                error = other as &dyn std::error::Error,
                "an operation could not be read"
            );
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

/// What a stream of events remembers.
struct Watch {
    state: AppState,
    token: Option<String>,
    actor: Actor,
    id: JobId,
    sent: Option<JobView>,
}

async fn events(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<i64>,
) -> Response {
    let Some(actor) = visitor.actor else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    if let Err(e) = state.backend.operations.view(&actor, JobId(id)).await {
        return refusal(&e).into_response();
    }
    let watch = Watch {
        state,
        token: visitor.token,
        actor,
        id: JobId(id),
        sent: None,
    };
    let stream = futures::stream::unfold(watch, |mut watch| async move {
        let view = watch.next().await?;
        let event = Event::default().json_data(&view).ok()?;
        watch.sent = Some(view);
        Some((Ok::<_, Infallible>(event), watch))
    })
    .fuse();
    // A layer may ask once more after the end, which an unfold answers with a panic.
    let mut response = Sse::new(stream.fuse())
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would hold the events back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Watch {
    /// The next state that differs from the one sent. The end of the operation, of the
    /// session or of the process ends the stream.
    async fn next(&mut self) -> Option<JobView> {
        if self
            .sent
            .as_ref()
            .is_some_and(|v| v.state.ended() && !is_open(v))
        {
            return None;
        }
        loop {
            if self.sent.is_some() {
                tokio::select! {
                    () = tokio::time::sleep(TICK) => {}
                    () = self.state.stop.cancelled() => return None,
                }
                // Watching does not count as using the session, and ends with it.
                let found = self
                    .state
                    .backend
                    .sessions
                    .find(self.token.as_deref()?, false)
                    .await
                    .ok()??;
                self.actor = found.actor;
            }
            let view = self
                .state
                .backend
                .operations
                .view(&self.actor, self.id)
                .await
                .ok()?;
            if self.sent.as_ref() != Some(&view) {
                return Some(view);
            }
        }
    }
}

/// A cancelled operation may still have mails on the wire.
fn is_open(view: &JobView) -> bool {
    view.mails.iter().any(|(state, n)| !state.ended() && *n > 0)
}

/// What a download remembers.
struct Download {
    state: AppState,
    actor: Actor,
    locale: Locale,
    id: JobId,
    filter: Option<RecipientFilter>,
    offset: i64,
    begun: bool,
}

async fn result(
    State(state): State<AppState>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<i64>,
) -> Response {
    let Some(actor) = visitor.actor else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let job = match state.backend.operations.view(&actor, JobId(id)).await {
        Ok(job) => job,
        Err(e) => return refusal(&e).into_response(),
    };
    let name = job_words::result_file_name(visitor.locale, &job.number);
    let download = Download {
        state,
        actor,
        locale: visitor.locale,
        id: job.id,
        filter: Some(RecipientFilter::All),
        offset: 0,
        begun: false,
    };
    let stream = futures::stream::unfold(download, |mut download| async move {
        let block = download.next().await?;
        Some((block, download))
    })
    // The compression asks once more after the end.
    .fuse();
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(stream.fuse())).into_response()
}

impl Download {
    /// The next block: those who take part, then those left out.
    async fn next(&mut self) -> Option<Result<Bytes, std::io::Error>> {
        let filter = self.filter?;
        let block = self
            .state
            .backend
            .operations
            .result_block(&self.actor, self.id, filter, self.offset)
            .await;
        let rows = match block {
            Ok(rows) => rows,
            Err(e) => {
                refusal(&e);
                self.filter = None;
                return Some(Err(std::io::Error::other("the result could not be read")));
            }
        };
        let mut csv = if self.begun {
            CsvWriter::default()
        } else {
            CsvWriter::new()
        };
        if self.begun {
            csv.take();
        } else {
            csv.row(job_words::result_head(self.locale));
            self.begun = true;
        }
        if rows.is_empty() {
            self.filter = (filter == RecipientFilter::All).then_some(RecipientFilter::Excluded);
            self.offset = 0;
        } else {
            self.offset += i64::try_from(rows.len()).unwrap_or(i64::MAX);
            rows.iter()
                .for_each(|r| csv.row(job_words::result_row(self.locale, r)));
        }
        Some(Ok(Bytes::from(csv.take())))
    }
}
