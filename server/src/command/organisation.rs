//! `delega organisation …`.

use super::{refusal, say};
use crate::{settings::Settings, start};
use anyhow::Result;
use clap::{Subcommand, ValueEnum};
use domain::{Locale, organisation::OrganisationKind};

/// What can be done with organisations.
#[derive(Subcommand)]
pub enum Command {
    /// Create an organisation with the groups of its kind.
    Create {
        /// Short name for signing in («Ente»): small letters, digits and hyphens.
        #[arg(long)]
        code: String,
        /// A school or a canton.
        #[arg(long)]
        kind: Kind,
        /// Name as people know it.
        #[arg(long)]
        name: String,
        /// Language of people who have chosen none: it, de, fr or en.
        #[arg(long, default_value = "it", value_parser = locale)]
        language: Locale,
        /// Whom people ask when they cannot get in: shown on pages and in mails.
        #[arg(long)]
        contact: Option<String>,
        /// Where answers to mails go.
        #[arg(long, value_name = "ADDRESS")]
        reply_to: Option<String>,
    },
}

/// Kind of organisation.
#[derive(Clone, Copy, ValueEnum)]
pub enum Kind {
    /// A school or institute.
    School,
    /// A canton with its enterprises and sites.
    Canton,
}

/// Runs it.
pub async fn run(settings: Settings, command: Command) -> Result<()> {
    let Command::Create {
        code,
        kind,
        name,
        language,
        contact,
        reply_to,
    } = command;
    let kind = match kind {
        Kind::School => OrganisationKind::School,
        Kind::Canton => OrganisationKind::Canton,
    };
    start::with_backend(&settings, |backend| async move {
        let id = backend
            .organisations
            .create(&code, kind, &name, language)
            .await
            .map_err(refusal)?;
        if contact.is_some() || reply_to.is_some() {
            let contact = contact.unwrap_or_default();
            backend
                .organisations
                .set_contact(id, &contact, reply_to.as_deref())
                .await
                .map_err(refusal)?;
        }
        say(format!("organisation {code} created"));
        Ok(())
    })
    .await
}

fn locale(text: &str) -> Result<Locale, String> {
    text.parse().map_err(|_| "it, de, fr or en".to_owned())
}
