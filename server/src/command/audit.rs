//! `delega audit …`.

use super::{refusal, say};
use crate::{settings::Settings, start};
use anyhow::{Context, Result, ensure};
use backend::service::{ChainFault, VerifiedTrail};
use clap::Subcommand;

/// What can be done with the audit trail.
#[derive(Subcommand)]
pub enum Command {
    /// Verify that no entry of the trail was changed or taken out since it was written. Names
    /// the first that was, by organisation, and ends with status 1.
    Verify {
        /// Code of one organisation; without it all are verified.
        #[arg(long)]
        organisation: Option<String>,
    },
}

/// Runs it.
pub async fn run(settings: Settings, command: Command) -> Result<()> {
    let Command::Verify { organisation } = command;
    start::with_backend(&settings, |backend| async move {
        let only = match organisation {
            None => None,
            Some(code) => {
                let found = backend.organisations.find(&code).await.map_err(refusal)?;
                let found = found.with_context(|| format!("there is no organisation {code}"))?;
                Some(found.id)
            }
        };
        let trails = backend.audit.verify(only).await.map_err(refusal)?;
        for trail in &trails {
            say(line(trail));
        }
        let broken = trails.iter().filter(|t| t.broken.is_some()).count();
        ensure!(
            broken == 0,
            "{broken} of {} audit trails are not as they were written",
            trails.len()
        );
        Ok(())
    })
    .await
}

/// One organisation in one line.
fn line(trail: &VerifiedTrail) -> String {
    let name = &trail.organisation;
    let Some(broken) = &trail.broken else {
        let head = trail.head.as_deref().unwrap_or("-");
        return format!("ok       {name}: {} entries, head {head}", trail.entries);
    };
    let fault = match broken.fault {
        ChainFault::Changed => "was changed",
        ChainFault::Missing => "is missing",
        ChainFault::Foreign => "was not written by Delega",
    };
    let said = broken
        .said
        .as_ref()
        .map(|(at, action)| format!(" ({at}, {action})"))
        .unwrap_or_default();
    let place = broken
        .position
        .map(|at| format!(", place {at} of the chain"))
        .unwrap_or_default();
    format!(
        "broken   {name}: entry {}{said} {fault}{place}; {} entries before it are in order",
        broken.entry, trail.entries
    )
}
