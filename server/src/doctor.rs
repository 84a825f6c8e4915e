//! What `delega doctor` looks at, and what to do about each fault.

use crate::{settings::Settings, start::Started};
use backend::{Backend, db::installation, mail::Transport};
use jiff::SignedDuration;
use std::path::Path;

/// Least free room on a disk, in bytes.
const ROOM: u64 = 1024 * 1024 * 1024;
/// Largest difference of two clocks, in seconds.
const SKEW: i64 = 5;
/// A mail that is due waits no longer than this while a worker runs.
const OVERDUE: SignedDuration = SignedDuration::from_mins(10);

/// One thing looked at.
pub struct Finding {
    /// What.
    pub subject: &'static str,
    /// `Ok` with a fact, or `Err` with the fault and what to do.
    pub result: Result<String, String>,
}

/// Looks at everything; never stops at the first fault.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |subject, result| findings.push(Finding { subject, result });
    match Started::open_as_is(settings).await {
        Ok(started) => {
            add("database", database(&started.backend).await);
            add("clock", clock(&started.backend).await);
            add("worker", worker(&started.backend).await);
            if let Err(e) = started.finish().await {
                add("database stop", Err(format!("{e:#}")));
            }
        }
        Err(e) => add("database", Err(format!("{e:#}"))),
    }
    add("mail", mail(settings).await);
    add("key", key(settings));
    add("disk", room(&settings.data_dir));
    if settings.smtp_url.is_none() && settings.mail_dir.is_some() {
        add("disk of mails", room(&settings.mail_folder()));
    }
    add("client", client(settings));
    findings
}

async fn database(backend: &Backend) -> Result<String, String> {
    let pool = &backend.core.pool;
    let version = installation::server_version(pool)
        .await
        .map_err(|e| format!("it does not answer: {e}"))?;
    match installation::pending_migrations(pool).await {
        Ok(0) => Ok(format!("Postgres {}, schema up to date", version / 10_000)),
        Ok(n) => Err(format!(
            "the schema lacks {n} migrations: run `delega migrate`"
        )),
        Err(e) => Err(format!(
            "the schema cannot be read: {e}; run `delega migrate`"
        )),
    }
}

async fn clock(backend: &Backend) -> Result<String, String> {
    let theirs = installation::database_time(&backend.core.pool)
        .await
        .map_err(|e| e.to_string())?;
    let skew = (backend.core.clock.now() - theirs)
        .total(jiff::Unit::Second)
        .unwrap_or(f64::MAX);
    if skew.abs() <= SKEW as f64 {
        Ok(format!("{:.1} s apart from the database's", skew.abs()))
    } else {
        Err(format!(
            "this machine and the database's are {:.0} s apart: passwords would end too early or too late. Switch on time synchronisation on both",
            skew.abs()
        ))
    }
}

async fn worker(backend: &Backend) -> Result<String, String> {
    let now = backend.core.clock.now();
    match installation::mails_overdue(&backend.core.pool, now).await {
        Ok(None) => Ok("no mail is waiting".into()),
        Ok(Some((since, n))) if now.duration_since(since) < OVERDUE => {
            Ok(format!("{n} mails are on their way"))
        }
        Ok(Some((since, n))) => Err(format!(
            "{n} mails are due, the oldest since {since}: see that `delega serve` or `delega work` runs and that the mail server answers"
        )),
        Err(e) => Err(format!("the queue cannot be read: {e}")),
    }
}

async fn mail(settings: &Settings) -> Result<String, String> {
    let probed = match Transport::new(&settings.for_backend().mail) {
        Ok(transport) => transport.probe().await,
        Err(e) => Err(e),
    };
    match (probed, &settings.smtp_url) {
        (Ok(()), Some(_)) => Ok("the mail server answers".into()),
        (Ok(()), None) => Ok(format!(
            "mails are written to {}; set DELEGA_SMTP_URL to send them",
            settings.mail_folder().display()
        )),
        (Err(e), Some(_)) => Err(format!(
            "{e}: check host, port, name and password in DELEGA_SMTP_URL, and the firewall"
        )),
        (Err(e), None) => Err(format!(
            "{e}: make {} writable, or set DELEGA_MAIL_DIR",
            settings.mail_folder().display()
        )),
    }
}

fn key(settings: &Settings) -> Result<String, String> {
    match settings.secret_key {
        Some(_) => Ok("set".into()),
        None => Err("DELEGA_SECRET_KEY is not set: make one with `openssl rand -hex 32`; only the demo starts without".into()),
    }
}

fn room(folder: &Path) -> Result<String, String> {
    // A folder that does not exist yet will be made on the disk of what is above it.
    let there = folder
        .ancestors()
        .find(|f| f.exists())
        .unwrap_or(Path::new("/"));
    let disk = rustix::fs::statvfs(there).map_err(|e| format!("{}: {e}", there.display()))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let words = format!("{:.1} GB free for {}", free as f64 / 1e9, folder.display());
    if free >= ROOM {
        Ok(words)
    } else {
        Err(format!("only {words}: make room, or move DELEGA_DATA_DIR"))
    }
}

fn client(settings: &Settings) -> Result<String, String> {
    let root = &settings.site_root;
    if root.join("hash.txt").is_file() {
        Ok(format!("in {}", root.display()))
    } else {
        Err(format!(
            "not in {}: build it with `cargo xtask build`, or set DELEGA_SITE_ROOT",
            root.display()
        ))
    }
}
