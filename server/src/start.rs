//! From settings to a working [`Backend`], and back.

use crate::{postgres::Cluster, settings::Settings};
use anyhow::{Context, Result, bail, ensure};
use backend::{Backend, Clock, Core, Entropy, credentials::Hasher, db::installation};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Connections of one process.
const CONNECTIONS: u32 = 16;

/// Oldest Postgres that the schema runs on.
const OLDEST: i32 = 15;

/// How long a database that is just starting is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often our own database is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// A backend and, where Delega runs its database itself, that database.
pub struct Started {
    /// The services.
    pub backend: Backend,
    cluster: Option<Cluster>,
}

impl Started {
    /// Opens the database (starting our own where none is named) and brings its schema up
    /// to this release.
    ///
    /// # Errors
    /// What is missing, and what to do about it.
    pub async fn open(settings: &Settings) -> Result<Self> {
        let started = Self::open_as_is(settings).await?;
        match backend::db::migrate(&started.backend.core.pool).await {
            Ok(()) => Ok(started),
            Err(e) => {
                started.finish().await?;
                Err(e).context("the schema of the database cannot be brought up to this release")
            }
        }
    }

    /// The same without touching the schema: for looking only.
    ///
    /// # Errors
    /// As [`Started::open`].
    pub async fn open_as_is(settings: &Settings) -> Result<Self> {
        let (url, cluster) = match &settings.database_url {
            Some(url) => (url.expose().to_owned(), None),
            None => {
                let data_dir = settings.data_dir.clone();
                let cluster = tokio::task::spawn_blocking(move || Cluster::join(&data_dir))
                    .await?
                    .context("Delega's own database cannot be started")?;
                (cluster.url().to_owned(), Some(cluster))
            }
        };
        match connect(&url, settings).await {
            Ok(backend) => Ok(Self { backend, cluster }),
            Err(e) => {
                leave(cluster).await?;
                Err(e)
            }
        }
    }

    /// Keeps our own database running until `stop`: a server that died is started again.
    pub fn watch_over_database(&self, stop: &CancellationToken) {
        let Some(keeper) = self.cluster.as_ref().map(Cluster::keeper) else {
            return;
        };
        let stop = stop.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(LOOK) => {}
                }
                let keeper = keeper.clone();
                match tokio::task::spawn_blocking(move || keeper.revive()).await {
                    Ok(Ok(false)) => {}
                    Ok(Ok(true)) => tracing::warn!("the database had died and was started again"),
                    Ok(Err(e)) => tracing::error!(
                        error = format!("{e:#}"),
                        "the database died and does not start"
                    ),
                    Err(_) => return,
                }
            }
        });
    }

    /// Closes the connections and leaves our own database, which the last one stops.
    ///
    /// # Errors
    /// Where it does not stop.
    pub async fn finish(self) -> Result<()> {
        // A connection that hangs must not keep the rest from ending.
        let _ = tokio::time::timeout(Duration::from_secs(3), self.backend.core.pool.close()).await;
        leave(self.cluster).await
    }
}

async fn leave(cluster: Option<Cluster>) -> Result<()> {
    match cluster {
        Some(cluster) => tokio::task::spawn_blocking(move || cluster.leave()).await?,
        None => Ok(()),
    }
}

async fn connect(url: &str, settings: &Settings) -> Result<Backend> {
    let connected = tokio::time::timeout(PATIENCE, backend::db::connect(url, CONNECTIONS)).await;
    let pool =
        match connected {
            Ok(Ok(pool)) => pool,
            Ok(Err(e)) => return Err(e).context(
                "the database cannot be reached: check DELEGA_DATABASE_URL and that Postgres runs",
            ),
            Err(_) => bail!(
                "the database did not answer within {} s",
                PATIENCE.as_secs()
            ),
        };
    let version = installation::server_version(&pool)
        .await
        .context("the database does not answer")?;
    ensure!(
        version / 10_000 >= OLDEST,
        "the database is Postgres {}; Delega needs {OLDEST} or newer",
        version / 10_000
    );
    let entropy = Entropy::Os;
    let slots = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Backend::new(Core {
        pool,
        clock: Clock::System,
        hasher: Hasher::new(slots, entropy.clone())
            .with_key(settings.secret_key.as_ref().map(|k| k.expose())),
        entropy,
        settings: Arc::new(settings.for_backend()),
    }))
}

/// Real people are not served without a key of this installation.
///
/// # Errors
/// Where there is none.
pub fn demand_key(settings: &Settings) -> Result<()> {
    ensure!(
        settings.secret_key.is_some(),
        "DELEGA_SECRET_KEY is not set. Delega does not serve real people without a key of its own: \
         make one with `openssl rand -hex 32`, keep it safe, and set it. (To try Delega out: delega serve --demo)"
    );
    Ok(())
}

/// Demo accounts have passwords that everybody knows.
///
/// # Errors
/// Where the database holds demo organisations.
pub async fn refuse_demo_data(backend: &Backend) -> Result<()> {
    let demo: Vec<_> = backend
        .organisations
        .all()
        .await
        .map_err(crate::command::refusal)?
        .into_iter()
        .filter(|o| o.demo)
        .map(|o| o.code)
        .collect();
    ensure!(
        demo.is_empty(),
        "this database holds the demo organisations {}, whose passwords everybody knows. Delega serves them only \
         with --demo. For real people take another database (DELEGA_DATABASE_URL) or another folder (DELEGA_DATA_DIR)",
        demo.join(", ")
    );
    Ok(())
}

/// Runs a command that ends by itself on an open backend. A signal ends it early, in the
/// same orderly way: what its transaction has written is rolled back.
///
/// # Errors
/// The command's, or an interruption.
pub async fn with_backend<T, F>(settings: &Settings, work: impl FnOnce(Backend) -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let started = Started::open(settings).await?;
    let stop = stop_signal()?;
    let outcome = tokio::select! {
        outcome = work(started.backend.clone()) => outcome,
        () = stop.cancelled() => Err(anyhow::anyhow!("interrupted")),
    };
    let finished = started.finish().await;
    let value = outcome?;
    finished?;
    Ok(value)
}

/// A token that SIGTERM or SIGINT cancels. A second signal ends the process at once.
///
/// # Errors
/// Where signals cannot be listened to.
pub fn stop_signal() -> Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let token = CancellationToken::new();
    let on_signal = token.clone();
    tokio::spawn(async move {
        for first in [true, false] {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            if first {
                on_signal.cancel();
            } else {
                std::process::exit(130);
            }
        }
    });
    Ok(token)
}

/// The same signal as the worker listens to it.
pub fn watched(stop: &CancellationToken) -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    let stop = stop.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        let _ = sender.send(true);
    });
    receiver
}
