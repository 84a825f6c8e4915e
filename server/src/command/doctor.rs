//! `delega doctor`.

use super::say;
use crate::{doctor::examine, settings::Settings};
use anyhow::{Result, ensure};

/// Prints a line for each thing looked at.
pub async fn run(settings: Settings) -> Result<()> {
    let findings = examine(&settings).await;
    let mut problems = 0;
    for finding in &findings {
        let (word, text) = match &finding.result {
            Ok(fact) => ("ok", fact),
            Err(fault) => {
                problems += 1;
                ("problem", fault)
            }
        };
        say(format!("{word:<8} {:<14} {text}", finding.subject));
    }
    ensure!(
        problems == 0,
        "{problems} of {} are not in order",
        findings.len()
    );
    Ok(())
}
