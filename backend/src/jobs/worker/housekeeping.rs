//! What a worker does beside its mails: it keeps its leases, books the ends that nobody
//! booked, and looks after registrations and roles.

use super::{BEAT, SWEEP, TEND, Worker};
use crate::{
    db::{
        jobs,
        outbox::{self, Claim},
    },
    error::{Result, ServiceError},
};
use std::sync::PoisonError;
use tokio::time::sleep;

impl Worker {
    /// Renews the leases of what is under way.
    pub(super) async fn beat(self) {
        loop {
            sleep(BEAT).await;
            if let Err(error) = self.renew().await {
                tracing::warn!(?error, "leases could not be renewed");
            }
        }
    }

    async fn renew(&self) -> Result<()> {
        let mails: Vec<Claim> = self
            .mails
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .copied()
            .collect();
        let import = *self.import.lock().unwrap_or_else(PoisonError::into_inner);
        let until = Self::until(self.core().clock.now());
        let mut conn = self.core().pool.acquire().await?;
        if !mails.is_empty() {
            outbox::keep(&mut conn, &mails, until).await?;
        }
        if let Some(job) = import {
            jobs::keep_import(&mut conn, job, until).await?;
        }
        Ok(())
    }

    /// Reminders and ends of registrations.
    pub(super) async fn tend(self) {
        loop {
            if let Err(error) = crate::jobs::tend::registrations(self.core()).await {
                tracing::warn!(?error, "registrations could not be looked after");
            }
            if let Err(error) = crate::jobs::ends::grants(self.core()).await {
                tracing::warn!(?error, "ends of roles could not be booked");
            }
            sleep(TEND).await;
        }
    }

    /// Books ends that a dead worker left, and tells how long the queue is.
    pub(super) async fn sweep(self) {
        loop {
            sleep(SWEEP).await;
            let swept = async {
                self.settle_all().await?;
                let mut conn = self.core().pool.acquire().await?;
                let (depth, oldest) = outbox::depth(&mut conn).await?;
                let age = oldest.map_or(0.0, |at| {
                    self.core().clock.now().duration_since(at).as_secs_f64()
                });
                metrics::gauge!("delega_outbox_open").set(depth as f64);
                metrics::gauge!("delega_outbox_oldest_seconds").set(age);
                Ok::<_, ServiceError>(())
            };
            if let Err(error) = swept.await {
                tracing::debug!(?error, "nothing could be swept");
            }
        }
    }
}
