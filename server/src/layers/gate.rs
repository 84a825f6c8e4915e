//! Pages for the signed-in only: everybody else is led to the sign-in page, and a person
//! with a temporary password to the page where it is replaced. A convenience: what may be
//! seen is decided in the services.

use app::ssr::Visitor;
use axum::{
    extract::Request,
    http::{Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

/// Pages that everybody may see.
const PUBLIC: [&str; 6] = [
    "/accesso",
    "/accessibilita",
    "/password-dimenticata",
    "/posta-di-prova",
    "/registrazione",
    "/reimposta-password",
];
const SIGN_IN: &str = "/accesso";
const CHANGE: &str = "/password";
const TERMS: &str = "/condizioni";
const PROFILE: &str = "/profilo";

/// Redirects where the page needs a session, or another one.
pub async fn gate(request: Request, next: Next) -> Response {
    match is_page(&request)
        .then(|| redirect(request.uri(), request.extensions().get()))
        .flatten()
    {
        Some(to) => Redirect::to(&to).into_response(),
        None => next.run(request).await,
    }
}

/// A document a person navigates to; calls and event streams get a plain answer instead.
pub fn is_page(request: &Request) -> bool {
    let streams = request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|v| v.as_bytes() == b"text/event-stream");
    matches!(*request.method(), Method::GET | Method::HEAD)
        && !request.uri().path().starts_with("/api/")
        && !streams
}

fn redirect(uri: &Uri, visitor: Option<&Visitor>) -> Option<String> {
    let path = uri.path();
    let off = visitor
        .and_then(|v| v.switched_off)
        .map(|since| format!("{SIGN_IN}?esito=spid&dal={since}"));
    // The page in whose address it stands already tells why.
    if path == SIGN_IN && off.is_some() && uri.query().is_none_or(|q| !q.contains("esito=")) {
        return off;
    }
    if PUBLIC.iter().any(|p| {
        path == *p
            || path
                .strip_prefix(p)
                .is_some_and(|rest| rest.starts_with('/'))
    }) {
        return None;
    }
    match visitor.and_then(|v| v.actor.as_ref()) {
        None if off.is_some() => off,
        None if path == "/" => Some(SIGN_IN.into()),
        None => Some(format!(
            "{SIGN_IN}?ritorno={}",
            encode(uri.path_and_query().map_or(path, |p| p.as_str()))
        )),
        Some(actor) if actor.must_change_password && path != CHANGE => Some(CHANGE.into()),
        Some(actor) if actor.must_choose_profile && path != PROFILE && path != CHANGE => {
            if path == "/" {
                Some(PROFILE.into())
            } else {
                Some(format!(
                    "{PROFILE}?ritorno={}",
                    encode(uri.path_and_query().map_or(path, |p| p.as_str()))
                ))
            }
        }
        Some(actor) if actor.must_accept_terms && ![TERMS, CHANGE, PROFILE].contains(&path) => {
            Some(TERMS.into())
        }
        Some(_) => None,
    }
}

/// Percent-encodes a path for use as a query's value.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Locale, OrganisationId, UserId, access::Actor};

    fn visitor(must_change_password: bool) -> Visitor {
        let mut actor = Actor::system(OrganisationId(1), "");
        actor.user = Some(UserId(1));
        actor.must_change_password = must_change_password;
        Visitor {
            actor: Some(actor),
            token: None,
            locale: Locale::It,
            address: String::new(),
            user_agent: String::new(),
            switched_off: None,
        }
    }

    fn to(uri: &str, visitor: Option<&Visitor>) -> Option<String> {
        redirect(&uri.parse().unwrap(), visitor)
    }

    #[test]
    fn the_signed_out_are_led_to_the_sign_in_page_and_back() {
        assert_eq!(to("/", None).as_deref(), Some("/accesso"));
        assert_eq!(
            to("/utenti?gruppo=docenti", None).as_deref(),
            Some("/accesso?ritorno=/utenti%3Fgruppo%3Ddocenti")
        );
        assert_eq!(to("/accesso?ritorno=/x", None), None);
        assert_eq!(to("/accessibilita", None), None);
        assert_eq!(to("/posta-di-prova/3", None), None);
        assert_eq!(
            to("/accessox", None).as_deref(),
            Some("/accesso?ritorno=/accessox")
        );
    }

    #[test]
    fn whoever_s_password_was_switched_off_reads_why_and_does_not_go_round_in_circles() {
        let mut off = visitor(false);
        off.actor = None;
        off.switched_off = Some(jiff::civil::date(2026, 9, 1));
        let told = "/accesso?esito=spid&dal=2026-09-01";
        for path in ["/", "/utenti", "/accesso", "/accesso?ritorno=/utenti"] {
            assert_eq!(to(path, Some(&off)).as_deref(), Some(told), "{path}");
        }
        assert_eq!(to(told, Some(&off)), None);
        assert_eq!(to("/accessibilita", Some(&off)), None);
    }

    #[test]
    fn a_temporary_password_leads_to_its_page_and_nowhere_else() {
        assert_eq!(
            to("/utenti", Some(&visitor(true))).as_deref(),
            Some("/password")
        );
        assert_eq!(to("/password", Some(&visitor(true))), None);
        assert_eq!(to("/utenti", Some(&visitor(false))), None);
        let mut new = visitor(false);
        if let Some(actor) = &mut new.actor {
            actor.must_accept_terms = true;
        }
        assert_eq!(to("/utenti", Some(&new)).as_deref(), Some("/condizioni"));
        assert_eq!(to("/condizioni", Some(&new)), None);
        assert_eq!(to("/password", Some(&new)), None);
        if let Some(actor) = &mut new.actor {
            actor.must_choose_profile = true;
        }
        assert_eq!(to("/", Some(&new)).as_deref(), Some("/profilo"));
        assert_eq!(
            to("/utenti", Some(&new)).as_deref(),
            Some("/profilo?ritorno=/utenti")
        );
        assert_eq!(to("/profilo", Some(&new)).as_deref(), None);
        assert_eq!(
            to("/password", None).as_deref(),
            Some("/accesso?ritorno=/password")
        );
    }
}
