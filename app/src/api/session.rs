//! The session: sign in, look at it, change one's password and preferences.

use super::ApiResult;
use domain::{
    ProfileId,
    session::{OwnProfile, OwnSession, Preference, SessionView},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Where the question how long the session still lives is asked. Asking does not count as
/// using the session, so the server treats this path apart.
pub const LEFT_PATH: &str = "/api/session/left";

/// A session has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInDone {
    /// An own password must be chosen first.
    pub must_change_password: bool,
}

/// Signs in; the session's cookie comes with the answer.
#[server(prefix = "/api", endpoint = "session/sign_in", input = Json)]
pub async fn sign_in(
    organisation: String,
    username: String,
    password: String,
) -> ApiResult<SignInDone> {
    let (backend, visitor) = crate::ssr::visitor()?;
    crate::ssr::sign_in(&backend, &visitor, organisation, username, password)
        .await
        .map_err(crate::ssr::surface)
}

/// What the frame shows; `None` where nobody is signed in.
#[server(prefix = "/api", endpoint = "session/current", input = Json)]
pub async fn current_session() -> ApiResult<Option<SessionView>> {
    let (backend, visitor) = crate::ssr::visitor()?;
    match (&visitor.actor, &visitor.token) {
        (Some(_), Some(token)) => backend
            .sessions
            .view(token)
            .await
            .map(Some)
            .map_err(crate::ssr::surface),
        _ => Ok(None),
    }
}

/// Seconds until the session ends if nothing is done; 0 where it has ended.
#[server(prefix = "/api", endpoint = "session/left", input = Json)]
pub async fn session_left() -> ApiResult<u32> {
    let (backend, visitor) = crate::ssr::visitor()?;
    backend
        .sessions
        .seconds_left(visitor.token.as_deref().unwrap_or_default())
        .await
        .map_err(crate::ssr::surface)
}

/// «Continua»: uses the session and says how long it lives now.
#[server(prefix = "/api", endpoint = "session/continue", input = Json)]
pub async fn continue_session() -> ApiResult<u32> {
    // The call itself has counted as use when the cookie was read.
    let (backend, visitor) = crate::ssr::visitor()?;
    backend
        .sessions
        .seconds_left(visitor.token.as_deref().unwrap_or_default())
        .await
        .map_err(crate::ssr::surface)
}

/// Replaces the person's own password; the new session's cookie comes with the answer.
#[server(prefix = "/api", endpoint = "session/change_password", input = Json)]
pub async fn change_password(current: Option<String>, new: String) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    let (_, visitor) = crate::ssr::visitor()?;
    crate::ssr::change_password(&cx.backend, &visitor, current, new)
        .await
        .map_err(crate::ssr::surface)
}

/// «Suggerisci»: a passphrase of words in the reader's language.
#[server(prefix = "/api", endpoint = "session/suggest_password", input = Json)]
pub async fn suggest_password() -> ApiResult<String> {
    let cx = crate::ssr::context()?;
    Ok(cx.backend.sessions.suggest_password(cx.locale))
}

/// Keeps one preference; the others stay.
#[server(prefix = "/api", endpoint = "session/keep_preference", input = Json)]
pub async fn keep_preference(preference: Preference) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .sessions
        .keep(&cx.actor, preference)
        .await
        .map_err(crate::ssr::surface)
}

/// The person's live sessions.
#[server(prefix = "/api", endpoint = "session/own", input = Json)]
pub async fn own_sessions() -> ApiResult<Vec<OwnSession>> {
    let cx = crate::ssr::context()?;
    let (_, visitor) = crate::ssr::visitor()?;
    cx.backend
        .sessions
        .own(&cx.actor, visitor.token.as_deref().unwrap_or_default())
        .await
        .map_err(crate::ssr::surface)
}

/// Ends one of the person's own sessions.
#[server(prefix = "/api", endpoint = "session/end_own", input = Json)]
pub async fn end_own_session(reference: String) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    cx.backend
        .sessions
        .end_own(&cx.actor, &reference)
        .await
        .map_err(crate::ssr::surface)
}

/// «Esci da tutti gli altri dispositivi»: how many sessions ended.
#[server(prefix = "/api", endpoint = "session/end_others", input = Json)]
pub async fn end_other_sessions() -> ApiResult<u64> {
    let cx = crate::ssr::context()?;
    let (_, visitor) = crate::ssr::visitor()?;
    cx.backend
        .sessions
        .end_others(&cx.actor, visitor.token.as_deref().unwrap_or_default())
        .await
        .map_err(crate::ssr::surface)
}

/// The person's profiles, to work in one of them.
#[server(prefix = "/api", endpoint = "session/profiles", input = Json)]
pub async fn own_profiles() -> ApiResult<Vec<OwnProfile>> {
    let cx = crate::ssr::context()?;
    cx.backend
        .sessions
        .profiles(&cx.actor)
        .await
        .map_err(crate::ssr::surface)
}

/// Works in this profile from now on.
#[server(prefix = "/api", endpoint = "session/work_as", input = Json)]
pub async fn work_as(profile: ProfileId) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    let (_, visitor) = crate::ssr::visitor()?;
    let token = visitor.token.as_deref().unwrap_or_default();
    cx.backend
        .sessions
        .work_as(&cx.actor, token, profile)
        .await
        .map_err(crate::ssr::surface)
}

/// «Conferma che sei tu»: the password again.
#[server(prefix = "/api", endpoint = "session/confirm", input = Json)]
pub async fn confirm_password(password: String) -> ApiResult<()> {
    let cx = crate::ssr::context()?;
    let (_, visitor) = crate::ssr::visitor()?;
    let token = visitor.token.as_deref().unwrap_or_default();
    cx.backend
        .sessions
        .confirm(&cx.actor, token, &password)
        .await
        .map_err(crate::ssr::surface)
}

/// Where to go after signing in: the page asked for, if it is one of ours, else the home
/// page. Never another site, never back to the sign-in page.
pub fn safe_return(path: Option<&str>) -> &str {
    match path {
        Some(p)
            if p.starts_with('/')
                && !p.starts_with("//")
                && !p.contains('\\')
                && !p.chars().any(char::is_control)
                && !p.starts_with("/accesso")
                && !p.starts_with("/api/") =>
        {
            p
        }
        _ => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_led_to_another_site() {
        assert_eq!(
            safe_return(Some("/utenti?gruppo=docenti")),
            "/utenti?gruppo=docenti"
        );
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:x",
            "",
            "/a\nb",
            "/accesso",
        ] {
            assert_eq!(safe_return(Some(bad)), "/", "{bad}");
        }
        assert_eq!(safe_return(None), "/");
    }
}
