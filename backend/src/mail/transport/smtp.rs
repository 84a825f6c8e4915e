//! SMTP by lettre's connection, one command at a time: only so is it known whether a
//! connection broke before or after the content of the mail.

use super::{Outcome, Parcel, Reply};
use crate::mail::text::one_line;
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail, Rcpt, Rset},
    extension::ClientId,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, timeout};

/// How long each step may take. Servers that take longer are treated as silent.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Connecting, TLS, greeting and authentication together.
    pub connect: Duration,
    /// Each command before the content.
    pub command: Duration,
    /// The answer to the content: servers check for spam meanwhile.
    pub content: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            command: Duration::from_secs(30),
            content: Duration::from_secs(120),
        }
    }
}

/// The route makes no sense, or cannot be used at present.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Not an address of a mail server.
    #[error("the address of the mail server is not understood: {0}")]
    Address(&'static str),
    /// TLS cannot be set up.
    #[error("TLS: {0}")]
    Tls(#[source] Error),
    /// The server does not answer.
    #[error("the mail server did not answer in time")]
    Silent,
    /// The server refuses us or cannot be reached.
    #[error("{0}")]
    Unreachable(#[source] Error),
    /// The folder cannot be used.
    #[error("the mail folder: {0}")]
    Folder(#[source] std::io::Error),
}

/// Whether and when the connection is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tls {
    None,
    StartIfOffered,
    StartRequired,
    FromTheStart,
}

/// A connection serves this many mails, then another takes its place.
const MAILS_A_CONNECTION: u32 = 50;
/// An open connection unused for this long is not trusted any more.
const IDLE: Duration = Duration::from_secs(20);

/// A mail server with its open connections.
pub struct Smtp {
    host: String,
    port: u16,
    tls: Tls,
    parameters: TlsParameters,
    credentials: Option<Credentials>,
    hello: ClientId,
    timeouts: Timeouts,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    mails: u32,
    since: Instant,
}

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

    async fn connect(&self) -> Result<AsyncSmtpConnection, TransportError> {
        let wrapped = (self.tls == Tls::FromTheStart).then(|| self.parameters.clone());
        let connecting = async {
            let server = (self.host.as_str(), self.port);
            let mut connection = AsyncSmtpConnection::connect_tokio1(
                server,
                Some(self.timeouts.connect),
                &self.hello,
                wrapped,
                None,
            )
            .await?;
            let start = match self.tls {
                Tls::StartRequired => true,
                Tls::StartIfOffered => connection.can_starttls(),
                Tls::None | Tls::FromTheStart => false,
            };
            if start {
                connection
                    .starttls(self.parameters.clone(), &self.hello)
                    .await?;
            }
            if let Some(credentials) = &self.credentials {
                connection
                    .auth(&[Mechanism::Plain, Mechanism::Login], credentials)
                    .await?;
            }
            Ok::<_, Error>(connection)
        };
        match timeout(self.timeouts.connect, connecting).await {
            Ok(connected) => connected.map_err(TransportError::Unreachable),
            Err(_) => Err(TransportError::Silent),
        }
    }

    fn take_idle(&self) -> Option<Idle> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(found) = idle.pop() {
            if found.since.elapsed() < IDLE {
                return Some(found);
            }
        }
        None
    }

    fn put_back(&self, connection: AsyncSmtpConnection, mails: u32) {
        if mails < MAILS_A_CONNECTION && !connection.has_broken() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(Idle {
                connection,
                mails,
                since: Instant::now(),
            });
        }
    }
}

/// A connection that waits for one mail.
pub struct Session {
    smtp: Arc<Smtp>,
    connection: AsyncSmtpConnection,
    mails: u32,
    reused: bool,
}

/// Where a command went wrong.
enum Step {
    /// The server said no.
    Refused(Reply, bool),
    /// The connection broke or was silent.
    Broken,
}

impl Session {
    /// An open connection, or a new one.
    pub async fn open(smtp: Arc<Smtp>) -> Result<Self, TransportError> {
        if let Some(idle) = smtp.take_idle() {
            return Ok(Self {
                smtp,
                connection: idle.connection,
                mails: idle.mails,
                reused: true,
            });
        }
        let connection = smtp.connect().await?;
        Ok(Self {
            smtp,
            connection,
            mails: 0,
            reused: false,
        })
    }

