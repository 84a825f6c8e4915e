//! Who stands behind a request, read from its cookies, headers and connection.

use crate::{
    layers::gate::is_page,
    routes,
    state::{AppState, Site},
};
use app::{api::session::LEFT_PATH, ssr::Visitor};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap, HeaderName, header},
    middleware::Next,
    response::Response,
};
use domain::Locale;
use std::net::SocketAddr;

/// Longest text of a browser's name that is kept.
const USER_AGENT: usize = 300;

/// Puts the [`Visitor`] into the request, for handlers, renders and server functions.
pub async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let token = cookie(headers, state.site.session_cookie()).map(str::to_owned);
    let resumed = match &token {
        // Asking how long the session will live does not prolong it.
        Some(token) => match state
            .backend
            .sessions
            .find(token, request.uri().path() != LEFT_PATH)
            .await
        {
            Ok(resumed) => resumed,
            Err(e) => {
                tracing::error!(
                    error = &e as &dyn std::error::Error,
                    "a session could not be looked up"
                );
                return routes::unavailable(request.uri().path());
            }
        },
        None => None,
    };
    // A session that is refused says why, where there is something to say.
    let switched_off = match (&token, &resumed) {
        (Some(token), None) => state
            .backend
            .sessions
            .switched_off(token)
            .await
            .unwrap_or_default(),
        _ => None,
    };
    // A page finds its frame in the request, so that it is rendered in one go.
    let frame = match &resumed {
        Some(found) if is_page(&request) => match state.backend.sessions.frame(found).await {
            Ok(frame) => Some(frame),
            Err(e) => {
                tracing::error!(
                    error = &e as &dyn std::error::Error,
                    "the frame of a page could not be read"
                );
                return routes::unavailable(request.uri().path());
            }
        },
        _ => None,
    };
    let actor = resumed.map(|r| r.actor);
    let visitor = Visitor {
        locale: locale(headers, actor.as_ref().map(|a| a.locale)),
        actor,
        token,
        address: address(headers, request.extensions()),
        user_agent: headers
            .get(header::USER_AGENT)
            .and_then(|v| v.to_str().ok())
            .map(|v| v.chars().take(USER_AGENT).collect())
            .unwrap_or_default(),
        switched_off,
    };
    request.extensions_mut().insert(visitor);
    if let Some(frame) = frame {
        request.extensions_mut().insert(frame);
    }
    next.run(request).await
}

impl Site {
    /// Name of the session's cookie. The prefix binds it to this host and to TLS, where
    /// there is TLS.
    pub fn session_cookie(&self) -> &'static str {
        if self.is_https() {
            "__Host-delega"
        } else {
            "delega"
        }
    }

    /// A `Set-Cookie` value that takes the session's cookie away.
    pub fn expired_cookie(&self) -> String {
        let secure = if self.is_https() { "; Secure" } else { "" };
        format!(
            "{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}",
            self.session_cookie()
        )
    }
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value)
}

/// Language: the cookie's, then the person's, then the browser's.
fn locale(headers: &HeaderMap, own: Option<Locale>) -> Locale {
    cookie(headers, "delega_lang")
        .and_then(|v| v.parse().ok())
        .or(own)
        .or_else(|| accepted(headers))
        .unwrap_or_default()
}

/// The best-liked language of `Accept-Language` that Delega speaks.
fn accepted(headers: &HeaderMap) -> Option<Locale> {
    let mut best: Option<(f32, Locale)> = None;
    for range in headers
        .get(header::ACCEPT_LANGUAGE)?
        .to_str()
        .ok()?
        .split(',')
    {
        let mut parts = range.split(';');
        let language = parts
            .next()
            .unwrap_or_default()
            .trim()
            .split('-')
            .next()
            .unwrap_or_default();
        let weight = parts
            .find_map(|p| p.trim().strip_prefix("q="))
            .map_or(1.0, |q| q.parse().unwrap_or(0.0));
        // Of equals the first wins, as the browser lists them.
        if let Ok(locale) = language.parse()
            && weight > 0.0
            && best.is_none_or(|(w, _)| weight > w)
        {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

/// The peer's address; behind a proxy on this machine, what that proxy saw. Nobody else's
/// word is taken: the throttle hangs on it.
fn address(headers: &HeaderMap, extensions: &Extensions) -> String {
    const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
    let Some(ConnectInfo(peer)) = extensions.get::<ConnectInfo<SocketAddr>>() else {
        return String::new();
    };
    let forwarded = || {
        // The last one is the proxy's own entry; those before it came from outside.
        let value = headers
            .get_all(FORWARDED)
            .iter()
            .next_back()?
            .to_str()
            .ok()?;
        value
            .rsplit(',')
            .next()?
            .trim()
            .parse::<std::net::IpAddr>()
            .ok()
    };
    let ip = if peer.ip().to_canonical().is_loopback() {
        forwarded()
    } else {
        None
    };
    ip.unwrap_or(peer.ip()).to_canonical().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter()
            .map(|(n, v)| (HeaderName::from_static(n), v.parse().unwrap()))
            .collect()
    }

    fn from(peer: &str) -> Extensions {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        extensions
    }

    #[test]
    fn the_language_is_the_cookies_then_the_persons_then_the_browsers_then_italian() {
        let all = headers(&[("cookie", "a=b; delega_lang=fr"), ("accept-language", "de")]);
        assert_eq!(locale(&all, Some(Locale::En)), Locale::Fr);
        let browser = headers(&[("accept-language", "pl, en;q=0.4, de-CH;q=0.9, fr;q=0")]);
        assert_eq!(locale(&browser, Some(Locale::En)), Locale::En);
        assert_eq!(locale(&browser, None), Locale::De);
        assert_eq!(
            locale(&headers(&[("cookie", "delega_lang=xx")]), None),
            Locale::It
        );
    }

    #[test]
    fn a_forwarded_address_counts_only_from_a_proxy_on_this_machine() {
        let h = headers(&[("x-forwarded-for", "6.6.6.6, 192.0.2.7")]);
        assert_eq!(address(&h, &from("127.0.0.1:5")), "192.0.2.7");
        assert_eq!(address(&h, &from("[::1]:5")), "192.0.2.7");
        assert_eq!(address(&h, &from("198.51.100.1:5")), "198.51.100.1");
        assert_eq!(
            address(
                &headers(&[("x-forwarded-for", "junk")]),
                &from("127.0.0.1:5")
            ),
            "127.0.0.1"
        );
    }
}
