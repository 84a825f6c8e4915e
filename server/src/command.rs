//! The commands of `delega`.

mod migrate;
mod serve;

use crate::{settings::Settings, telemetry};
use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// The command line.
#[derive(Parser)]
#[command(name = "delega", version, about = "User administration for schools and cantons")]
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
    /// Bring the database's schema up to this release.
    Migrate,
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
        Command::Migrate => migrate::run(settings).await,
    }
}
