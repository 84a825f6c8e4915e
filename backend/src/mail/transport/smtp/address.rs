//! The address of a mail server.

use super::{Smtp, Timeouts, Tls, TransportError};
use lettre::transport::smtp::{
    authentication::Credentials, client::TlsParameters, extension::ClientId,
};
use std::sync::Mutex;

impl Smtp {
    /// Reads `smtp[s]://user:password@host:port/hello-name?tls=required|opportunistic`.
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
        let wanted = url
            .query_pairs()
            .find(|(k, _)| k == "tls")
            .map(|(_, v)| v.into_owned());
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
            parameters: TlsParameters::new(host.clone()).map_err(TransportError::Tls)?,
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
