//! The worker: takes mails and imports, keeps their leases, lets everybody have a turn.
//! It runs inside `delega serve` and alone as `delega work`; several may run at once.

mod housekeeping;

use super::mailing::{self, Delivered, Gate};
use crate::{
    Backend, Core,
    db::{
        jobs::{self, DueJob},
        outbox::{self, Claim},
    },
    error::{Result, ServiceError},
    mail::Transport,
    service::forgotten,
};
use domain::job::JobState;
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::watch, task::JoinSet, time::sleep};

/// Mails on the wire at once: a server that stalls on one leaves the others their way.
const SLOTS: usize = 16;
/// Nothing is heard of a worker for this long: its work is taken over.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How often a lease is renewed.
const BEAT: Duration = Duration::from_secs(15);
/// How often the queue is looked at while nothing happens.
const POLL: Duration = Duration::from_millis(300);
/// How often ends that nobody booked are looked for.
const SWEEP: Duration = Duration::from_secs(5);
/// How often ends and reminders of registrations are looked for.
const TEND: Duration = Duration::from_secs(30);
/// An import that failed this often is not tried again.
const IMPORT_ATTEMPTS: i32 = 3;

/// Works until `shutdown` turns true, then finishes what is on the wire.
pub async fn run(backend: Backend, mut shutdown: watch::Receiver<bool>) {
    let transport = match Transport::new(&backend.core.settings.mail) {
        Ok(transport) => transport,
        Err(error) => {
            tracing::error!(%error, "no mail can leave");
            return;
        }
    };
    let worker = Worker::new(backend, transport);
    let mut tasks: JoinSet<End> = JoinSet::new();
    let mut housekeeping = JoinSet::new();
    housekeeping.spawn(worker.clone().beat());
    housekeeping.spawn(worker.clone().sweep());
    housekeeping.spawn(worker.clone().tend());
    let (mut mails, mut imports) = (0, 0);
    let mut rest = Duration::ZERO;
    let mut trouble = Duration::ZERO;
    while !*shutdown.borrow() {
        let mut took = 0;
        if rest.is_zero() || mails == 0 {
            match worker.take(SLOTS - mails, imports == 0).await {
                Ok((claims, import)) => {
                    trouble = Duration::ZERO;
                    took = claims.len() + usize::from(import.is_some());
                    mails += claims.len();
                    imports += usize::from(import.is_some());
                    worker.spawn(&mut tasks, claims, import);
                }
                Err(error) => {
                    if trouble.is_zero() {
                        tracing::warn!(?error, "the queue cannot be read; trying again");
                    }
                    trouble =
                        (trouble * 2).clamp(Duration::from_millis(500), Duration::from_secs(5));
                }
            }
        }
        // Slots are filled again as soon as one is free; otherwise the queue is polled.
        let idle = if mails >= SLOTS {
            Duration::from_secs(60)
        } else if took > 0 {
            Duration::ZERO
        } else {
            POLL.max(trouble).max(rest)
        };
        tokio::select! {
            Some(ended) = tasks.join_next(), if !tasks.is_empty() => match ended {
                Ok(End::Mail(delivered)) => {
                    mails -= 1;
                    rest = match delivered {
                        Delivered::Done => Duration::ZERO,
                        Delivered::Unreachable => (rest * 2).clamp(Duration::from_secs(1), Duration::from_secs(15)),
                    };
                }
                Ok(End::Import) => imports -= 1,
                Err(error) => {
                    // A panic: the lease runs out, the work is taken again.
                    tracing::error!(%error, "a task of the worker broke");
                    (mails, imports) = worker.held();
                }
            },
            () = sleep(idle) => {}
            _ = shutdown.changed() => {}
        }
    }
    while tasks.join_next().await.is_some() {}
    housekeeping.shutdown().await;
}

/// Does everything that is due now and what follows from it, then returns: for tests.
///
/// # Errors
/// Where the database fails.
pub async fn drain(backend: &Backend) -> Result<()> {
    let transport = Transport::new(&backend.core.settings.mail).map_err(ServiceError::internal)?;
    drain_through(backend, &transport).await
}

/// The same over a given transport.
///
/// # Errors
/// Where the database fails.
pub async fn drain_through(backend: &Backend, transport: &Transport) -> Result<()> {
    let worker = Worker::new(backend.clone(), transport.clone());
    super::tend::registrations(worker.core()).await?;
    super::ends::grants(worker.core()).await?;
    let mut tasks = JoinSet::new();
    loop {
        let (claims, import) = worker.take(SLOTS, true).await?;
        if claims.is_empty() && import.is_none() {
            break;
        }
        worker.spawn(&mut tasks, claims, import);
        while let Some(ended) = tasks.join_next().await {
            ended.map_err(ServiceError::internal)?;
        }
    }
    worker.settle_all().await
}

/// What ended.
enum End {
    Mail(Delivered),
    Import,
}

