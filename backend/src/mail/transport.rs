//! How mails leave: by SMTP, or into a folder. Two ways exist, so it is an enum; tests
//! speak to a real server over the wire.

mod folder;
mod smtp;

pub use smtp::{Timeouts, TransportError};

use super::Parcel;
use crate::settings::MailRoute;
use std::{path::PathBuf, sync::Arc};

/// A way out. Cheap to clone; keeps its open connections.
#[derive(Clone)]
pub enum Transport {
    /// A mail server.
    Smtp(Arc<smtp::Smtp>),
    /// One file a mail.
    Folder(PathBuf),
}

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// Its words, one line, at most 500 characters.
    pub text: String,
}

/// How a hand-over ended. Nothing here is an error: each case has its own next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took the mail.
    Accepted(Reply),
    /// Not now: the server said so (4xx), or the connection broke before the mail's
    /// content was handed over. Nothing was sent.
    Deferred(Option<Reply>),
    /// Never (5xx).
    Rejected {
        /// The server's words.
        reply: Reply,
        /// The mailbox does not exist or takes no mail: the address is to be corrected.
        mailbox_unknown: bool,
    },
    /// The connection broke after the content was begun: it may have been taken or not.
    Uncertain,
}

/// A connection ready for one mail.
pub enum Opened {
    /// An open SMTP session.
    Smtp(Box<smtp::Session>),
    /// The folder.
    Folder(PathBuf),
}

impl Transport {
    /// Reads the route.
    ///
    /// # Errors
    /// [`TransportError`] where the address of the server makes no sense.
    pub fn new(route: &MailRoute) -> Result<Self, TransportError> {
        Self::with_timeouts(route, Timeouts::default())
    }

    /// The same with other patience: for tests against servers that stall.
    ///
    /// # Errors
    /// [`TransportError`].
    pub fn with_timeouts(route: &MailRoute, timeouts: Timeouts) -> Result<Self, TransportError> {
        Ok(match route {
            MailRoute::Smtp(url) => Self::Smtp(Arc::new(smtp::Smtp::from_url(url, timeouts)?)),
            MailRoute::Folder(path) => Self::Folder(path.clone()),
        })
    }

    /// Connects (or takes an open connection), so that no secret is made while the server
    /// cannot be reached.
    ///
    /// # Errors
    /// What stands in the way, for the log.
    pub async fn open(&self) -> Result<Opened, TransportError> {
        match self {
            Self::Smtp(smtp) => Ok(Opened::Smtp(Box::new(
                smtp::Session::open(smtp.clone()).await?,
            ))),
            Self::Folder(path) => {
                folder::prepare(path).await?;
                Ok(Opened::Folder(path.clone()))
            }
        }
    }

    /// Says hello to the server, for `delega doctor`.
    ///
    /// # Errors
    /// What stands in the way.
    pub async fn probe(&self) -> Result<(), TransportError> {
        self.open().await.map(drop)
    }
}

impl Opened {
    /// Tells the server whom the mail is from and for. What is left is its content.
    ///
    /// # Errors
    /// How the mail ended already.
    pub async fn announce(self, parcel: Parcel) -> Result<Announced, Outcome> {
        Ok(match self {
            Self::Smtp(session) => Announced::Smtp(Box::new(session.announce(parcel).await?)),
            Self::Folder(path) => Announced::Folder(path, parcel),
        })
    }
}

/// A mail whose content the server waits for.
pub enum Announced {
    /// An SMTP session after DATA.
    Smtp(Box<smtp::Announced>),
    /// The folder.
    Folder(PathBuf, Parcel),
}

impl Announced {
    /// Hands the content over.
    pub async fn send(self) -> Outcome {
        match self {
            Self::Smtp(announced) => announced.send().await,
            Self::Folder(path, parcel) => match folder::write(&path, &parcel).await {
                Ok(()) => Outcome::Accepted(Reply {
                    code: 250,
                    text: String::new(),
                }),
                Err(error) => {
                    tracing::error!(%error, "a mail could not be written to the folder");
                    Outcome::Deferred(None)
                }
            },
        }
    }
}
