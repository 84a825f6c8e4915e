//! `delega work`.

use crate::{
    settings::Settings,
    start::{Started, stop_signal, watched},
};
use anyhow::Result;

/// Works until it is told to stop; what is in hand is finished or given back.
pub async fn run(settings: Settings) -> Result<()> {
    let started = Started::open(&settings).await?;
    let stop = stop_signal()?;
    started.watch_over_database(&stop);
    tracing::info!("working");
    backend::jobs::worker::run(started.backend.clone(), watched(&stop)).await;
    started.finish().await
}