#[derive(Clone)]
struct Worker {
    backend: Backend,
    transport: Transport,
    /// Through which its mails leave one by one.
    gate: Arc<Gate>,
    /// Whose turn it was last.
    turn: Arc<AtomicI64>,
    /// What this worker holds, for the heartbeat.
    mails: Arc<Mutex<HashSet<Claim>>>,
    import: Arc<Mutex<Option<DueJob>>>,
}

/// Lets go of a mail however its task ends.
struct Holding {
    worker: Worker,
    claim: Claim,
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.worker
            .mails
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.claim);
    }
}

impl Worker {
    fn new(backend: Backend, transport: Transport) -> Self {
        Self {
            backend,
            transport,
            gate: Arc::default(),
            turn: Arc::default(),
            mails: Arc::default(),
            import: Arc::default(),
        }
    }

    fn core(&self) -> &Core {
        &self.backend.core
    }

    fn until(now: Timestamp) -> Timestamp {
        now.checked_add(LEASE).unwrap_or(now)
    }

    /// Mails and imports held now.
    fn held(&self) -> (usize, usize) {
        let mails = self
            .mails
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len();
        let import = usize::from(
            self.import
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_some(),
        );
        (mails, import)
    }

    /// Takes up to `free` mails, a fair share of each organisation that has some, and an
    /// import where one may be taken.
    async fn take(&self, free: usize, imports: bool) -> Result<(Vec<Claim>, Option<DueJob>)> {
        forgotten::resolve(self.core()).await?;
        let now = self.core().clock.now();
        let mut conn = self.core().pool.acquire().await?;
        jobs::start_due(&mut conn, now).await?;
        let import = if imports {
            jobs::claim_import(&mut conn, now, Self::until(now)).await?
        } else {
            None
        };
        let free = i64::try_from(free).unwrap_or(0);
        if free == 0 {
            return Ok((Vec::new(), import));
        }
        let houses =
            outbox::organisations_due(&mut conn, now, self.turn.load(Ordering::Relaxed), free)
                .await?;
        let Some(last) = houses.last() else {
            return Ok((Vec::new(), import));
        };
        self.turn.store(*last, Ordering::Relaxed);
        let share = (free / i64::try_from(houses.len()).unwrap_or(1)).max(1);
        let claims = outbox::claim(&mut conn, &houses, share, now, Self::until(now)).await?;
        Ok((claims, import))
    }

    fn spawn(&self, tasks: &mut JoinSet<End>, claims: Vec<Claim>, import: Option<DueJob>) {
        for claim in claims {
            self.mails
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(claim);
            let holding = Holding {
                worker: self.clone(),
                claim,
            };
            tasks.spawn(async move { End::Mail(holding.worker.mail(&holding.claim).await) });
        }
        if let Some(job) = import {
            *self.import.lock().unwrap_or_else(PoisonError::into_inner) = Some(job);
            let worker = self.clone();
            tasks.spawn(async move {
                worker.import(job).await;
                *worker.import.lock().unwrap_or_else(PoisonError::into_inner) = None;
                End::Import
            });
        }
    }

    async fn mail(&self, claim: &Claim) -> Delivered {
        let delivered =
            match mailing::deliver(self.core(), &self.transport, &self.gate, claim).await {
                Ok(delivered) => delivered,
                Err(error) => {
                    tracing::error!(?error, mail = claim.id.0, "a mail could not be made");
                    // Where the database is away too, the lease brings the mail back.
                    let _ = mailing::put_back(self.core(), claim).await;
                    Delivered::Done
                }
            };
        if let Some(job) = claim.job {
            let settled = self.settle(claim.organisation, job).await;
            if let Err(error) = settled {
                tracing::warn!(
                    ?error,
                    job = job.0,
                    "the end of an operation could not be booked yet"
                );
            }
        }
        delivered
    }

    async fn settle(&self, organisation: domain::OrganisationId, job: domain::JobId) -> Result<()> {
        let mut tx = self.core().pool.begin().await?;
        jobs::settle(&mut tx, organisation, job, self.core().clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn settle_all(&self) -> Result<()> {
        let open = {
            let mut conn = self.core().pool.acquire().await?;
            jobs::unsettled(&mut conn).await?
        };
        for (organisation, job) in open {
            self.settle(organisation, job).await?;
        }
        Ok(())
    }

    async fn import(&self, job: DueJob) {
        let core = self.core();
        let next = match super::import::run(core, job.organisation, job.id).await {
            Ok(_) => JobState::Done,
            Err(error) => {
                tracing::error!(
                    ?error,
                    job = job.id.0,
                    attempt = job.attempts,
                    "an import failed; nothing was written"
                );
                if job.attempts < IMPORT_ATTEMPTS {
                    JobState::Queued
                } else {
                    JobState::Failed
                }
            }
        };
        // The database may be what failed: it is waited for; after that the lease runs out.
        for _ in 0..10 {
            let booked = async {
                if next == JobState::Failed {
                    super::import::give_up(core, job.organisation, job.id).await?;
                }
                let mut conn = core.pool.acquire().await?;
                jobs::end_import(&mut conn, job, next, core.clock.now()).await
            };
            if booked.await.is_ok() {
                return;
            }
            sleep(Duration::from_secs(1)).await;
        }
    }
}
