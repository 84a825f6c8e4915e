//! «Crea utenti da anagrafiche»: candidates, check, creation, undo.

use super::ApiResult;
use domain::{
    GroupId, JobId, PersonId, UnitId,
    alignment::{
        Candidate, CandidateFilter, CandidatePick, CreationCheck, CreationFrame, CreationResult,
        Undone,
    },
    page::{Page, PageRequest},
    person::PersonKind,
    sending::Key,
    user::EmailDraft,
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// A page of records without a user, and how many of all found could have one.
#[server(prefix = "/api", endpoint = "creation/candidates", input = Json)]
pub async fn list_candidates(
    filter: CandidateFilter,
    page: PageRequest,
) -> ApiResult<(Page<Candidate>, u64)> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .candidates(&cx.actor, &filter, page)
        .await
        .map_err(crate::ssr::surface)
}

/// What the filters offer, and the groups that may be given.
#[server(prefix = "/api", endpoint = "creation/frame", input = Json)]
pub async fn read_creation_frame(
    kind: PersonKind,
    unit: Option<UnitId>,
    year: Option<i16>,
) -> ApiResult<CreationFrame> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .creation_frame(&cx.actor, kind, unit, year, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// [Aggiungi mail].
#[server(prefix = "/api", endpoint = "creation/mail", input = Json)]
pub async fn add_person_mail(person: PersonId, version: i32, email: EmailDraft) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .add_mail(&cx.actor, person, version, &email)
        .await
        .map_err(crate::ssr::surface)
}

/// What would happen if users were created now.
#[server(prefix = "/api", endpoint = "creation/check", input = Json)]
pub async fn check_creation(pick: CandidatePick, group: GroupId) -> ApiResult<CreationCheck> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .check_creation(&cx.actor, &pick, group, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// «CREA UTENTI»; the same key twice is the same operation.
#[server(prefix = "/api", endpoint = "creation/start", input = Json)]
pub async fn create_users(
    pick: CandidatePick,
    group: GroupId,
    expected: u64,
    typed: Option<u64>,
    confirmed: bool,
    key: Key,
) -> ApiResult<JobId> {
    let cx = crate::ssr::context()?;
    let wish = backend::service::Wish {
        pick,
        group,
        expected,
        typed,
        confirmed,
    };
    cx.backend
        .alignment
        .create_users(&cx.actor, &wish, key)
        .await
        .map_err(crate::ssr::surface)
}

/// What a creation did.
#[server(prefix = "/api", endpoint = "creation/result", input = Json)]
pub async fn read_creation_result(job: JobId) -> ApiResult<CreationResult> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .creation_result(&cx.actor, job)
        .await
        .map_err(crate::ssr::surface)
}

/// «Elimina i 12 utenti creati».
#[server(prefix = "/api", endpoint = "creation/undo", input = Json)]
pub async fn undo_creation(job: JobId) -> ApiResult<Undone> {
    let cx = crate::ssr::context()?;
    cx.backend
        .alignment
        .undo_creation(&cx.actor, job)
        .await
        .map_err(crate::ssr::surface)
}
