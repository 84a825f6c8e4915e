//! The address of a mail server.

use super::{Smtp, Timeouts, Tls, TransportError};
use lettre::transport::smtp::{
    authentication::Credentials,
    client::{Certificate, TlsParameters},
    extension::ClientId,
};
use std::sync::Mutex;

impl Smtp {
    /// Reads `smtp[s]://user:password@host:port/hello-name?tls=required|opportunistic&ca=FILE`.
    /// `ca` names a PEM file with the authority of a house's own mail server: it is trusted
    /// beside the public ones, for this server alone.
    ///
    /// # Errors
    /// [`TransportError`].
    pub fn from_url(url: &str, timeouts: Timeouts) -> Result<Self, TransportError> {
        let url = url::Url::parse(url).map_err(|_| TransportError::Address("not a URL"))?;
        // `smtp` is no web scheme, so brackets of IPv6 stay; connecting wants none.
        let host = url
            .host_str()
            .ok_or(TransportError::Address("no host"))?
            .trim_matches(['[', ']'])
            .to_owned();
        let asked = |key: &str| {
            url.query_pairs()
                .find(|(k, _)| k == key)
                .map(|(_, v)| v.into_owned())
        };
        let wanted = asked("tls");
        let (tls, default_port) = match (url.scheme(), wanted.as_deref()) {
            ("smtps", None | Some("required")) => (Tls::FromTheStart, 465),
            ("smtp", Some("required")) => (Tls::StartRequired, 587),
            ("smtp", Some("opportunistic")) => (Tls::StartIfOffered, 587),
            ("smtp", None | Some("none")) => (Tls::None, 25),
            ("smtp" | "smtps", Some(_)) => {
                return Err(TransportError::Address(
                    "tls must be required, opportunistic or none",
                ));
            }
            _ => {
                return Err(TransportError::Address(
                    "must begin with smtp:// or smtps://",
                ));
            }
        };
        let decode = |s: &str| {
            percent_encoding::percent_decode_str(s)
                .decode_utf8()
                .map(|s| s.into_owned())
                .map_err(|_| TransportError::Address("user or password is not UTF-8"))
        };
        let credentials = match url.password() {
            Some(password) => Some(Credentials::new(decode(url.username())?, decode(password)?)),
            None => None,
        };
        let loopback = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if credentials.is_some() && !loopback && matches!(tls, Tls::None | Tls::StartIfOffered) {
            return Err(TransportError::Address(
                "a password needs smtps:// or tls=required",
            ));
        }
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name => ClientId::Domain(name.to_owned()),
        };
        Ok(Self {
            parameters: trusting(&host, asked("ca").as_deref())?,
            port: url.port().unwrap_or(default_port),
            host,
            tls,
            credentials,
            hello,
            timeouts,
            idle: Mutex::default(),
        })
    }
}

/// The server's certificate is for this host, by a public authority or by the one in the file.
fn trusting(host: &str, authority: Option<&str>) -> Result<TlsParameters, TransportError> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(path) = authority {
        let pem = std::fs::read(path).map_err(TransportError::Authority)?;
        // An empty list of certificates is no error to the parser.
        if !pem.windows(17).any(|w| w == b"BEGIN CERTIFICATE") {
            return Err(TransportError::Address(
                "the file of ca holds no certificate",
            ));
        }
        let authority = Certificate::from_pem(&pem).map_err(TransportError::Tls)?;
        parameters = parameters.add_root_certificate(authority);
    }
    parameters.build().map_err(TransportError::Tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(url: &str) -> Result<Smtp, TransportError> {
        Smtp::from_url(url, Timeouts::default())
    }

    #[test]
    fn addresses_of_servers_are_read() {
        let s = smtp("smtps://utente:p%40rola@mail.example").unwrap();
        assert_eq!(
            (s.host.as_str(), s.port, &s.tls),
            ("mail.example", 465, &Tls::FromTheStart)
        );
        assert!(s.credentials.is_some());
        let s = smtp("smtp://mail.example?tls=required").unwrap();
        assert_eq!((s.port, &s.tls), (587, &Tls::StartRequired));
        let s = smtp("smtp://127.0.0.1:2525/delega.example").unwrap();
        assert_eq!((s.port, &s.tls), (2525, &Tls::None));
        assert!(matches!(s.hello, ClientId::Domain(ref d) if d == "delega.example"));
    }

    #[test]
    fn an_authority_that_is_missing_or_no_certificate_is_told_at_once() {
        assert!(matches!(
            smtp("smtps://mail.example?ca=/non/esiste.pem"),
            Err(TransportError::Authority(_))
        ));
        let no_certificate = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert!(matches!(
            smtp(&format!("smtps://mail.example?ca={no_certificate}")),
            Err(TransportError::Address(
                "the file of ca holds no certificate"
            ))
        ));
    }

    #[test]
    fn a_password_never_travels_in_the_clear() {
        assert!(smtp("smtp://utente:parola@mail.example").is_err());
        assert!(smtp("smtp://utente:parola@mail.example?tls=opportunistic").is_err());
        assert!(smtp("smtp://utente:parola@127.0.0.1:25").is_ok());
        assert!(
            smtp("http://mail.example").is_err()
                && smtp("smtp:///x").is_err()
                && smtp("boh").is_err()
        );
    }
}
