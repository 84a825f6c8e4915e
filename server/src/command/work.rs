//! `delega work`.

use crate::{
    settings::Settings,
    start::{Started, demand_key, refuse_demo_data, stop_signal, watched},
};
use anyhow::Result;

/// Works until it is told to stop; what is in hand is finished or given back.
///
/// # Errors
/// Without the key of this installation, on demo data, or where the database fails.
pub async fn run(settings: Settings) -> Result<()> {
    demand_key(&settings)?;
    let started = Started::open(&settings).await?;
    let stop = stop_signal()?;
    if let Err(e) = refuse_demo_data(&started.backend).await {
        started.finish().await?;
        return Err(e);
    }
    started.watch_over_database(&stop);
    tracing::info!("working");
    backend::jobs::worker::run(started.backend.clone(), watched(&stop)).await;
    started.finish().await
}
