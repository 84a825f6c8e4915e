//! `delega serve`.

use crate::{AppState, Site, router, settings::Settings, start};
use anyhow::{Context, Result};
use std::net::SocketAddr;

/// Arguments of `delega serve`.
#[derive(clap::Args)]
pub struct Args {
    /// Prepare demo data once and show its sign-ins. Never for real people's data.
    #[arg(long)]
    demo: bool,
}

/// Serves until it is told to stop.
pub async fn run(settings: Settings, args: Args) -> Result<()> {
    let backend = start::backend(&settings).await?;
    let listener = tokio::net::TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("cannot listen on {}", settings.listen))?;
    let service = router(AppState::new(backend, Site::new(&settings, args.demo)))
        .into_make_service_with_connect_info::<SocketAddr>();
    tracing::info!(address = %settings.listen, "serving");
    axum::serve(listener, service).await?;
    Ok(())
}
