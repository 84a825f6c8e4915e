//! The database that Delega runs by itself where no other is named.
//!
//! A cluster of its own under the data folder, reachable by a Unix socket alone. Every
//! process of Delega that works on it holds a shared lock; the last one to leave stops
//! it. So a worker may outlive the server, and a cluster that a killed process left
//! running is taken up by the next one. Why not a crate: docs/adr/0002.

mod account;
mod binaries;
mod control;

use account::Account;
use anyhow::{Context, Result, bail};
use binaries::Binaries;
use control::Control;
use std::{
    fs::{self, File, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Longest path of a Unix socket that systems accept, in bytes.
const SOCKET_PATH: usize = 100;

/// The running database. Leave it with [`Cluster::leave`].
pub struct Cluster {
    url: String,
    control: Control,
    folder: PathBuf,
    users: File,
}

impl Cluster {
    /// Makes the cluster where there is none, starts it where it does not run, and joins
    /// those who use it. Blocks for some seconds the first time.
    ///
    /// # Errors
    /// What is missing on this machine, in words that say what to do.
    pub fn join(data_dir: &Path) -> Result<Self> {
        fs::create_dir_all(data_dir)
            .with_context(|| format!("the data folder {} cannot be made", data_dir.display()))?;
        // Whatever version: without any there is nothing to do here.
        let any = Binaries::find(None)?;
        let (folder, account) = place(data_dir, &any)?;
        let turn = lock_file(&folder, "turn")?;
        turn.lock().context("cannot wait for the database's turn")?;

        let data = folder.join("data");
        let binaries = Binaries::find(control::version_of(&data))?;
        let socket = socket_folder(&folder, &account)?;
        let control = Control {
            binaries,
            account,
            data,
            log: folder.join("log"),
            socket,
        };
        let users = lock_file(&folder, "users")?;
        users
            .lock_shared()
            .context("cannot join the database's users")?;
        control.initialise()?;
        control.start()?;
        let url = format!(
            "postgres://delega@localhost/delega?host={}",
            encode(&control.socket.to_string_lossy())
        );
        Ok(Self {
            url,
            control,
            folder,
            users,
        })
    }

    /// Where to connect.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What watches over the server while this process uses it.
    pub fn keeper(&self) -> Keeper {
        Keeper {
            control: self.control.clone(),
            folder: self.folder.clone(),
        }
    }

    /// Leaves; the last one stops the database. Connections must be closed before.
    ///
    /// # Errors
    /// Where it does not stop.
    pub fn leave(self) -> Result<()> {
        let turn = lock_file(&self.folder, "turn")?;
        turn.lock()?;
        self.users.unlock()?;
        if self.users.try_lock().is_ok() {
            self.control.stop()
        } else {
            Ok(())
        }
    }
}

/// Starts the server again where it died, by the hand of the system or of somebody.
#[derive(Clone)]
pub struct Keeper {
    control: Control,
    folder: PathBuf,
}

impl Keeper {
    /// Looks, and starts the server where it does not answer; `true` where that was needed.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn revive(&self) -> Result<bool> {
        if self.control.accepts() {
            return Ok(false);
        }
        let turn = lock_file(&self.folder, "turn")?;
        turn.lock()?;
        if self.control.accepts() {
            return Ok(false);
        }
        self.control.start()?;
        Ok(true)
    }
}

/// The cluster's folder and the account that runs it. Postgres refuses to run as root: it
/// then runs as the owner of an existing cluster or as `postgres`.
fn place(data_dir: &Path, any: &Binaries) -> Result<(PathBuf, Account)> {
    let folder = data_dir.join("database");
    if !account::is_root() {
        if let Ok(found) = fs::metadata(&folder)
            && found.uid() != Account::Own.uid()
        {
            bail!(
                "{} belongs to another account (number {}): run Delega as root or as that account, or set DELEGA_DATA_DIR to another folder",
                folder.display(),
                found.uid()
            );
        }
        private_folder(&folder, &Account::Own)?;
        return Ok((folder, Account::Own));
    }
    let account = match fs::metadata(folder.join("data")) {
        Ok(data) if data.uid() != 0 => Account::Other {
            uid: data.uid(),
            gid: data.gid(),
        },
        _ => Account::named("postgres")?,
    };
    if account.can_enter(data_dir, any) {
        private_folder(&folder, &account)?;
        return Ok((folder, account));
    }
    // A clone under /root, say. The name is made from the folder's, so that each clone
    // keeps its own data.
    let fallback = Path::new("/var/lib/delega").join(fingerprint(data_dir));
    fs::create_dir_all("/var/lib/delega").context("/var/lib/delega cannot be made")?;
    fs::set_permissions("/var/lib/delega", Permissions::from_mode(0o755))?;
    private_folder(&fallback, &account)?;
    if !account.can_enter(&fallback, any) {
        bail!(
            "neither {} nor {} can be entered by the account that runs Postgres; set DELEGA_DATA_DIR to a folder that can",
            data_dir.display(),
            fallback.display()
        );
    }
    tracing::info!(
        folder = %fallback.display(),
        "the database is kept there: Postgres may not run as root, and its account cannot enter the data folder"
    );
    Ok((fallback, account))
}

fn private_folder(folder: &Path, account: &Account) -> Result<()> {
    let prepare = || {
        fs::create_dir_all(folder)?;
        account.own(folder)?;
        fs::set_permissions(folder, Permissions::from_mode(0o700))
    };
    prepare().with_context(|| format!("the folder {} cannot be prepared", folder.display()))
}

/// In the cluster's folder, or in a short private one where that path is too long.
fn socket_folder(folder: &Path, account: &Account) -> Result<PathBuf> {
    let near = folder.join("socket");
    let path = if near.as_os_str().len() + "/.s.PGSQL.5432".len() <= SOCKET_PATH {
        near
    } else {
        let far = std::env::temp_dir().join(format!("delega-{}", fingerprint(folder)));
        // Somebody else's folder of that name would let them stand between.
        if let Ok(found) = fs::symlink_metadata(&far)
            && (!found.is_dir() || found.uid() != account.uid())
        {
            bail!(
                "{} belongs to somebody else; remove it or shorten DELEGA_DATA_DIR",
                far.display()
            );
        }
        far
    };
    private_folder(&path, account)?;
    Ok(path)
}

fn lock_file(folder: &Path, name: &str) -> Result<File> {
    let path = folder.join(format!("{name}.lock"));
    File::options()
        .create(true)
        .append(true)
        .open(&path)
        .with_context(|| format!("{} cannot be opened", path.display()))
}

/// Sixteen hexadecimal digits of a path (FNV-1a): the same in every release.
fn fingerprint(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
        (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// Percent-encodes a path for a query's value.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
