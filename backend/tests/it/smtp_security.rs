//! Mail servers that ask for encryption and for a password, with an authority of their own.

use crate::smtp::{Encrypted, PASSWORD, Server};
use backend::{
    mail::{Transport, TransportError},
    settings::MailRoute,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::io::Write as _;

/// The way to a server, trusting the authority of the file where one is named.
fn route(server: &Server, scheme: &str, query: &str, password: &str) -> MailRoute {
    let password = utf8_percent_encode(password, NON_ALPHANUMERIC);
    MailRoute::Smtp(format!(
        "{scheme}://cantone:{password}@{}?{query}",
        server.address
    ))
}

fn file(pem: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pem.as_bytes()).unwrap();
    file
}

async fn probe(route: &MailRoute) -> Result<(), TransportError> {
    Transport::new(route)?.probe().await
}

#[tokio::test]
async fn a_server_with_an_authority_of_the_house_is_spoken_to_over_tls_with_a_password() {
    for (when, scheme, tls) in [
        (Encrypted::FromTheStart, "smtps", ""),
        (Encrypted::AfterStartTls, "smtp", "tls=required&"),
        (Encrypted::AfterStartTls, "smtp", "tls=opportunistic&"),
    ] {
        let (server, authority) = Server::secured(when).await;
        let trusted = file(&authority);
        let query = format!("{tls}ca={}", trusted.path().display());
        let greeted = probe(&route(&server, scheme, &query, PASSWORD)).await;
        assert!(greeted.is_ok(), "{scheme}?{tls} {greeted:?}");
    }
}

#[tokio::test]
async fn an_unknown_authority_or_a_wrong_password_is_refused_in_words() {
    let (server, authority) = Server::secured(Encrypted::FromTheStart).await;
    let stranger = probe(&route(&server, "smtps", "", PASSWORD)).await;
    assert!(
        matches!(&stranger, Err(e @ TransportError::Unreachable(_)) if e.to_string().contains("ertificate")),
        "{stranger:?}"
    );
    let (_, another) = Server::secured(Encrypted::FromTheStart).await;
    let wrong = file(&another);
    let query = format!("ca={}", wrong.path().display());
    assert!(
        probe(&route(&server, "smtps", &query, PASSWORD))
            .await
            .is_err()
    );
    let trusted = file(&authority);
    let query = format!("ca={}", trusted.path().display());
    let refused = probe(&route(&server, "smtps", &query, "un'altra")).await;
    assert!(
        matches!(&refused, Err(e @ TransportError::Unreachable(_)) if e.to_string().contains("535")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn required_encryption_is_never_given_up() {
    let server = Server::start().await;
    let plain = probe(&route(&server, "smtp", "tls=required", PASSWORD)).await;
    assert!(plain.is_err(), "the server offers no STARTTLS");
    assert!(server.received().is_empty());
}
