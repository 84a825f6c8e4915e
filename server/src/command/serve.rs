//! `delega serve`.

use super::say;
use crate::{
    AppState, Site, demo, housekeeping, router,
    settings::Settings,
    start::{Started, demand_key, refuse_demo_data, stop_signal, watched},
};
use anyhow::{Context, Result, anyhow, ensure};
use backend::Backend;
use std::{future::IntoFuture, net::SocketAddr, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long requests and mails in hand may take once a stop is asked for. What is cut off
/// then is safe: jobs and mails are taken up again from their lease.
const DRAIN: Duration = Duration::from_secs(5);

/// Arguments of `delega serve`.
#[derive(clap::Args)]
pub struct Args {
    /// Prepare demo data once and show its sign-ins. Never for real people's data.
    #[arg(long)]
    demo: bool,
}

/// Serves until it is told to stop.
pub async fn run(settings: Settings, args: Args) -> Result<()> {
    if !args.demo {
        demand_key(&settings)?;
    }
    ensure!(
        settings.site_root.join("hash.txt").is_file(),
        "the built client is not in {}: build it with `cargo xtask build`, or set DELEGA_SITE_ROOT",
        settings.site_root.display()
    );
    // First, because it fails quickest.
    let listener = TcpListener::bind(settings.listen).await.with_context(|| {
        format!(
            "cannot listen on {}: is Delega, or something else, running there?",
            settings.listen
        )
    })?;
    let stop = stop_signal()?;
    let started = Started::open(&settings).await?;
    started.watch_over_database(&stop);
    let outcome = serve(
        &settings,
        args.demo,
        started.backend.clone(),
        listener,
        stop,
    )
    .await;
    let finished = started.finish().await;
    outcome.and(finished)
}

async fn serve(
    settings: &Settings,
    demo: bool,
    backend: Backend,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<()> {
    if demo {
        demo::prepare(&backend)
            .await
            .context("the demo data cannot be prepared")?;
    } else {
        refuse_demo_data(&backend).await?;
    }
    let worker = tokio::spawn(backend::jobs::worker::run(backend.clone(), watched(&stop)));
    tokio::spawn(housekeeping::run(backend.clone(), stop.clone()));
    let state = AppState::new(backend, Site::new(settings, demo), stop.clone());
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    say(format!("Delega: {}", settings.base_url));
    if demo {
        say(demo::sign_ins(settings));
    }
    let server =
        axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
    let mut server = tokio::spawn(server.into_future());
    let mut worker = worker;
    let early = tokio::select! {
        // First: told to stop, the other two end as well.
        biased;
        () = stop.cancelled() => None,
        outcome = &mut server => Some(anyhow!("serving ended by itself: {outcome:?}")),
        outcome = &mut worker => Some(anyhow!("the worker ended by itself: {outcome:?}")),
    };
    if let Some(e) = early {
        return Err(e);
    }
    tracing::info!("stopping");
    if tokio::time::timeout(DRAIN, futures::future::join(server, worker))
        .await
        .is_err()
    {
        tracing::info!("some requests or mails were cut off; what they began is taken up again");
    }
    Ok(())
}
