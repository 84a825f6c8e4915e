//! SMTP by lettre's connection, one command at a time: only so is it known whether a
//! connection broke before or after the content of the mail.

mod address;
mod answer;

use super::{Outcome, Parcel, Reply};
use answer::{cleaned, is_unknown_mailbox, step_of};
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
    /// The file with the mail server's authority cannot be read.
    #[error("the certificate of the mail server's authority: {0}")]
    Authority(#[source] std::io::Error),
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

    /// MAIL, RCPT and DATA.
    ///
    /// # Errors
    /// How the mail ended already.
    pub async fn announce(mut self, parcel: Parcel) -> Result<Announced, Outcome> {
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
                Err(_) => return Err(Outcome::Deferred(None)),
            }
        }
        if let Err(step) = sender {
            return Err(self.give_up(step, false).await);
        }
        if let Err(step) = self.command(Rcpt::new(parcel.to.clone(), Vec::new())).await {
            return Err(self.give_up(step, true).await);
        }
        if let Err(step) = self.command(Data).await {
            return Err(self.give_up(step, false).await);
        }
        Ok(Announced {
            session: self,
            parcel,
        })
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

/// A mail whose content the server waits for.
pub struct Announced {
    session: Session,
    parcel: Parcel,
}

impl Announced {
    /// The content and its answer.
    pub async fn send(self) -> Outcome {
        let Self {
            mut session,
            parcel,
        } = self;
        let content = timeout(
            session.smtp.timeouts.content,
            session.connection.message(&parcel.bytes),
        )
        .await;
        match content.map(|answer| answer.map_err(|e| step_of(&e))) {
            Ok(Ok(response)) => {
                let reply = Reply {
                    code: response.code().into(),
                    text: cleaned(&response.message().collect::<Vec<_>>().join(" ")),
                };
                let smtp = session.smtp.clone();
                smtp.put_back(session.connection, session.mails + 1);
                Outcome::Accepted(reply)
            }
            Ok(Err(Step::Refused(reply, permanent))) => {
                session
                    .give_up(Step::Refused(reply, permanent), false)
                    .await
            }
            // From here on the server may have the whole mail.
            Ok(Err(Step::Broken)) | Err(_) => Outcome::Uncertain,
        }
    }
}
