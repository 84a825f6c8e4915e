//! «Stampa lettere con credenziali»: check, start, make, confirm, call back.

use super::ApiResult;
use domain::{
    letter::{LetterBlock, LetterCheck, LetterRun, LetterTarget, OpenRun},
    sending::Key,
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// What would happen if the letters were made now.
#[server(prefix = "/api", endpoint = "letters/check", input = Json)]
pub async fn check_letters(target: LetterTarget) -> ApiResult<LetterCheck> {
    let cx = crate::ssr::context()?;
    cx.backend
        .letters
        .check(&cx.actor, &target)
        .await
        .map_err(crate::ssr::surface)
}

/// Begins a run; the same key twice is the same run.
#[server(prefix = "/api", endpoint = "letters/start", input = Json)]
pub async fn start_letters(
    target: LetterTarget,
    expected: u64,
    typed: Option<u64>,
    key: Key,
) -> ApiResult<i64> {
    let cx = crate::ssr::context()?;
    cx.backend
        .letters
        .start(&cx.actor, &target, expected, typed, key)
        .await
        .map_err(crate::ssr::surface)
}

/// The own runs that wait for «Ho stampato le lettere».
#[server(prefix = "/api", endpoint = "letters/open", input = Json)]
pub async fn open_letters() -> ApiResult<Vec<OpenRun>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .letters
        .open_runs(&cx.actor)
        .await
        .map_err(crate::ssr::surface)
}

/// How a run stands, without any value.
#[server(prefix = "/api", endpoint = "letters/read", input = Json)]
pub async fn read_letters(id: i64) -> ApiResult<LetterRun> {
    let cx = crate::ssr::context()?;
    cx.backend
        .letters
        .read(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// Makes the next letters; their values stand in this answer and nowhere else.
#[server(prefix = "/api", endpoint = "letters/next", input = Json)]
pub async fn next_letters(id: i64) -> ApiResult<LetterBlock> {
    let cx = crate::ssr::context()?;
    cx.backend
        .letters
        .next(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// «Ho stampato le lettere».
#[server(prefix = "/api", endpoint = "letters/confirm", input = Json)]
pub async fn confirm_letters(id: i64) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .letters
        .confirm(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// «La stampa è stata interrotta»: how many were voided.
#[server(prefix = "/api", endpoint = "letters/interrupt", input = Json)]
pub async fn interrupt_letters(id: i64) -> ApiResult<u64> {
    let cx = crate::ssr::context()?;
    cx.backend
        .letters
        .interrupt(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}
