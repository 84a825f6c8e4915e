//! Making, starting and stopping the cluster.

use super::{account::Account, binaries::Binaries};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::Duration,
};

/// Largest log that is continued at a start, in bytes.
const LOG: u64 = 10 * 1024 * 1024;

/// How often a start is tried: processes of a killed server take a moment to go.
const ATTEMPTS: u32 = 5;

/// Everything it takes to run one cluster.
#[derive(Clone)]
pub struct Control {
    /// Programs.
    pub binaries: Binaries,
    /// Account they run under.
    pub account: Account,
    /// The cluster.
    pub data: PathBuf,
    /// What the server says.
    pub log: PathBuf,
    /// Folder of the socket.
    pub socket: PathBuf,
}

/// The version a cluster was made with; `None` where there is no cluster.
pub fn version_of(data: &Path) -> Option<u32> {
    fs::read_to_string(data.join("PG_VERSION"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

impl Control {
    /// Makes the cluster, once: beside its place and then moved there, so that what an
    /// interrupted start leaves is never taken for a cluster.
    pub fn initialise(&self) -> Result<()> {
        if version_of(&self.data).is_some() {
            return Ok(());
        }
        let draft = self.data.with_extension("draft");
        if draft.exists() {
            fs::remove_dir_all(&draft)
                .with_context(|| format!("{} cannot be removed", draft.display()))?;
        }
        tracing::info!("making the database, once");
        let mut initdb = self.command("initdb");
        initdb.arg("--pgdata").arg(&draft).args([
            "--username=delega",
            // Whoever can enter the folder of the socket is let in: its permissions are
            // the lock, and they admit this account (and root) alone.
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        ]);
        run(initdb, "initdb")?;
        let own = draft.join("postgresql.conf");
        let text = fs::read_to_string(&own)?;
        fs::write(
            &own,
            format!(
                "{text}\n# Delega's settings come first; what stands below them wins.\ninclude_if_exists = 'delega.conf'\n"
            ),
        )?;
        fs::rename(&draft, &self.data)?;
        Ok(())
    }

    /// Starts the server where it does not run, and makes the database, once.
    pub fn start(&self) -> Result<()> {
        if !self.accepts() {
            self.write_settings()?;
            self.shorten_log();
            let mut last = None;
            for attempt in 0..ATTEMPTS {
                if attempt > 0 {
                    sleep(Duration::from_secs(1));
                }
                self.remove_foreign_pid();
                let mut start = self.control();
                start
                    .args(["start", "--silent", "--wait", "--timeout=120", "--log"])
                    .arg(&self.log);
                last = run(start, "Postgres").err();
                if last.is_none() {
                    break;
                }
            }
            if let Some(e) = last {
                return Err(e.context(format!(
                    "its last words:\n{}\nthe whole log: {}",
                    self.last_words(),
                    self.log.display()
                )));
            }
        }
        self.create_database()
    }

    /// Stops the server: open transactions are rolled back, nothing is lost.
    pub fn stop(&self) -> Result<()> {
        if !self.data.join("postmaster.pid").exists() {
            return Ok(());
        }
        let mut stop = self.control();
        stop.args(["stop", "--silent", "--mode=fast", "--wait", "--timeout=60"]);
        run(stop, "stopping Postgres")
    }

    /// Whether somebody listens at the socket.
    pub fn accepts(&self) -> bool {
        UnixStream::connect(self.socket.join(".s.PGSQL.5432")).is_ok()
    }

    fn create_database(&self) -> Result<()> {
        let done = self.data.join("delega.created");
        if done.exists() {
            return Ok(());
        }
        let mut create = self.command("createdb");
        create
            .arg("--host")
            .arg(&self.socket)
            .args(["--username=delega", "--port=5432", "delega"]);
        // Made, and then interrupted before it was noted.
        if let Err(e) = run(create, "createdb")
            && !e.to_string().contains("already exists")
        {
            return Err(e);
        }
        fs::write(done, "")?;
        Ok(())
    }

    /// Small in memory, no network, no personal data in the log. Written at each start;
    /// people's own settings go into postgresql.conf.
    fn write_settings(&self) -> Result<()> {
        let socket = self.socket.to_string_lossy().replace('\'', "''");
        let text = format!(
            "# Written by Delega at each start. Own settings: postgresql.conf, at the end.\n\
             listen_addresses = ''\n\
             port = 5432\n\
             unix_socket_directories = '{socket}'\n\
             unix_socket_permissions = 0700\n\
             max_connections = 100\n\
             shared_buffers = 256MB\n\
             work_mem = 16MB\n\
             maintenance_work_mem = 128MB\n\
             max_wal_size = 2GB\n\
             random_page_cost = 1.1\n\
             jit = off\n\
             timezone = 'UTC'\n\
             log_timezone = 'UTC'\n\
             log_min_error_statement = panic\n\
             log_error_verbosity = terse\n"
        );
        let path = self.data.join("delega.conf");
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        self.account.own(&path)?;
        Ok(())
    }

    /// After a crash of the machine the number in postmaster.pid may belong to another
    /// program by now, and Postgres would refuse to start.
    fn remove_foreign_pid(&self) {
        let path = self.data.join("postmaster.pid");
        let Some(pid) = fs::read_to_string(&path)
            .ok()
            .and_then(|t| t.lines().next()?.trim().parse::<u32>().ok())
        else {
            return;
        };
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        if Path::new("/proc/self").exists() && !name.trim().starts_with("postgres") {
            tracing::info!(
                pid,
                "the database was not shut down properly; it recovers by itself"
            );
            let _ = fs::remove_file(path);
        }
    }

    fn shorten_log(&self) {
        if fs::metadata(&self.log).is_ok_and(|m| m.len() > LOG) {
            let _ = fs::rename(&self.log, self.log.with_extension("old"));
        }
    }

    fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(8)..].join("\n")
    }

    fn control(&self) -> Command {
        let mut command = self.command("pg_ctl");
        command.arg("--pgdata").arg(&self.data);
        command
    }

    fn command(&self, program: &str) -> Command {
        // The folder that the account may enter; the one we stand in it may not.
        self.account
            .command(&self.binaries.program(program), &self.socket)
    }
}

fn run(mut command: Command, name: &str) -> Result<()> {
    let out = command
        .output()
        .with_context(|| format!("{name} cannot be started"))?;
    if out.status.success() {
        return Ok(());
    }
    let words = [out.stdout, out.stderr]
        .map(|b| String::from_utf8_lossy(&b).trim().to_owned())
        .join("\n");
    bail!("{name} failed ({}): {}", out.status, words.trim())
}
