//! One user: page, data, address, state, creation.

use super::ApiResult;
use domain::{
    AuditId, UserId,
    user::{
        ContactDraft, ContactView, Creation, EmailDraft, GrantView, HistoryEntry, NewcomerRecord,
        Saved, Shared, UserDraft, UserPage,
    },
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Everything `/utenti/:id` shows.
#[server(prefix = "/api", endpoint = "user/read", input = Json)]
pub async fn read_user(id: UserId) -> ApiResult<UserPage> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .page(&cx.actor, id, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Entries of «Cronologia» older than `before`.
#[server(prefix = "/api", endpoint = "user/history", input = Json)]
pub async fn user_history(id: UserId, before: AuditId) -> ApiResult<Vec<HistoryEntry>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .history(&cx.actor, id, before, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Changes name, codice fiscale, address and language.
#[server(prefix = "/api", endpoint = "user/save", input = Json)]
pub async fn save_user(id: UserId, version: i32, draft: UserDraft) -> ApiResult<Saved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .edit(&cx.actor, id, version, &draft, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// «Dati di contatto» of a canton's user.
#[server(prefix = "/api", endpoint = "user/contact", input = Json)]
pub async fn read_contact(id: UserId) -> ApiResult<ContactView> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .contact(&cx.actor, id)
        .await
        .map_err(crate::ssr::surface)
}

/// Changes «Dati di contatto».
#[server(prefix = "/api", endpoint = "user/change_contact", input = Json)]
pub async fn change_contact(id: UserId, version: i32, data: ContactDraft) -> ApiResult<Saved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .change_contact(&cx.actor, id, version, &data, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Changes only the address.
#[server(prefix = "/api", endpoint = "user/email", input = Json)]
pub async fn save_email(id: UserId, version: i32, email: EmailDraft) -> ApiResult<Saved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .edit_email(&cx.actor, id, version, &email, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// The roles that an inactive user holds again once it is active.
#[server(prefix = "/api", endpoint = "user/returning", input = Json)]
pub async fn read_returning(id: UserId) -> ApiResult<Vec<GrantView>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .returning(&cx.actor, id, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Activates or deactivates; to deactivate a motivation is needed, and in a canton to activate.
#[server(prefix = "/api", endpoint = "user/state", input = Json)]
pub async fn set_user_state(id: UserId, active: bool, reason: String) -> ApiResult<Saved> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .set_state(&cx.actor, id, active, &reason, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// «+ Nuovo utente»; `force` creates also where the codice fiscale is there already, `record`
/// says what to do about a record of the registry that fits.
#[server(prefix = "/api", endpoint = "user/create", input = Json)]
pub async fn create_user(
    draft: UserDraft,
    force: bool,
    record: NewcomerRecord,
) -> ApiResult<Creation> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .create(&cx.actor, &draft, force, record, cx.locale)
        .await
        .map_err(crate::ssr::surface)
}

/// Who else has this codice fiscale or address: for hints.
#[server(prefix = "/api", endpoint = "user/sharing", input = Json)]
pub async fn sharing(
    fiscal_code: String,
    email: String,
    except: Option<UserId>,
) -> ApiResult<Shared> {
    let cx = crate::ssr::context()?;
    cx.backend
        .users
        .sharing(&cx.actor, &fiscal_code, &email, except)
        .await
        .map_err(crate::ssr::surface)
}
