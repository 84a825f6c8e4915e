//! What has ended is forgotten, once an hour.

use backend::Backend;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(60 * 60);

/// Tidies until `stop`. Several processes may do so at once.
pub async fn run(backend: Backend, stop: CancellationToken) {
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
