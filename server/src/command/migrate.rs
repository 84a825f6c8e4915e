//! `delega migrate`.

use crate::{settings::Settings, start};
use anyhow::Result;

/// Brings the schema up to this release.
pub async fn run(settings: Settings) -> Result<()> {
    start::with_backend(&settings, |_| async {
        super::say("the schema is up to date");
        Ok(())
    })
    .await
}
