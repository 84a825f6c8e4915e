//! What has ended is forgotten, once an hour; what was done is chained, soon after.

use backend::Backend;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(60 * 60);
/// Until it is chained, a change of an entry is not seen.
const CHAIN_EVERY: Duration = Duration::from_secs(10);

/// Tidies until `stop`. Several processes may do so at once.
pub async fn run(backend: Backend, stop: CancellationToken) {
    tokio::join!(tidy(&backend, &stop), chain(&backend, &stop));
}

async fn chain(backend: &Backend, stop: &CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(CHAIN_EVERY) => {}
        }
        if let Err(e) = backend.audit.chain().await {
            tracing::warn!(
                error = &e as &dyn std::error::Error,
                "entries of the audit trail could not be chained"
            );
        }
    }
}

async fn tidy(backend: &Backend, stop: &CancellationToken) {
    loop {
        if let Err(e) = backend.sessions.tidy().await {
            tracing::warn!(
                error = &e as &dyn std::error::Error,
                "ended sessions could not be forgotten"
            );
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