    /// MAIL, RCPT, DATA and the content.
    pub async fn hand_over(mut self, parcel: &Parcel) -> Outcome {
        let mut sender = self
            .command(Mail::new(Some(parcel.from.clone()), Vec::new()))
            .await;
        if self.reused && matches!(sender, Err(Step::Broken)) {
            // The server closed an idle connection, as servers do: nothing was lost.
            match self.smtp.connect().await {
                Ok(connection) => {
                    self.connection = connection;
                    self.mails = 0;
                    sender = self
                        .command(Mail::new(Some(parcel.from.clone()), Vec::new()))
                        .await;
                }
                Err(_) => return Outcome::Deferred(None),
            }
        }
        if let Err(step) = sender {
            return self.give_up(step, false).await;
        }
        if let Err(step) = self.command(Rcpt::new(parcel.to.clone(), Vec::new())).await {
            return self.give_up(step, true).await;
        }
        if let Err(step) = self.command(Data).await {
            return self.give_up(step, false).await;
        }
        let content = timeout(
            self.smtp.timeouts.content,
            self.connection.message(&parcel.bytes),
        )
        .await;
        match content.map(|answer| answer.map_err(|e| step_of(&e))) {
            Ok(Ok(response)) => {
                let reply = Reply {
                    code: response.code().into(),
                    text: cleaned(&response.message().collect::<Vec<_>>().join(" ")),
                };
                let smtp = self.smtp.clone();
                smtp.put_back(self.connection, self.mails + 1);
                Outcome::Accepted(reply)
            }
            Ok(Err(Step::Refused(reply, permanent))) => {
                self.give_up(Step::Refused(reply, permanent), false).await
            }
            // From here on the server may have the whole mail.
            Ok(Err(Step::Broken)) | Err(_) => Outcome::Uncertain,
        }
    }

    async fn command(&mut self, command: impl std::fmt::Display) -> Result<(), Step> {
        match timeout(self.smtp.timeouts.command, self.connection.command(command)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(e)) => Err(step_of(&e)),
            Err(_) => Err(Step::Broken),
        }
    }

    /// The outcome of a mail that the server did not take; the connection is kept where
    /// the server goes on talking.
    async fn give_up(mut self, step: Step, at_recipient: bool) -> Outcome {
        let Step::Refused(reply, permanent) = step else {
            return Outcome::Deferred(None);
        };
        if reply.code != 421 && self.command(Rset).await.is_ok() {
            let smtp = self.smtp.clone();
            smtp.put_back(self.connection, self.mails + 1);
        }
        if permanent {
            let mailbox_unknown = at_recipient && is_unknown_mailbox(&reply);
            Outcome::Rejected {
                reply,
                mailbox_unknown,
            }
        } else {
            Outcome::Deferred(Some(reply))
        }
    }
}

fn step_of(error: &Error) -> Step {
    match error.status() {
        Some(code) => {
            let text = std::error::Error::source(error)
                .map(ToString::to_string)
                .unwrap_or_default();
            Step::Refused(
                Reply {
                    code: code.into(),
                    text: cleaned(&text),
                },
                error.is_permanent(),
            )
        }
        None => Step::Broken,
    }
}

/// The server's words without anything that could disturb a page or a log.
fn cleaned(words: &str) -> String {
    one_line(words).chars().take(500).collect()
}

/// RFC 3463: 5.1.x say that the address is bad, 5.2.1 that the mailbox is switched off.
/// Servers without such codes say it in words.
fn is_unknown_mailbox(reply: &Reply) -> bool {
    let enhanced = reply
        .text
        .split_whitespace()
        .next()
        .filter(|w| w.starts_with("5."));
    match enhanced {
        Some(code) => matches!(
            code,
            "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1"
        ),
        None => {
            let text = reply.text.to_lowercase();
            matches!(reply.code, 550 | 551 | 553)
                && [
                    "user unknown",
                    "unknown user",
                    "no such user",
                    "unknown recipient",
                    "mailbox unavailable",
                    "mailbox not found",
                    "does not exist",
                    "doesn't exist",
                    "no mailbox",
                    "invalid recipient",
                    "recipient rejected",
                    "inesistente",
                ]
                .iter()
                .any(|w| text.contains(w))
        }
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

    #[test]
    fn a_full_mailbox_is_not_an_unknown_one() {
        let reply = |code, text: &str| Reply {
            code,
            text: text.into(),
        };
        assert!(is_unknown_mailbox(&reply(
            550,
            "5.1.1 The email account does not exist"
        )));
        assert!(is_unknown_mailbox(&reply(550, "No such user here")));
        assert!(!is_unknown_mailbox(&reply(552, "5.2.2 Mailbox full")));
        assert!(!is_unknown_mailbox(&reply(
            550,
            "5.7.1 Message rejected as spam"
        )));
        assert!(!is_unknown_mailbox(&reply(554, "Transaction failed")));
    }
}
