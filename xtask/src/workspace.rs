//! Where things are.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The source tree and the folders that the build writes.
pub struct Workspace {
    /// The folder with the workspace's Cargo.toml.
    pub root: PathBuf,
}

impl Workspace {
    /// The tree that this program was compiled from.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask has no parent folder")?
            .to_path_buf();
        Ok(Self { root })
    }

    /// Cargo's folder for the wasm client: flags and features differ from the
    /// server's, and sharing one folder would block one build on the other.
    pub fn client_target(&self) -> PathBuf {
        self.root.join("target/client")
    }

    /// What the server serves; `DELEGA_SITE_ROOT` points here by default.
    pub fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// The server's executable of a development build.
    pub fn server(&self) -> PathBuf {
        self.root.join("target/debug/delega")
    }

    /// A program that `npm ci` installed.
    pub fn npm_program(&self, name: &str) -> Result<PathBuf> {
        let path = self.root.join("node_modules/.bin").join(name);
        anyhow::ensure!(
            path.exists(),
            "{name} is not installed: run scripts/setup run"
        );
        Ok(path)
    }

    /// Held while the client is written: two builds of one tree take turns.
    pub fn lock(&self) -> Result<File> {
        let folder = self.client_target();
        fs::create_dir_all(&folder)?;
        let file = File::create(folder.join(".xtask-lock"))?;
        if file.try_lock().is_err() {
            eprintln!("  another build of the client is under way: waiting for it");
            file.lock().context("cannot lock the client's folder")?;
        }
        Ok(file)
    }
}
