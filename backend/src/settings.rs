//! What the composition root hands in, already validated.

use std::{path::PathBuf, time::Duration};

/// Settings of the services, the worker and the mails.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address under which people reach Delega; links in mails are built from it alone.
    pub base_url: String,
    /// From address of mails.
    pub mail_from: String,
    /// How mails leave.
    pub mail: MailRoute,
    /// How long a send waits so that it can be called back.
    pub send_hold: Duration,
}

/// How mails leave the house.
#[derive(Clone)]
pub enum MailRoute {
    /// `smtp://user:password@host:port?tls=required` or `smtps://…`.
    Smtp(String),
    /// One `.eml` file a mail in this folder.
    Folder(PathBuf),
}

impl std::fmt::Debug for MailRoute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // The address may carry a password.
            Self::Smtp(_) => f.write_str("Smtp(…)"),
            Self::Folder(path) => write!(f, "Folder({})", path.display()),
        }
    }
}
