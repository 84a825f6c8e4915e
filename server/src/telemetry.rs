//! Logs: text for people at a terminal, JSON for machines. Nothing personal stands in
//! them: no query strings, no addresses of mails, no names.

use crate::settings::Settings;
use anyhow::{Context, Result};
use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt};

/// Starts logging to standard error, once a process.
///
/// # Errors
/// A filter that cannot be read.
pub fn start(settings: &Settings) -> Result<()> {
    // What Postgres remarks in passing is of no use here, unless it is asked for.
    let filter = EnvFilter::try_new(format!("sqlx=warn,{}", settings.log))
        .context("DELEGA_LOG is not a filter such as info or warn,server=debug")?;
    // A second start is one in the same process, as tests do: the first stays.
    let _ = if std::io::stderr().is_terminal() {
        fmt()
            .with_env_filter(filter)
            .with_target(false)
            .with_writer(std::io::stderr)
            .try_init()
    } else {
        fmt()
            .json()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .try_init()
    };
    // A panic's own words may quote data: its place is enough to find it.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    Ok(())
}
