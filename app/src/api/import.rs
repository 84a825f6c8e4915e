//! Imports: what may be imported, a preview with its rows, its confirmation. The file
//! itself comes by `POST /importa/file`, a plain route with a limit of its own.

use super::ApiResult;
use domain::{
    ImportId, JobId,
    import::{ImportKind, ImportRow, ImportView, RowOutcome},
    page::{Page, PageRequest},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// What `/importa` shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportStart {
    /// The kinds of files that the person may import.
    pub kinds: Vec<ImportKind>,
    /// The latest imports of these kinds, newest first.
    pub recent: Vec<ImportView>,
}

/// What `POST /importa/file` answers to a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// The preview.
    pub id: ImportId,
}

/// What may be imported, and the latest imports.
#[server(prefix = "/api", endpoint = "import/start", input = Json)]
pub async fn start_import() -> ApiResult<ImportStart> {
    let cx = crate::ssr::context()?;
    let kinds = cx
        .backend
        .imports
        .kinds(&cx.actor)
        .map_err(crate::ssr::surface)?;
    let recent = cx
        .backend
        .imports
        .recent(&cx.actor)
        .await
        .map_err(crate::ssr::surface)?;
    Ok(ImportStart { kinds, recent })
}

/// An import as its page shows it, with its progress once confirmed.
#[server(prefix = "/api", endpoint = "import/read", input = Json)]
pub async fn read_import(id: ImportId) -> ApiResult<ImportView> {
    let cx = crate::ssr::context()?;
    cx.backend
        .imports
        .get(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// A page of the rows of an import.
#[server(prefix = "/api", endpoint = "import/rows", input = Json)]
pub async fn import_rows(
    id: ImportId,
    outcome: Option<RowOutcome>,
    page: PageRequest,
) -> ApiResult<Page<ImportRow>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .imports
        .rows(&cx.actor, id, outcome, page)
        .await
        .map_err(crate::ssr::surface)
}

/// Starts the writing of what the preview showed; twice is once. A canton's users need a
/// motivation.
#[server(prefix = "/api", endpoint = "import/confirm", input = Json)]
pub async fn confirm_import(id: ImportId, reason: String) -> ApiResult<JobId> {
    let cx = crate::ssr::context()?;
    let key = backend::service::Imports::key_of(id);
    cx.backend
        .imports
        .confirm(&cx.actor, id, &reason, key)
        .await
        .map_err(crate::ssr::surface)
}
