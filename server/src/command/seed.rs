//! `delega seed`: a large, repeatable data set for measuring.

use crate::settings::Settings;
use anyhow::{Result, bail};

/// How much, and which.
#[derive(clap::Args)]
pub struct Args {
    /// Users in all.
    #[arg(long)]
    pub users: u64,
    /// Organisations they belong to.
    #[arg(long, default_value_t = 1)]
    pub organisations: u32,
    /// How many of the users belong to the first organisation.
    #[arg(long, value_name = "K")]
    pub first: Option<u64>,
    /// The same seed makes the same data.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Runs it.
pub async fn run(_settings: Settings, _args: Args) -> Result<()> {
    bail!("not there yet")
}
