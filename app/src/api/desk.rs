//! The own desk, and the access review.

use super::ApiResult;
use domain::{
    UserId,
    desk::Tile,
    review::{Review, ReviewQuery},
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// What waits for the person.
#[server(prefix = "/api", endpoint = "desk/tiles", input = Json)]
pub async fn desk_tiles() -> ApiResult<Vec<Tile>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .desk
        .tiles(&cx.actor)
        .await
        .map_err(crate::ssr::surface)
}

/// Accesses to look at.
#[server(prefix = "/api", endpoint = "review/list", input = Json)]
pub async fn review_list(query: ReviewQuery) -> ApiResult<Review> {
    let cx = crate::ssr::context()?;
    cx.backend
        .reviews
        .list(&cx.actor, &query, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Confirms an access; it rests for ninety days.
#[server(prefix = "/api", endpoint = "review/confirm", input = Json)]
pub async fn confirm_access(user: UserId, reason: String) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .reviews
        .confirm(&cx.actor, user, &reason)
        .await
        .map_err(crate::ssr::surface)
}
