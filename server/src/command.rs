//! The commands of `delega`.

mod admin;
mod audit;
mod doctor;
mod import;
mod migrate;
mod organisation;
mod seed;
mod serve;
mod work;

use crate::{settings::Settings, telemetry};
use anyhow::Result;
use clap::{Parser, Subcommand};
use std::{io::Write, path::PathBuf};

/// The command line.
#[derive(Parser)]
#[command(
    name = "delega",
    version,
    about = "User administration for schools and cantons"
)]
pub struct Cli {
    /// Settings file; without it ./delega.toml where it exists. DELEGA_* variables win.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site, with a worker for mails and operations inside.
    Serve(serve::Args),
    /// Run a worker for mails and operations alone; several may run at once.
    Work,
    /// Bring the database's schema up to this release, and do nothing else.
    Migrate,
    /// Fill the database with made-up organisations and users, for measuring.
    Seed(seed::Args),
    /// Import a file of persons, users or units, row by row as on the page «Importa».
    #[command(subcommand)]
    Import(import::Command),
    /// Create organisations.
    #[command(subcommand)]
    Organisation(organisation::Command),
    /// Create accounts with every right.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Verify the audit trail.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look whether everything Delega needs is in order, and say what to do.
    Doctor,
}

/// Runs one command to its end.
///
/// # Errors
/// What went wrong, for standard error.
pub async fn run(cli: Cli) -> Result<()> {
    let settings = Settings::load(cli.config.as_deref())?;
    telemetry::start(&settings)?;
    match cli.command {
        Command::Serve(args) => serve::run(settings, args).await,
        Command::Work => work::run(settings).await,
        Command::Migrate => migrate::run(settings).await,
        Command::Seed(args) => seed::run(settings, args).await,
        Command::Import(command) => import::run(settings, command).await,
        Command::Organisation(command) => organisation::run(settings, command).await,
        Command::Admin(command) => admin::run(settings, command).await,
        Command::Audit(command) => audit::run(settings, command).await,
        Command::Doctor => doctor::run(settings).await,
    }
}

/// Tells the person at the terminal something on standard output. A closed pipe is no
/// fault.
pub(crate) fn say(text: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", text.as_ref()).and_then(|()| out.flush());
}

/// What a service refused, in words for the command line.
pub(crate) fn refusal(e: backend::ServiceError) -> anyhow::Error {
    use backend::ServiceError;
    match e {
        ServiceError::Invalid(fields) => {
            let lines: Vec<_> = fields
                .0
                .iter()
                .map(|(field, error)| {
                    format!(
                        "{field}: {}",
                        app::i18n::field_error(domain::Locale::En, error)
                    )
                })
                .collect();
            anyhow::anyhow!(lines.join("; "))
        }
        ServiceError::Internal(source) => anyhow::anyhow!(source),
        other => {
            let text = app::i18n::api_error(domain::Locale::En, &app::ssr::surface(other));
            anyhow::anyhow!(text)
        }
    }
}
