//! «Registro attività».

use super::{ApiResult, users::FileKind};
use domain::{
    AuditId, UserId,
    audit::{AuditFrame, AuditPage, AuditQuery},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Body of `POST /registro/esporta`, as JSON in the form field `richiesta`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditExport {
    /// CSV or Excel.
    pub file: FileKind,
    /// Which entries; the place in the list does not count.
    pub query: AuditQuery,
}

/// A block of entries, newest first.
#[server(prefix = "/api", endpoint = "audit/list", input = Json)]
pub async fn list_audit(query: AuditQuery) -> ApiResult<AuditPage> {
    let cx = crate::ssr::context()?;
    cx.backend
        .audit
        .list(&cx.actor, &query, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// What the filters offer.
#[server(prefix = "/api", endpoint = "audit/frame", input = Json)]
pub async fn read_audit_frame(user: Option<UserId>) -> ApiResult<AuditFrame> {
    let cx = crate::ssr::context()?;
    cx.backend
        .audit
        .frame(&cx.actor, user)
        .await
        .map_err(crate::ssr::surface)
}

/// «Ripristina»: puts back what the entry changed.
#[server(prefix = "/api", endpoint = "audit/revert", input = Json)]
pub async fn revert_entry(id: AuditId, reason: String) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .audit
        .revert(&cx.backend, &cx.actor, id, &reason, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}
